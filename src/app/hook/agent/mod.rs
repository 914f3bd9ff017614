//! Before a coding agent calls a tool: whether it may, by the policy of HEAD, before a protected file
//! is written or a bypass is run.
//!
//! What is not about this repository's rules is left to the agent's own permissions: an answer of
//! `allow` would pass over those. What cannot be read exits 2, which blocks the call.

mod event;
mod input;
mod place;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::app::memory::{Act, Pen};
use crate::app::{Answer, Environment, Failure, law};
use crate::check::command::{self, Against, Extent, Looked};
use crate::git::{GitError, Place, Repo};
use crate::ledger::member::{self, Asker};
use crate::model::{Ending, EntryKind, EntrySubject, Exit, Gather, Outcome, PolicyRef, Sha256, branch_reference};
use crate::policy::Policy;
use event::{Event, Form};
use input::{Named, quoted};
use place::{Ground, MOST_FILES, MOST_SEARCHED, Weighed, matching, may_be_file};

/// What an agent is told; of several, the worst holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Permission {
    /// Nothing of this repository's rules is concerned.
    Silent,
    Allow,
    /// The same as `Ask`, for no other reason than that no list has it.
    Unlisted,
    /// A person has to say yes.
    Ask,
    Deny,
}

pub(super) fn before(environment: &Environment) -> Result<Answer, Failure> {
    let event = Event::read(std::io::stdin().lock())?;
    let current = std::env::current_dir().unwrap_or_default();
    let directory = event.directory.as_ref().map_or(current.clone(), |named| current.join(named));
    let about = About::of(&event, directory, environment);
    if about.is_nothing(&event) {
        return Ok(answer(&event, &silent()));
    }
    let mut worst = silent();
    for repo in repositories(&about, current, environment)? {
        let (policy, reference) = law::policy_at(&repo, repo.head()?.commit())?;
        let mut weighed = weigh(&event, &about, (&repo, &policy), environment)?;
        if weighed.permission <= worst.permission {
            continue;
        }
        if weighed.permission >= Permission::Unlisted
            && let Err(failure) = record(&repo, &event, &weighed, (&policy, &reference), environment)
        {
            weighed.why = format!("{} (not on record: {})", weighed.why, failure.in_short());
        }
        worst = weighed;
    }
    Ok(answer(&event, &worst))
}

fn silent() -> Weighed {
    Weighed { permission: Permission::Silent, why: "nothing here forbids it".into() }
}

/// What a tool call is about, from where it starts.
struct About {
    /// Where the agent is, and where the tool is told to run.
    from: Vec<PathBuf>,
    files: Vec<PathBuf>,
    /// What has the name of a file.
    perhaps: Vec<PathBuf>,
}

impl About {
    fn of(event: &Event, directory: PathBuf, environment: &Environment) -> Self {
        let named = &event.named;
        let places = named.places.iter().map(|place| at(&directory, "", place, environment)).gathered::<Vec<_>>();
        let from: Vec<PathBuf> = std::iter::once(directory).chain(places).gathered();
        let all = |names: &[String]| {
            let pairs = names.iter().flat_map(|name| from.iter().map(move |from| at(from, "", name, environment)));
            pairs.gathered::<Vec<_>>()
        };
        let mut perhaps = all(&named.perhaps);
        perhaps.retain(|path| may_be_file(path, &from));
        perhaps.extend(all(&named.words).into_iter().filter(|path| path.is_file()));
        Self { files: all(&named.paths), perhaps, from }
    }

    fn is_nothing(&self, event: &Event) -> bool {
        let named = &event.named;
        [self.files.len(), self.perhaps.len(), named.lines.len(), named.programs.len()] == [0; 4]
    }
}

