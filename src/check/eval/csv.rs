//! Labelled features, one commit a line, as the card's evidence is kept.

use super::Sample;
use crate::check::card::Features;
use crate::model::Known;

/// The columns that must be there, in any order; others may stand beside them.
const COLUMNS: [&str; 16] = [
    "proj", "h", "la_src", "cc", "nh_src", "nd", "nfix_max", "isfix", "nf_src", "nf_oth", "nf_test", "la", "ld", "szz",
    "ref", "score",
];

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    #[error("line {line} is not UTF-8")]
    NotText { line: usize },

    #[error("the first line names no column `{column}`")]
    NoColumn { column: &'static str },

    #[error("line {line} has {found} fields, the first line names {named}")]
    Fields { line: usize, found: usize, named: usize },

    #[error("line {line}: `{column}` is not a number")]
    NotANumber { line: usize, column: &'static str },

    #[error("there is no commit in it")]
    Empty,
}

/// Reads plain comma-separated values: no field is quoted, since none needs to be.
pub fn read(bytes: &[u8]) -> Result<Vec<Sample>, CsvError> {
    let mut lines = (1..).zip(bytes.split(|&byte| byte == b'\n')).filter(|(_, line)| !line.trim_ascii().is_empty());
    let (line, header) = lines.next().ok_or(CsvError::Empty)?;
    let names = fields(line, header)?;
    let places =
        COLUMNS.map(|column| names.iter().position(|name| *name == column).ok_or(CsvError::NoColumn { column }));
    let places: Vec<usize> = places.into_iter().collect::<Result<_, _>>()?;
    let samples = lines.map(|(line, text)| {
        let all = fields(line, text)?;
        if all.len() != names.len() {
            return Err(CsvError::Fields { line, found: all.len(), named: names.len() });
        }
        sample(line, &|at| places.get(at).and_then(|&place| all.get(place)).copied().unwrap_or_default())
    });
    let samples: Vec<Sample> = samples.collect::<Result<_, _>>()?;
    if samples.is_empty() { Err(CsvError::Empty) } else { Ok(samples) }
}

fn fields(line: usize, text: &[u8]) -> Result<Vec<&str>, CsvError> {
    let text = std::str::from_utf8(text).map_err(|_not_utf8| CsvError::NotText { line })?;
    Ok(text.trim_end_matches('\r').split(',').map(str::trim).collect())
}

/// `field` gives the text of a column by its place in `COLUMNS`.
fn sample<'a>(line: usize, field: &dyn Fn(usize) -> &'a str) -> Result<Sample, CsvError> {
    let mut numbers = [0; COLUMNS.len()];
    for (at, (number, column)) in numbers.iter_mut().zip(COLUMNS).enumerate().skip(2) {
        *number = field(at).parse().map_err(|_not_a_number| CsvError::NotANumber { line, column })?;
    }
    let [
        _,
        _,
        la_src,
        cc,
        nh_src,
        nd,
        nfix_max,
        isfix,
        touched_src,
        touched_oth,
        touched_test,
        la,
        ld,
        szz,
        refs,
        score,
    ] = numbers;
    Ok(Sample {
        history: field(0).to_owned(),
        commit: field(1).to_owned(),
        features: Features {
            source_lines: la_src,
            branches_added: cc,
            scattered_edits: nh_src,
            directories: nd,
            prior_fixes: Known::Yes(nfix_max),
            fix_subject: Known::Yes(isfix > 0),
            source_files: touched_src,
            other_files: touched_oth,
            test_files: touched_test,
        },
        lines_added: la,
        lines_deleted: ld,
        inducing: szz > 0,
        reported: refs > 0,
        given: Some(score),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "proj,h,la_src,cc,nh_src,nd,nfix_max,isfix,nf_src,nf_oth,nf_test,la,ld,szz,ref,score\n";

    fn read_text(text: &str) -> Result<Vec<Sample>, CsvError> {
        read(text.as_bytes())
    }

    #[test]
    fn a_line_becomes_a_sample_wherever_its_columns_stand() {
        let straight = read_text(&format!("{HEADER}gin,00ff,1,2,3,4,5,1,6,7,8,9,10,1,0,55\r\n\n"));
        let turned = "extra,score,ref,szz,ld,la,nf_test,nf_oth,nf_src,isfix,nfix_max,nd,nh_src,cc,la_src,h,proj\n\
                      x,55,0,1,10,9,8,7,6,1,5,4,3,2,1,00ff,gin";

        let expected = Sample {
            history: "gin".into(),
            commit: "00ff".into(),
            features: Features {
                source_lines: 1,
                branches_added: 2,
                scattered_edits: 3,
                directories: 4,
                prior_fixes: Known::Yes(5),
                fix_subject: Known::Yes(true),
                source_files: 6,
                other_files: 7,
                test_files: 8,
            },
            lines_added: 9,
            lines_deleted: 10,
            inducing: true,
            reported: false,
            given: Some(55),
        };
        assert_eq!(straight, Ok(vec![expected.clone()]));
        assert_eq!(read_text(turned), Ok(vec![expected]));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        assert_eq!(read_text(""), Err(CsvError::Empty));
        assert_eq!(read_text(HEADER), Err(CsvError::Empty));
        assert_eq!(read_text("proj,h\n"), Err(CsvError::NoColumn { column: "la_src" }));
        assert_eq!(read_text(&format!("{HEADER}gin,1\n")), Err(CsvError::Fields { line: 2, found: 2, named: 16 }));
        assert_eq!(
            read_text(&format!("{HEADER}\ngin,00ff,1,2,3,4,5,1,6,-7,8,9,10,1,0,55\n")),
            Err(CsvError::NotANumber { line: 3, column: "nf_oth" })
        );
        assert_eq!(read(b"proj\xff\n"), Err(CsvError::NotText { line: 1 }));
    }
}
