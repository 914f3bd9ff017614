//! The Merkle tree of RFC 6962.

use sha2::Digest;

use crate::model::Sha256;

/// The root over these leaves, in their order.
#[must_use]
pub(super) fn root(leaves: &[Vec<u8>]) -> Sha256 {
    let hashes: Vec<Sha256> = leaves.iter().map(|leaf| hash(0, &[leaf])).collect();
    over(&hashes)
}

/// Leaves and nodes are hashed apart, so that no node can be shown as a leaf.
fn hash(kind: u8, parts: &[&[u8]]) -> Sha256 {
    let mut hash = sha2::Sha256::new_with_prefix([kind]);
    for part in parts {
        hash.update(part);
    }
    Sha256::new(hash.finalize().into())
}

fn over(hashes: &[Sha256]) -> Sha256 {
    match hashes {
        [] => Sha256::of(b""),
        [leaf] => *leaf,
        _ => {
            // The left half is the largest power of two that leaves something for the right.
            let left = hashes.len().next_power_of_two() / 2;
            let (left, right) = hashes.split_at_checked(left).unwrap_or_default();
            hash(1, &[over(left).as_bytes(), over(right).as_bytes()])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roots_are_those_that_certificate_transparency_publishes() {
        let leaves =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        let bytes = |hex: &str| {
            let pairs = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
            pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect::<Vec<u8>>()
        };
        let leaves: Vec<Vec<u8>> = leaves.into_iter().map(bytes).collect();

        let roots: Vec<String> = (0..=8).map(|count| root(&leaves[..count]).to_string()).collect();

        assert_eq!(
            roots,
            [
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ]
        );
    }
}
