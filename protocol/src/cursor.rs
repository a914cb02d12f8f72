//! Cursors of paged lists. They hold no secret and need no key: a position, and whose list it is a position in.

use crate::list::Kind;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Kind of list, offset, fingerprint of the list.
const SIZE: usize = 1 + 4 + 8;
const LENGTH: usize = (SIZE * 4).div_ceil(3);

/// Writes the place before the item of this number.
pub(crate) fn write(kind: Kind, fingerprint: u64, offset: usize) -> String {
    let mut bytes = [0; SIZE];
    bytes[0] = kind as u8;
    // A catalog is source code; its lists are shorter than that.
    bytes[1..5].copy_from_slice(&u32::try_from(offset).unwrap_or(u32::MAX).to_be_bytes());
    bytes[5..].copy_from_slice(&fingerprint.to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads an offset; `None` if the cursor is malformed, or of another list.
pub(crate) fn read(kind: Kind, fingerprint: u64, cursor: &str) -> Option<usize> {
    let mut bytes = [0; SIZE];
    if cursor.len() != LENGTH || URL_SAFE_NO_PAD.decode_slice(cursor, &mut bytes) != Ok(SIZE) {
        return None;
    }
    let ours = bytes[0] == kind as u8 && bytes[5..] == fingerprint.to_be_bytes();
    let offset = u32::from_be_bytes(bytes[1..5].try_into().ok()?);
    usize::try_from(offset).ok().filter(|_| ours)
}

/// What tells lists apart: FNV-1a of their items, with the size of a page. Whoever forges one gets a page that everybody may see.
pub(crate) fn fingerprint(page: usize, items: &mut dyn Iterator<Item = &'static str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    };
    (page as u64).to_be_bytes().into_iter().for_each(&mut add);
    for item in items {
        item.bytes().for_each(&mut add);
        // No UTF-8 has this byte, so items cannot run into each other.
        add(0xff);
    }
    hash
}

/// The same for one caller alone.
pub(crate) fn of_owner(fingerprint: u64, owner: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    owner.bytes().fold(fingerprint, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_by_its_own_list_alone() {
        let cursor = write(Kind::Tools, 7, 50);
        assert_eq!(read(Kind::Tools, 7, &cursor), Some(50));
        assert_eq!(read(Kind::Prompts, 7, &cursor), None);
        assert_eq!(read(Kind::Tools, 8, &cursor), None);
        for at in 0..cursor.len() {
            assert_eq!(read(Kind::Tools, 7, &cursor[..at]), None);
        }
        for bad in ["", "=", "50", &format!("{cursor}A"), "äääääääää"] {
            assert_eq!(read(Kind::Tools, 7, bad), None, "{bad}");
        }
    }

    #[test]
    fn lists_that_differ_anywhere_have_their_own_fingerprints() {
        let of = |page, items: &[&'static str]| fingerprint(page, &mut items.iter().copied());
        let lists = [
            of(2, &["ab", "c"]),
            of(2, &["a", "bc"]),
            of(2, &["abc"]),
            of(2, &["c", "ab"]),
            of(3, &["ab", "c"]),
            of(2, &[]),
        ];
        for (at, one) in lists.iter().enumerate() {
            assert!(!lists[at + 1..].contains(one), "{at}");
        }
        assert_eq!(of(2, &["ab", "c"]), lists[0]);
    }
}
