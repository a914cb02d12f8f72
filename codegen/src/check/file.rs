//! Files that a declaration names.

use super::Cx;
use crate::diag::{Address, Code};

/// The largest file of a resource, in bytes. It becomes part of the Worker.
pub const MAX_RESOURCE: usize = 1 << 20;
/// The largest file of an input schema, in bytes. Clients load it with each list of tools.
pub const MAX_INPUT_SCHEMA: usize = 256 << 10;
/// The largest file of a prompt's template, in bytes.
pub const MAX_TEMPLATE: usize = 256 << 10;
/// The largest migration, in bytes. All of them are parts of the Worker for as long as there is one.
pub const MAX_MIGRATION: usize = 256 << 10;

/// A declaration names files of its own project: the path is relative, with `/`, and does not leave the folder, so that a
/// declaration from elsewhere cannot put a key of this machine into a Worker.
pub(super) fn check_file(
    cx: &mut Cx<'_>,
    at: &Address,
    path: &str,
    limit: usize,
) -> Option<Vec<u8>> {
    let escapes = path.is_empty()
        || path.starts_with('/')
        || path.contains(['\\', '\0', ':'])
        || path.split('/').any(|segment| segment == "..");
    if escapes {
        cx.report(
            Code::FileEscapes,
            at,
            format!("`{path}` is not a path inside the project"),
        )
        .help(
            "a path from the declaration's folder, with `/` and without `..`: `\"docs/about.md\"`",
        );
        return None;
    }
    let bytes = match cx.files.read(path) {
        Ok(bytes) => bytes,
        Err(reason) => {
            cx.report(
                Code::MissingFile,
                at,
                format!("cannot read `{path}`: {reason}"),
            )
            .help(format!(
                "make the file `{path}` beside the declaration, or correct the path"
            ));
            return None;
        }
    };
    if !cx.read.iter().any(|known| known == path) {
        cx.read.push(path.to_owned());
    }
    if bytes.len() > limit {
        cx.report(
            Code::FileTooLarge,
            at,
            format!(
                "`{path}` has {} bytes; at most {limit} fit here",
                bytes.len()
            ),
        )
        .help(match limit {
            MAX_MIGRATION if path.ends_with(".sql") => {
                "split it in two: a migration makes tables, and large contents are written by handlers"
            }
            _ => "serve large contents from a handler, out of storage",
        });
        return None;
    }
    Some(bytes)
}

/// Schemas and templates are text.
pub(super) fn check_text_file(
    cx: &mut Cx<'_>,
    at: &Address,
    path: &str,
    limit: usize,
) -> Option<String> {
    let bytes = check_file(cx, at, path, limit)?;
    match String::from_utf8(bytes) {
        Ok(text) => Some(
            text.strip_prefix('\u{feff}')
                .map(str::to_owned)
                .unwrap_or(text),
        ),
        Err(error) => {
            let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
                .iter()
                .filter(|b| **b == b'\n')
                .count()
                + 1;
            cx.report(
                Code::NotText,
                at,
                format!("`{path}` is not UTF-8 text: line {line}"),
            )
            .help("save the file as UTF-8");
            None
        }
    }
}
