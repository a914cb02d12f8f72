//! Where in a declaration something is said, whichever front end read it.

use std::fmt;
use std::sync::Arc;

/// A place in a declaration: `tools.add.params.a`, `resources."counter://value".field`, `tools.add.params.style.enum[1]`.
///
/// A front end maps it to a place of its own (a byte range, a token); a missing key has an address too, and is shown at the
/// nearest table around it that exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(Vec<Step>);

/// One step of an address. Addresses are copied a lot, and share the text of their keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A member, by its name.
    Key(Arc<str>),
    /// An item, from 0.
    Index(usize),
}

impl Address {
    /// The whole declaration.
    pub fn root() -> Self {
        Self::default()
    }

    /// The member `key` of this place.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// The member at the end of `path`, a list of keys.
    #[must_use]
    pub fn keys<'k>(&self, path: impl IntoIterator<Item = &'k str>) -> Self {
        path.into_iter().fold(self.clone(), |at, key| at.key(key))
    }

    /// The item `index` of this place, from 0.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The steps that lead here from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// What is one step from here.
    pub(crate) fn step(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// The place that is written so, as its `Display` writes it: bare keys, quoted keys and `[index]`. `None` where it is none, and for the root,
    /// which is not written.
    pub fn parse(text: &str) -> Option<Self> {
        let (first, mut rest) = leading_key(text)?;
        let mut at = Self::root().key(&first);
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[') {
                let (index, after) = inside.split_once(']')?;
                // A sign would be a number too.
                let is_plain = index.bytes().all(|b| b.is_ascii_digit());
                at = at.index(index.parse().ok().filter(|_| is_plain)?);
                rest = after;
            } else {
                let (key, after) = leading_key(rest.strip_prefix('.')?)?;
                at = at.key(&key);
                rest = after;
            }
        }
        Some(at)
    }

    /// The place around this one; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, around) = self.0.split_last()?;
        Some(Self(around.to_vec()))
    }

    /// The table and the name of an item, where this is one: `tools` and `add` of `tools.add`.
    pub(crate) fn item(&self) -> Option<(&str, &str)> {
        match self.0.as_slice() {
            [Step::Key(table), Step::Key(name)] => Some((table, name)),
            _ => None,
        }
    }

    /// The keys that lead here; indices are left out.
    pub fn names(&self) -> Vec<&str> {
        self.0
            .iter()
            .filter_map(|step| match step {
                Step::Key(key) => Some(&**key),
                Step::Index(_) => None,
            })
            .collect()
    }

    /// Whether this is the whole declaration.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `other` is this place or lies inside it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if position > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(&quoted(key))?;
                }
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a byte may be in a key without quotes.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// The key that `text` begins with, and what follows it.
fn leading_key(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let key = strings.next()?.ok()?;
        return Some((key, &text[strings.byte_offset()..]));
    }
    let end = text.bytes().take_while(|b| is_bare(*b)).count();
    let (key, rest) = text.split_at(end);
    (!key.is_empty()).then(|| (key.to_owned(), rest))
}

/// A key as TOML writes it: bare where it can be, else as a basic string.
pub(crate) fn quoted(key: &str) -> String {
    if !key.is_empty() && key.bytes().all(is_bare) {
        key.to_owned()
    } else {
        serde_json::Value::from(key).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn writes_keys_as_toml_does() {
        let at = Address::root()
            .key("resources")
            .key("counter://value")
            .key("params")
            .index(2);
        assert_eq!(at.to_string(), r#"resources."counter://value".params[2]"#);
        assert!(Address::root().contains(&at));
        assert!(!at.contains(&at.parent().unwrap()));
    }

    #[test]
    fn reads_what_it_writes() {
        for text in [
            "tools",
            "tools.add.params.a",
            "tools.add-2.params.style.enum[1]",
            r#"resources."counter://value".params[2].x"#,
            r#"tools."a \"b\" \\ é".output"#,
            r#""""#,
        ] {
            let at = Address::parse(text).map(|it| it.to_string());
            assert_eq!(at.as_deref(), Some(text));
        }
        let bare = Address::parse(r#"tools."add"[007]"#).map(|it| it.to_string());
        assert_eq!(bare.as_deref(), Some("tools.add[7]"));
        for wrong in [
            "",
            ".",
            "tools.",
            ".tools",
            "tools..add",
            "tools add",
            "[0]",
            "tools[]",
            "tools[-1]",
            "tools[+1]",
            "tools[1",
            "tools[1]x",
            "tools[99999999999999999999]",
            "tools.'add'",
            r#"tools."add"#,
            r#"tools."add"x"#,
            r#"tools."\q""#,
            "resources.counter://value",
        ] {
            assert_eq!(Address::parse(wrong), None, "{wrong}");
        }
    }
}
