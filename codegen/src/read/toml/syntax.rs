//! From text to a tree of TOML: what the grammar refuses, and keys that are declared twice.

use super::Places;
use crate::diag::{Address, Code, Diagnostic, Sink};
use std::ops::Range;
use toml::Spanned;
use toml::de::DeTable;

/// The most errors of syntax that are shown: one that opens a string or a table can make many.
const MAX_ERRORS: usize = 10;

/// Parses `text`. A key that is declared twice is reported and the file read on; after any other error of syntax the tree is not
/// to be trusted, so that there is none.
pub(super) fn parse<'t>(text: &'t str, sink: &mut Sink) -> Option<(Spanned<DeTable<'t>>, Places)> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let places = Places::of(table.get_ref());
    let mut broken = false;
    let mut last_line = None;
    let mut count = 0;
    let mut again = 0..0;
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        if error.message() == "duplicate key" {
            // What stands under a header that is there twice is declared twice as well, by right.
            if !again.contains(&span.start) {
                again = section(text, &span);
                duplicate(text, span, &places, sink);
            }
            continue;
        }
        broken = true;
        // What follows on the same line is mostly an echo of the first.
        let line = text
            .get(..span.start)
            .map(|before| before.matches('\n').count());
        if line == last_line || count == MAX_ERRORS {
            continue;
        }
        last_line = line;
        count += 1;
        let diagnostic = sink.report(Code::Syntax, Address::root(), sentence(error.message()));
        diagnostic.span = Some(span.clone());
        hint(text, &span, diagnostic);
    }
    (!broken).then_some((table, places))
}

/// What a header at `span` is the header of: all up to the next one. Empty for a key with a value.
fn section(text: &str, span: &Range<usize>) -> Range<usize> {
    let line_start = text[..span.start]
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    if !text[line_start..].trim_start().starts_with('[') {
        return 0..0;
    }
    let next = text[span.end..]
        .find("\n[")
        .map_or(text.len(), |offset| span.end + offset);
    span.start..next
}

/// Reports the key at `span` as declared before, and shows the first one where it is still known.
fn duplicate(text: &str, span: Range<usize>, places: &Places, sink: &mut Sink) {
    let written = text.get(span.clone()).unwrap_or_default();
    // A second header takes over the first one's place in the tree; of a second `key = value` nothing is left there.
    let address = places.at(&span).unwrap_or_default();
    let first = first_header(text, &span);
    let diagnostic = sink.report(
        Code::DuplicateKey,
        address,
        format!("`{written}` is declared twice"),
    );
    diagnostic.help("keep one of them");
    diagnostic.span = Some(span);
    if let Some(first) = first {
        diagnostic.related(Address::root(), "first declared here");
        for related in &mut diagnostic.related {
            related.span = Some(first.clone());
        }
    }
}

/// The place of an earlier line that declares the same thing as the line of `span`: the same header, or the same key under the
/// same header.
fn first_header(text: &str, span: &Range<usize>) -> Option<Range<usize>> {
    let line_start = text
        .get(..span.start)?
        .rfind('\n')
        .map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next()?.trim();
    let mine = left_side(line)?;
    let mut found = None;
    let mut offset = 0;
    for other in text[..line_start].split_inclusive('\n') {
        let trimmed = other.trim();
        if trimmed.starts_with('[') && !line.starts_with('[') {
            found = None;
        }
        if left_side(trimmed) == Some(mine) && found.is_none() {
            let start = offset + other.find(mine)?;
            found = Some(start..start + mine.len());
        }
        offset += other.len();
    }
    found
}

/// `[tools.add]` of a header, `title` of `title = "Add"`.
fn left_side(line: &str) -> Option<&str> {
    let end = if line.starts_with('[') {
        line.rfind(']')? + 1
    } else {
        line.find('=')?
    };
    Some(line[..end].trim_end())
}

/// The parser's message, as our messages are written. What is expected instead is the help's to say.
fn sentence(message: &str) -> String {
    let message = [", expected literal string", ", expected nothing"]
        .iter()
        .fold(message, |m, tail| m.strip_suffix(tail).unwrap_or(m));
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().to_string() + chars.as_str()
    })
}

/// What to write instead, for the mistakes that people make.
fn hint(text: &str, span: &Range<usize>, diagnostic: &mut Diagnostic) {
    let before = text.get(..span.start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next().unwrap_or_default().trim();
    let value = line
        .split_once('=')
        .map(|(_, value)| value.split('#').next().unwrap_or_default().trim());
    let bare = value.map(|value| value.trim_matches(['"', '\'']));
    diagnostic.help(match (value, bare) {
        (Some(""), _) => "write a value after `=`".to_owned(),
        (Some(value), Some(bare))
            if !value.starts_with(['[', '{'])
                && !bare.is_empty()
                && !bare.contains(['"', '\\']) =>
        {
            format!("strings stand in quotes: `\"{bare}\"`")
        }
        (None, _) if line.starts_with('[') && !line.contains(']') => {
            format!("close the header: `{line}]`")
        }
        (None, _) if !line.starts_with('[') => {
            "a line is `key = value`, `[header]` or `# comment`".to_owned()
        }
        _ => "https://toml.io/en/v1.1.0 has the grammar".to_owned(),
    });
}
