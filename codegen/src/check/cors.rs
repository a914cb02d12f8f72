//! `[transport] cors`.

use super::Cx;
use super::quantity::{DAY, HOUR, SECOND, check_duration};
use super::transport::check_each;
use crate::diag::{Address, Code};
use crate::model::Cors;
use crate::read::raw::RawCors;

/// What every browser remembers at most.
const DEFAULT_MAX_AGE: u64 = 2 * HOUR;

pub(super) fn check_cors(cx: &mut Cx<'_>, at: &Address, raw: Option<RawCors>) -> Cors {
    let raw = raw.unwrap_or_default();
    let allow_headers = raw.allow_headers.unwrap_or_default();
    check_each(cx, &at.key("allow_headers"), &allow_headers, check_header);
    let expose_headers = raw.expose_headers.unwrap_or_default();
    check_each(cx, &at.key("expose_headers"), &expose_headers, check_header);
    let max_age_ms = check_duration(
        cx,
        &at.key("max_age"),
        raw.max_age.as_deref(),
        DEFAULT_MAX_AGE,
        0..=DAY,
    );
    Cors {
        allow_headers,
        expose_headers,
        // A day's seconds are few.
        max_age_s: u32::try_from(max_age_ms / SECOND).unwrap_or(u32::MAX),
    }
}

/// The name of a header is a token, RFC 9110 section 5.1. A wildcard would let pages send and read what is added tomorrow.
fn check_header(cx: &mut Cx<'_>, at: &Address, name: &str) {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name == "*" {
        cx.report(Code::BadHeader, at, "`*` is not the name of a header")
            .label("wildcards are not supported: list each header")
            .help("\"x-request-id\"");
        return;
    }
    if !name.is_empty() && name.chars().all(is_token) {
        return;
    }
    let words: Vec<&str> = name
        .trim_end_matches(':')
        .split(|c| !is_token(c))
        .filter(|word| !word.is_empty())
        .collect();
    let fixed = words.join("-");
    cx.report(
        Code::BadHeader,
        at,
        format!("`{name}` is not the name of a header"),
    )
    .help(if fixed.is_empty() {
        "a name as in `\"x-request-id\"`".to_owned()
    } else {
        format!("\"{fixed}\"")
    });
}
