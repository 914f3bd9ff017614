//! `gov-hook notify …`: what may be typed to see whether people are told.

use clap::{Args, Subcommand};

use super::shared::{DESCRIBED, Form, word};
use crate::app::notify::{self, Asker};
use crate::app::{Answer, Environment, Failure};
use crate::report::Medium;

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
The policy's `notify` says who is told of which outcomes. Hooks, and the verbs by which people \
decide, spool a message and start sending it; nothing they decide waits for that. Tokens, \
addresses and keys come from the environment variables that the policy names.")]
#[command(after_help = "\
Everything over HTTP goes through the `curl` on PATH, with its proxy settings. A webhook gets
X-Gov-Hook-Event, X-Gov-Hook-Delivery (the same id for the same decision) and, where `secret_env`
names a key, X-Gov-Hook-Signature: sha256=HMAC of the body.

A command runs only if the policy of the default branch names it: no branch of a stranger can
make you run anything. It gets the JSON of a webhook on its standard input.

GOV_HOOK_TELEGRAM_API: the address of Telegram's API, if you run your own server for it")]
pub(super) struct NotifyArguments {
    #[command(subcommand)]
    verb: NotifyVerb,
}

#[derive(Debug, Subcommand)]
enum NotifyVerb {
    /// Send what is waiting, now
    Flush(FlushArguments),
    /// Show who is notified, whether that works from here, and what is waiting
    Status {
        #[command(flatten)]
        form: Form,
    },
    /// Send a test message
    Test(TestArguments),
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
What could not be sent is kept. Every hook tries it again, after a delay that grows to six hours; \
this verb tries at once. Messages older than 7 days, or beyond 1,000, are dropped, and the answer \
says so.")]
#[command(after_help = "\
Exit codes:
  0  nothing is waiting any more
  1  something is still waiting; the answer says why
  2  the spool could not be read")]
struct FlushArguments {
    /// Print nothing, and leave what failed a short while ago; hooks run this
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  all messages were accepted
  1  one was not; the answer says why
  2  the policy in force notifies nobody")]
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
