//! URI templates of RFC 6570, level 1: `orders://{id}/lines/{line}`.
//!
//! A variable matches one or more characters of a path segment (`pchar` of RFC 3986, and whatever is not ASCII), percent-decoded;
//! a `/`, `?` or `#` must be encoded to be part of a value, as expansion at level 1 does.

/// The variables' names and values, in the template's order; `None` if the URI is not of this template.
pub(crate) fn matches<'t>(template: &'t str, uri: &str) -> Option<Vec<(&'t str, String)>> {
    let mut values = Vec::new();
    let (literal, mut template) = split_literal(template);
    let mut rest = uri.strip_prefix(literal)?;
    while let Some((name, after)) = template
        .strip_prefix('{')
        .and_then(|inner| inner.split_once('}'))
    {
        let (literal, next) = split_literal(after);
        // The first place where the literal follows is the right one: a later one only moves characters from the next value
        // into this one. At the end of the template, the literal must be the end of the URI.
        let raw = if next.is_empty() {
            rest.strip_suffix(literal)?
        } else {
            &rest[..find_after_first(rest, literal)?]
        };
        values.push((name, decode(raw)?));
        rest = &rest[raw.len() + literal.len()..];
        template = next;
    }
    (template.is_empty() && rest.is_empty()).then_some(values)
}

/// The variables' names, in their order.
pub(crate) fn variables(template: &str) -> impl Iterator<Item = &str> {
    let names = template.split('{').skip(1);
    names.filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Up to the next variable, and from there on.
fn split_literal(template: &str) -> (&str, &str) {
    template.split_at(template.find('{').unwrap_or(template.len()))
}

/// Where `literal` is, behind at least one character.
fn find_after_first(text: &str, literal: &str) -> Option<usize> {
    let first = text.chars().next()?.len_utf8();
    text[first..].find(literal).map(|at| at + first)
}

/// Percent-decodes a value; `None` if it is empty, holds what must be encoded, or is not UTF-8.
fn decode(raw: &str) -> Option<String> {
    if raw.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                out.push((high * 16 + low) as u8);
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | 0x80.. => out.push(byte),
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+'
            | b',' | b';' | b'=' | b':' | b'@' => {
                out.push(byte);
            }
            _ => return None,
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::{matches, variables};

    #[test]
    fn variables_in_their_order() {
        assert!(variables("o://{id}/lines/{line}.txt").eq(["id", "line"]));
        assert!(variables("{a}{b}").eq(["a", "b"]));
        assert!(variables("o://x").eq([""; 0]));
    }

    #[test]
    fn table() {
        let two = Some(vec![("id", "a".to_owned()), ("line", "b".to_owned())]);
        assert_eq!(matches("o://{id}/lines/{line}", "o://a/lines/b"), two);
        for (template, uri, value) in [
            ("o://{id}", "o://42", Some("42")),
            ("o://{id}", "o://a%20b%2Fc", Some("a b/c")),
            ("o://{id}", "o://%C3%BC", Some("ü")),
            ("o://{id}", "o://ü", Some("ü")),
            ("o://{id}", "o://me@x:1", Some("me@x:1")),
            ("o://{id}.txt", "o://a.txt", Some("a.txt").map(|_| "a")),
            ("o://{id}.txt", "o://a.txt.txt", Some("a.txt")),
            ("{id}", "x", Some("x")),
            ("o://{id}", "o://", None),
            ("o://{id}", "o://a/b", None),
            ("o://{id}", "o://a?b", None),
            ("o://{id}", "o://a#b", None),
            ("o://{id}", "o://a b", None),
            ("o://{id}", "o://%", None),
            ("o://{id}", "o://%zz", None),
            ("o://{id}", "o://%+1", None),
            ("o://{id}", "o://%FF", None),
            ("o://{id}", "O://a", None),
            ("o://{id}", "p://a", None),
            ("o://{id}/x", "o://a/y", None),
            ("o://{id}/x", "o://a", None),
        ] {
            let got = matches(template, uri).map(|values| values[0].1.clone());
            assert_eq!(got.as_deref(), value, "{template} {uri}");
        }
        let values = matches("{a}-{b}", "x-y-z").unwrap();
        assert_eq!(values, [("a", "x".to_owned()), ("b", "y-z".to_owned())]);
        assert_eq!(matches("{a}{b}", "xyz").unwrap()[1].1, "yz");
        assert_eq!(matches("{a}{b}", "x"), None);
    }
}
