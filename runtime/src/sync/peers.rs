//! What is remembered of the clients, for as long as the object is awake: which of them may have something else on their screens than what is stored.
//!
//! A client shows what it wrote before anybody has answered, and then whatever it is sent, in the order of its own. So what it wrote and what it was
//! sent may cross, and nothing says so. A client of which nothing is remembered is taken for one that was just sent something.

use std::collections::BTreeMap;

/// How long what a client was sent may still be on its way, together with what it says meanwhile, in milliseconds.
const RACE_MS: u64 = 2_000;

/// The clients.
#[derive(Default)]
pub struct Peers(BTreeMap<String, Peer>);

#[derive(Default)]
struct Peer {
    /// When it connected; 0 where that was in another life of the object.
    since_ms: u64,
    /// When it was last sent what it has not written itself.
    told_ms: u64,
    /// Whether nothing that somebody else made was sent to it since it last wrote.
    in_step: bool,
    /// When it last wrote.
    wrote_ms: u64,
    /// Whether somebody waits for it to be silent.
    settling: bool,
}

impl Peers {
    /// A client has connected.
    pub fn joined(&mut self, id: &str, now_ms: u64) {
        let peer = Peer {
            since_ms: now_ms,
            told_ms: now_ms,
            ..Peer::default()
        };
        self.0.insert(id.to_owned(), peer);
    }

    /// It is gone.
    pub fn left(&mut self, id: &str) {
        self.0.remove(id);
    }

    /// A state that was replaced before this may not be what a client began with that writes now. It is the present one where nothing was on its way to it;
    /// and any where it has just connected, since what it wrote before, it says then.
    pub fn began_since(&self, id: &str, now_ms: u64) -> u64 {
        let raced = now_ms.saturating_sub(RACE_MS);
        match self.0.get(id) {
            Some(peer) if peer.since_ms >= raced => 0,
            Some(peer) if peer.told_ms < raced => u64::MAX,
            _ => raced,
        }
    }

    /// All but one were sent what somebody else made.
    pub fn told(&mut self, but: Option<&str>, now_ms: u64) {
        for (id, peer) in &mut self.0 {
            if Some(id.as_str()) != but {
                peer.in_step = false;
                peer.told_ms = now_ms;
            }
        }
    }

    /// One was sent what became of what it wrote, and that is something else.
    pub fn corrected(&mut self, id: &str, now_ms: u64) {
        if let Some(peer) = self.0.get_mut(id) {
            peer.told_ms = now_ms;
        }
    }

    /// One has written. Whether it had heard of nobody else since the last time.
    pub fn wrote(&mut self, id: &str, now_ms: u64) -> bool {
        let peer = self.0.entry(id.to_owned()).or_default();
        peer.wrote_ms = now_ms;
        std::mem::replace(&mut peer.in_step, true)
    }

    /// Whether somebody has to wait for it to be silent, and nobody does.
    pub fn settles(&mut self, id: &str) -> bool {
        let peer = self.0.get_mut(id);
        peer.is_some_and(|peer| !std::mem::replace(&mut peer.settling, true))
    }

    /// When it last wrote. `None` for one that is gone.
    pub fn wrote_ms(&self, id: &str) -> Option<u64> {
        self.0.get(id).map(|peer| peer.wrote_ms)
    }

    /// It has been silent.
    pub fn settled(&mut self, id: &str) {
        if let Some(peer) = self.0.get_mut(id) {
            peer.settling = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_in_step_until_somebody_else_is_heard() {
        let mut peers = Peers::default();
        peers.joined("a", 7);
        assert!(
            !peers.wrote("a", 8),
            "it was sent the state when it connected"
        );
        assert!(peers.wrote("a", 9));
        peers.told(Some("a"), 9);
        assert!(peers.wrote("a", 10), "that was its own");
        peers.told(None, 10);
        assert!(!peers.wrote("a", 11));
        assert!(!peers.wrote("b", 11), "nothing is known of it");
    }

    #[test]
    fn what_a_client_may_have_seen_is_of_late_where_something_was_on_its_way() {
        let mut peers = Peers::default();
        peers.joined("a", 10_000);
        assert_eq!(peers.began_since("a", 12_000), 0, "it has just come");
        assert_eq!(peers.began_since("a", 12_001), u64::MAX, "it has the last");
        peers.wrote("a", 13_000);
        peers.told(Some("a"), 13_000);
        assert_eq!(peers.began_since("a", 13_000), u64::MAX, "that was its own");
        peers.told(None, 14_000);
        assert_eq!(peers.began_since("a", 15_000), 13_000);
        assert_eq!(peers.began_since("a", 16_001), u64::MAX);
        peers.corrected("a", 17_000);
        assert_eq!(peers.began_since("a", 17_500), 15_500);
        assert_eq!(
            peers.began_since("b", 17_500),
            15_500,
            "nothing is known of it"
        );
    }

    #[test]
    fn one_waits_for_a_client_to_be_silent() {
        let mut peers = Peers::default();
        peers.wrote("a", 1);
        assert!(peers.settles("a"));
        assert!(!peers.settles("a"));
        peers.settled("a");
        assert!(peers.settles("a"));
        assert_eq!(peers.wrote_ms("a"), Some(1));
        peers.left("a");
        assert_eq!(peers.wrote_ms("a"), None);
        assert!(!peers.settles("a"));
    }
}
