//! Task ids: sealed, so that one that was made up is known without asking anybody, and names no object.
//!
//! An id is `base64url(nonce ‖ XChaCha20-Poly1305(format, 128 random bits, expiry))`. Who asked for the task is associated data: in
//! other hands it is as good as made up.

use crate::token::{Entropy, Keys, hex};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};

const LABEL: &[u8] = b"mcp-agent task 1";
const FORMAT: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
const PLAIN: usize = 1 + 16 + 8;
const SEALED: usize = NONCE + PLAIN + TAG;
const LENGTH: usize = (SEALED * 4).div_ceil(3);

/// What an id says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TaskId {
    pub random: [u8; 16],
    pub expires_ms: u64,
}

impl TaskId {
    /// The object that has the task: `task:<32 hex digits>`.
    pub fn object(&self) -> String {
        ["task:", &hex(&self.random)].concat()
    }

    /// The id in the client's hands.
    pub fn seal(
        &self,
        keys: &Keys,
        principal: Option<&str>,
        entropy: &mut dyn Entropy,
    ) -> Option<String> {
        let mut sealed = [0; SEALED];
        let (nonce, rest) = sealed.split_at_mut(NONCE);
        let (plain, tag) = rest.split_at_mut(PLAIN);
        entropy.fill(nonce);
        plain[0] = FORMAT;
        plain[1..17].copy_from_slice(&self.random);
        plain[17..].copy_from_slice(&self.expires_ms.to_be_bytes());
        let cipher = XChaCha20Poly1305::new(keys.current().into());
        let bound = bound(principal);
        let sum = cipher.encrypt_in_place_detached(XNonce::from_slice(nonce), &bound, plain);
        tag.copy_from_slice(&sum.ok()?);
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Reads an id: `None` for one that is not ours, not of this principal, or over.
    pub fn open(keys: &Keys, principal: Option<&str>, id: &str, now_ms: u64) -> Option<TaskId> {
        // One length is legal, so nobody makes us work on more.
        let text: &[u8; LENGTH] = id.as_bytes().try_into().ok()?;
        let mut sealed = [0; SEALED];
        if URL_SAFE_NO_PAD.decode_slice(text, &mut sealed) != Ok(SEALED) {
            return None;
        }
        let (nonce, rest) = sealed.split_at(NONCE);
        let (secret, tag) = rest.split_at(PLAIN);
        let bound = bound(principal);
        for key in keys.all() {
            let mut plain = [0; PLAIN];
            plain.copy_from_slice(secret);
            let cipher = XChaCha20Poly1305::new(key.into());
            let (nonce, tag) = (XNonce::from_slice(nonce), Tag::from_slice(tag));
            let opened = cipher.decrypt_in_place_detached(nonce, &bound, &mut plain, tag);
            if opened.is_ok() {
                let id = read(&plain)?;
                return (now_ms < id.expires_ms).then_some(id);
            }
        }
        None
    }
}

fn read(plain: &[u8; PLAIN]) -> Option<TaskId> {
    if plain[0] != FORMAT {
        return None;
    }
    Some(TaskId {
        random: plain[1..17].try_into().ok()?,
        expires_ms: u64::from_be_bytes(plain[17..].try_into().ok()?),
    })
}

/// Whose an id is. Nobody is somebody else than the one without a name.
fn bound(principal: Option<&str>) -> Vec<u8> {
    match principal {
        None => LABEL.to_vec(),
        Some(principal) => [LABEL, b"\0", principal.as_bytes()].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: TaskId = TaskId {
        random: [0xab; 16],
        expires_ms: 1_000,
    };

    fn keys() -> Keys {
        Keys::new([7; 32], vec![[8; 32]])
    }

    fn seal(principal: Option<&str>) -> String {
        let mut entropy = |out: &mut [u8]| out.fill(4);
        ID.seal(&keys(), principal, &mut entropy).unwrap()
    }

    #[test]
    fn an_id_is_good_until_it_is_over() {
        let id = seal(None);
        assert_eq!(id.len(), LENGTH);
        assert_eq!(TaskId::open(&keys(), None, &id, 999), Some(ID));
        assert_eq!(TaskId::open(&keys(), None, &id, 1_000), None);
        assert_eq!(
            ID.object(),
            "task:abababababababababababababababab",
            "an object of its own"
        );
    }

    #[test]
    fn keys_that_were_replaced_still_open() {
        let replaced = Keys::new([9; 32], vec![[8; 32], [7; 32]]);
        assert_eq!(TaskId::open(&replaced, None, &seal(None), 0), Some(ID));
        let others = Keys::new([9; 32], Vec::new());
        assert_eq!(TaskId::open(&others, None, &seal(None), 0), None);
    }

    #[test]
    fn an_id_is_of_one_principal() {
        for (owner, asks) in [
            (None, Some("")),
            (None, Some("ada")),
            (Some("ada"), None),
            (Some("ada"), Some("bob")),
        ] {
            assert_eq!(TaskId::open(&keys(), owner, &seal(owner), 0), Some(ID));
            assert_eq!(TaskId::open(&keys(), asks, &seal(owner), 0), None);
        }
    }

    #[test]
    fn what_was_changed_is_not_ours() {
        let id = seal(None);
        for at in 0..id.len() {
            let mut forged = id.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            // Of the last character, four bits mean something.
            if forged != id && (at + 1 < id.len()) {
                assert_eq!(TaskId::open(&keys(), None, &forged, 0), None, "{at}");
            }
        }
        for forged in ["", "x", &id[1..], &format!("{id}A")] {
            assert_eq!(TaskId::open(&keys(), None, forged, 0), None);
        }
    }
}
