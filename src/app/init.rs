//! `gov-hook init`: a policy that fits this repository, tried on its own history.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::install::is_asked_before_merges;
use super::law::{Law, POLICY_PATH};
use super::own_file::{self, OwnFile};
use super::progress::Progress;
use super::{Answer, Environment, Failure, secrets};
use crate::app::judging::{self, Asked, Question};
use crate::git::{Commit, Repo};
use crate::model::{Arrange, Gate, ObjectId, Outcome, Person, RepoPath, counted};
use crate::policy::{self, RepositoryFacts};
use crate::report::printable;

#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Print the policy and write nothing.
    pub print: bool,
    /// Replace a policy that is there.
    pub force: bool,
    /// How many commits to replay.
    pub replay: usize,
}

/// Where a repository may keep its code owners; the first that is there counts, as for GitHub.
const CODEOWNERS: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// How many commits tell who works here.
const RECENT: usize = 500;

pub fn init(request: Request, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let head = repo.head()?.commit();
    let recent = head.map(|head| repo.first_parents(head, request.replay.max(RECENT))).transpose()?.unwrap_or_default();
    let text = policy::draft(&facts(&repo, head, &recent)?);
    if request.print {
        return Ok(Answer::passing(text));
    }
    if repo.is_bare() {
        return Err(Failure::new("a bare repository has no work tree to write to")
            .mended_by("print it instead: gov-hook init --print"));
    }
    is_free(&repo, request.force)?;
    let commits = recent.get(..request.replay.min(recent.len())).unwrap_or_default();
    let replayed = replay(&repo, commits, &text, environment)?;
    let mut said = format!(
        "wrote {POLICY_PATH}\n\n{replayed}\nnext: read it, change what does not fit, and commit it (it applies from then on)\n  \
         $EDITOR {POLICY_PATH} && git add {POLICY_PATH} && git commit\n"
    );
    if !is_asked_before_merges(&repo)? {
        said.push_str("\nnext: have git ask it before it commits and pushes\n  gov-hook install\n");
    }
    // What fails before leaves nothing behind.
    write(&repo, &text, request.force)?;
    Ok(Answer::passing(said))
}

fn facts(repo: &Repo, head: Option<ObjectId>, recent: &[Commit]) -> Result<RepositoryFacts, Failure> {
    let tree = head.map(|head| repo.commit(head)).transpose()?.map(|commit| commit.tree);
    let mut paths: Vec<RepoPath> = repo.files_of(tree)?.into_iter().map(|(path, _)| path).collect();
    if !repo.is_bare() {
        paths.extend(
            repo.staged(tree)?.changes.into_iter().filter(|change| change.new.is_some()).map(|change| change.path),
        );
        paths.arrange();
        paths.dedup();
    }
    let mut codeowners = None;
    for path in CODEOWNERS {
        if let (None, Some(tree)) = (&codeowners, tree) {
            codeowners = repo.file_at(tree, &RepoPath::from(path))?;
        }
    }
    Ok(RepositoryFacts {
        paths,
        codeowners: codeowners.map(|text| String::from_utf8_lossy(&text).into_owned()),
        default_branch: repo.default_branch()?,
        committers: by_frequency(recent),
    })
}

/// The authors of recent commits, the most frequent first.
fn by_frequency(commits: &[Commit]) -> Vec<Person> {
    let mut counts: HashMap<&Person, usize> = HashMap::new();
    for commit in commits {
        *counts.entry(&commit.author).or_default() += 1;
    }
    let mut people: Vec<(&Person, usize)> = counts.into_iter().collect();
    people.arrange_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    people.into_iter().map(|(person, _)| person.clone()).collect()
}

/// Never replaces a policy that somebody wrote, unless told to.
fn is_free(repo: &Repo, force: bool) -> Result<(), Failure> {
    if own_file::place(repo, POLICY_PATH)?.exists() && !force {
        return Err(Failure::new(format!("`{POLICY_PATH}` already exists"))
            .mended_by("to compare: gov-hook init --print; to replace it: gov-hook init --force"));
    }
    Ok(())
}

fn write(repo: &Repo, text: &str, force: bool) -> Result<(), Failure> {
    let file = OwnFile::hold(repo, POLICY_PATH)?;
    is_free(repo, force)?;
    file.replace(text.as_bytes())
}

/// How many of the last commits would pass, be held or be blocked under the policy.
fn replay(repo: &Repo, commits: &[Commit], text: &str, environment: &Environment) -> Result<String, Failure> {
    let progress = Progress::new("replaying commits:", commits.len(), environment.stderr_is_terminal);
    let (mut passing, mut held, mut blocked) = (0, Vec::new(), Vec::new());
    for (at, commit) in commits.iter().enumerate() {
        let asked = Asked::revision(commit.id.to_string());
        let question = Question::of(asked, Gate::Push);
        let law = Law::drafted(POLICY_PATH, text.as_bytes())?;
        let judgement = judging::judge_under(repo, &question, environment, law)?;
        match judgement.decision.outcome {
            Outcome::AutoApproved | Outcome::Notified | Outcome::Approved | Outcome::Overridden => passing += 1,
            Outcome::ApprovalPending => held.push((commit, judgement)),
            Outcome::Rejected | Outcome::Blocked => blocked.push((commit, judgement)),
        }
        progress.reached(at + 1);
    }
    drop(progress);
    let said = format!(
        "the last {}, each judged by itself under it:\n  {passing} would pass\n  {} would need an approval where the level is staging or production\n  {} would be blocked\n",
        counted(commits.len(), "commit"),
        held.len(),
        blocked.len()
    );
    let mut told = String::new();
    for (commit, judgement) in blocked.iter().chain(&held).take(5) {
        let reason = judgement.decision.reasons.first().map(|reason| reason.what.as_str()).unwrap_or_default();
        // Writing into a string cannot fail.
        let _ = writeln!(told, "    {} {} ({reason})", commit.id.short(), printable(&commit.subject()));
    }
    secrets::hide(&mut [&mut told]);
    Ok(said + &told)
}
