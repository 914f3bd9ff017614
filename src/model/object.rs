//! Names and modes of git objects.

use std::fmt;
use std::str::FromStr;

use super::hex;

/// The id of a git object (SHA-1; repositories of another hash are refused when opened).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 20]);

impl ObjectId {
    /// The tree without any file, which git knows whether it is there or not.
    pub const EMPTY_TREE: Self = Self([
        0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb, 0xee,
        0x49, 0x04,
    ]);

    #[must_use]
    pub const fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The first twelve hexadecimal digits: enough for a person.
    #[must_use]
    pub fn short(&self) -> String {
        hex::short(self)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, out)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for ObjectId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        hex::read(text).map(Self).ok_or(())
    }
}

/// What a tree entry is. Historic modes such as `100664` count as `Regular`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    Regular,
    Executable,
    Symlink,
    Submodule,
}

impl Mode {
    /// The kind of a mode as trees and the index store it; `None` for a directory or nonsense.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Self> {
        match bits & 0o170_000 {
            0o100_000 if bits & 0o111 != 0 => Some(Self::Executable),
            0o100_000 => Some(Self::Regular),
            0o120_000 => Some(Self::Symlink),
            0o160_000 => Some(Self::Submodule),
            _ => None,
        }
    }

    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Regular => 0o100_644,
            Self::Executable => 0o100_755,
            Self::Symlink => 0o120_000,
            Self::Submodule => 0o160_000,
        }
    }

    /// A file whose bytes are text or data, rather than a link's target or a commit id.
    #[must_use]
    pub const fn is_file(self) -> bool {
        matches!(self, Self::Regular | Self::Executable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_id_reads_what_it_writes_and_nothing_else() {
        let hex = "00ff10abcdef0123456789abcdef0123456789ab";

        assert_eq!(hex.parse::<ObjectId>().map(|id| id.to_string()), Ok(hex.to_owned()));
        assert_eq!("00ff".parse::<ObjectId>(), Err(()));
        assert_eq!(format!("{hex}0").parse::<ObjectId>(), Err(()));
        assert_eq!("zz".repeat(20).parse::<ObjectId>(), Err(()));
    }

    #[test]
    fn a_historic_group_writable_mode_is_a_regular_file() {
        assert_eq!(Mode::from_bits(0o100_664), Some(Mode::Regular));
        assert_eq!(Mode::from_bits(0o040_000), None);
    }
}
