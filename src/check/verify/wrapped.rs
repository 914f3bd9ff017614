//! Tokens that are not written as they are: in base64, as manifests and settings for deployment carry them, or
//! in pieces.

use super::codec::base64;
use super::likeness::drawn;
use super::meant::unmasked;
use super::{Captured, Verifier, Zones, token};

/// How a token begins, and what proves the rest of it.
const TOKENS: [(&[u8], Verifier); 17] = [
    (b"AKIA", token::aws_key_id),
    (b"ASIA", token::aws_key_id),
    (b"AIza", random),
    (b"dop_v1_", random),
    (b"eyJ", token::jwt),
    (b"gho_", token::crc32),
    (b"ghp_", token::crc32),
    (b"ghr_", random),
    (b"ghs_", token::crc32),
    (b"github_pat_", random),
    (b"glpat-", random),
    (b"npm_", token::crc32),
    (b"pypi-", token::macaroon),
    (b"sk-ant-", random),
    (b"sk_live_", random),
    (b"xoxb-", random),
    (b"xoxp-", random),
];

/// Whether base64 decodes to one token and nothing else but the end of its line.
pub(super) fn token(captured: &Captured<'_>) -> bool {
    let Some(bytes) = base64(captured.value()) else { return false };
    let text = bytes.trim_ascii_end();
    text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)) && is_token(text, captured)
}

/// Whether pieces of text make one token, once what joins them is left out.
pub(super) fn joined(captured: &Captured<'_>) -> bool {
    let is_of_token = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let text: Vec<u8> = captured.value().iter().filter(is_of_token).copied().collect();
    is_token(&text, captured)
}

fn is_token(text: &[u8], captured: &Captured<'_>) -> bool {
    let unwrapped =
        Captured { text, whole: 0..text.len(), value: 0..text.len(), path: captured.path, zones: &Zones::default() };
    let proved = |(beginning, proves): &(&[u8], Verifier)| text.starts_with(beginning) && proves(&unwrapped);
    text.len() >= SHORTEST && TOKENS.iter().any(proved)
}

/// A key id of AWS.
const SHORTEST: usize = 20;

fn random(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let from = value.iter().rposition(|byte| matches!(byte, b'_' | b'-')).map_or(0, |at| at + 1);
    unmasked(captured) && (drawn(value) || drawn(value.get(from..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::captured;
    use super::{joined, token};

    #[test]
    fn a_token_is_known_by_what_it_decodes_to() {
        let key_id = ["QUtJQVo3UVZO", "NEtXSjNYUExNMlQ="].concat();
        let of_line = ["QUtJQVo3UVZO", "NEtXSjNYUExNMlQK"].concat();

        assert!(captured(&key_id, token));
        assert!(captured(&of_line, token));
        assert!(!captured("QUtJQUlPU0ZPRE5ON0VYQU1QTEU=", token), "the key id of Amazon's documents");
        assert!(!captured("QUtJQSBpcyBob3cgYSBrZXkgaWQgYmVnaW5z", token), "a sentence");
        assert!(!captured("QUtJQVo3UVZO", token), "a part of one");
    }

    #[test]
    fn a_token_is_known_by_the_pieces_that_make_it() {
        let pieces = |between: &str| ["AKIAZ7QV", between, "N4KWJ3XPLM2T"].concat();

        for between in ["\" + \"", "' .\n    '", "\\\n", "\u{ad}"] {
            assert!(captured(&pieces(between), joined), "{between:?}");
        }
        assert!(!captured("AKIAIOSF\" + \"ODNN7EXAMPLE", joined), "the key id of Amazon's documents");
        assert!(!captured("AKIA\" + \"ZONE", joined), "too short for one");
    }
}
