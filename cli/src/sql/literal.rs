//! From a place in a string to that in the literal which says it.

use std::ops::Range;
use syn::LitStr;

/// The bytes of the file where the literal says these bytes of its value; all of the literal where that cannot be told.
pub fn place(text: &str, literal: &LitStr, at: &Range<usize>) -> Range<usize> {
    let whole = literal.span().byte_range();
    let token = text.get(whole.clone()).unwrap_or_default();
    let Some(places) = places(token, &literal.value()) else {
        return whole;
    };
    match (places.get(at.start), places.get(at.end)) {
        (Some(begin), Some(end)) => whole.start + begin..whole.start + end,
        _ => whole,
    }
}

/// Where each byte of the value stands in the token, and where the last one ends.
fn places(token: &str, value: &str) -> Option<Vec<usize>> {
    if let Some(rest) = token.strip_prefix('r') {
        let begins = rest.find('"')? + 2;
        let is_plain = token.get(begins..)?.starts_with(value);
        return is_plain.then(|| (begins..=begins + value.len()).collect());
    }
    let body = token.strip_suffix('"').filter(|it| it.starts_with('"'))?;
    let (mut at, mut said, mut places) = (1, String::new(), Vec::new());
    while at < body.len() {
        let rest = &body[at..];
        let (c, length) = character(rest)?;
        if let Some(c) = c {
            said.push(c);
            places.resize(said.len(), at);
        }
        at += length;
    }
    places.push(at);
    (said == value).then_some(places)
}

/// What a literal says first, if it is anything, and in how many bytes.
fn character(text: &str) -> Option<(Option<char>, usize)> {
    let mut chars = text.chars();
    let (first, second) = (chars.next()?, chars.next());
    let number = |digits: &str| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    let (c, length) = match (first, second) {
        ('\\', Some('n')) => ('\n', 2),
        ('\\', Some('t')) => ('\t', 2),
        ('\\', Some('r')) => ('\r', 2),
        ('\\', Some('0')) => ('\0', 2),
        ('\\', Some(c @ ('\\' | '"' | '\''))) => (c, 2),
        ('\\', Some('x')) => (number(text.get(2..4)?)?, 4),
        ('\\', Some('u')) => {
            let end = text.find('}')?;
            (number(&text.get(3..end)?.replace('_', ""))?, end + 1)
        }
        // The next line goes on where its text begins.
        ('\\', Some('\n' | '\r')) => {
            return Some((None, text.len() - text[1..].trim_start().len()));
        }
        ('\\', _) => return None,
        ('\r', Some('\n')) => ('\n', 2),
        (c, _) => (c, c.len_utf8()),
    };
    Some((Some(c), length))
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn each_byte_has_its_place() {
        for (token, value, expected) in [
            ("\"ab\"", "ab", vec![1, 2, 3]),
            ("r#\"ab\"#", "ab", vec![3, 4, 5]),
            (r#""a\"b""#, "a\"b", vec![1, 2, 4, 5]),
            (r#""\u{fc}b""#, "üb", vec![1, 1, 7, 8]),
            ("\"a \\\n   b\"", "a b", vec![1, 2, 8, 9]),
            ("\"\"", "", vec![1]),
        ] {
            assert_eq!(places(token, value), Some(expected), "{token}");
        }
        assert_eq!(places("\"a\\q\"", "aq"), None);
    }
}
