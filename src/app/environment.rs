//! Everything a run takes from its surroundings, read once.

#![expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment and the clock")]

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::SystemTime;

use super::Failure;
use crate::git::{Place, Repo};
use crate::model::{Actor, Date, Moment, ObjectId, address};

/// Whether reports are coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// When it goes to a terminal that has not asked for plain text.
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the surroundings")]
pub struct Environment {
    pub place: Place,
    /// The day it is, in UTC; absent where the clock tells nonsense.
    today: Option<Date>,
    /// The moment it is, by which the ledger is dated.
    now: Option<Moment>,
    /// The same in milliseconds since 1970, by which messages are put in order; nonsense like it.
    pub started: u64,
    /// `GOV_HOOK_AGENT`: the policy's id of the agent that is at work.
    pub agent: Option<String>,
    /// `CLAUDE_PROJECT_DIR`: where a coding agent was started, wherever it has gone since.
    pub project: Option<PathBuf>,
    /// `GOV_HOOK_MODEL`: the model behind that agent.
    pub model: Option<String>,
    /// `GOV_HOOK_REQUESTED_BY`: the person the agent works for.
    requested_by: Option<String>,
    /// `GITHEAD_*`: the commits that git is merging, which it notes in the repository only afterwards.
    pub merging: Vec<ObjectId>,
    /// `GOV_HOOK_STREAM`: the name that an ephemeral runner gives its stream of the ledger.
    pub stream: Option<String>,
    /// What `~` stands for.
    pub home: Option<PathBuf>,
    /// `GOV_HOOK_PUSHER`: the address of whoever pushes, from a server that knows who that is.
    pub pusher: Option<String>,
    /// `GOV_HOOK_TELEGRAM_API`: where Telegram's API is, for those who run a server of their own for it.
    pub telegram: Option<String>,
    /// `GOV_HOOK_DISABLED`: hooks let everything pass, and record that they did.
    pub is_disabled: bool,
    /// `PATH`: where programs are found.
    pub path: OsString,
    /// Whether somebody has the commit message in an editor: git names `:` as the editor if not.
    pub edits_message: bool,
    /// Where pre-commit or prek runs the hook.
    pub framework: Option<Framework>,
    /// `GIT_AUTHOR_EMAIL`, `GIT_COMMITTER_EMAIL`, `EMAIL` and the names beside them.
    pub author: Identity,
    pub committer: Identity,
    pub stdin_is_terminal: bool,
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
    /// `NO_COLOR`, or a terminal that knows no colours.
    plain: bool,
    /// `CLICOLOR_FORCE`.
    forced: bool,
    /// Columns of the terminal, as far as the shell says.
    pub columns: Option<usize>,
    /// `GIT_PAGER` and `PAGER`; empty for no paging.
    git_pager: Option<String>,
    usual_pager: Option<String>,
}

/// A person as environment variables name them, wholly or in part.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    pub name: Option<String>,
    pub email: Option<String>,
}

/// What a framework tells its hooks in `PRE_COMMIT_*` of the push that they run before.
#[derive(Clone, Debug, Default)]
pub struct Framework {
    /// `FROM_REF` and `TO_REF`: what the other side has, or where the pushed commits start; their end.
    pub from: Option<String>,
    pub to: Option<String>,
    /// `LOCAL_BRANCH`: what is pushed, as it was named.
    pub local: Option<String>,
    /// `REMOTE_BRANCH`: the reference that is to move there.
    pub reference: Option<String>,
    pub remote: Option<String>,
    pub url: Option<String>,
}

impl Environment {
    #[must_use]
    pub fn read() -> Self {
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok();
        let seconds = since_1970.map(|since| since.as_secs());
        let is_yes = |value: String| !matches!(value.to_ascii_lowercase().as_str(), "0" | "false" | "no" | "off");
        Self {
            place: place(),
            today: seconds.and_then(Date::of_seconds),
            now: seconds.and_then(Moment::of_seconds),
            started: since_1970.and_then(|since| u64::try_from(since.as_millis()).ok()).unwrap_or_default(),
            agent: text("GOV_HOOK_AGENT"),
            project: path("CLAUDE_PROJECT_DIR"),
            model: text("GOV_HOOK_MODEL"),
            // Kept even if it is not UTF-8: it is then no address, and whatever needs the address refuses it.
            requested_by: std::env::var_os("GOV_HOOK_REQUESTED_BY")
                .filter(|value| !value.is_empty())
                .map(|value| value.to_string_lossy().into_owned()),
            merging: std::env::vars_os()
                .filter_map(|(name, _)| name.to_str()?.strip_prefix("GITHEAD_")?.parse().ok())
                .collect(),
            stream: text("GOV_HOOK_STREAM"),
            home: std::env::home_dir(),
            pusher: text("GOV_HOOK_PUSHER"),
            telegram: text("GOV_HOOK_TELEGRAM_API"),
            is_disabled: text("GOV_HOOK_DISABLED").is_some_and(is_yes),
            path: std::env::var_os("PATH").unwrap_or_default(),
            edits_message: text("GIT_EDITOR").as_deref() != Some(":"),
            framework: framework(),
            author: Identity {
                name: text("GIT_AUTHOR_NAME"),
                email: text("GIT_AUTHOR_EMAIL").or_else(|| text("EMAIL")),
            },
            committer: Identity { name: text("GIT_COMMITTER_NAME"), email: text("GIT_COMMITTER_EMAIL") },
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            plain: std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
                || std::env::var_os("TERM") == Some(OsString::from("dumb")),
            forced: is_set("CLICOLOR_FORCE"),
            columns: text("COLUMNS").and_then(|columns| columns.parse().ok()).or_else(|| {
                let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(std::io::stdout())?;
                Some(usize::from(columns))
            }),
            git_pager: std::env::var("GIT_PAGER").ok(),
            usual_pager: std::env::var("PAGER").ok(),
        }
    }

