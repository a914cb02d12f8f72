//! Sealed session tokens: what a legacy session is, in the client's hands.
//!
//! A token is `base64url(nonce ‖ XChaCha20-Poly1305(facts))`. Nothing is stored anywhere; whoever has the key knows the session.
//! The purpose is associated data, so that a token for one cannot be used for another.

use crate::client::ClientCaps;
use crate::version::Version;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{KeyInit, Tag, XChaCha20Poly1305, XNonce};
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

/// Where random bytes come from.
pub trait Entropy {
    /// Fills `out` with bytes that nobody can guess.
    fn fill(&mut self, out: &mut [u8]);
}

impl<F: FnMut(&mut [u8])> Entropy for F {
    fn fill(&mut self, out: &mut [u8]) {
        self(out);
    }
}

/// The sealing keys: tokens are sealed with the current one and opened with any.
#[derive(Clone)]
pub struct Keys {
    current: [u8; 32],
    older: Vec<[u8; 32]>,
    homes: Option<[u8; 32]>,
    opened: Opened,
}

impl Keys {
    /// These keys.
    pub fn new(current: [u8; 32], older: Vec<[u8; 32]>) -> Keys {
        Keys {
            current,
            older,
            homes: None,
            opened: Opened::default(),
        }
    }

    /// The same with the key that the names of principals' objects are made with. It must never be another: with another key, everybody
    /// has an empty state.
    #[must_use]
    pub fn with_homes(self, key: [u8; 32]) -> Keys {
        Keys {
            homes: Some(key),
            ..self
        }
    }

    /// The one that names are made with.
    pub(crate) fn homes(&self) -> Option<&[u8; 32]> {
        self.homes.as_ref()
    }

    /// The one to seal with.
    pub(crate) fn current(&self) -> &[u8; 32] {
        &self.current
    }

    /// Those to open with.
    pub(crate) fn all(&self) -> impl Iterator<Item = &[u8; 32]> {
        std::iter::once(&self.current).chain(&self.older)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("older", &self.older.len())
            .finish_non_exhaustive()
    }
}

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `Mcp-Session-Id` of Streamable HTTP.
    Session,
    /// `sessionId` of an HTTP+SSE message endpoint.
    Messages,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Purpose::Session => b"mcp-agent session 1",
            Purpose::Messages => b"mcp-agent messages 1",
        }
    }

    /// What a token belongs to: its purpose, and whose it is where callers are known.
    fn belongs(self, owner: Option<&str>) -> Cow<'static, [u8]> {
        match owner {
            None => Cow::Borrowed(self.label()),
            Some(owner) => Cow::Owned([self.label(), b"\0", owner.as_bytes()].concat()),
        }
    }
}

/// The facts of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub version: Version,
    pub client: ClientCaps,
    pub random: [u8; 16],
    pub expires_ms: u64,
    /// What the lists were when it began; 0 where nobody hears of changes.
    pub lists: u32,
}

impl Facts {
    /// The session's name, 32 hex digits.
    pub fn session(&self) -> String {
        hex(&self.random)
    }
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

const FORMAT: u8 = 2;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Format, version, capabilities, random bits, expiry, lists.
const PLAIN: usize = 1 + 1 + 2 + 16 + 8 + 4;
const SEALED: usize = NONCE + PLAIN + TAG;
/// A token's length in characters.
const LENGTH: usize = (SEALED * 4).div_ceil(3);

/// Seals facts with the current key, for this owner alone.
pub(crate) fn seal(
    keys: &Keys,
    purpose: Purpose,
    owner: Option<&str>,
    facts: &Facts,
    entropy: &mut dyn Entropy,
) -> String {
    let mut sealed = [0; SEALED];
    let (nonce, rest) = sealed.split_at_mut(NONCE);
    let (plain, tag) = rest.split_at_mut(PLAIN);
    entropy.fill(nonce);
    plain[0] = FORMAT;
    plain[1] = facts.version.index() as u8;
    plain[2..4].copy_from_slice(&facts.client.bits().to_be_bytes());
    plain[4..20].copy_from_slice(&facts.random);
    plain[20..28].copy_from_slice(&facts.expires_ms.to_be_bytes());
    plain[28..].copy_from_slice(&facts.lists.to_be_bytes());
    let cipher = XChaCha20Poly1305::new((&keys.current).into());
    let belongs = purpose.belongs(owner);
    match cipher.encrypt_in_place_detached(XNonce::from_slice(nonce), &belongs, plain) {
        Ok(sum) => tag.copy_from_slice(&sum),
        // The cipher refuses only texts of 256 GB. Were it to fail, an empty token is one that nobody can open.
        Err(_) => return String::new(),
    }
    URL_SAFE_NO_PAD.encode(sealed)
}

/// Tokens that these keys have opened: a session sends its own with each request, and comparing it costs less than opening it again. Each has
/// one place, which the newest takes.
#[derive(Clone, Default)]
struct Opened(RefCell<Vec<Option<Known>>>);

#[derive(Clone)]
struct Known {
    purpose: Purpose,
    owner: Option<Box<str>>,
    token: [u8; LENGTH],
    facts: Facts,
}

impl Opened {
    const PLACES: usize = 64;

