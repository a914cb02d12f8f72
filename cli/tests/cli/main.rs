//! The binary as people and scripts use it: exit codes, messages, bytes.

mod bench;
mod example;
mod expand;
mod new;
mod rust;
mod sync;
mod verbs;
