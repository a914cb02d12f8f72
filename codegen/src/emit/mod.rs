//! Back ends: what follows from an [`crate::model::Agent`]. They never ask whether something is legal.
