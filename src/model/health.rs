//! How well a repository is looked after: what `gov-hook doctor` finds.

/// All that was looked at, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Health {
    /// The program that looks.
    pub binary: String,
    pub version: String,
    pub worktrees: Vec<WorktreeHealth>,
    pub servers: Vec<ServerHealth>,
    pub ledger: LedgerHealth,
    /// The remote whose ledger is to be fetched, and whether it is.
    pub fetched: Option<(String, bool)>,
    pub writer: WriterHealth,
    /// Where the policy in force is; none where it cannot be read.
    pub policy: Option<String>,
    pub troubles: Vec<Trouble>,
}

impl Health {
    /// Whether nothing is wrong; what is only worth knowing is not.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.wrong().next().is_none()
    }

    pub fn wrong(&self) -> impl Iterator<Item = &Trouble> {
        self.troubles.iter().filter(|trouble| trouble.is_wrong)
    }
}

/// Something that is wrong or worth knowing, and the command that mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which part: `hooks`, `server`, `history`, `ledger`, `notes`, `identity`, `policy`, `locks`, `notify` or `git`.
    pub about: &'static str,
    pub what: String,
    pub mend: String,
    pub is_wrong: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorktreeHealth {
    pub path: String,
    /// What each git that is installed would do in it.
    pub views: Vec<GitView>,
    /// How its hooks can be passed by.
    pub bypasses: Vec<String>,
}

/// A work tree as one git sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitView {
    pub program: String,
    pub version: String,
    pub runs_configured_hooks: bool,
    /// Where it looks for hooks.
    pub folder: String,
    /// Who set that: `default`, `local`, `worktree`, `global`, `system` or `command`.
    pub scope: &'static str,
    pub stages: Vec<StageHealth>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageHealth {
    pub stage: &'static str,
    pub state: HookState,
    /// What git runs, or would.
    pub file: String,
    /// Why it is not current, or by whom gov-hook is run.
    pub why: Option<String>,
    /// Others' hooks that run with it.
    pub chained: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HookState {
    /// git runs gov-hook, as this version would have it.
    Current,
    /// Somebody else's hook runs gov-hook.
    Called,
    /// Of another version, or of a binary that is gone.
    Stale,
    /// It is there, but git runs something else, or nothing.
    Shadowed,
    Missing,
}

impl HookState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Called => "called",
            Self::Stale => "stale",
            Self::Shadowed => "shadowed",
            Self::Missing => "missing",
        }
    }

    /// Whether gov-hook is there at all.
    #[must_use]
    pub const fn is_installed(self) -> bool {
        matches!(self, Self::Current | Self::Called | Self::Stale | Self::Shadowed)
    }

    /// Whether git gets to it.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Current | Self::Called)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHealth {
    pub remote: String,
    /// Whether it refuses what a client let by; none where that cannot be told from here.
    pub enforcing: Option<bool>,
    /// Whether streams of the ledger were seen there.
    pub keeps_ledger: bool,
    pub why: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerHealth {
    pub streams: usize,
    pub entries: u64,
    /// What is damaged; none where it cannot be read.
    pub damage: Option<usize>,
}

impl LedgerHealth {
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.damage == Some(0)
    }
}

/// Who writes to the ledger from here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriterHealth {
    pub name: Option<String>,
    pub email: Option<String>,
    /// The SSH key that git signs with.
    pub key: Option<String>,
    /// Whether the policy has every push signed.
    pub must_sign: bool,
}
