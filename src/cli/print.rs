//! The only place that writes to the standard streams. A closed pipe never changes the exit code;
//! a report that was lost for another reason, such as a full disk, is never taken for a pass.

use std::io::{ErrorKind, Write};
use std::process::{Command, ExitCode, Stdio};

use clap::error::ContextKind;

use crate::app::{Answer, Failure};
use crate::model::Ending;
use crate::report::{Format, Style};

pub(super) fn answer(answer: &Answer) -> ExitCode {
    match write(std::io::stdout().lock(), &answer.text) {
        Ok(()) => ExitCode::from(answer.exit.code()),
        Err(error) => {
            let lost = format!("gov-hook: cannot write the report: {error}\n");
            let _nobody_left_to_tell = write(std::io::stderr().lock(), lost.as_bytes());
            ExitCode::from(if answer.exit == Ending::Pass { Ending::Undecided } else { answer.exit }.code())
        }
    }
}

/// Shows somebody what they are about to answer for, and asks whether they go on. Where nobody sits at a
/// terminal, the command itself is the answer.
pub(super) fn consent(shown: &str, question: &str, asks: bool) -> Result<bool, Failure> {
    let show = |text: &str| {
        write(std::io::stdout().lock(), text.as_bytes()).map_err(|error| {
            Failure::new("cannot show what this is about, so nothing was done").for_this_reason(error.to_string())
        })
    };
    show(shown)?;
    if !asks {
        return Ok(true);
    }
    show(&format!("{question} [y/N] "))?;
    let mut line = String::new();
    Ok(std::io::stdin().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes"))
}

/// What a shell ends with where it cannot run a command, or does not find it.
const NOT_RUN: [i32; 2] = [126, 127];

/// Through the pager, as git does it; one that cannot be started is done without.
pub(super) fn paged(answer: &Answer, pager: &str) -> ExitCode {
    if is_read(&answer.text, pager) { ExitCode::from(answer.exit.code()) } else { self::answer(answer) }
}

/// Whether there was a pager that read the text.
fn is_read(text: &[u8], pager: &str) -> bool {
    // What git sets for its own pager where the user has not.
    let script = format!("export LESS=\"${{LESS-FRX}}\" LV=\"${{LV--c}}\"; {pager}");
    let Ok(mut child) = Command::new("sh").args(["-c", &script]).stdin(Stdio::piped()).spawn() else {
        return false;
    };
    // Whoever leaves the pager early wants no more.
    let _ = child.stdin.take().map(|stdin| write(stdin, text));
    child.wait().is_ok_and(|ended| !ended.code().is_some_and(|code| NOT_RUN.contains(&code)))
}

/// A machine gets the failure in the format that it asked for, and a person reads it beside that.
pub(super) fn failure(failure: &Failure, format: Format, style: Style) -> ExitCode {
    if let Some(report) = failure.to_report(format) {
        let _nobody_left_to_tell = write(std::io::stdout().lock(), report.as_bytes());
    }
    let _nobody_left_to_tell = write(std::io::stderr().lock(), failure.to_text(style).as_bytes());
    ExitCode::from(Ending::Undecided.code())
}

/// Help and version go to stdout with code 0, usage errors to stderr with code 2.
pub(super) fn usage(mut usage: clap::Error) -> ExitCode {
    if usage.kind() == clap::error::ErrorKind::ArgumentConflict {
        // It would show the use of what was typed, which is just what cannot be used together.
        usage.remove(ContextKind::Usage);
    }
    let text = usage.render();
    if usage.use_stderr() {
        let _nobody_left_to_tell = write(std::io::stderr().lock(), text.to_string().as_bytes());
        ExitCode::from(Ending::Undecided.code())
    } else {
        let _nobody_left_to_tell = write(std::io::stdout().lock(), text.to_string().as_bytes());
        ExitCode::SUCCESS
    }
}

/// A reader that has gone away wants no more; there is nobody left to tell.
fn write(mut stream: impl Write, text: &[u8]) -> std::io::Result<()> {
    match stream.write_all(text).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_that_is_not_there_has_read_nothing() {
        assert!(is_read(b"text\n", "cat > /dev/null"));
        assert!(is_read(b"text\n", "true"));
        assert!(!is_read(b"text\n", "no-such-pager -R"));
        assert!(!is_read(b"text\n", "/dev/null"));
    }
}