/// The repositories whose rules may be concerned: those that the agent is in, that it was started in and
/// that the files are in. Wherever it goes, it may write to the others from there.
fn repositories(about: &About, current: PathBuf, environment: &Environment) -> Result<Vec<Repo>, Failure> {
    let files = about.files.iter().chain(&about.perhaps);
    let folders = files.filter_map(|file| file.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned));
    let known = about.from.iter().cloned().map(Some).chain([Some(current), environment.project.clone()]);
    let mut folders: Vec<PathBuf> = known.flatten().chain(folders).gathered();
    folders.dedup();
    let mut found: Vec<Repo> = Vec::new();
    for folder in folders {
        let place = Place { directory: Some(folder), ..environment.place.clone() };
        match Repo::open(&place) {
            Ok(repo) if found.iter().any(|known| known.git_dir() == repo.git_dir()) => {}
            Ok(repo) => found.push(repo),
            Err(GitError::NotARepository { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(found)
}

fn weigh(
    event: &Event,
    about: &About,
    (repo, policy): (&Repo, &Policy),
    environment: &Environment,
) -> Result<Weighed, Failure> {
    let ground = Ground::of(repo, environment.home.as_deref());
    let (mut left, mut searched) = (MOST_FILES, MOST_SEARCHED);
    let mut worst = silent();
    for path in &about.files {
        let weighed =
            if event.takes_all { ground.weigh_whole(policy, path, &mut left) } else { ground.weigh(policy, path) };
        // Of a tool that is not known it is not known either what else it does.
        if event.is_known || weighed.permission != Permission::Allow {
            worst = worst.or(weighed);
        }
    }
    for path in &about.perhaps {
        worst = worst.or(ground.weigh_named(policy, path));
    }
    for looked in look(event, repo)? {
        if let Some(objection) = looked.objection {
            let permission = match objection.against {
                Against::Ask => Permission::Ask,
                Against::Deny => Permission::Deny,
            };
            worst = worst.or(Weighed { permission, why: objection.why });
        }
        for written in &looked.written {
            for (base, from) in about.from.iter().flat_map(|base| written.from.iter().map(move |from| (base, from))) {
                let path = at(base, from, &written.path, environment);
                for path in matching(&path, &mut left).into_iter().chain([path]) {
                    let weighed = match &written.extent {
                        Extent::Alone => ground.weigh(policy, &path),
                        Extent::Named if !may_be_file(&path, &about.from) => silent(),
                        Extent::Named => ground.weigh_named(policy, &path),
                        Extent::Whole => ground.weigh_whole(policy, &path, &mut left),
                        Extent::Found(found) => ground.weigh_found(policy, &path, found, &mut searched),
                    };
                    // That it may write this file says nothing of what else a command does.
                    if weighed.permission != Permission::Allow {
                        worst = worst.or(weighed);
                    }
                }
            }
        }
    }
    Ok(worst)
}

/// What is known of all that a tool call would run.
fn look(event: &Event, repo: &Repo) -> Result<Vec<Looked>, Failure> {
    let Named { lines, programs, .. } = &event.named;
    if lines.is_empty() && programs.is_empty() {
        return Ok(Vec::new());
    }
    let aliases = repo.aliases()?;
    let looked = |line: &str| match command::look(line, &aliases) {
        Ok(looked) => Ok(looked),
        Err(why) => Err(Failure::new(format!("the command cannot be read: {why}")).mended_by("write it plainly")),
    };
    let mut all: Vec<Looked> = lines.iter().map(|line| looked(line)).collect::<Result<_, _>>()?;
    for program in programs {
        // What is none for the shell cannot be read as one.
        all.extend(command::look(program, &aliases).ok());
        all.push(looked(&format!("python -c {}", quoted(program)))?);
    }
    Ok(all)
}

fn at(directory: &Path, from: &str, path: &str, environment: &Environment) -> PathBuf {
    let home = |text: &str| match (text.strip_prefix("~/"), &environment.home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    };
    directory.join(home(from)).join(home(path))
}

/// A refused attempt counts in what an agent is trusted with.
fn record(
    repo: &Repo,
    event: &Event,
    weighed: &Weighed,
    (policy, reference): (&Policy, &PolicyRef),
    environment: &Environment,
) -> Result<(), Failure> {
    let head = repo.head()?;
    let Some(commit) = head.commit() else { return Ok(()) };
    let subject = EntrySubject { reference: head.branch().map(branch_reference), ..EntrySubject::default() };
    let is_denied = weighed.permission == Permission::Deny;
    let mut act = Act::new(EntryKind::Decision, commit, subject)
        .saying(member::GATE, Asker::Agent)
        .saying(member::EXIT, decided(weighed.permission).code());
    if !event.tool.is_empty() {
        act = act.saying(member::TOOL, short(&event.tool));
    }
    if let Some(session) = &event.session {
        act = act.saying(member::SESSION, short(session));
    }
    let (lines, programs) = (&event.named.lines, &event.named.programs);
    if let Some(line) = lines.iter().chain(programs).next() {
        // Not the command itself, which may hold a secret.
        act = act.saying(member::COMMAND_LINE, member::Named(Sha256::of(line.as_bytes())));
    }
    act.outcome = Some(if is_denied { Outcome::Blocked } else { Outcome::ApprovalPending });
    act.policy = Some(reference.digest);
    act.reasons = vec![weighed.why.clone()];
    let nameless = match event.form {
        Form::ClaudeCode => "claude-code",
        Form::Plain => "agent",
    };
    let agent = environment.agent.as_deref().unwrap_or(nameless);
    Pen::open(repo, environment, policy.audit, Some(agent))?.write(&[act]).map(drop)
}

fn short(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(100).collect()
}

const fn decided(permission: Permission) -> Exit {
    match permission {
        Permission::Silent | Permission::Allow => Exit::Pass,
        Permission::Unlisted | Permission::Ask => Exit::Held,
        Permission::Deny => Exit::Denied,
    }
}

/// In the form that was asked in.
fn answer(event: &Event, weighed: &Weighed) -> Answer {
    let word = match weighed.permission {
        Permission::Silent | Permission::Allow => "allow",
        Permission::Unlisted | Permission::Ask => "ask",
        Permission::Deny => "deny",
    };
    let (json, exit): (Value, Ending) = match event.form {
        // Saying nothing leaves it to whatever else decides.
        Form::ClaudeCode if weighed.permission == Permission::Silent => return Answer::passing(String::new()),
        Form::ClaudeCode => {
            let said = json!({
                "hookEventName": "PreToolUse",
                "permissionDecision": word,
                "permissionDecisionReason": format!("gov-hook: {}", weighed.why),
            });
            (json!({ "hookSpecificOutput": said }), Ending::Pass)
        }
        Form::Plain => (json!({ "decision": word, "reason": weighed.why }), decided(weighed.permission).into()),
    };
    Answer { text: format!("{json}\n").into_bytes(), exit }
}
