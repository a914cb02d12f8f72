//! What nobody can guess, or what everybody can: tests throw the same dice every time.

use std::cell::Cell;

/// A source of random bytes.
pub enum Chance {
    /// The same bytes for the same seed: SplitMix64.
    Seed(Cell<u64>),
    /// The machine's.
    Machine,
}

impl Chance {
    /// Fills `out`.
    ///
    /// # Panics
    /// When the machine has none to give: an unfilled buffer must never become a key.
    pub fn fill(&self, out: &mut [u8]) {
        match self {
            Chance::Seed(state) => fill(state, out),
            Chance::Machine => {
                getrandom::fill(out).expect("the machine gives random bytes");
            }
        }
    }
}

fn fill(state: &Cell<u64>, out: &mut [u8]) {
    for chunk in out.chunks_mut(8) {
        let next = state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        state.set(next);
        let mut word = next;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^= word >> 31;
        chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
    }
}
