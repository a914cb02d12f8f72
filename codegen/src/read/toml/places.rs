//! From an address back to the bytes of the source.

use crate::diag::{Address, Diagnostic, Part, Step};
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where each key and value of a file stands.
#[derive(Clone, Debug, Default)]
pub struct Places(Inside);

/// What a table or an array holds, in the order of the steps.
type Inside = Vec<(Step, Place)>;

#[derive(Clone, Debug)]
struct Place {
    key: Range<usize>,
    value: Range<usize>,
    inside: Inside,
}

impl Place {
    fn new(key: Range<usize>, value: &Spanned<DeValue<'_>>) -> Self {
        let inside = match value.get_ref() {
            DeValue::Table(table) => members(table),
            DeValue::Array(array) => array
                .iter()
                .enumerate()
                .map(|(index, item)| (Step::Index(index), Self::new(item.span(), item)))
                .collect(),
            _ => Inside::new(),
        };
        let value = value.span();
        Self { key, value, inside }
    }
}

fn members(table: &DeTable<'_>) -> Inside {
    let member = |(key, value): (&Spanned<Cow<'_, str>>, &_)| {
        let name = Step::Key(key.get_ref().as_ref().into());
        (name, Place::new(key.span(), value))
    };
    let mut members: Inside = table.iter().map(member).collect();
    members.sort_by(|(a, _), (b, _)| a.cmp(b));
    members
}

impl Places {
    pub(super) fn of(table: &DeTable<'_>) -> Self {
        Self(members(table))
    }

    /// Those of `text`. None where it is not TOML.
    pub fn read(text: &str) -> Self {
        let table = DeTable::parse(text);
        table.map_or_else(|_| Self::default(), |it| Self::of(it.get_ref()))
    }

    /// Whether what is at `address` is written down.
    pub fn has(&self, address: &Address) -> bool {
        self.nearest(address).1
    }

    /// The bytes of `part` of what is at `address`, or of the nearest place around it that is written down.
    pub fn find(&self, address: &Address, part: Part) -> Range<usize> {
        match (self.nearest(address), part) {
            ((Some(place), true), Part::Key) => place.key.clone(),
            ((Some(place), _), _) => place.value.clone(),
            ((None, _), _) => 0..0,
        }
    }

    /// The place at `address` or nearest around it, `None` for the root, and whether it is the one at `address`.
    fn nearest(&self, address: &Address) -> (Option<&Place>, bool) {
        let (mut nearest, mut inside) = (None, &self.0);
        for step in address.steps() {
            let Ok(found) = inside.binary_search_by(|(it, _)| it.cmp(step)) else {
                return (nearest, false);
            };
            let place = &inside[found].1;
            (nearest, inside) = (Some(place), &place.inside);
        }
        (nearest, nearest.is_some())
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
        at(&Address::root(), &self.0, span)
    }
}

fn at(around: &Address, inside: &Inside, span: &Range<usize>) -> Option<Address> {
    inside.iter().find_map(|(step, place)| {
        let here = around.step(step.clone());
        if place.key == *span {
            return Some(here);
        }
        at(&here, &place.inside, span)
    })
}
