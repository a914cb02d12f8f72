//! Reading a table key by key, and knowing afterwards which keys nobody asked for.

use super::unknown;
use crate::diag::{Address, Code, Sink};
use indexmap::IndexMap;
use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A table that is being read.
///
/// Each accessor asks for one key. [`Keys::end`] reports those that are left, so the list of known keys is the reader itself.
pub(super) struct Keys<'t, 's> {
    text: &'t str,
    sink: &'s mut Sink,
    at: Address,
    table: &'t DeTable<'t>,
    asked: Vec<&'static str>,
    later: &'static [&'static str],
}

type Node<'t> = &'t Spanned<DeValue<'t>>;

impl<'t, 's> Keys<'t, 's> {
    /// Starts to read `table`, which stands at `at`. `later` are keys of releases to come.
    pub(super) fn new(
        text: &'t str,
        sink: &'s mut Sink,
        at: Address,
        table: &'t DeTable<'t>,
        later: &'static [&'static str],
    ) -> Self {
        Self {
            text,
            sink,
            at,
            table,
            asked: Vec::new(),
            later,
        }
    }

    fn ask(&mut self, key: &'static str) -> Option<(Address, Node<'t>)> {
        self.asked.push(key);
        let value = self.table.get(key)?;
        Some((self.at.key(key), value))
    }

    pub(super) fn string(&mut self, key: &'static str) -> Option<String> {
        let (at, node) = self.ask(key)?;
        self.as_string(at, node)
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let (at, node) = self.ask(key)?;
        match node.get_ref() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong(at, "a boolean", node),
        }
    }

    pub(super) fn integer(&mut self, key: &'static str) -> Option<i64> {
        let (at, node) = self.ask(key)?;
        match node.get_ref() {
            DeValue::Integer(_) => self.as_number(at, node)?.as_i64(),
            _ => self.wrong(at, "an integer", node),
        }
    }

    pub(super) fn number(&mut self, key: &'static str) -> Option<Number> {
        let (at, node) = self.ask(key)?;
        self.as_number(at, node)
    }

    pub(super) fn value(&mut self, key: &'static str) -> Option<Value> {
        let (at, node) = self.ask(key)?;
        self.as_value(at, node)
    }

    /// An array of strings. An item that is none is reported and left out.
    pub(super) fn strings(&mut self, key: &'static str) -> Option<Vec<String>> {
        let (at, node) = self.ask(key)?;
        match node.get_ref() {
            DeValue::Array(items) => Some(
                items
                    .iter()
                    .enumerate()
                    .filter_map(|(i, item)| self.as_string(at.index(i), item))
                    .collect(),
            ),
            _ => self.wrong(at, "an array of strings", node),
        }
    }

    /// A table with known keys.
    pub(super) fn table<T>(
        &mut self,
        key: &'static str,
        later: &'static [&'static str],
        read: impl FnOnce(Keys<'t, '_>) -> T,
    ) -> Option<T> {
        let (at, node) = self.ask(key)?;
        self.as_table(at, node, later, read)
    }

    /// An array of tables with known keys. An item that is none is reported, and empty.
    pub(super) fn tables<T: Default>(
        &mut self,
        key: &'static str,
        read: fn(Keys<'t, '_>) -> T,
    ) -> Option<Vec<T>> {
        let (at, node) = self.ask(key)?;
        let DeValue::Array(items) = node.get_ref() else {
            return self.wrong(at, "an array of tables", node);
        };
        // One that cannot be read still has its place, so that those behind it keep theirs.
        let item = |(index, item)| {
            self.as_table(at.index(index), item, &[], read)
                .unwrap_or_default()
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    /// A table whose keys are names. What an entry cannot be read from is an empty one, so that its name is still known.
    pub(super) fn map<T: Default>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Self, Address, Node<'t>) -> Option<T>,
    ) -> Option<IndexMap<String, T>> {
        let (at, node) = self.ask(key)?;
        let DeValue::Table(table) = node.get_ref() else {
            return self.wrong(at, "tables by name", node);
        };
        Some(self.entries(&at, table, &mut read))
    }

    /// What stands under `key`, for keys that may hold several kinds of value.
    pub(super) fn any<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Self, Address, Node<'t>) -> Option<T>,
    ) -> Option<T> {
        let (at, node) = self.ask(key)?;
        read(self, at, node)
    }

    /// The entries of a table of names, in the order of the file.
    pub(super) fn entries<T: Default>(
        &mut self,
        at: &Address,
        table: &'t DeTable<'t>,
        read: &mut dyn FnMut(&mut Self, Address, Node<'t>) -> Option<T>,
    ) -> IndexMap<String, T> {
        // A table that is written in two places (`[tools.a]` and later `[tools.a.params]`) stands where it was named first.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
            .into_iter()
            .map(|(key, node)| {
                let name = key.get_ref().to_string();
                let value = read(self, at.key(&name), node).unwrap_or_default();
                (name, value)
            })
            .collect()
    }

    pub(super) fn as_table<T>(
        &mut self,
        at: Address,
        node: Node<'t>,
        later: &'static [&'static str],
        read: impl FnOnce(Keys<'t, '_>) -> T,
    ) -> Option<T> {
        match node.get_ref() {
            DeValue::Table(table) => Some(read(Keys::new(self.text, self.sink, at, table, later))),
            _ => self.wrong(at, "a table", node),
        }
    }

    pub(super) fn as_string(&mut self, at: Address, node: Node<'t>) -> Option<String> {
        match node.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => self.wrong(at, "a string", node),
        }
    }

    fn as_number(&mut self, at: Address, node: Node<'t>) -> Option<Number> {
        let number = match node.get_ref() {
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .map(Number::from),
            DeValue::Float(float) => float.as_str().parse().ok().and_then(Number::from_f64),
            _ => return self.wrong(at, "a number", node),
        };
        if number.is_none() {
            self.sink.hole(at.clone());
            let written = self.written(node);
            self.sink
                .report(
                    Code::NumberRange,
                    at,
                    format!("`{written}` is out of range"),
                )
                .help("integers have 64 bits, and `nan` and `inf` do not exist in JSON");
        }
        number
    }

    pub(super) fn as_value(&mut self, at: Address, node: Node<'t>) -> Option<Value> {
        match node.get_ref() {
            DeValue::String(text) => Some(Value::from(text.to_string())),
            DeValue::Integer(_) | DeValue::Float(_) => self.as_number(at, node).map(Value::Number),
            DeValue::Boolean(value) => Some(Value::Bool(*value)),
            DeValue::Array(items) => items
                .iter()
                .enumerate()
                .map(|(i, item)| self.as_value(at.index(i), item))
                .collect::<Option<Vec<_>>>()
                .map(Value::Array),
            DeValue::Table(table) => {
                let mut entries: Vec<_> = table.iter().collect();
                entries.sort_by_key(|(key, _)| key.span().start);
                let member = |(key, node): (&Spanned<_>, Node<'t>)| {
                    let name: &std::borrow::Cow<'_, str> = key.get_ref();
                    Some((name.to_string(), self.as_value(at.key(name), node)?))
                };
                entries
                    .into_iter()
                    .map(member)
                    .collect::<Option<Map<_, _>>>()
                    .map(Value::Object)
            }
            DeValue::Datetime(_) => self.wrong(at, "a value that JSON has", node),
        }
    }

    /// Reports that `expected` should stand at `at`.
    pub(super) fn wrong<T>(&mut self, at: Address, expected: &str, node: Node<'t>) -> Option<T> {
        let found = match node.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a datetime",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        let written = self.written(node);
        self.sink.hole(at.clone());
        let diagnostic = self.sink.report(
            Code::WrongType,
            at,
            format!("expected {expected}, found {found}"),
        );
        let help = match node.get_ref() {
            DeValue::String(text) if expected == "an array of strings" => {
                format!("put it in brackets: `[{}]`", Value::from(text.as_ref()))
            }
            DeValue::String(text) if is_scalar(text) && !expected.contains("table") => {
                format!("leave the quotes out: `{text}`")
            }
            DeValue::Array(_) | DeValue::Table(_) | DeValue::String(_) => {
                example(expected).to_owned()
            }
            _ if ["a string", "a value that JSON has"].contains(&expected) => {
                format!("put it in quotes: `\"{written}\"`")
            }
            _ => example(expected).to_owned(),
        };
        diagnostic.help(help);
        if expected == "a setting" {
            diagnostic.secret();
        }
        None
    }

    /// What the file says at `node`.
    fn written(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.span()).unwrap_or_default()
    }

    /// Reports the keys that were not asked for.
    pub(super) fn end(self) {
        unknown::report(self.sink, &self.at, self.table, &self.asked, self.later);
    }
}

/// Whether a string holds what would be a number or a boolean without its quotes.
fn is_scalar(text: &str) -> bool {
    text.parse::<f64>().is_ok() || ["true", "false"].contains(&text)
}

/// How what is expected is written.
fn example(expected: &str) -> &'static str {
    match expected {
        "a string" => "a string stands in quotes: `\"text\"`",
        "tables by name" => {
            "one for each name: a header as `[tools.add]`, or `params.a = \"integer\"`"
        }
        "an integer" => "a whole number: `1`",
        "a number" => "a number: `1` or `1.5`",
        "a boolean" => "`true` or `false`",
        "a setting" => "`{ secret = \"NAME\" }`",
        "an array of tables" => "tables in brackets: `[{ key = value }]`",
        "an array of strings" => "strings in brackets: `[\"one\", \"two\"]`",
        "a path or `false`" => "`\"/sse\"`, or `false` to turn it off",
        "a type's name or a table" => "`\"string\"`, or `{ type = \"string\" }`",
        "a type's name or a table of fields" => "`\"Order\"`, or a field: `output.id = \"string\"`",
        _ => "a table: `{ key = value }`, or a header of its own",
    }
}
