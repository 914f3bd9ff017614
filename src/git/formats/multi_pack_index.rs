//! The index of many packs at once, as far as it says where objects stand. libgit2 follows it as it
//! does the index of one pack, and has no way to be told not to.

use super::pack_index::Source;

const HEADER: usize = 12;
/// A name and a place; one more of them, without a name, ends their list.
const CHUNK: usize = 12;
const CHECKSUM: u64 = 20;

/// Names take a few bytes for each pack; this many packs are nobody's.
const MOST_NAMES: u64 = 16 << 20;

/// How many objects are read of at once.
const AT_ONCE: u64 = 4 << 10;

/// Of a pack, before its first entry.
const PACK_HEADER: u64 = 12;

const DAMAGED: &str = "it points out of its packs";

/// A part of the file.
#[derive(Clone, Copy, Debug)]
struct Part {
    start: u64,
    length: u64,
}

/// Says why, where an object may stand outside of its pack. `size_of` knows how large the pack is that
/// belongs to an index of that name: one that is not there makes libgit2 ask the index of each pack.
pub fn check(
    source: &(impl Source + ?Sized),
    length: u64,
    size_of: &dyn Fn(&[u8]) -> Option<u64>,
) -> Result<(), &'static str> {
    let mut header = [0; HEADER];
    if source.read(&mut header, 0).is_none() {
        return Ok(());
    }
    // What is of no version that libgit2 knows is not asked by it.
    let [b'M', b'I', b'D', b'X', 1, 1, chunks, _, packs @ ..] = header else { return Ok(()) };
    let packs = u32::from_be_bytes(packs);
    let parts = parts(source, length, chunks.into()).ok_or("its parts are out of order")?;
    let part = |name: &[u8; 4]| parts.iter().find(|(found, _)| found == name).map(|(_, part)| *part);
    let (Some(names), Some(offsets)) = (part(b"PNAM"), part(b"OOFF")) else { return Err("it lacks a part") };
    let indices = split(source, names, packs).ok_or("its names cannot be read")?;
    let sizes: Option<Vec<u64>> = indices.iter().map(|name| size_of(name)).collect();
    let Some(sizes) = sizes else { return Ok(()) };
    let far = part(b"LOFF");
    if offsets.length % 8 != 0 || far.is_some_and(|far| far.length % 8 != 0) {
        return Err("its size is not what its counts make");
    }
    let mut done = 0;
    while done < offsets.length {
        let some = (offsets.length - done).min(8 * AT_ONCE);
        let mut page = vec![0; usize::try_from(some).unwrap_or_default()];
        source.read(&mut page, offsets.start + done).ok_or(DAMAGED)?;
        let is_within = |eight: &[u8; 8]| {
            let (pack, near) = (u64::from_be_bytes(*eight) >> 32, u64::from_be_bytes(*eight) & 0xffff_ffff);
            let size = usize::try_from(pack).ok().and_then(|pack| sizes.get(pack));
            let offset = far_or_near(source, far, near);
            offset.zip(size).is_some_and(|(offset, size)| {
                offset >= PACK_HEADER && size.checked_sub(CHECKSUM).is_some_and(|end| offset < end)
            })
        };
        if !page.as_chunks().0.iter().all(is_within) {
            return Err(DAMAGED);
        }
        done += some;
    }
    Ok(())
}

/// The parts by their names, each once and one behind the other.
fn parts(source: &(impl Source + ?Sized), length: u64, count: usize) -> Option<Vec<([u8; 4], Part)>> {
    let mut table = vec![0; (count + 1) * CHUNK];
    source.read(&mut table, HEADER as u64)?;
    let end = length.checked_sub(CHECKSUM)?;
    let mut parts: Vec<([u8; 4], Part)> = Vec::new();
    let mut after = (HEADER + table.len()) as u64;
    let starts = table.as_chunks::<CHUNK>().0.iter().map(|chunk| {
        let (name, start) = chunk.split_first_chunk::<4>()?;
        Some((*name, u64::from_be_bytes(start.try_into().ok()?)))
    });
    for start in starts {
        let (name, start) = start?;
        // Where the last part ends is where the checksum begins, whatever the list says.
        let start = if parts.len() == count { end } else { start };
        if start < after || start > end || parts.iter().any(|(known, _)| *known == name) {
            return None;
        }
        if let Some((_, before)) = parts.last_mut() {
            before.length = start - before.start;
        }
        if parts.len() < count {
            parts.push((name, Part { start, length: 0 }));
        }
        after = start;
    }
    Some(parts)
}

