//! Where rules report, and how echoes of one mistake are kept from showing.

use super::{Address, Code, Diagnostic, Severity};

/// Collects the diagnostics of one declaration.
///
/// A mistake that the reader reports leaves a hole where a value should be. Rules go on as if the key were not there, and what
/// they then say about the hole is dropped here, so that one mistake gives one error.
#[derive(Debug, Default)]
pub struct Sink {
    diagnostics: Vec<Diagnostic>,
    holes: Vec<Address>,
    /// How many of the diagnostics are the reader's.
    read: usize,
}

impl Sink {
    /// Reports `message` at `address`; the result takes a help and other places.
    pub fn report(
        &mut self,
        code: Code,
        address: Address,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.diagnostics
            .push(Diagnostic::new(code, address, message));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// Says that what is at `address` could not be read: nothing more will be said about it or about what lies inside.
    pub fn hole(&mut self, address: Address) {
        self.holes.push(address);
    }

    /// Takes back what was reported inside of `address`: it was read as something that it was not meant to be.
    pub(crate) fn take_back(&mut self, address: &Address) {
        let inside = |diagnostic: &Diagnostic| address.contains(&diagnostic.address);
        self.read -= self.diagnostics[..self.read]
            .iter()
            .filter(|d| inside(d))
            .count();
        self.diagnostics.retain(|diagnostic| !inside(diagnostic));
    }

    /// Whether `address` lies in a hole.
    pub(crate) fn in_hole(&self, address: &Address) -> bool {
        self.holes.iter().any(|hole| hole.contains(address))
    }

    /// What was reported so far.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }

    /// How many diagnostics there are, to see whether a rule adds some.
    pub(crate) fn count(&self) -> usize {
        self.diagnostics.len()
    }

    /// The reader is done; what follows comes from the rules.
    pub(crate) fn end_of_reading(&mut self) {
        self.read = self.diagnostics.len();
    }

    /// Drops what the rules said about holes.
    pub(crate) fn drop_echoes(&mut self) {
        if self.holes.is_empty() {
            return;
        }
        let later = self.diagnostics.split_off(self.read);
        let kept: Vec<_> = later
            .into_iter()
            .filter(|d| !self.in_hole(&d.address))
            .collect();
        self.diagnostics.extend(kept);
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|d| d.severity() == Severity::Error)
    }

    /// Everything that was reported, in that order.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
