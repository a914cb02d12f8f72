//! What is wrong with a declaration, where, and what to do about it.
//!
//! Rules report to a [`Sink`] by address; [`Report`] is what a caller gets, in the order of the source, each with its place.

mod address;
mod code;
mod render;
mod sink;

pub(crate) use address::quoted;
pub use address::{Address, Step};
pub use code::{Code, Severity};
pub(crate) use render::{rust, rust_json};
pub use sink::Sink;

use crate::Source;
use std::ops::Range;

/// Which half of `key = value` a diagnostic is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The key: a name is at fault.
    Key,
    /// The value, or the table's header.
    Value,
}

/// Another place that a diagnostic speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub address: Address,
    /// Which half.
    pub part: Part,
    /// What is there: `` `add` is declared here ``.
    pub label: String,
    /// Its bytes in the source, where the front end has some.
    pub span: Option<Range<usize>>,
}

/// One mistake, or one warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code, which `mcp-gen explain` explains.
    pub code: Code,
    /// Where it is.
    pub address: Address,
    /// Which half of it.
    pub part: Part,
    /// What is wrong: lower case, names in backticks.
    pub message: String,
    /// What stands beside the marked place, where the message does not say it all.
    pub label: Option<String>,
    /// What to write instead, so that it can be pasted.
    pub help: Option<String>,
    /// The piece of the value that is meant, where it is text and the piece is written there as it is.
    pub piece: Option<String>,
    /// Whether what is marked may be secret, and is not shown.
    pub is_secret: bool,
    /// The place in bytes, where the front end has one.
    pub span: Option<Range<usize>>,
    /// Other places that it speaks of.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// A diagnostic about the value at `address`.
    pub fn new(code: Code, address: Address, message: impl Into<String>) -> Self {
        Self {
            code,
            address,
            part: Part::Value,
            message: message.into(),
            label: None,
            help: None,
            piece: None,
            is_secret: false,
            span: None,
            related: Vec::new(),
        }
    }

    /// Marks the key instead of the value.
    pub fn at_key(&mut self) -> &mut Self {
        self.part = Part::Key;
        self
    }

    /// Marks `piece` of the value alone, a hole of a template for one.
    pub fn piece(&mut self, piece: impl Into<String>) -> &mut Self {
        self.piece = Some(piece.into());
        self
    }

    /// Says what to write instead.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Says something beside the marked place.
    pub fn label(&mut self, label: impl Into<String>) -> &mut Self {
        self.label = Some(label.into());
        self
    }

    /// Says that what is marked may be secret: wherever the source is drawn, it is covered.
    pub fn secret(&mut self) -> &mut Self {
        self.is_secret = true;
        self
    }

    /// Shows the key at `address` as well.
    pub fn related(&mut self, address: Address, label: impl Into<String>) -> &mut Self {
        self.related.push(Related {
            address,
            part: Part::Key,
            label: label.into(),
            span: None,
        });
        self
    }

    /// Whether it is an error or a warning.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Draws it at its place in `source`, as rustc does. `color` adds ANSI colours.
    pub fn render(&self, source: Source<'_>, color: bool) -> String {
        render::human(self, source, color)
    }
}

/// All that is wrong with a declaration, in the order of its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// A report of `diagnostics`, which it sorts by their places.
    pub fn new(mut diagnostics: Vec<Diagnostic>) -> Self {
        // What has no place of its own comes first, as it is about the whole.
        diagnostics.sort_by_key(|d| {
            d.span
                .as_ref()
                .map_or((0, 0), |span| (span.start, span.end))
        });
        Self { diagnostics }
    }

    /// The diagnostics, in the order of the source.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|d| d.severity() == Severity::Error)
    }

    /// Draws them all, each at its place in `source`, with an empty line between. `color` adds ANSI colours.
    pub fn render(&self, source: Source<'_>, color: bool) -> String {
        let mut out = String::new();
        let text = render::covered(&self.diagnostics, source.text);
        let source = Source {
            text: &text,
            ..source
        };
        for diagnostic in &self.diagnostics {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&diagnostic.render(source, color));
        }
        out
    }

    /// An array of `{code, severity, message, help, file, line, column, address}`; line and column (in characters) from 1.
    pub fn to_json(&self, source: Source<'_>) -> serde_json::Value {
        self.diagnostics
            .iter()
            .map(|d| render::json(d, source))
            .collect()
    }
}
