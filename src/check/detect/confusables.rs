//! Letters of other scripts that pass for a Latin one.

/// The ASCII character that a letter passes for.
pub(super) fn latin_for(letter: char) -> Option<char> {
    match letter {
        // Full width and mathematical letters: some languages read them as the ASCII ones.
        '\u{ff21}'..='\u{ff3a}' => nth_letter(letter, '\u{ff21}'),
        '\u{ff41}'..='\u{ff5a}' => nth_letter(letter, '\u{ff41}').map(|capital| capital.to_ascii_lowercase()),
        '\u{1d400}'..='\u{1d6a3}' => nth_letter(letter, '\u{1d400}'),
        _ if !has_look_alikes(letter) => None,
        _ => {
            let at = LOOK_ALIKES.binary_search_by_key(&letter, |&(known, _)| known).ok()?;
            LOOK_ALIKES.get(at).map(|&(_, latin)| latin)
        }
    }
}

/// Whether a letter stands in one of the few blocks of 256 characters that the table speaks of.
fn has_look_alikes(letter: char) -> bool {
    matches!(u32::from(letter) >> 8, 0x01..=0x05 | 0x13 | 0x21 | 0xa4)
}

/// Of alphabets that follow each other, capitals first.
fn nth_letter(letter: char, first: char) -> Option<char> {
    let number = u8::try_from((u32::from(letter) - u32::from(first)) % 52).ok()?;
    Some(char::from(if number < 26 { b'A' + number } else { b'a' + number - 26 }))
}

/// Cyrillic, Greek, Armenian, Cherokee and Lisu letters, Roman numerals, two Latin letters drawn
/// like others, and the click that reads as `!`; in the order of Unicode. Greek letters that only
/// resemble a Latin one (nu, rho, alpha) are left out: formulas put them beside Latin letters.
const LOOK_ALIKES: [(char, char); 119] = [
    ('\u{1c3}', '!'),
    ('\u{251}', 'a'),
    ('\u{261}', 'g'),
    ('\u{37f}', 'J'),
    ('\u{391}', 'A'),
    ('\u{392}', 'B'),
    ('\u{395}', 'E'),
    ('\u{396}', 'Z'),
    ('\u{397}', 'H'),
    ('\u{399}', 'I'),
    ('\u{39a}', 'K'),
    ('\u{39c}', 'M'),
    ('\u{39d}', 'N'),
    ('\u{39f}', 'O'),
    ('\u{3a1}', 'P'),
    ('\u{3a4}', 'T'),
    ('\u{3a5}', 'Y'),
    ('\u{3a7}', 'X'),
    ('\u{3bf}', 'o'),
    ('\u{3f2}', 'c'),
    ('\u{3f3}', 'j'),
    ('\u{3f9}', 'C'),
    ('\u{405}', 'S'),
    ('\u{406}', 'I'),
    ('\u{408}', 'J'),
    ('\u{410}', 'A'),
    ('\u{412}', 'B'),
    ('\u{415}', 'E'),
    ('\u{41a}', 'K'),
    ('\u{41c}', 'M'),
    ('\u{41d}', 'H'),
    ('\u{41e}', 'O'),
    ('\u{420}', 'P'),
    ('\u{421}', 'C'),
    ('\u{422}', 'T'),
    ('\u{423}', 'Y'),
    ('\u{425}', 'X'),
    ('\u{430}', 'a'),
    ('\u{435}', 'e'),
    ('\u{43e}', 'o'),
    ('\u{440}', 'p'),
    ('\u{441}', 'c'),
    ('\u{443}', 'y'),
    ('\u{445}', 'x'),
    ('\u{455}', 's'),
    ('\u{456}', 'i'),
    ('\u{458}', 'j'),
    ('\u{475}', 'v'),
    ('\u{4ae}', 'Y'),
    ('\u{4bb}', 'h'),
    ('\u{4c0}', 'I'),
    ('\u{4cf}', 'l'),
    ('\u{501}', 'd'),
    ('\u{51a}', 'Q'),
    ('\u{51b}', 'q'),
    ('\u{51c}', 'W'),
    ('\u{51d}', 'w'),
    ('\u{53c}', 'L'),
    ('\u{54d}', 'U'),
    ('\u{54f}', 'S'),
    ('\u{555}', 'O'),
    ('\u{566}', 'q'),
    ('\u{570}', 'h'),
    ('\u{575}', 'j'),
    ('\u{578}', 'n'),
    ('\u{57d}', 'u'),
    ('\u{581}', 'g'),
    ('\u{585}', 'o'),
    ('\u{13a0}', 'D'),
    ('\u{13a1}', 'R'),
    ('\u{13a2}', 'T'),
    ('\u{13aa}', 'A'),
    ('\u{13ab}', 'J'),
    ('\u{13ac}', 'E'),
    ('\u{13b3}', 'W'),
    ('\u{13b7}', 'M'),
    ('\u{13bb}', 'H'),
    ('\u{13c0}', 'G'),
    ('\u{13c3}', 'Z'),
    ('\u{13d9}', 'V'),
    ('\u{13da}', 'S'),
    ('\u{13de}', 'L'),
    ('\u{13df}', 'C'),
    ('\u{13e2}', 'P'),
    ('\u{13e6}', 'K'),
    ('\u{13f4}', 'B'),
    ('\u{2170}', 'i'),
    ('\u{2174}', 'v'),
    ('\u{2179}', 'x'),
    ('\u{217c}', 'l'),
    ('\u{217d}', 'c'),
    ('\u{217e}', 'd'),
    ('\u{217f}', 'm'),
    ('\u{a4d0}', 'B'),
    ('\u{a4d1}', 'P'),
    ('\u{a4d2}', 'd'),
    ('\u{a4d3}', 'D'),
    ('\u{a4d4}', 'T'),
    ('\u{a4d6}', 'G'),
    ('\u{a4d7}', 'K'),
    ('\u{a4d9}', 'J'),
    ('\u{a4da}', 'C'),
    ('\u{a4dc}', 'Z'),
    ('\u{a4dd}', 'F'),
    ('\u{a4df}', 'M'),
    ('\u{a4e0}', 'N'),
    ('\u{a4e1}', 'L'),
    ('\u{a4e2}', 'S'),
    ('\u{a4e3}', 'R'),
    ('\u{a4e6}', 'V'),
    ('\u{a4e7}', 'H'),
    ('\u{a4ea}', 'W'),
    ('\u{a4eb}', 'X'),
    ('\u{a4ec}', 'Y'),
    ('\u{a4ee}', 'A'),
    ('\u{a4f0}', 'E'),
    ('\u{a4f2}', 'I'),
    ('\u{a4f3}', 'O'),
    ('\u{a4f4}', 'U'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_so_that_a_search_finds_every_letter() {
        assert!(LOOK_ALIKES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(LOOK_ALIKES.iter().all(|&(letter, latin)| latin_for(letter) == Some(latin)));
    }

    #[test]
    fn styled_letters_read_as_plain_ones() {
        let plain = |text: &str| text.chars().map(|c| latin_for(c).unwrap_or(c)).collect::<String>();

        assert_eq!(plain("\u{ff21}\u{ff3a}\u{ff41}\u{ff5a}"), "AZaz");
        assert_eq!(plain("\u{1d42c}\u{1d5da}\u{1d6a3}"), "sGz");
        assert_eq!(plain("\u{430}\u{1c3}"), "a!");
        assert_eq!(plain("\u{436}\u{3bd}\u{4e2d}"), "\u{436}\u{3bd}\u{4e2d}");
    }
}
