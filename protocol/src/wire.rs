//! JSON by hand where serde's derive would build what is thrown away: raw members of objects, strings, SSE.

use crate::given::{self, Key};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The members of an object in their order, each value as it was written. Duplicates are kept.
pub(crate) struct Object<'a>(pub Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
                    members.push((key, map.next_value::<&RawValue>()?));
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de> given::Members<'de> for Object<'de> {
    fn read<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut members = Vec::new();
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            let value = map.next_value::<&RawValue>()?;
            let key = match key {
                Cow::Borrowed(key) => std::str::from_utf8(key).map(Cow::Borrowed).ok(),
                Cow::Owned(key) => String::from_utf8(key).map(Cow::Owned).ok(),
            };
            members.extend(key.map(|key| (key, value)));
        }
        Ok(Object(members))
    }
}

impl<'a> Object<'a> {
    /// The last member of this name, as in JavaScript.
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| *value)
    }

    /// All members, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(key, value)| (&**key, *value))
    }
}

/// The members of a raw value, `None` if it is no object.
pub(crate) fn members(raw: &RawValue) -> Option<Object<'_>> {
    if raw.get().starts_with('{') {
        serde_json::from_str(raw.get()).ok()
    } else {
        None
    }
}

/// A string that is borrowed unless it has escapes.
pub(crate) struct Text<'a>(pub Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrow)
    }
}

/// A raw value as a string, `None` if it is something else or holds a lone surrogate.
pub(crate) fn string(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get().strip_prefix('"')?;
    // What has no escape was read already: a raw value is JSON, so it has no control characters, and one quotation mark at its end.
    if !text.as_bytes().contains(&b'\\') {
        return text.strip_suffix('"').map(Cow::Borrowed);
    }
    serde_json::from_str::<Text<'_>>(raw.get())
        .ok()
        .map(|text| text.0)
}

/// Appends a JSON string.
pub(crate) fn quote(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[clean..at]);
        clean = at + 1;
        if escape.is_empty() {
            out.push_str("\\u00");
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(&text[clean..]);
    out.push('"');
}

/// A JSON text as one event of an event stream. A line break ends a `data:` line there, and a client joins the lines again with
/// `\n`: white space in JSON, which is the only place where a JSON text has raw line breaks.
pub(crate) fn event(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 32);
    event_lines(&mut out, json);
    out
}

/// The same, behind what is there.
pub(crate) fn event_lines(out: &mut String, json: &str) {
    out.push_str("event: message\n");
    for line in json.split(['\n', '\r']) {
        out.push_str("data: ");
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_strings_are_those_of_serde_json() {
        for text in [
            "",
            "plain",
            "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}",
            "ünïcödé 🦀",
            "a\"b\\c\nd",
        ] {
            let mut out = String::new();
            quote(&mut out, text);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn line_breaks_in_json_become_data_lines() {
        assert_eq!(event("{\"a\":1}"), "event: message\ndata: {\"a\":1}\n\n");
        assert_eq!(
            event("{\r\n}"),
            "event: message\ndata: {\ndata: \ndata: }\n\n"
        );
    }

    #[test]
    fn strings_borrow_where_they_can() {
        let raw: &RawValue = serde_json::from_str(r#""tools/call""#).unwrap();
        assert!(matches!(string(raw), Some(Cow::Borrowed("tools/call"))));
        let raw: &RawValue = serde_json::from_str(r#""a\/b""#).unwrap();
        assert_eq!(string(raw).unwrap(), "a/b");
        let raw: &RawValue = serde_json::from_str(r#""\ud800""#).unwrap();
        assert!(string(raw).is_none());
    }
}
