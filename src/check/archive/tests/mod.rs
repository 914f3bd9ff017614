mod pack;

use pack::{Node, deflated, ended, entry, gzipped, listed, summed, taped, zip_member, zipped};
use proptest::prelude::*;

use super::*;

/// The files of an archive by their paths, and how much of it was read. A file may break off.
fn read(bytes: &[u8], name: &str) -> (Vec<(String, Vec<u8>)>, Extent) {
    let mut files = Vec::new();
    let extent = unpack(Archive::Held(bytes), name.as_bytes(), &mut |member, content| {
        let mut bytes = Vec::new();
        let read = each_piece(content, |piece| bytes.extend_from_slice(piece));
        files.push((String::from_utf8_lossy(member.path).into_owned(), bytes));
        read
    });
    (files, extent)
}

fn file(name: &str, text: &str) -> Node {
    Node::File(name.to_owned(), text.as_bytes().to_vec())
}

fn names(files: &[(String, Vec<u8>)]) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = ("[a-z]{1,8}\\.(txt|env)", "[a-zP\n ]{0,2000}").prop_map(|(name, text)| file(&name, &text));
    leaf.prop_recursive(4, 24, 5, |inner| {
        let several = || prop::collection::vec(inner.clone(), 1..5);
        prop_oneof![
            ("[a-z]{1,8}\\.zip", several()).prop_map(|(name, files)| Node::Zip(name, files)),
            ("[a-z/]{1,90}\\.tar", several()).prop_map(|(name, files)| Node::Tar(name, files)),
            ("[a-z]{1,8}\\.gz", inner).prop_map(|(name, file)| Node::Gzip(name, Box::new(file))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_was_packed_is_read_wherever_it_stands(node in node()) {
        let (files, extent) = read(&node.bytes(), node.name());

        prop_assert_eq!(files, node.files("", node.name()));
        prop_assert_eq!(extent, Extent::Whole);
    }

    #[test]
    fn damage_ends_nothing_but_the_reading(node in node(), hurt in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..9), cut in any::<prop::sample::Index>()) {
        let mut bytes = node.bytes();
        for (at, byte) in hurt {
            let at = at.index(bytes.len().max(1));
            if let Some(hurt) = bytes.get_mut(at) {
                *hurt = byte;
            }
        }
        bytes.truncate(cut.index(bytes.len() + 1));

        let (files, _) = read(&bytes, node.name());

        let read: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        prop_assert!(read as u64 <= bytes.len() as u64 * (MOST_TIMES + 1) + AT_LEAST);
    }
}

#[test]
fn what_is_no_archive_is_a_file() {
    assert!(!is_archive(b""));
    assert!(!is_archive(b"PK: primary key"));
    assert!(!is_archive(&[b'a'; 600]));
    assert!(!is_archive(&[0; 600]));
    assert!(is_archive(&gzipped(b"")));
    assert!(is_archive(&taped("a", b'0', b"")));
    assert_eq!(read(b"text", "a.zip"), (vec![(String::new(), b"text".to_vec())], Extent::Whole));
}

#[test]
fn what_was_packed_alone_is_named_by_its_archive() {
    let named = |name: &str| read(&gzipped(b"x"), name).0.remove(0).0;

    let packed = ["a.sql.gz", "A.TGZ", "a.svgz", "a.sql", ".gz"];
    assert_eq!(packed.map(named), ["a.sql", "A.tar", "a.svg", "a.sql", ""]);
}

#[test]
fn long_names_are_known_as_either_kind_of_tape_has_them() {
    let name = format!("{}app.env", "d/".repeat(80));
    let gnu = [taped("././@LongLink", b'L', format!("{name}\0").as_bytes()), taped(&name, b'0', b"x")].concat();
    let record = format!("26 mtime=1777777777.12345\n{} path={name}\n", name.len() + 10);
    let between = [
        taped("pax", b'x', b"18 path=a=b\nc.txt\n"),
        taped("g", b'g', b"6 a=b\n"),
        taped("l", b'K', b"to\0"),
        taped("a", b'0', b"x"),
    ];
    assert_eq!(names(&read(&between.concat(), "a.tar").0), ["a=b\nc.txt"]);
    let pax = [taped("pax", b'x', record.as_bytes()), taped(&name, b'0', b"x"), taped("./b", b'0', b"y")].concat();

    assert_eq!(names(&read(&gnu, "a.tar").0), [name.as_str()]);
    assert_eq!(names(&read(&pax, "a.tar").0), [name.as_str(), "b"]);
}

#[test]
fn folders_and_links_of_a_tape_are_no_files() {
    let tape = [taped("d/", b'5', b""), taped("l", b'2', b""), taped("d/a", b'0', b"x")].concat();

    let (files, extent) = read(&tape, "a.tar");

    assert_eq!((names(&files), extent), (vec!["d/a"], Extent::Whole));
}

#[test]
fn what_cannot_be_read_hides_nothing_behind_it() {
    let mut broken = deflated(&[b'a'; 9_000]);
    broken[2..6].fill(0xff);
    let after = zip_member("b", 0, 8, &deflated(b"here"));
    let before = [
        zip_member("a", 1, 8, b"encrypted PK\x03"),
        zip_member("a", 0, 12, b"packed in another way"),
        zip_member("a", 0, 8, &broken),
    ];

    for before in before {
        let (files, extent) = read(&[before, after.clone()].concat(), "a.zip");

        assert_eq!(files.last().unwrap(), &("b".to_owned(), b"here".to_vec()));
        assert_eq!(extent, Extent::Part);
    }
}

#[test]
fn what_is_listed_and_was_not_read_is_known() {
    let (a, b) = (zip_member("a", 0, 8, &deflated(b"one")), zip_member("b", 0, 8, &deflated(b"two")));
    let bare = zip_member("a", 0, 0, &[b"a file and ", &b[..]].concat());
    let at = bare.len() - b.len();
    let with = |member: &[u8], place: usize, byte: u8| {
        let mut entry = entry(member, 0);
        entry[place] = byte;
        ended(member.to_vec(), &[entry])
    };
    let mut more_than_listed = listed(std::slice::from_ref(&a));
    let entries = more_than_listed.len() - 12;
    more_than_listed[entries] = 2;

    assert_eq!(read(&listed(&[a.clone(), b.clone()]), "a.zip").1, Extent::Whole);
    assert_eq!(read(&ended([&a[..], &b].concat(), &[entry(&a, 0)]), "a.zip").1, Extent::Whole);
    let another = [
        ended(bare.clone(), &[entry(&bare, 0), entry(&b, at)]),
        with(&a, 10, 0),
        with(&bare, 20, 99),
        with(&a, 42, 1),
        with(&a, 46, b'b'),
        more_than_listed,
        [listed(std::slice::from_ref(&a)), bare].concat(),
    ];
    for (place, zip) in another.iter().enumerate() {
        assert_eq!(read(zip, "a.zip").1, Extent::Part, "{place}");
    }
}

#[test]
fn a_zip_may_stand_behind_anything() {
    let zip = listed(&[zip_member("a", 0, 8, &deflated(b"one"))]);
    let programs = [&b"#!/bin/sh\n"[..], b"JM\x01\0", &vec![b'P'; 100_000]].map(|program| [program, &zip].concat());
    let commented = [&programs[0][..], &vec![b' '; 60_000]].concat();

    for program in programs.iter().chain([&commented]) {
        assert!(!is_archive(program) && Format::of_whole(program) == Some(Format::Zip));
        assert_eq!(read(program, "a"), (vec![("a".to_owned(), b"one".to_vec())], Extent::Whole));
    }
    assert_eq!(Format::of_whole(b"it ends in PK\x05\x06"), None);
    assert_eq!(Format::of_whole(&[&programs[0][..], &vec![b' '; 70_000]].concat()), None);
}

#[test]
fn what_several_pieces_show_of_a_size_behind_is_one_file() {
    let text = "PK\x07\x08 is no size ".repeat(5_000);
    let zip = listed(&[zip_member("a", 8, 0, text.as_bytes()), zip_member("b", 0, 8, &deflated(b"two"))]);

    let files = [("a".to_owned(), text.into_bytes()), ("b".to_owned(), b"two".to_vec())];
    assert_eq!(read(&zip, "a.zip"), (files.to_vec(), Extent::Whole));
    let (files, extent) = read(&gzipped(&zip[..70_000]), "a.zip");
    assert_eq!((files[0].1.len(), extent), (70_000 - 31, Extent::Part));
}

#[test]
fn a_size_counts_where_those_who_unpack_take_it_from() {
    let hidden = taped("b", b'0', b"x");
    let with = |size: &str, header: &[u8]| [&taped("p", b'x', format!("10 size={size}\n").as_bytes()), header].concat();
    let link = |kind| {
        let mut link = taped("l", kind, &hidden);
        link.truncate(HEAD + hidden.len());
        link
    };

    let said =
        read(&[with("3", &taped("a", b'0', b"")), b"big".to_vec(), vec![0; 509], hidden.clone()].concat(), "a.tar");
    assert_eq!(said, (vec![("a".to_owned(), b"big".to_vec()), ("b".to_owned(), b"x".to_vec())], Extent::Whole));
    for kind in [b'1', b'2', b'5'] {
        assert_eq!(names(&read(&link(kind), "a.tar").0), ["b"]);
    }
    let mut folder = taped("d/", 0, &hidden);
    folder.extend_from_slice(&taped("c", b'0', b"y"));
    assert_eq!(names(&read(&folder, "a.tar").0), ["b", "c"]);
}

#[test]
fn whatever_a_tape_says_a_file_is_it_is_read() {
    for kind in [0, b'7', b'S', b'M', b'Z'] {
        assert_eq!(read(&taped("a", kind, b"x"), "a.tar"), (vec![("a".to_owned(), b"x".to_vec())], Extent::Whole));
    }
    let mut mapped = taped("a", b'S', b"x");
    mapped[482] = 1;
    summed(&mut mapped[..HEAD], false);
    let mut map = [b'7'; HEAD];
    map[504] = 0;
    mapped.splice(HEAD..HEAD, map);
    assert_eq!(read(&mapped, "a.tar"), (vec![("a".to_owned(), b"x".to_vec())], Extent::Whole));

    let parts = [taped("p", b'x', b"22 GNU.sparse.major=1\n"), taped("a", b'0', b"1\n0\n1\nx")].concat();
    assert_eq!(read(&parts, "a.tar").1, Extent::Part);
}

#[test]
fn a_tape_goes_on_behind_what_is_no_header() {
    let tape = [taped("a", b'0', b"x"), vec![b'?'; HEAD], taped("b", b'0', b"y")].concat();

    let (files, extent) = read(&tape, "a.tar");

    assert_eq!((names(&files), extent), (vec!["a", "b"], Extent::Part));
}

#[test]
fn a_sum_may_be_that_of_signed_bytes() {
    let mut tape = taped("caf?", b'0', b"x");
    tape[3] = 0xe9;
    summed(&mut tape[..HEAD], true);

    assert_eq!(read(&tape, "a.tar").0, [("caf\u{fffd}".to_owned(), b"x".to_vec())]);
}

#[test]
fn several_gzips_are_one_file_and_anything_else_behind_them_is_not_read() {
    let (one, two) = (gzipped(b"one "), gzipped(b"two"));

    for between in [0, 1, 9_000] {
        let both = [&one[..], &vec![0; between], &two, &vec![0; between]].concat();
        assert_eq!(read(&both, "a.gz"), (vec![("a".to_owned(), b"one two".to_vec())], Extent::Whole));
    }
    assert_eq!(read(&[&one[..], b"more"].concat(), "a.gz").1, Extent::Part);
}

#[test]
fn what_stands_before_damage_is_shown() {
    let numbers: Vec<String> = (0..9_000).map(|number: u32| number.to_string()).collect();
    let text = numbers.join(" ");
    let whole = gzipped(text.as_bytes());
    let mut damaged = whole.clone();
    damaged[whole.len() / 2..].fill(0xff);
    let little = gzipped(b"password = x and some more");

    for packed in [&damaged, &whole[..whole.len() / 2], &little[..little.len() - 10]] {
        let (files, extent) = read(packed, "a.gz");

        assert!(files[0].1.len() > 20 && extent == Extent::Part);
        assert!(text.as_bytes().starts_with(&files[0].1) || files[0].1.starts_with(b"password = x"));
    }
}

#[test]
fn sizes_past_four_gigabytes_stand_elsewhere() {
    let mut member = zip_member("a", 0, 0, b"in a PK\x03\x04 file");
    member[18..26].fill(0xff);
    member[28] = 20;
    let size = 14_u64.to_le_bytes();
    let extra = [&[1, 0, 16, 0][..], &size, &size].concat();
    let at = 31;
    member.splice(at..at, extra);

    assert_eq!(read(&member, "a.zip").0, [("a".to_owned(), b"in a PK\x03\x04 file".to_vec())]);

    let mut header = taped("a", b'0', &[]);
    header[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
    summed(&mut header, false);
    assert_eq!(read(&[&header[..], b"big"].concat(), "a.tar").0, [("a".to_owned(), b"big".to_vec())]);
}

#[test]
fn a_bomb_ends_at_the_limit() {
    let bomb = gzipped(&vec![0; 20_000_000]);
    let limit = bomb.len() as u64 * MOST_TIMES + AT_LEAST;
    let several = zipped(&[Node::File("a".to_owned(), vec![0; 20_000_000]), file("b", "behind")]);

    let (files, extent) = read(&bomb, "a.gz");
    let (first, behind) = read(&several, "a.zip");

    assert!(files[0].1.len() as u64 <= limit && limit < 20_000_000);
    assert_eq!((names(&files), extent), (vec!["a"], Extent::Part));
    assert_eq!((names(&first), behind), (vec!["a"], Extent::Part));
}

#[test]
fn archives_stand_in_each_other_so_deep_and_no_deeper() {
    let packed = |times: u32| (0..times).fold(b"text".to_vec(), |bytes, _| gzipped(&bytes));

    assert_eq!(read(&packed(DEEPEST), "a"), (vec![("a/a/a/a/a".to_owned(), b"text".to_vec())], Extent::Whole));
    let (files, extent) = read(&packed(DEEPEST + 1), "a");
    assert_eq!((files[0].1.as_slice(), extent), (gzipped(b"text").as_slice(), Extent::Part));
}

#[test]
fn archives_of_other_kinds_are_not_read() {
    for inner in [&b"BZh91AY"[..], b"\xfd7zXZ\0", b"Rar!", b"7z\xbc\xaf\x27\x1c"] {
        let read = read(&taped("a", b'0', inner), "a.tar");
        assert_eq!(read, (vec![("a".to_owned(), inner.to_vec())], Extent::Part));
    }
}

#[test]
fn more_files_than_anybody_packs_are_too_many() {
    let tape = taped("a", b'0', b"").repeat(usize::try_from(MOST_MEMBERS).unwrap() + 1);
    let count = |tape: &[u8]| {
        let mut count = 0;
        let extent = unpack(Archive::Held(tape), b"a.tar", &mut |_, _| {
            count += 1;
            Ok(())
        });
        (count, extent)
    };

    assert_eq!(count(&tape[HEAD..]), (MOST_MEMBERS, Extent::Whole));
    assert_eq!(count(&tape), (MOST_MEMBERS, Extent::Part));
}
