//! The verbs.

pub mod auth;
pub mod check;
pub mod describe;
pub mod diff;
pub mod expand;
pub mod explain;
pub mod lock;
pub mod new;
pub mod schema;
pub mod state;
pub mod sync;

/// `1 tool`, `2 tools`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}
