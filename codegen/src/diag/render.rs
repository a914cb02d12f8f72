//! How a diagnostic looks: for people, as rustc draws it, and for programs.

use super::{Diagnostic, Severity};
use crate::Source;
use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::json;
use std::borrow::Cow;
use std::ops::Range;

/// Draws `diagnostic` at its place, ending with a newline.
pub(super) fn human(diagnostic: &Diagnostic, source: Source<'_>, color: bool) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(&diagnostic.message)
        .id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(span) = &diagnostic.span {
        let mut main = AnnotationKind::Primary.span(clamp(span, source.text));
        if let Some(label) = &diagnostic.label {
            main = main.label(label);
        }
        let mut snippet = Snippet::source(source.text)
            .path(source.name)
            .annotation(main);
        for related in &diagnostic.related {
            if let Some(span) = &related.span {
                let other = AnnotationKind::Context
                    .span(clamp(span, source.text))
                    .label(&related.label);
                snippet = snippet.annotation(other);
            }
        }
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = renderer.term_width(DEFAULT_TERM_WIDTH).render(&[group]);
    out.push('\n');
    out
}

/// The source with stars in the place of what may be secret: what is drawn ends up in logs.
pub(super) fn covered<'s>(diagnostics: &[Diagnostic], text: &'s str) -> Cow<'s, str> {
    let secrets = diagnostics.iter().filter(|it| it.is_secret);
    let mut covered = Cow::Borrowed(text);
    for span in secrets.filter_map(|it| it.span.as_ref()) {
        let span = clamp(span, text);
        // Quotes and line ends stay, and each byte is one star, so that everything is where it was.
        let star = |c: char| match c {
            '"' | '\'' | '\n' | '\r' => c.to_string(),
            _ => "*".repeat(c.len_utf8()),
        };
        let stars: String = text[span.clone()].chars().map(star).collect();
        covered.to_mut().replace_range(span, &stars);
    }
    covered
}

/// Draws a mistake in Rust code, of which the compiler's words are all that is known: a line that says what is wrong, and lines that help.
pub(crate) fn rust(message: &str, span: &Range<usize>, source: Source<'_>, color: bool) -> String {
    let (title, rest) = message.split_once("\n\n").unwrap_or((message, ""));
    let snippet = Snippet::source(source.text)
        .path(source.name)
        .annotation(AnnotationKind::Primary.span(clamp(span, source.text)));
    let mut group = Group::with_title(Level::ERROR.primary_title(title)).element(snippet);
    // A report of another file is drawn already.
    let (drawn, help) = if rest.contains("-->") {
        (rest, "")
    } else {
        ("", rest)
    };
    for help in help.split("\n\n").filter(|it| !it.is_empty()) {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = renderer.term_width(DEFAULT_TERM_WIDTH).render(&[group]);
    out.push('\n');
    if !drawn.is_empty() {
        out.push_str(&format!("\n{}\n", drawn.trim_end()));
    }
    out
}

/// One object of [`super::Report::to_json`].
pub(super) fn json(diagnostic: &Diagnostic, source: Source<'_>) -> serde_json::Value {
    let place = diagnostic
        .span
        .as_ref()
        .map(|span| line_column(clamp(span, source.text).start, source.text));
    json!({
        "code": diagnostic.code.as_str(),
        "severity": diagnostic.severity().as_str(),
        "message": diagnostic.message,
        "help": diagnostic.help,
        "file": source.name,
        "line": place.map(|(line, _)| line),
        "column": place.map(|(_, column)| column),
        "address": diagnostic.address.to_string(),
    })
}

/// A mistake in Rust code as such an object. A rule's code is at the end of its message.
pub(crate) fn rust_json(
    message: &str,
    span: &Range<usize>,
    source: Source<'_>,
) -> serde_json::Value {
    let (title, help) = message.split_once("\n\n").unwrap_or((message, ""));
    let (title, code) = match title.rsplit_once(" [") {
        Some((title, code)) if code.starts_with('E') => (title, code.strip_suffix(']')),
        _ => (title, None),
    };
    let (line, column) = line_column(clamp(span, source.text).start, source.text);
    json!({
        "code": code,
        "severity": Severity::Error.as_str(),
        "message": title,
        "help": Some(help).filter(|it| !it.is_empty()),
        "file": source.name,
        "line": line,
        "column": column,
        "address": null,
    })
}

/// `span` inside `text`, on character boundaries: a span of another text must not panic here.
fn clamp(span: &Range<usize>, text: &str) -> Range<usize> {
    let start = floor(span.start, text);
    start..floor(span.end, text).max(start)
}

fn floor(mut index: usize, text: &str) -> usize {
    index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// Line and column of a byte, both from 1, the column in characters.
fn line_column(at: usize, text: &str) -> (usize, usize) {
    let before = &text[..floor(at, text)];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}