/// The names of so many files, none of them in another folder.
fn split(source: &(impl Source + ?Sized), names: Part, count: u32) -> Option<Vec<Vec<u8>>> {
    if names.length > MOST_NAMES {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(names.length).ok()?];
    source.read(&mut bytes, names.start)?;
    let count = usize::try_from(count).ok()?;
    let each: Vec<Vec<u8>> = bytes.split(|byte| *byte == 0).take(count).map(<[u8]>::to_vec).collect();
    (each.len() == count && each.iter().all(|name| !name.contains(&b'/'))).then_some(each)
}

/// A number that does not fit stands in a list of its own, where there is one.
fn far_or_near(source: &(impl Source + ?Sized), far: Option<Part>, near: u64) -> Option<u64> {
    let Some((number, far)) = near.checked_sub(1 << 31).zip(far) else { return Some(near) };
    let mut offset = [0; 8];
    (8 * number + 8 <= far.length).then(|| source.read(&mut offset, far.start + 8 * number))??;
    Some(u64::from_be_bytes(offset))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of one pack, as git writes it but for the checksum.
    fn index(offsets: &[u32], far: &[u64]) -> Vec<u8> {
        let count = u32::try_from(offsets.len()).unwrap();
        let names = b"pack-1.idx\0\0".to_vec();
        let counts = vec![count; 256].iter().flat_map(|count| count.to_be_bytes()).collect::<Vec<u8>>();
        let objects = (0..offsets.len()).flat_map(|number| [u8::try_from(number).unwrap(); 20]).collect::<Vec<u8>>();
        let places = offsets.iter().flat_map(|at| [[0; 4], at.to_be_bytes()].concat()).collect::<Vec<u8>>();
        let far: Vec<u8> = far.iter().flat_map(|at| at.to_be_bytes()).collect();
        let chunks = [(b"PNAM", names), (b"OIDF", counts), (b"OIDL", objects), (b"OOFF", places), (b"LOFF", far)];
        let mut file = [&b"MIDX\x01\x01\x05\0"[..], &1_u32.to_be_bytes()].concat();
        let mut at = 12 + 6 * 12_u64;
        for (name, bytes) in &chunks {
            file.extend([&name[..], &at.to_be_bytes()].concat());
            at += bytes.len() as u64;
        }
        file.extend([&[0; 4][..], &at.to_be_bytes()].concat());
        file.extend(chunks.into_iter().flat_map(|(_, bytes)| bytes));
        file.extend([0; 20]);
        file
    }

    fn checked(file: &[u8]) -> Result<(), &'static str> {
        check(file, file.len() as u64, &|name| (name == b"pack-1.idx").then_some(1000))
    }

    #[test]
    fn what_leads_into_its_pack_is_sound_and_what_leads_out_is_not() {
        assert_eq!(checked(&index(&[12, 979, 1 << 31], &[500])), Ok(()));
        for (near, far) in [(11, 500), (980, 500), (1 << 20, 500), (1 << 31, 980), (1 << 31, u64::MAX)] {
            assert_eq!(checked(&index(&[12, near], &[far])), Err(DAMAGED), "{near} {far}");
        }
        assert_eq!(checked(&index(&[(1 << 31) + 1], &[500])), Err(DAMAGED));
        assert_eq!(checked(&index(&[u32::MAX], &[500])), Err(DAMAGED));
    }

    #[test]
    fn what_libgit2_does_not_ask_is_not_refused() {
        let file = index(&[1 << 20], &[]);

        assert_eq!(check(file.as_slice(), file.len() as u64, &|_| None), Ok(()));
        assert_eq!(checked(b"MIDX\x02\x01"), Ok(()));
        assert_eq!(checked(&[b"MIDX\x02", &file[5..]].concat()), Ok(()));
    }

    proptest! {
        #[test]
        fn whatever_is_changed_nothing_that_leads_out_is_sound(at in 0..1200_usize, byte: u8, place in 980..u32::MAX) {
            let mut file = index(&[12, place], &[]);
            let offsets = file.len() - 36;
            let at = at % file.len();
            file[at] = byte;
            let is_elsewhere = offsets <= at && at < offsets + 16;
            // Nor may the change make of it what libgit2 does not ask, or of another pack.
            let is_asked = at >= 12 + 6 * 12 + 12 && !is_elsewhere;

            prop_assert!(checked(&file).is_err() || !is_asked);
        }
    }
}
