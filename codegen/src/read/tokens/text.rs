//! A declaration's text, made of tokens, that knows which token each piece of it is.

use super::sections::Read;
use crate::diag::quoted;
use proc_macro2::Span;
use std::ops::Range;

/// The tables of items.
const ITEMS: [&str; 4] = ["tools", "resources", "prompts", "schedules"];

/// The text of a declaration in the making.
#[derive(Default)]
pub struct Text {
    text: String,
    pieces: Vec<(Range<usize>, Span)>,
    /// Where the headers of its items are.
    headers: Vec<Range<usize>>,
    /// The files in it.
    files: Vec<Read>,
}

impl Text {
    /// The declaration.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends what stands for nothing of the user's.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Appends what a token says.
    pub fn say(&mut self, text: &str, span: Span) {
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push((start..self.text.len(), span));
    }

    /// Appends a key.
    pub fn key(&mut self, key: &str, span: Span) {
        self.say(&quoted(key), span);
    }

    /// Appends a string.
    pub fn string(&mut self, value: &str, span: Span) {
        // A JSON string is a basic string of TOML, but for what JSON need not escape.
        let json = serde_json::Value::from(value).to_string();
        self.say(&json.replace('\u{7f}', "\\u007f"), span);
    }

    /// Appends a header: the table `name` of `tables`, which `span` declares.
    pub fn header(&mut self, path: &[&str], span: Span) {
        let start = self.text.len();
        self.text.push('[');
        for (at, key) in path.iter().enumerate() {
            if at > 0 {
                self.text.push('.');
            }
            self.text.push_str(&quoted(key));
        }
        self.text.push(']');
        self.pieces.push((start..self.text.len(), span));
        if let [list, _] = path
            && ITEMS.contains(list)
        {
            self.headers.push(start..self.text.len());
        }
        self.text.push('\n');
    }

    /// Appends a file that a token names.
    pub fn file(&mut self, path: &str, content: &str, span: Span) {
        self.files
            .push(Read::new(path, content, span, self.text.len()));
        self.text.push_str(content);
    }

    /// The files in it.
    pub fn files(&self) -> &[Read] {
        &self.files
    }

    /// Whether a place in the text is in the header of an item.
    pub fn is_header(&self, place: &Range<usize>) -> bool {
        let mut headers = self.headers.iter();
        headers.any(|it| it.start <= place.start && place.start < it.end)
    }

    /// Appends another text.
    pub fn append(&mut self, other: Self) {
        let by = self.text.len();
        self.text.push_str(&other.text);
        let moved = |(piece, span): (Range<usize>, Span)| (piece.start + by..piece.end + by, span);
        self.pieces.extend(other.pieces.into_iter().map(moved));
        self.files
            .extend(other.files.into_iter().map(|it| it.moved(by)));
        let headers = other.headers.into_iter();
        self.headers
            .extend(headers.map(|it| it.start + by..it.end + by));
    }

    /// The token that a place in the text stands for: that of the smallest piece around its beginning.
    pub fn span_of(&self, place: &Range<usize>) -> Option<Span> {
        self.pieces
            .iter()
            .filter(|(piece, _)| piece.start <= place.start && place.start < piece.end)
            .min_by_key(|(piece, _)| piece.len())
            .map(|(_, span)| *span)
    }
}
