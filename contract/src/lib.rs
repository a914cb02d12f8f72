//! What an agent promises to whoever uses it, and what a change of it breaks.
//!
//! [`make::contract`] reads the promise out of a declaration, [`listing::contract`] out of what any server lists, and [`lock`] keeps it.
//! [`judge::compare`] says what lies between two, by [`rule`]; [`review`] weighs that as the declaration's `[review]` asks, and [`render`]
//! tells it. Nothing here does IO.

pub mod contract;
mod hoist;
pub mod judge;
pub mod lint;
pub mod listing;
pub mod lock;
pub mod make;
pub mod render;
pub mod review;
pub mod rule;
pub mod schema;
pub mod version;
