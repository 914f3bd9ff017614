//! `src/policy/built-in.yaml` as the steps of `src/yaml/steps.rs`.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// One step a line, or what is wrong with the file; of all its sections, or of some.
pub(super) fn steps(yaml: &str, sections: Option<&[&str]>) -> Result<String, String> {
    let mut steps = String::new();
    let (mut depth, mut is_value, mut is_wanted) = (0, false, true);
    for event in Parser::new_from_str(yaml) {
        let (event, span) = event.map_err(|error| error.to_string())?;
        let (sign, text) = match &event {
            Event::MappingStart(0, None) => ("{", ""),
            Event::SequenceStart(0, None) => ("[", ""),
            Event::MappingEnd | Event::SequenceEnd => ("}", ""),
            Event::Scalar(text, ScalarStyle::Plain, 0, None) => ("=", text.as_ref()),
            Event::Scalar(text, _, 0, None) => ("\"", text.as_ref()),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::StreamEnd => continue,
            Event::Alias(_)
            | Event::Nothing
            | Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::MappingStart(..) => {
                return Err(format!("line {}: an alias, an anchor or a tag", span.start.line()));
            }
        };
        if text.contains('\n') {
            return Err(format!("line {}: a text of several lines", span.start.line()));
        }
        depth -= usize::from(sign == "}");
        if depth == 1 && !is_value && sign != "}" {
            is_wanted = sections.is_none_or(|sections| sections.contains(&text));
        }
        if is_wanted || depth == 0 {
            steps.extend([sign, text, "\n"]);
        }
        let is_opened = matches!(sign, "{" | "[");
        if depth == 1 && !is_opened {
            is_value = !is_value;
        }
        depth += usize::from(is_opened);
    }
    Ok(steps)
}
