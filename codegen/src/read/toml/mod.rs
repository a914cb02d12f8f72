//! The front end for `mcp.toml`.

mod keys;
mod places;
mod syntax;
mod unknown;
mod vocabulary;

pub use places::Places;

use super::raw::Raw;
use crate::diag::{Address, Code, Sink};

/// The largest declaration that is read, in bytes. Files that it names have limits of their own.
pub const MAX_TEXT: usize = 1 << 20;

/// Reads `text`. `None` where it is not TOML; the reason is then in `sink`.
///
/// Keys that are unknown, of the wrong type or declared twice are reported, and left out.
pub fn read(text: &str, sink: &mut Sink) -> (Option<Raw>, Places) {
    if text.len() > MAX_TEXT {
        let message = format!(
            "the declaration has {} bytes; at most {MAX_TEXT} are read",
            text.len()
        );
        sink.report(Code::TooLarge, Address::root(), message)
            .help("move long texts into files: `file = \"docs/about.md\"`, `input_schema = \"schemas/add.json\"`");
        return (None, Places::default());
    }
    let Some((table, places)) = syntax::parse(text, sink) else {
        return (None, Places::default());
    };
    let raw = vocabulary::declaration(keys::Keys::new(
        text,
        sink,
        Address::root(),
        table.get_ref(),
        vocabulary::LATER_ROOT,
    ));
    (Some(raw), places)
}
