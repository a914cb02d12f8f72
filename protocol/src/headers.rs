//! Headers that say what the body says (2026-07-28, Streamable HTTP, "Request Metadata"): whoever routes or limits requests by them
//! decides about what is run here. So what they say differently is refused.

use crate::catalog::{Catalog, Item};
use crate::engine::Engine;
use crate::error::{RpcError, clip};
use crate::http::Headers;
use crate::jsonrpc::{Params, Request};
use crate::wire::{members, string};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The largest integer that may be mirrored: beyond it, two that differ are one number to JavaScript.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// What an engine knows of mirrored arguments. The check is a value, so that it is not part of a program whose engines are all
/// [`Engine::lean`].
pub(crate) struct Mirrored {
    /// The headers, in the order in which [`Headers::params`] has their values.
    names: Vec<&'static str>,
    check: Check,
}

type Check = fn(&Mirrored, &Item, &Headers<'_>, &Params<'_>) -> Result<(), RpcError>;

impl Catalog {
    /// Whether a tool has arguments that clients mirror in headers.
    pub const fn mirrors(&self) -> bool {
        let mut at = 0;
        while at < self.tools.len() {
            if !self.tools[at].headers.is_empty() {
                return true;
            }
            at += 1;
        }
        false
    }

    /// The request headers that [`Engine::headers`] reads a line each of: [`Headers::NAMES`], and those of mirrored arguments before
    /// the last two, which only some requests have.
    pub fn header_names(&self) -> Vec<&'static str> {
        let (all, some) = Headers::NAMES.split_at(Headers::NAMES.len() - 2);
        [all, &self.mirrored_names(), some].concat()
    }

    fn mirrored_names(&self) -> Vec<&'static str> {
        let all = self.tools.iter().flat_map(|tool| tool.headers);
        let mut names: Vec<_> = all.map(|mirrored| mirrored.header).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl Mirrored {
    pub fn of(catalog: &Catalog) -> Option<Mirrored> {
        catalog.mirrors().then(|| Mirrored {
            names: catalog.mirrored_names(),
            check: Mirrored::check,
        })
    }

    /// Each argument that is to be mirrored, against its header.
    fn check(
        &self,
        tool: &Item,
        headers: &Headers<'_>,
        params: &Params<'_>,
    ) -> Result<(), RpcError> {
        for mirrored in tool.headers {
            let at = self.names.binary_search(&mirrored.header).ok();
            let line = at.and_then(|at| headers.params.split('\n').nth(at));
            let line = line.map(|line| line.trim_matches([' ', '\t', '\r']));
            let header = line.filter(|value| !value.is_empty());
            let wrong = match (header, value_at(params.arguments, mirrored.path)) {
                (None, None) => continue,
                // A header without a value is the empty text, and as good as none.
                (None, Some(value)) if value.get() == "\"\"" => continue,
                (None, Some(_)) => " is missing",
                (Some(_), None) => " is there, but not the argument that it repeats",
                (Some(header), Some(value)) => match decode(header) {
                    None => " is malformed",
                    Some(header) if !says(&header, value) => " is not what the argument is",
                    Some(_) => continue,
                },
            };
            let message = ["header mismatch: ", mirrored.header, wrong].concat();
            return Err(RpcError::header_mismatch(message));
        }
        Ok(())
    }
}

