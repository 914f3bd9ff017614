//! `gov-hook notify …`: what may be typed to see whether people are told.

use clap::{Args, Subcommand};

use super::arguments::{DESCRIBED, Form, word};
use crate::app::notify::{self, Asker};
use crate::app::{Answer, Environment, Failure};
use crate::report::Medium;

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
The policy's `notify` says who is told of which outcomes. Hooks and the verbs by which people \
decide put a message into a spool and start sending it; nothing they decide waits for that. Tokens, \
addresses and keys come from the environment variables that the policy names.")]
#[command(after_help = "\
Over HTTP everything goes through `curl`, whose PATH and proxy settings hold. A webhook gets
X-Gov-Hook-Event, X-Gov-Hook-Delivery (the same id for the same decision) and, where `secret_env`
names a key, X-Gov-Hook-Signature: sha256=HMAC of the body.

A command runs only if the policy of the default branch names it: no branch of a stranger can
make you run anything. It gets the JSON of a webhook on its standard input.

GOV_HOOK_TELEGRAM_API: where Telegram's API is, if you run a server of your own for it")]
pub(super) struct NotifyArguments {
    #[command(subcommand)]
    verb: NotifyVerb,
}

#[derive(Debug, Subcommand)]
enum NotifyVerb {
    /// Send what waits, now
    Flush(FlushArguments),
    /// Tell who is told, whether that works from here, and what waits
    Status {
        #[command(flatten)]
        form: Form,
    },
    /// Send a message that tells nothing but that it arrives
    Test(TestArguments),
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
What could not be sent is kept, and tried again by every hook that runs, after a while that grows \
to six hours, and by this verb at once. What waits for more than 7 days, or beyond 1,000 messages, \
is dropped and told.")]
#[command(after_help = "\
Exit codes:
  0  nothing waits any more
  1  something waits still; the answer says why
  2  the spool could not be read")]
struct FlushArguments {
    /// Say nothing, and let rest what failed a short while ago: what hooks run
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  all were taken
  1  one was not; the answer says why
  2  the policy in force tells nobody")]
struct TestArguments {
    /// Only over channels of this kind
    #[arg(long, value_name = "KIND", value_parser = word(notify::KINDS, known))]
    channel: Option<&'static str>,
}

fn known(text: &str) -> Option<&'static str> {
    notify::KINDS.into_iter().find(|kind| *kind == text)
}

impl NotifyArguments {
    pub(super) fn medium(&self) -> Medium {
        match &self.verb {
            NotifyVerb::Status { form } => form.format,
            NotifyVerb::Flush(_) | NotifyVerb::Test(_) => Medium::Text,
        }
    }

    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        match self.verb {
            NotifyVerb::Flush(asked) => {
                notify::flush(if asked.quiet { Asker::Hook } else { Asker::Person }, environment)
            }
            NotifyVerb::Status { form } => notify::status(environment, form.format),
            NotifyVerb::Test(asked) => notify::test(asked.channel, environment),
        }
    }
}
