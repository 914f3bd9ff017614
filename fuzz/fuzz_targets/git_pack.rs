//! What packs and loose objects are made of is any bytes: it is read or refused without a panic, no more
//! is made than is said, and nothing is read that is not there.
//! On stable: `cargo fuzz run -s none git_pack`.
#![no_main]

use gov_hook::git::formats::delta::{apply, result_size};
use gov_hook::git::formats::loose::{Inflate, stored};
use gov_hook::git::formats::multi_pack_index;
use gov_hook::git::formats::pack::{LONGEST_START, start};
use gov_hook::git::formats::pack_index::{Layout, Source};
use gov_hook::model::ObjectId;
use libfuzzer_sys::fuzz_target;

const LIMIT: usize = 1 << 20;

/// Of the index of a pack: a mark, and as many names as the bytes behind it have room for.
fn index_of(bytes: &[u8]) -> Vec<u8> {
    let count = u32::try_from(bytes.len() / 28).unwrap_or_default();
    let fanout = [vec![0; 4 * 16], count.to_be_bytes().repeat(240)].concat();
    [&b"\xfftOc\0\0\0\x02"[..], &fanout, bytes, &[0; 40]].concat()
}

fuzz_target!(|input: (u8, &[u8], &[u8])| {
    let (which, base, bytes) = input;
    match which % 5 {
        0 => {
            let made = apply(base, bytes, LIMIT);
            let says = result_size(bytes);
            assert!(made.is_none_or(|made| Some(made.len()) == says && made.len() <= LIMIT));
        }
        1 => {
            if let Some(read) = start(bytes) {
                assert!(0 < read.length && read.length <= bytes.len().min(LONGEST_START));
                assert_eq!(start(&bytes[..read.length]), Some(read));
                assert!(start(&bytes[..read.length - 1]).is_none());
            }
        }
        2 => {
            for file in [bytes.to_vec(), index_of(bytes)] {
                let Ok(layout) = Layout::read(file.as_slice(), file.len() as u64) else { continue };
                let count = layout.count();
                assert!(count as usize * 28 <= file.len());
                let names = layout.names_from(file.as_slice(), 0, count).unwrap_or_default();
                assert_eq!(names.len(), count as usize);
                assert_eq!(layout.offsets_from(file.as_slice(), 0, count).map(|all| all.len()), Some(names.len()));
                let is_in_order = names.is_sorted_by(|one, next| one < next)
                    && (0..).zip(&names).all(|(number, name)| layout.is_counted(*name, number));
                for (number, name) in (0..).zip(&names) {
                    let found = layout.find(file.as_slice(), ObjectId::new(*name));
                    let stands =
                        layout.offsets_from(file.as_slice(), number, 1).and_then(|all| all.first().copied()?);
                    assert!(!is_in_order || found == stands);
                }
            }
        }
        3 => {
            if let Some(object) = Inflate::default().object(bytes, "blob", LIMIT) {
                assert!(object.len() <= LIMIT && object.len() <= bytes.len() * 1032);
            }
            let header = format!("blob {}\0", base.len());
            let file = stored(&[header.as_bytes(), base].concat());
            assert_eq!(file.and_then(|file| Inflate::default().object(&file, "blob", LIMIT)), Some(base.to_vec()));
        }
        _ => {
            let is_sound = |size| multi_pack_index::check(bytes, bytes.len() as u64, &|_| Some(size)).is_ok();
            // What leads nowhere out of a pack leads out of none that is larger.
            assert!(!is_sound(1 << 10) || is_sound(1 << 40));
            let mut part = [0; 8];
            assert_eq!(bytes.read(&mut part, u64::MAX), None);
        }
    }
});
