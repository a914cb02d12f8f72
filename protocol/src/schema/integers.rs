//! Integers that are written with a fraction of zero, and minus zero. To JSON Schema `1.0` is an integer, to the types of handlers it is not.

/// Up to here a float is the integer that it looks like.
pub(super) const EXACT: f64 = (1_u64 << 53) as f64;

/// The text with such numbers as plain integers. Numbers beyond 2^53 stay: they may not be what they seem.
pub(super) fn rewrite(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = string_end(bytes, at),
            b'-' | b'0'..=b'9' => {
                let start = at;
                while at < bytes.len()
                    && matches!(bytes[at], b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
                {
                    at += 1;
                }
                let token = &text[start..at];
                let value = match serde_json::from_str::<f64>(token) {
                    Ok(value) if token == "-0" || token.contains(['.', 'e', 'E']) => value,
                    _ => continue,
                };
                if value.fract() == 0.0 && value.abs() <= EXACT {
                    out.push_str(&text[copied..start]);
                    out.push_str(&(value as i64).to_string());
                    copied = at;
                }
            }
            _ => at += 1,
        }
    }
    out.push_str(&text[copied..]);
    out
}

/// Behind the string that begins here.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    #[test]
    fn table() {
        for (text, expected) in [
            ("1.0", "1"),
            ("[-0.0,-0,1e3,2.50e1, 1.5]", "[0,0,1000,25, 1.5]"),
            (
                r#"{"1.0":"2.0\" 3.0","a":4.0}"#,
                r#"{"1.0":"2.0\" 3.0","a":4}"#,
            ),
            (
                "[12345678901234567890, 1e300, 9007199254740992.0]",
                "[12345678901234567890, 1e300, 9007199254740992]",
            ),
            ("\"", "\""),
            ("\"\\", "\"\\"),
            ("", ""),
        ] {
            assert_eq!(rewrite(text), expected, "{text}");
        }
    }
}
