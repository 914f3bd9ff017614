//! The command line: what may be typed, and which verb it reaches.

mod approval;
mod arguments;
mod audit;
mod headers;
mod install;
mod notify;
mod print;
mod publish;
mod purpose;
mod quick;
mod rules;
mod shared;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::app::check::{self, Asked, Naming, Question, Supposition, What};
use crate::app::doctor::doctor;
use crate::app::install::uninstall;
use crate::app::risk::{self, Evidence};
use crate::app::{Answer, Colour, Environment, Failure, hook, init, policy, record};
use crate::model::Ending;
use crate::report::{Detail, Format, Style};
use arguments::{Arguments, CheckArguments, PolicyVerb, RiskVerb, Verb};
use quick::{Quick, quick};

/// What clap says to `--version`.
const VERSION: &str = concat!("gov-hook ", env!("CARGO_PKG_VERSION"), "\n");

/// Runs the program and returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match quick(std::env::args_os()) {
        Some(Quick::Version) => return print::answer(&Answer { text: VERSION.into(), exit: Ending::Pass }),
        Some(Quick::Verb(arguments)) => *arguments,
        None => match Arguments::try_parse() {
            Ok(arguments) => arguments,
            Err(usage) => return print::usage(usage),
        },
    };
    let environment = Environment::read();
    let (format, colour, undone) = (arguments.verb.format(), arguments.color, arguments.verb.undone());
    let is_paged = matches!(&arguments.verb, Verb::Audit(verb) if verb.is_paged());
    match enter(&arguments).and_then(|()| answer(arguments, &environment)) {
        Ok(answer) => match is_paged.then(|| environment.pager()).flatten() {
            Some(pager) => print::paged(&answer, &pager),
            None => print::answer(&answer),
        },
        Err(failure) => {
            let failure = match undone {
                Some(undone) => failure.of_no_decision(undone),
                None => failure,
            };
            print::failure(&failure, format, style(colour, environment.stderr_is_terminal, &environment))
        }
    }
}

fn enter(arguments: &Arguments) -> Result<(), Failure> {
    let Some(directory) = &arguments.directory else { return Ok(()) };
    std::env::set_current_dir(directory)
        .map_err(|error| Failure::new(format!("cannot enter `{}`: {error}", directory.display())))
}

fn answer(arguments: Arguments, environment: &Environment) -> Result<Answer, Failure> {
    let style = style(arguments.color, environment.stdout_is_terminal, environment);
    match arguments.verb {
        Verb::Init(asked) => {
            let request = init::Request { print: asked.print, force: asked.force, replay: asked.replay };
            init::init(request, environment)
        }
        Verb::Install(asked) => asked.answer(environment),
        Verb::Uninstall => uninstall(environment),
        Verb::Doctor(asked) => doctor(asked.form.format, environment),
        Verb::Check(check) => check::check(&request(*check, style)?, environment),
        Verb::Hook(asked) => hook::run(asked.stage, &asked.arguments, environment, style),
        Verb::Record(asked) => record::record(&asked.range, &asked.reason, environment),
        Verb::Request(asked) => asked.answer(environment),
        Verb::Approve(asked) => asked.answer(environment, style),
        Verb::Reject(asked) => asked.answer(environment, style),
        Verb::Revoke(asked) => asked.answer(environment),
        Verb::Pending(asked) => asked.answer(environment),
        Verb::Status(asked) => asked.answer(environment),
        Verb::History(asked) => asked.answer(environment),
        Verb::Show(asked) => asked.answer(environment, style),
        Verb::Rollback(asked) => asked.answer(environment),
        Verb::Ratify(asked) => asked.answer(environment),
        Verb::Override(verb) => verb.answer(environment),
        Verb::Audit(verb) => verb.answer(environment, style),
        Verb::Sign(asked) => asked.answer(environment),
        Verb::Verify(asked) => asked.answer(environment),
        Verb::Unsign(asked) => asked.answer(environment),
        Verb::Notify(asked) => asked.answer(environment),
        Verb::Policy(PolicyVerb::Show { form }) => policy::show(environment, form.format),
        Verb::Policy(PolicyVerb::Check { file, form }) => {
            policy::check(file.as_deref(), environment, form.format, style)
        }
        Verb::Policy(PolicyVerb::Schema) => Ok(policy::schema()),
        Verb::Policy(PolicyVerb::Why { path, form }) => policy::why(&path, environment, form.format, style),
        Verb::Risk(RiskVerb::Eval { csv, repo, commits, form }) => {
            risk::eval(&evidence(csv, repo, commits)?, form.format, environment)
        }
        Verb::Rules(verb) => verb.answer(environment, style),
        Verb::Completions { shell } => Ok(completions(shell)),
        Verb::Man { verb } => manual(&verb),
    }
}

