//! How long something is good for, as it is typed.

use crate::app::approval::Until;
use crate::model::Moment;

/// `90s`, `30m`, `2h` or `7d`.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || "not a time such as `30m`, `2h` or `7d`".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text.trim_end_matches(unit).parse().map_err(|_not_a_number| wrong())?;
    number.checked_mul(each).ok_or_else(wrong)
}

pub(super) fn until(text: &str) -> Result<Until, String> {
    if let Ok(seconds) = seconds(text) {
        return Ok(Until::Seconds(seconds));
    }
    let moment: Result<Moment, ()> = text.parse().or_else(|()| format!("{text}T23:59:59Z").parse());
    moment
        .map(Until::Moment)
        .map_err(|()| "not a time such as `2h`, `7d`, 2026-12-31 or 2026-12-31T23:59:59Z".to_owned())
}
