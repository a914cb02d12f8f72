//! From an address back to the bytes of the source.

use crate::diag::{Address, Diagnostic, Part};
use std::collections::HashMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where each key and value of a file stands.
#[derive(Debug, Default)]
pub struct Places(HashMap<Address, Place>);

#[derive(Debug)]
struct Place {
    key: Range<usize>,
    value: Range<usize>,
}

impl Places {
    pub(super) fn of(table: &DeTable<'_>) -> Self {
        let mut places = Self::default();
        places.table(&Address::root(), table);
        places
    }

    fn table(&mut self, at: &Address, table: &DeTable<'_>) {
        for (key, value) in table {
            self.value(at.key(key.get_ref()), key.span(), value);
        }
    }

    fn value(&mut self, at: Address, key: Range<usize>, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.table(&at, table),
            DeValue::Array(array) => {
                for (index, item) in array.iter().enumerate() {
                    self.value(at.index(index), item.span(), item);
                }
            }
            _ => {}
        }
        self.0.insert(
            at,
            Place {
                key,
                value: value.span(),
            },
        );
    }

    /// Those of `text`. None where it is not TOML.
    pub fn read(text: &str) -> Self {
        let table = DeTable::parse(text);
        table.map_or_else(|_| Self::default(), |it| Self::of(it.get_ref()))
    }

    /// Whether what is at `address` is written down.
    pub fn has(&self, address: &Address) -> bool {
        self.0.contains_key(address)
    }

    /// The bytes of `part` of what is at `address`, or of the nearest place around it that is written down.
    pub fn find(&self, address: &Address, part: Part) -> Range<usize> {
        if let Some(place) = self.0.get(address) {
            return match part {
                Part::Key => place.key.clone(),
                Part::Value => place.value.clone(),
            };
        }
        match address.parent() {
            Some(around) => self.find(&around, Part::Value),
            None => 0..0,
        }
    }

    /// Gives `diagnostic` its places in `text`.
    pub fn locate(&self, mut diagnostic: Diagnostic, text: &str) -> Diagnostic {
        if diagnostic.span.is_none() {
            let whole = self.find(&diagnostic.address, diagnostic.part);
            let piece = diagnostic
                .piece
                .as_deref()
                .filter(|piece| !piece.is_empty());
            let written = text.get(whole.clone()).unwrap_or_default();
            // Where a string is written with escapes, the piece may not be there: then all of it is marked.
            let start = piece
                .and_then(|piece| written.find(piece))
                .map(|offset| whole.start + offset);
            diagnostic.span = Some(match (start, piece) {
                (Some(start), Some(piece)) => start..start + piece.len(),
                _ => whole,
            });
        }
        for related in &mut diagnostic.related {
            if related.span.is_none() {
                related.span = Some(self.find(&related.address, related.part));
            }
        }
        diagnostic
    }

    /// The address whose key or header lies at `span`.
    pub(super) fn at(&self, span: &Range<usize>) -> Option<Address> {
        let holds = |place: &Place| place.key == *span;
        self.0
            .iter()
            .find(|(_, place)| holds(place))
            .map(|(address, _)| address.clone())
    }
}