fn request(arguments: CheckArguments, style: Style) -> Result<check::Request, Failure> {
    let detail = match (arguments.quiet, arguments.verbose) {
        (true, _) => Detail::Quiet,
        (false, true) => Detail::Verbose,
        (false, false) => Detail::Normal,
    };
    let CheckArguments { revision, base, onto, .. } = arguments;
    // clap has seen to it that one of them is asked for at most.
    let what = match revision {
        _ if arguments.staged => What::Staged { message: None, merging: Vec::new() },
        revision if arguments.all => What::Tree(revision),
        revision if arguments.history => What::History(revision),
        Some(revision) => What::Revision { revision, base },
        None => What::Branch { base },
    };
    // A program looks for what it cannot rely on, and who asked for no list to be cut short reads them all.
    let is_whole = arguments.form.format == Format::Json || detail == Detail::Verbose;
    let question = Question {
        asked: Asked { what, onto },
        gate: arguments.gate,
        level: arguments.level,
        suppositions: arguments.suppose.iter().map(|text| Supposition::parse(text)).collect::<Result<_, _>>()?,
        naming: if is_whole { Naming::Each } else { Naming::First },
    };
    Ok(check::Request {
        question,
        is_kept: arguments.record,
        format: arguments.form.format,
        style: Style { detail, ..style },
    })
}

/// clap has seen to it that one of the two is there.
fn evidence(csv: Option<PathBuf>, repo: Option<PathBuf>, commits: usize) -> Result<Evidence, Failure> {
    let repo = repo.map(|path| Evidence::Repository(path, commits));
    repo.or_else(|| csv.map(Evidence::File)).ok_or_else(|| Failure::new("neither --csv nor --repo is given"))
}

fn style(colour: Colour, is_terminal: bool, environment: &Environment) -> Style {
    let usual = Style::default();
    Style {
        colour: environment.colours(colour, is_terminal),
        width: environment.columns.unwrap_or(usual.width),
        detail: usual.detail,
    }
}

fn completions(shell: clap_complete::Shell) -> Answer {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "gov-hook", &mut text);
    Answer { text, exit: Ending::Pass }
}

fn manual(verbs: &[String]) -> Result<Answer, Failure> {
    let mut command = Arguments::command();
    command.build();
    for verb in verbs {
        let found = command.find_subcommand(verb).cloned();
        command = found.ok_or_else(|| {
            Failure::new(format!("there is no verb `gov-hook {}`", verbs.join(" ")))
                .mended_by("see which there are: gov-hook --help")
        })?;
    }
    let described: Vec<String> =
        command.get_about().into_iter().chain(command.get_before_help()).map(ToString::to_string).collect();
    let mut text = Vec::new();
    clap_mangen::Man::new(command.long_about(described.join("\n\n")))
        .source(VERSION.trim_end())
        .render(&mut text)
        .map_err(|error| Failure::new(format!("the manual page cannot be written: {error}")))?;
    Ok(Answer { text, exit: Ending::Pass })
}