    /// A token begins with a nonce, so its first characters are as good as chance.
    fn place(token: &[u8; LENGTH]) -> usize {
        usize::from(token[0]) * 31 % Opened::PLACES
    }

    fn find(&self, purpose: Purpose, owner: Option<&str>, token: &[u8; LENGTH]) -> Option<Facts> {
        let known = self.0.borrow();
        let known = known.get(Opened::place(token))?.as_ref()?;
        // All of it is compared, whatever differs first.
        let pairs = known.token.iter().zip(token);
        let differs = pairs.fold(0, |sum, (a, b)| sum | (a ^ b));
        let same = known.purpose == purpose && known.owner.as_deref() == owner;
        (differs == 0 && same).then_some(known.facts)
    }

    fn keep(&self, purpose: Purpose, owner: Option<&str>, token: &[u8; LENGTH], facts: Facts) {
        let mut known = self.0.borrow_mut();
        known.resize(Opened::PLACES, None);
        known[Opened::place(token)] = Some(Known {
            purpose,
            owner: owner.map(Box::from),
            token: *token,
            facts,
        });
    }
}

/// Opens a token: `None` if it was made by somebody else, for another purpose or another owner, or is over.
pub(crate) fn open(
    keys: &Keys,
    purpose: Purpose,
    owner: Option<&str>,
    token: &str,
    now_ms: u64,
) -> Option<Facts> {
    // One length is legal, so nobody makes us work on more.
    let text: &[u8; LENGTH] = token.as_bytes().try_into().ok()?;
    let facts = match keys.opened.find(purpose, owner, text) {
        Some(facts) => facts,
        None => {
            let facts = unseal(keys, purpose, owner, text)?;
            keys.opened.keep(purpose, owner, text, facts);
            facts
        }
    };
    (now_ms < facts.expires_ms).then_some(facts)
}

/// Seals a text with the current key. Who opens it must know what it belongs to. `None` where the cipher refuses.
pub(crate) fn seal_text(
    keys: &Keys,
    belongs: &[u8],
    text: &str,
    entropy: &mut dyn Entropy,
) -> Option<String> {
    let mut sealed = vec![0; NONCE];
    entropy.fill(&mut sealed);
    sealed.extend_from_slice(text.as_bytes());
    let (nonce, plain) = sealed.split_at_mut(NONCE);
    let cipher = XChaCha20Poly1305::new((&keys.current).into());
    let tag = cipher
        .encrypt_in_place_detached(XNonce::from_slice(nonce), belongs, plain)
        .ok()?;
    sealed.extend_from_slice(&tag);
    Some(URL_SAFE_NO_PAD.encode(sealed))
}

/// Opens what [`seal_text`] sealed: `None` if somebody else did, or if it belongs to something else.
pub(crate) fn open_text(keys: &Keys, belongs: &[u8], text: &str) -> Option<String> {
    let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, rest) = sealed.split_at_checked(NONCE)?;
    let (secret, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
    for key in std::iter::once(&keys.current).chain(&keys.older) {
        let mut plain = secret.to_vec();
        let cipher = XChaCha20Poly1305::new(key.into());
        let opened = cipher.decrypt_in_place_detached(
            XNonce::from_slice(nonce),
            belongs,
            &mut plain,
            Tag::from_slice(tag),
        );
        if opened.is_ok() {
            return String::from_utf8(plain).ok();
        }
    }
    None
}

fn unseal(
    keys: &Keys,
    purpose: Purpose,
    owner: Option<&str>,
    token: &[u8; LENGTH],
) -> Option<Facts> {
    let belongs = purpose.belongs(owner);
    let mut sealed = [0; SEALED];
    if URL_SAFE_NO_PAD.decode_slice(token, &mut sealed) != Ok(SEALED) {
        return None;
    }
    let (nonce, rest) = sealed.split_at(NONCE);
    let (secret, tag) = rest.split_at(PLAIN);
    for key in std::iter::once(&keys.current).chain(&keys.older) {
        let mut plain = [0; PLAIN];
        plain.copy_from_slice(secret);
        let cipher = XChaCha20Poly1305::new(key.into());
        let opened = cipher.decrypt_in_place_detached(
            XNonce::from_slice(nonce),
            &belongs,
            &mut plain,
            Tag::from_slice(tag),
        );
        if opened.is_ok() {
            return read(&plain);
        }
    }
    None
}

fn read(plain: &[u8; PLAIN]) -> Option<Facts> {
    if plain[0] != FORMAT {
        return None;
    }
    Some(Facts {
        version: Version::from_index(usize::from(plain[1]))
            .filter(|version| !version.is_stateless())?,
        client: ClientCaps::from_bits(u16::from_be_bytes([plain[2], plain[3]])),
        random: plain[4..20].try_into().ok()?,
        expires_ms: u64::from_be_bytes(plain[20..28].try_into().ok()?),
        lists: u32::from_be_bytes(plain[28..].try_into().ok()?),
    })
}
