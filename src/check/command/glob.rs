//! A pattern of a file's name, as a shell and `find` read it.

/// Whether a name is one that the pattern stands for, in capitals or not.
pub fn fits(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    // Where to go on if it does not fit: behind the last `*`, one sign further on in the name.
    let mut back = None;
    let (mut at, mut in_name) = (0, 0);
    loop {
        let step = match (pattern.get(at), name.get(in_name)) {
            (None, None) => return true,
            (Some('*'), _) => {
                back = Some((at + 1, in_name));
                at += 1;
                continue;
            }
            (Some('?'), Some(_)) => Some(1),
            (Some('['), Some(sign)) => of_class(pattern.get(at..).unwrap_or_default(), *sign),
            (Some(one), Some(other)) if one == other => Some(1),
            _ => None,
        };
        if let Some(step) = step {
            (at, in_name) = (at + step, in_name + 1);
            continue;
        }
        match back {
            Some((after, start)) if start < name.len() => {
                back = Some((after, start + 1));
                (at, in_name) = (after, start + 1);
            }
            _ => return false,
        }
    }
}

/// How long the class is that takes a sign in; an opening without an end stands for itself.
fn of_class(class: &[char], sign: char) -> Option<usize> {
    let Some(end) = class.iter().skip(2).position(|one| *one == ']').map(|at| at + 2) else {
        return (sign == '[').then_some(1);
    };
    let inside = class.get(1..end).unwrap_or_default();
    let (is_not, inside) = match inside.split_first() {
        Some(('!' | '^', rest)) => (true, rest),
        _ => (false, inside),
    };
    let in_range = |three: &[char]| matches!(three, [from, '-', to] if (*from..=*to).contains(&sign));
    let is_in = inside.contains(&sign) || inside.windows(3).any(in_range);
    (is_in != is_not).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_name_fits_a_pattern() {
        for (pattern, name) in [
            ("", ""),
            ("*", "a"),
            ("g?t", "git"),
            ("g[h-j]t", "git"),
            ("g[!a]t", "git"),
            ("*.py*", "a.pyc"),
            ("*a*b", "xaxbxb"),
            ("[", "["),
            ("A*", "ab"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("", "a"), ("g?t", "gt"), ("g[!i]t", "git"), ("*.py", "a.pyc"), ("*a*b", "xbxa"), ("[a", "a")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
