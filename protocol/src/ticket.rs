//! Tickets: what a page opens a WebSocket with. A browser lets a page send no header along with one, and a token in a URL would be in logs for as
//! long as it is good; a ticket is good for seconds, and once.
//!
//! It is sealed like a session token: nobody else can make one, and whoever sees it learns nothing of its owner. That it is used once is for the host to
//! see to, by [`Ticket::nonce`].

use crate::token::{Entropy, Keys, hex, open_text, seal_text};

const LABEL: &[u8] = b"mcp-agent ticket 1\0";
/// For how long one is good, in milliseconds.
const TICKET_MS: u64 = 30_000;
/// The longest that is made, in characters: it is sent in a URL.
const LONGEST: usize = 12 << 10;

/// What a ticket says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The line of the principal that it was given to.
    pub who: String,
    /// 32 hex digits that no other ticket has.
    pub nonce: String,
    /// When it is over, in milliseconds since the Unix epoch.
    pub expires_ms: u64,
}

impl Ticket {
    /// For how long a ticket is good, in seconds.
    pub const SECONDS: u64 = TICKET_MS / 1000;

    /// One for this principal, from now on.
    pub fn new(who: &str, now_ms: u64, entropy: &mut dyn Entropy) -> Ticket {
        let mut nonce = [0; 16];
        entropy.fill(&mut nonce);
        Ticket {
            who: who.to_owned(),
            nonce: hex(&nonce),
            expires_ms: now_ms.saturating_add(TICKET_MS),
        }
    }

    /// When it was given out.
    pub fn began_ms(&self) -> u64 {
        self.expires_ms.saturating_sub(TICKET_MS)
    }

    /// The ticket as its owner gets it, for this path alone. `None` where it would be too long for a URL.
    pub fn seal(&self, keys: &Keys, path: &str, entropy: &mut dyn Entropy) -> Option<String> {
        let text = format!("{}\n{}\n{}", self.expires_ms, self.nonce, self.who);
        seal_text(keys, &belongs(path), &text, entropy).filter(|sealed| sealed.len() <= LONGEST)
    }

    /// Reads a ticket. `None` for one that is not ours, is for another path, or is over.
    pub fn open(keys: &Keys, path: &str, sealed: &str, now_ms: u64) -> Option<Ticket> {
        if sealed.len() > LONGEST {
            return None;
        }
        let text = open_text(keys, &belongs(path), sealed)?;
        let mut parts = text.splitn(3, '\n');
        let expires_ms = parts.next()?.parse().ok()?;
        let nonce = parts.next()?.to_owned();
        let who = parts.next()?.to_owned();
        (now_ms < expires_ms).then_some(Ticket {
            who,
            nonce,
            expires_ms,
        })
    }
}

/// What a ticket belongs to: the cipher's associated data.
fn belongs(path: &str) -> Vec<u8> {
    [LABEL, path.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/agents/board/me";

    fn keys() -> Keys {
        Keys::new([7; 32], vec![[8; 32]])
    }

    fn entropy(out: &mut [u8]) {
        out.fill(4);
    }

    fn ticket() -> (Ticket, String) {
        let ticket = Ticket::new(r#"{"iss":"i","sub":"ada"}"#, 1_000, &mut entropy);
        let sealed = ticket.seal(&keys(), PATH, &mut entropy).unwrap();
        (ticket, sealed)
    }

    #[test]
    fn a_ticket_is_good_for_thirty_seconds() {
        let (ticket, sealed) = ticket();
        assert!(!sealed.contains("ada"));
        assert_eq!(ticket.began_ms(), 1_000);
        let open = |now_ms| Ticket::open(&keys(), PATH, &sealed, now_ms);
        assert_eq!(open(30_999), Some(ticket));
        assert_eq!(open(31_000), None);
    }

    #[test]
    fn a_ticket_is_for_one_path() {
        let (_, sealed) = ticket();
        for path in ["/agents/board/default", "/agents/board/m", ""] {
            assert_eq!(Ticket::open(&keys(), path, &sealed, 0), None, "{path}");
        }
    }

    #[test]
    fn what_was_changed_is_no_ticket() {
        let (_, sealed) = ticket();
        for at in 0..sealed.len() - 1 {
            let mut forged = sealed.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            if forged != sealed {
                assert_eq!(Ticket::open(&keys(), PATH, &forged, 0), None, "{at}");
            }
        }
        for forged in ["", "A", "é", &"A".repeat(20_000)] {
            assert_eq!(Ticket::open(&keys(), PATH, forged, 0), None);
        }
    }

    #[test]
    fn keys_that_were_replaced_still_open() {
        let (ticket, sealed) = ticket();
        let replaced = Keys::new([9; 32], vec![[7; 32]]);
        assert_eq!(Ticket::open(&replaced, PATH, &sealed, 0), Some(ticket));
        let others = Keys::new([9; 32], Vec::new());
        assert_eq!(Ticket::open(&others, PATH, &sealed, 0), None);
    }

    #[test]
    fn claims_that_fit_no_url_get_no_ticket() {
        let who = "x".repeat(16 << 10);
        let ticket = Ticket::new(&who, 0, &mut entropy);
        assert_eq!(ticket.seal(&keys(), PATH, &mut entropy), None);
    }
}
