//! What entries are held to: who may sign, and what the policies that they name ask of the ledger.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::app::law::{POLICY_PATH, SIGNERS_PATH};
use crate::app::{Failure, law};
use crate::git::{GitError, Place, Repo};
use crate::ledger::member;
use crate::ledger::sshsig::{Former, Past, Signers};
use crate::ledger::{Admin, Admins, AuditLaw};
use crate::model::{Entry, Moment, ObjectId, RepoPath, Sha256};
use crate::policy::{self, Audit};

/// The role whose members may give up what others wrote.
pub(in crate::app) const ADMIN: &str = "admin";

/// The signers of the trusted side, and the digest of the file that lists them.
pub(in crate::app) struct Listed {
    pub(in crate::app) signers: Option<Signers>,
    pub(super) digest: Option<Sha256>,
}

/// The tip of the default branch, else what is checked out: nobody trusts a file for being proposed.
pub(in crate::app) fn trusted_side(repo: &Repo) -> Result<Option<ObjectId>, Failure> {
    let default = repo.default_branch()?.map(|name| repo.branch_tip(&name)).transpose()?.flatten();
    Ok(match default {
        Some(tip) => Some(tip),
        None => repo.head()?.commit(),
    })
}

pub(in crate::app) fn signers(repo: &Repo, trusted: Option<ObjectId>) -> Result<Listed, Failure> {
    let (Some(commit), Some(bytes)) = (trusted, law::file_at(repo, trusted, SIGNERS_PATH)?) else {
        return Ok(Listed { signers: None, digest: None });
    };
    let digest = Some(Sha256::of(&bytes));
    let signers = law::read_signers(&format!("{}:{SIGNERS_PATH}", commit.short()), bytes)?;
    Ok(Listed { signers: Some(signers), digest })
}

/// The lists that the trusted side had before, found when somebody asks for them.
pub(super) fn past(repo: &Repo, trusted: Option<ObjectId>) -> Past {
    let (place, Some(trusted)) = (repo.place().clone(), trusted) else { return Past::default() };
    // What cannot be read vouches for nobody.
    Past::found_by(move || Repo::open(&place).and_then(|repo| former(&repo, trusted)).unwrap_or_default())
}

/// Who is and who was an admin on the trusted side.
pub(super) fn admins(repo: &Repo, trusted: Option<ObjectId>) -> Admins {
    let (place, Some(trusted)) = (repo.place().clone(), trusted) else { return Admins::default() };
    // Nobody is one by a policy that cannot be read.
    Admins::found_by(move || Repo::open(&place).and_then(|repo| named(&repo, trusted)).unwrap_or_default())
}

fn named(repo: &Repo, trusted: ObjectId) -> Result<Vec<Admin>, GitError> {
    let path = RepoPath::from(POLICY_PATH);
    let (mut found, mut last, mut until) = (Vec::new(), None, None);
    for commit in repo.first_parents(trusted, usize::MAX)? {
        let bytes = repo.file_at(commit.tree, &path)?.unwrap_or_default();
        if last.as_ref() != Some(&bytes) {
            let roles = policy::read(POLICY_PATH, &bytes).map(|policy| policy.roles).unwrap_or_default();
            let members = roles.into_iter().filter(|role| role.name == ADMIN).flat_map(|role| role.members);
            found.extend(members.map(|email| Admin { email, until }));
            last = Some(bytes);
        }
        until = u64::try_from(commit.committed_at).ok().and_then(Moment::of_seconds);
    }
    Ok(found)
}

fn former(repo: &Repo, trusted: ObjectId) -> Result<Vec<Former>, GitError> {
    let path = RepoPath::from(SIGNERS_PATH);
    let mut found: Vec<Former> = Vec::new();
    let mut last: Option<Vec<u8>> = None;
    // While the one in force now lasts, nothing has taken its place.
    let mut until = None;
    for commit in repo.first_parents(trusted, usize::MAX)? {
        let bytes = repo.file_at(commit.tree, &path)?.unwrap_or_default();
        if last.as_ref() != Some(&bytes) {
            let signers = Signers::parse(&String::from_utf8_lossy(&bytes)).unwrap_or_default();
            found.extend(until.map(|until| Former { signers, until, commits: HashSet::new() }));
            last = Some(bytes);
        }
        until = u64::try_from(commit.committed_at).ok().and_then(Moment::of_seconds);
        if let Some(former) = found.last_mut() {
            former.commits.insert(commit.id);
        }
    }
    Ok(found)
}

/// A policy that was looked for in vain for this many entries is taken to be nowhere.
const MOST_LOOKS: u32 = 8;

/// What each policy asks of the ledger, found by its digest where the entries say they looked.
pub(super) struct Laws(Mutex<Found>);

struct Found {
    place: Place,
    /// Opened when a policy is first looked for, which is seldom.
    repo: Option<Repo>,
    known: BTreeMap<Sha256, AuditLaw>,
    looks: BTreeMap<Sha256, u32>,
}

impl Laws {
    pub(super) fn of(repo: &Repo, kept: &BTreeMap<Sha256, AuditLaw>) -> Self {
        let mut known = kept.clone();
        known.insert(policy::BUILT_IN_DIGEST, AuditLaw::default());
        Self(Mutex::new(Found { place: repo.place().clone(), repo: None, known, looks: BTreeMap::new() }))
    }

    /// A policy is named by its bytes, so wherever they are found they say the same.
    pub(super) fn of_entry(&self, entry: &Entry) -> Option<AuditLaw> {
        let digest = entry.policy?;
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(law) = found.known.get(&digest) {
            return Some(*law);
        }
        let looks = found.looks.entry(digest).or_default();
        *looks += 1;
        if *looks > MOST_LOOKS {
            return None;
        }
        if found.repo.is_none() {
            found.repo = Repo::open(&found.place).ok();
        }
        let law = look(found.repo.as_ref()?, digest, entry)?;
        found.known.insert(digest, law);
        Some(law)
    }

    pub(super) fn into_known(self) -> BTreeMap<Sha256, AuditLaw> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).known
    }
}

fn look(repo: &Repo, digest: Sha256, entry: &Entry) -> Option<AuditLaw> {
    let named = member::LAW.of(entry);
    let places = [named, entry.subject.base, entry.subject.commit];
    places.into_iter().flatten().find_map(|commit| {
        let tree = repo.commit_here(commit)?.tree;
        let bytes = repo.file_at(tree, &RepoPath::from(POLICY_PATH)).ok()??;
        let read = (Sha256::of(&bytes) == digest).then(|| policy::read(POLICY_PATH, &bytes).ok())?;
        read.map(|found| law(found.audit))
    })
}

const fn law(audit: Audit) -> AuditLaw {
    AuditLaw { sign: audit.sign, proof_of_work_bits: audit.proof_of_work_bits }
}
