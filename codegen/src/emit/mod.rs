//! Back ends: what follows from an [`crate::model::Agent`]. They never ask whether something is legal.

pub mod json;
pub mod project;
pub mod reference;
pub mod rust;
pub mod schema;
