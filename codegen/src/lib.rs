//! Front ends and back ends of mcp-agent.
//!
//! `read` translates a declaration into `Raw`, `check` judges it and makes an [`model::Agent`], `emit` writes what follows from it.
//! Nothing here does IO: files that a declaration names come through a reader that is passed in.

pub mod model;
