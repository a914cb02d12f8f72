//! The binary as people and scripts use it: exit codes, messages, bytes.

mod auth;
mod bench;
mod example;
mod expand;
mod new;
mod rust;
mod sql;
mod sync;
mod verbs;
