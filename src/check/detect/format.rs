//! What a binary file is, by its first bytes and, where those say too little, by its name.

use crate::model::RepoPath;

/// The name of a format that a machine runs as it is.
pub(super) fn program(path: &RepoPath, bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 12] = [
        (b"\x7fELF", "ELF program"),
        (b"MZ", "Windows program"),
        (b"\xfe\xed\xfa\xce", "macOS program"),
        (b"\xfe\xed\xfa\xcf", "macOS program"),
        (b"\xce\xfa\xed\xfe", "macOS program"),
        (b"\xcf\xfa\xed\xfe", "macOS program"),
        (b"\xca\xfe\xba\xbe", "Java class or macOS program"),
        (b"\0asm", "WebAssembly"),
        (b"dex\n", "Android program"),
        (b"!<arch>\n", "object archive"),
        (b"BC\xc0\xde", "LLVM bitcode"),
        (b"\x1bLua", "compiled Lua"),
    ];
    const EXTENSIONS: [(&[u8], &str); 13] = [
        (b"jar", "Java archive"),
        (b"war", "Java archive"),
        (b"aar", "Android archive"),
        (b"apk", "Android package"),
        (b"pyc", "compiled Python"),
        (b"pyo", "compiled Python"),
        (b"pyd", "Python extension"),
        (b"node", "Node.js extension"),
        (b"beam", "compiled Erlang"),
        (b"msi", "Windows installer"),
        (b"deb", "Debian package"),
        (b"rpm", "RPM package"),
        (b"dmg", "macOS disk image"),
    ];
    let by_magic = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
    let extension = path.extension().map(<[u8]>::to_ascii_lowercase);
    let by_name = || EXTENSIONS.iter().find(|(name, _)| extension.as_deref() == Some(name));
    by_magic.or_else(by_name).map(|(_, format)| *format)
}

/// The name of a format that packs other files.
pub(in crate::check) fn archive(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(usize, &[u8], &str); 8] = [
        (0, b"PK\x03\x04", "zip archive"),
        (0, b"\x1f\x8b", "gzip data"),
        (0, b"\xfd7zXZ\0", "xz data"),
        (0, b"BZh", "bzip2 data"),
        (0, b"7z\xbc\xaf\x27\x1c", "7z archive"),
        (0, b"\x28\xb5\x2f\xfd", "zstd data"),
        (0, b"Rar!", "rar archive"),
        (257, b"ustar", "tar archive"),
    ];
    let stands = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    MAGIC.iter().find(|(at, magic, _)| stands(*at, magic)).map(|(_, _, format)| *format)
}

/// Images, fonts, sound, film and documents, by their first bytes; by name where those are an
/// archive's.
pub(super) fn is_for_people(path: &RepoPath, bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 30] = [
        b"\x89PNG",
        b"GIF8",
        b"\xff\xd8\xff",
        b"RIFF",
        b"\0\0\x01\0",
        b"\0\0\x02\0",
        b"BM",
        b"II*\0",
        b"MM\0*",
        b"8BPS",
        b"%PDF",
        b"OTTO",
        b"\0\x01\0\0",
        b"wOFF",
        b"wOF2",
        b"true",
        b"ttcf",
        b"ID3",
        b"OggS",
        b"fLaC",
        b"\x1a\x45\xdf\xa3",
        b"\xff\xfb",
        b"\xff\xf3",
        b"icns",
        b"\xde\x12\x04\x95",
        b"\x95\x04\x12\xde",
        b"qoif",
        b"\xd0\xcf\x11\xe0",
        b"MThd",
        b"\0\0\0\x0cjP",
    ];
    const EXTENSIONS: [&[u8]; 16] = [
        b"docx", b"xlsx", b"pptx", b"odt", b"ods", b"odp", b"epub", b"sketch", b"svgz", b"drawio", b"eot", b"ico",
        b"lockb", b"key", b"icc", b"tga",
    ];
    let extension = path.extension().map(<[u8]>::to_ascii_lowercase);
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
        || bytes.get(4..8) == Some(b"ftyp")
        || EXTENSIONS.iter().any(|name| extension.as_deref() == Some(name))
}