    /// The same surroundings, with an agent at work in them.
    #[must_use]
    pub(super) fn of_agent(&self, agent: Option<String>) -> Self {
        Self { agent, ..self.clone() }
    }

    /// The surroundings of a server. Who pushes over a local path hands their own environment on to
    /// the hooks of the other side: nothing of it may say who acts there, or that nothing is judged.
    #[must_use]
    pub(super) fn of_server(&self) -> Self {
        let nobody = Identity::default();
        Self {
            agent: None,
            model: None,
            requested_by: None,
            merging: Vec::new(),
            stream: None,
            is_disabled: false,
            author: nobody.clone(),
            committer: nobody,
            stderr_is_terminal: false,
            ..self.clone()
        }
    }

    /// The surroundings of somebody who decided something once, as far as they bear on a decision.
    #[must_use]
    pub(super) fn as_of(&self, actor: &Actor, moment: Moment) -> Self {
        let identity = || Identity { name: Some(actor.name.clone()), email: Some(actor.email.clone()) };
        Self {
            today: Date::of_seconds(moment.seconds()),
            now: Some(moment),
            agent: actor.id.clone(),
            author: identity(),
            committer: identity(),
            stderr_is_terminal: false,
            ..self.clone()
        }
    }

    /// The program that runs: by the name that PATH has for it, if it has one, since a package
    /// manager moves what that leads to.
    pub fn program(&self) -> Result<PathBuf, Failure> {
        let itself = std::env::current_exe()
            .map_err(|error| Failure::new(format!("cannot find the path of gov-hook itself: {error}")))?;
        let real = itself.canonicalize().ok();
        let named = std::env::split_paths(&self.path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join("gov-hook"))
            .find(|program| real.is_some() && program.canonicalize().ok() == real);
        Ok(named.unwrap_or(itself))
    }

    /// The day by which waivers expire.
    pub fn today(&self) -> Result<Date, Failure> {
        let mend = "set the clock: waivers expire by it";
        self.today.ok_or_else(|| Failure::new("the machine's clock is out of range").mended_by(mend))
    }

    /// The moment by which the ledger is dated.
    pub fn moment(&self) -> Result<Moment, Failure> {
        let mend = "set the clock: the ledger is dated by it";
        self.now.ok_or_else(|| Failure::new("the machine's clock is out of range").mended_by(mend))
    }

    /// The address of the person the agent works for.
    pub fn requested_by(&self) -> Result<Option<String>, Failure> {
        let Some(text) = &self.requested_by else { return Ok(None) };
        let Some(found) = address(text) else {
            return Err(Failure::new("GOV_HOOK_REQUESTED_BY is not an address, so it does not say who asked for this")
                .mended_by("set it to the address that they commit with: GOV_HOOK_REQUESTED_BY=lin@example.com"));
        };
        Ok(Some(found.to_owned()))
    }

    /// A variable that the policy names, read when it is needed: it is a secret, so nothing keeps it.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.trim().is_empty())
    }

    /// What git says to the processes it starts.
    #[must_use]
    pub fn git_variables(&self) -> Vec<OsString> {
        let names = std::env::vars_os().map(|(name, _)| name);
        names.filter(|name| name.to_string_lossy().starts_with("GIT_")).collect()
    }

    /// The command that git would page with; none where stdout is no terminal, or for `cat`.
    #[must_use]
    pub fn pager(&self) -> Option<String> {
        let configured = || Repo::open(&self.place).ok()?.config_string("core.pager");
        let named = self.git_pager.clone().or_else(configured).or_else(|| self.usual_pager.clone());
        let pager = named.unwrap_or_else(|| "less".to_owned());
        Some(pager).filter(|pager| self.stdout_is_terminal && !pager.is_empty() && pager != "cat")
    }

    #[must_use]
    pub fn colours(&self, asked: Colour, is_terminal: bool) -> bool {
        match asked {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => self.forced || (is_terminal && !self.plain),
        }
    }
}

/// A variable that says something.
fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0")
}

fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Where git says that the repository is.
fn place() -> Place {
    Place {
        directory: None,
        index_file: path("GIT_INDEX_FILE"),
        work_tree: path("GIT_WORK_TREE"),
        git_dir: path("GIT_DIR"),
        namespace: std::env::var_os("GIT_NAMESPACE").filter(|name| !name.is_empty()),
        config_in_environment: ["GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"].into_iter().any(is_set),
        ssh: std::env::var_os("GIT_SSH"),
        objects_elsewhere: is_set("GIT_OBJECT_DIRECTORY"),
        object_folders: ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"]
            .iter()
            .filter_map(std::env::var_os)
            .flat_map(|folders| std::env::split_paths(&folders).collect::<Vec<_>>())
            .collect(),
        quarantined: is_set("GIT_QUARANTINE_PATH"),
    }
}

/// What pre-commit or prek says of the push it runs before.
fn framework() -> Option<Framework> {
    text("PRE_COMMIT").map(|_| Framework {
        from: text("PRE_COMMIT_FROM_REF"),
        to: text("PRE_COMMIT_TO_REF"),
        local: text("PRE_COMMIT_LOCAL_BRANCH"),
        reference: text("PRE_COMMIT_REMOTE_BRANCH"),
        remote: text("PRE_COMMIT_REMOTE_NAME"),
        url: text("PRE_COMMIT_REMOTE_URL"),
    })
}
