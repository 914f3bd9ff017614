//! Every sample in every format, compared whole with what lies in `snapshots/`.

use std::fs;
use std::path::Path;

use super::{Detail, Format, Style, samples, write};
use crate::model::Judgement;

pub(super) fn rendered(judgement: &Judgement, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    write(judgement, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What differs is left under `target/snapshots` for a person to look at and, when it is right, to
/// copy over.
fn differs(name: &str, actual: &str) -> bool {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    let actual = actual.replace(concat!("\"", env!("CARGO_PKG_VERSION"), "\""), "\"VERSION\"");
    let expected = fs::read_to_string(room.join("src/report/snapshots").join(name)).unwrap_or_default();
    if expected == actual {
        return false;
    }
    let beside = room.join("target/snapshots");
    fs::create_dir_all(&beside).unwrap();
    fs::write(beside.join(name), &actual).unwrap();
    true
}

fn file_name(sample: &str, format: Format) -> String {
    match format {
        Format::Human => format!("{sample}.txt"),
        Format::Json => format!("{sample}.json"),
        Format::Sarif => format!("{sample}.sarif"),
        Format::Github => format!("{sample}.github.txt"),
        Format::Gitlab => format!("{sample}.gitlab.json"),
        Format::Junit => format!("{sample}.junit.xml"),
    }
}

#[test]
fn every_format_of_every_sample_is_as_recorded() {
    let mut different = Vec::new();

    for (sample, judgement) in samples::all() {
        // What these two add to `held` shows in these formats; in the others it is only long.
        let short = ["development", "crowded"].contains(&sample);
        let told = |format: &Format| !short || matches!(format, Format::Human | Format::Github);
        for format in Format::ALL.into_iter().filter(told) {
            let name = file_name(sample, format);
            if differs(&name, &rendered(&judgement, format, Style::default())) {
                different.push(name);
            }
        }
    }

    assert_eq!(different, Vec::<String>::new(), "see target/snapshots");
}

#[test]
fn the_human_format_follows_its_style_as_recorded() {
    let style = Style::default();
    let styles = [
        ("denied.quiet.txt", samples::denied(), Style { detail: Detail::Quiet, ..style }),
        ("held.colour.txt", samples::held(), Style { colour: true, ..style }),
        ("held.narrow.txt", samples::held(), Style { width: 60, ..style }),
        ("crowded.verbose.txt", samples::crowded(), Style { detail: Detail::Verbose, ..style }),
    ];

    let different: Vec<&str> = styles
        .iter()
        .filter(|(name, judgement, style)| differs(name, &rendered(judgement, Format::Human, *style)))
        .map(|(name, _, _)| *name)
        .collect();

    assert_eq!(different, Vec::<&str>::new(), "see target/snapshots");
}

#[test]
fn a_quiet_report_says_nothing_when_the_change_passes() {
    let quiet = Style { detail: Detail::Quiet, ..Style::default() };

    assert_eq!(rendered(&samples::pass(), Format::Human, quiet), "");
    assert_eq!(rendered(&samples::development(), Format::Human, quiet), "");
    assert_ne!(rendered(&samples::held(), Format::Human, quiet), "");
}
