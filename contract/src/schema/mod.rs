//! What lies between two JSON Schemas, as a list of facts.
//!
//! A fact says what happened and where, and not whether that is good: a value that an `enum` lost is a break of what clients may send
//! and no break of what they are answered. So [`facts`] is symmetric, `facts(b, a)` are those of `facts(a, b)` the other way round
//! ([`Fact::mirror`]), and the rules judge them by where the schema stands.
//!
//! References, unions, nullable types and `allOf` are seen through (`shape`). Keywords that nobody here understands are compared as
//! they are written. Schemas may come from anywhere, and are bounded in depth and in the number of their alternatives.

mod compare;
mod fact;
mod merge;
mod shape;

pub use compare::{facts, facts_beside, unchanged};
pub use fact::{Fact, Step, What, display};
pub use shape::Doc;