impl Engine {
    /// The request headers of this engine's catalog: one value a line, in the order of [`Catalog::header_names`].
    pub fn headers<'a>(&self, lines: &'a str) -> Headers<'a> {
        let params = self.mirrored.as_ref().map_or(0, |it| it.names.len());
        Headers::read(lines, params)
    }

    /// Whether the headers say what the body says.
    pub(crate) fn check_headers(
        &self,
        headers: &Headers<'_>,
        request: &Request<'_>,
    ) -> Result<(), RpcError> {
        match headers.mcp_method {
            Some(method) if method == request.method => {}
            Some(_) => {
                return Err(RpcError::header_mismatch(
                    "header mismatch: Mcp-Method is not the body's method",
                ));
            }
            None => {
                return Err(RpcError::header_mismatch(
                    "header mismatch: Mcp-Method is missing",
                ));
            }
        }
        let source = match &*request.method {
            "tools/call" | "prompts/get" => request.params.name,
            "resources/read" => request.params.uri,
            "tasks/get" | "tasks/update" | "tasks/cancel" => request.params.task_id,
            _ => return Ok(()),
        };
        // Without a name in the body there is nothing to compare; the method says what is wrong.
        let Some(body) = source.and_then(string) else {
            return Ok(());
        };
        check_name(headers, &body)?;
        match &self.mirrored {
            Some(mirrored) if request.method == "tools/call" => {
                match self.index.tool(&self.catalog, &body) {
                    Some(index) => {
                        let tool = &self.catalog.tools[index];
                        (mirrored.check)(mirrored, tool, headers, &request.params)
                    }
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

fn check_name(headers: &Headers<'_>, body: &str) -> Result<(), RpcError> {
    let Some(header) = headers.mcp_name else {
        return Err(RpcError::header_mismatch(
            "header mismatch: Mcp-Name is missing",
        ));
    };
    let Some(name) = decode(header) else {
        return Err(RpcError::header_mismatch(
            "header mismatch: Mcp-Name is malformed",
        ));
    };
    if name != body {
        let message = [
            "header mismatch: Mcp-Name says `",
            &clip(&name),
            "`, the body `",
            &clip(body),
            "`",
        ]
        .concat();
        return Err(RpcError::header_mismatch(message));
    }
    Ok(())
}

/// A header's value, out of its Base64 sentinel if it has one; `None` if it holds what no header may.
fn decode(header: &str) -> Option<Cow<'_, str>> {
    if let Some(inner) = header
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
    {
        return String::from_utf8(STANDARD.decode(inner).ok()?)
            .ok()
            .map(Cow::Owned);
    }
    header
        .bytes()
        .all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
        .then_some(Cow::Borrowed(header))
}

/// What is at the end of a path of members; `null` counts as nothing.
fn value_at<'a>(arguments: Option<&'a RawValue>, path: &[&str]) -> Option<&'a RawValue> {
    let mut at = arguments?;
    for name in path {
        at = members(at)?.get(name)?;
    }
    Some(at).filter(|value| value.get() != "null")
}

/// Whether a header's value is this argument: numbers are compared as such, all else as text.
fn says(header: &str, value: &RawValue) -> bool {
    let safe = |text: &str| {
        let number = serde_json::from_str::<f64>(text).ok();
        number.filter(|number| number.abs() <= MAX_SAFE)
    };
    let text = value.get();
    match text.as_bytes()[0] {
        b'"' => string(value).is_some_and(|value| value == header),
        b't' | b'f' => header == text,
        b'-' | b'0'..=b'9' => safe(text).is_some_and(|number| safe(header) == Some(number)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> &RawValue {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        for (header, value) in [
            ("42", "42"),
            ("42.0", "42"),
            ("42", "42.0"),
            ("4.2e1", "42"),
            ("-7", "-7"),
            ("0", "-0"),
            ("9007199254740991", "9007199254740991"),
            ("-9007199254740991", "-9007199254740991"),
        ] {
            assert!(says(header, raw(value)), "{header} {value}");
        }
        for (header, value) in [
            ("43", "42"),
            ("", "0"),
            ("+42", "42"),
            ("042", "42"),
            ("0x2a", "42"),
            ("42 43", "42"),
            ("forty-two", "42"),
            ("NaN", "42"),
            ("null", "0"),
            ("true", "1"),
            ("9007199254740992", "9007199254740992"),
            ("9007199254740993", "9007199254740992"),
            ("1e999", "1"),
        ] {
            assert!(!says(header, raw(value)), "{header} {value}");
        }
    }

    #[test]
    fn all_else_is_compared_as_text() {
        for (header, value) in [
            ("true", "true"),
            ("false", "false"),
            ("us-west1", "\"us-west1\""),
            ("42", "\"42\""),
            ("a/b", r#""a\/b""#),
        ] {
            assert!(says(header, raw(value)), "{header} {value}");
        }
        for (header, value) in [
            ("True", "true"),
            ("1", "true"),
            ("true", "false"),
            ("true", "\"True\""),
            ("42.0", "\"42\""),
            ("US-west1", "\"us-west1\""),
            ("{}", "{}"),
            ("[]", "[]"),
            ("\u{fffd}", r#""\ud800""#),
        ] {
            assert!(!says(header, raw(value)), "{header} {value}");
        }
    }

    #[test]
    fn a_path_leads_through_members_alone() {
        let arguments = raw(r#"{"a":{"b":{"c":7,"n":null}},"l":[{"c":8}],"s":"x"}"#);
        let at = |path: &[&str]| value_at(Some(arguments), path).map(RawValue::get);
        assert_eq!(at(&["a", "b", "c"]), Some("7"));
        assert_eq!(at(&["s"]), Some("\"x\""));
        for none in [
            &["a", "b", "n"][..],
            &["a", "c"],
            &["l", "c"],
            &["l", "0", "c"],
            &["s", "x"],
            &["b"],
        ] {
            assert_eq!(at(none), None, "{none:?}");
        }
        assert!(value_at(None, &["a"]).is_none());
        assert!(value_at(Some(raw("null")), &["a"]).is_none());
    }

    #[test]
    fn sentinels_are_strict() {
        assert_eq!(decode("=?base64?SGVsbG8=?=").unwrap(), "Hello");
        assert_eq!(decode("=?base64??=").unwrap(), "");
        assert_eq!(
            decode("=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=").unwrap(),
            "=?base64?literal?="
        );
        // Without both of its ends it is plain text, and case counts.
        for plain in [
            "=?base64?SGVsbG8=",
            "SGVsbG8=?=",
            "=?BASE64?SGVsbG8=?=",
            "=?base64?=",
        ] {
            assert_eq!(decode(plain).unwrap(), plain);
        }
        for none in [
            "=?base64?SGVsbG8?=",
            "=?base64?SGVs!!!bG8=?=",
            "=?base64?/w==?=",
            "ä",
            "a\u{0}",
            "a\u{7f}",
        ] {
            assert!(decode(none).is_none(), "{none}");
        }
    }
}
