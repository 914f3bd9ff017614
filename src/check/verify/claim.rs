//! Values that open as a vendor's token but have not the length of one: cut, mistyped or made up.

/// What opens a token, and the lengths of the whole that its vendor gives out.
const CLAIMS: [(&[u8], usize, usize); 21] = [
    (b"ghp_", 40, 40),
    (b"gho_", 40, 40),
    (b"ghu_", 40, 40),
    (b"ghr_", 40, 120),
    (b"github_pat_", 93, 93),
    (b"glpat-", 26, 80),
    (b"hvs.", 28, 28),
    (b"hvs.", 90, 400),
    (b"hvb.", 138, 400),
    (b"hvr.", 90, 400),
    (b"sk_live_", 32, 200),
    (b"rk_live_", 32, 200),
    (b"AKIA", 20, 20),
    (b"ASIA", 20, 20),
    (b"AIza", 39, 39),
    (b"npm_", 40, 40),
    (b"SG.", 60, 80),
    (b"dop_v1_", 71, 71),
    (b"shpat_", 38, 38),
    (b"pypi-AgE", 80, 400),
    (b"xapp-", 60, 200),
];

/// Whether a value claims to be a token whose length it does not have.
pub(super) fn belies(value: &[u8]) -> bool {
    let mut claimed = CLAIMS.iter().filter(|(opening, _, _)| value.starts_with(opening)).peekable();
    let wrong = claimed.peek().is_some() && !claimed.any(|(_, least, most)| (*least..=*most).contains(&value.len()));
    wrong || is_cut_vault_token(value) || is_cut_web_token(value)
}

/// A Vault token of old: a letter for its kind, a dot and 24 characters.
fn is_cut_vault_token(value: &[u8]) -> bool {
    let Some((b's' | b'b' | b'r', body)) =
        value.split_first().and_then(|(kind, rest)| Some((kind, rest.strip_prefix(b".")?)))
    else {
        return false;
    };
    (20..=40).contains(&body.len()) && body.len() != 24 && body.iter().all(u8::is_ascii_alphanumeric)
}

/// A JSON Web Token of which the signature is missing.
fn is_cut_web_token(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|&byte| byte == b'.').collect();
    value.starts_with(b"eyJ") && parts.len() > 1 && (parts.len() < 3 || parts.last().is_none_or(|last| last.len() < 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_the_length_its_vendor_gives_out() {
        for value in [
            "ghp_q7ZkXw9VbN2mLr4TcY8pHs",
            "hvs.q7ZkXw9VbN2mLr4TcY8pHs3Jd0fKaQeRt",
            "s.q7ZkXw9VbN2mLr4TcY8pHs3Jd0",
            "eyJhbGciOiJSUzI1NiJ9.e30.",
            "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ",
        ] {
            assert!(belies(value.as_bytes()), "{value}");
        }
        for value in [
            "hvs.q7ZkXw9VbN2mLr4TcY8pHs3J",
            "s.q7ZkXw9VbN2mLr4TcY8pHs3J",
            "s.config",
            "q7ZkXw9VbN2mLr4TcY8pHs",
            "eyJhbGciOiJSUzI1NiJ9.e30.q7ZkXw9VbN2mLr4TcY8pHs",
            "eyJ0eXBlIjoic2VydmljZV9hY2NvdW50In0",
        ] {
            assert!(!belies(value.as_bytes()), "{value}");
        }
    }
}
