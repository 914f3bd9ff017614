//! What a verb that puts a person's word on record has to say, to people and to machines.

use crate::app::judging::Judged;
use crate::app::memory::{Act, Pen};
use crate::app::{Answer, Environment, Failure, notify};
use crate::git::Repo;
use crate::ledger::member;
use crate::model::{Decision, Deed, Ending, Need, Outcome, RiskLevel, Sha256, counted};
use crate::notify::Word;
use crate::policy::Notice;
use crate::report::{self, Medium, printable};

/// What became of a verb.
pub(super) struct Told {
    /// As its schema is called.
    pub(super) verb: &'static str,
    pub(super) deeds: Vec<Deed>,
    pub(super) text: String,
    pub(super) exit: Ending,
}

impl Told {
    pub(super) fn new(verb: &'static str) -> Self {
        Self { verb, deeds: Vec::new(), text: String::new(), exit: Ending::Pass }
    }

    #[must_use]
    pub(super) fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    #[must_use]
    pub(super) fn denied(self, why: &str) -> Self {
        Self { text: format!("denied: {why}\n"), exit: Ending::Denied, ..self }
    }

    /// Says how others come to know of it.
    pub(super) fn ask_to_sync(&mut self, repo: &Repo) {
        if repo.has_remote() {
            self.text.push_str("to share it: gov-hook audit sync\n");
        }
    }

    pub(super) fn answer(self, medium: Medium) -> Answer {
        let text = if medium == Medium::Json {
            report::approval::deeds(self.verb, &self.deeds, &self.text, self.exit)
        } else {
            self.text
        };
        Answer { text: text.into_bytes(), exit: self.exit }
    }
}

/// Why somebody's word is not put on record.
pub(super) fn would_not_count(word: &str, by: &str, why: &str) -> String {
    format!("your {word} would not count: {} {why}", printable(by))
}

/// Puts one act on record and gives it as it is told; none before anything is committed.
pub(super) fn put(pen: &Pen<'_>, act: Act) -> Result<Option<Deed>, Failure> {
    Ok(put_all(pen, vec![act])?.pop())
}

/// The same for what is worth nothing off the record.
pub(super) fn put_or_fail(pen: &Pen<'_>, act: Act) -> Result<Deed, Failure> {
    put(pen, act)?.ok_or_else(|| Failure::new("nothing is committed yet"))
}

pub(super) fn put_all(pen: &Pen<'_>, acts: Vec<Act>) -> Result<Vec<Deed>, Failure> {
    let ids = pen.write(&acts)?;
    Ok(acts.into_iter().zip(ids).map(|(act, entry)| deed(pen, &act, entry)).collect())
}

fn deed(pen: &Pen<'_>, act: &Act, entry: Sha256) -> Deed {
    Deed {
        entry,
        change: act.change,
        reference: act.subject.reference.clone(),
        commit: act.subject.commit,
        by: pen.actor().email.clone(),
        is_signed: act.is_signed,
        expires: member::EXPIRES.among(&act.body),
        follows: None,
    }
}

/// What a person's word is about: its risk, and whom the policy has told of it.
pub(super) struct Affair<'a> {
    pub(super) notices: &'a [Notice],
    pub(super) risk: Option<(RiskLevel, u32)>,
}

/// What a person's word is told others as.
pub(super) struct News {
    pub(super) outcome: Outcome,
    pub(super) why: Option<String>,
    pub(super) described: String,
}

impl News {
    /// Tells whoever the policy names of a word on a change that was judged.
    pub(super) fn of(self, repo: &Repo, environment: &Environment, judged: &Judged, deed: &Deed) {
        let affair = Affair { notices: &judged.notices, risk: Some((judged.risk.level, judged.risk.score)) };
        self.tell(repo, environment, &affair, deed);
    }

    pub(super) fn tell(self, repo: &Repo, environment: &Environment, affair: &Affair<'_>, deed: &Deed) {
        let Some(change) = deed.change else { return };
        let News { outcome, why, described } = self;
        let word = Word { outcome, by: deed.by.clone(), why, change, described, risk: affair.risk, entry: deed.entry };
        notify::said(repo, environment, affair.notices, deed.reference.as_deref(), &word);
    }
}

/// `1 of 2 from tech_lead or admin`.
pub(super) fn needs(needs: &[Need]) -> String {
    let one = |need: &Need| {
        let from = if need.roles.is_empty() { "anyone with a role".to_owned() } else { need.roles.join(" or ") };
        let count = usize::try_from(need.count).unwrap_or(usize::MAX);
        format!("{} from {from}", counted(count, if need.signed { "signed approval" } else { "approval" }))
    };
    needs.iter().map(one).collect::<Vec<_>>().join(" and ")
}

/// What a decision asks for still.
pub(super) fn missing(decision: &Decision) -> Vec<Need> {
    decision.needed.iter().filter(|need| !need.is_met()).cloned().collect()
}
