//! `[transport]`.

use super::quantity::{DAY, HOUR, KIB, MIB, MINUTE, SECOND, check_duration, check_size};
use super::{Cx, cors};
use crate::diag::{Address, Code};
use crate::model::Transport;
use crate::read::raw::RawSse;

const DEFAULT_HTTP: &str = "/mcp";
const DEFAULT_SSE: &str = "/sse";
const DEFAULT_KEEPALIVE: u64 = 25 * SECOND;
const DEFAULT_SESSION_TTL: u64 = 24 * HOUR;
const DEFAULT_STREAM_TTL: u64 = 10 * MINUTE;
const DEFAULT_TASK_TTL: u64 = HOUR;
const DEFAULT_RETRY: u64 = SECOND;
const DEFAULT_MAX_BODY: u64 = 4 * MIB;

pub(super) fn check_transport(cx: &mut Cx<'_>) -> Transport {
    let at = Address::root().key("transport");
    let raw = cx.raw.transport.clone().unwrap_or_default();
    let http = raw.http.unwrap_or_else(|| DEFAULT_HTTP.into());
    let sse = match raw.sse {
        Some(RawSse::Path(path)) => Some(path),
        Some(RawSse::On(false)) => None,
        Some(RawSse::On(true)) | None => Some(DEFAULT_SSE.into()),
    };
    let sound = check_path(cx, &at.key("http"), &http)
        & sse
            .as_ref()
            .is_none_or(|path| check_sse_path(cx, &at.key("sse"), path));
    if sound && let Some(sse) = &sse {
        check_collision(cx, &at, &http, sse);
    }
    let hosts = raw.hosts.unwrap_or_default();
    check_each(cx, &at.key("hosts"), &hosts, |cx, at, host| {
        check_host(cx, at, host, true)
    });
    let origins = raw.origins.unwrap_or_default();
    check_each(cx, &at.key("origins"), &origins, check_origin);
    Transport {
        http,
        sse,
        hosts,
        origins,
        keepalive_ms: check_duration(
            cx,
            &at.key("keepalive"),
            raw.keepalive.as_deref(),
            DEFAULT_KEEPALIVE,
            SECOND..=5 * MINUTE,
        ),
        session_ttl_ms: check_duration(
            cx,
            &at.key("session_ttl"),
            raw.session_ttl.as_deref(),
            DEFAULT_SESSION_TTL,
            MINUTE..=30 * DAY,
        ),
        stream_ttl_ms: check_duration(
            cx,
            &at.key("stream_ttl"),
            raw.stream_ttl.as_deref(),
            DEFAULT_STREAM_TTL,
            10 * SECOND..=DAY,
        ),
        task_ttl_ms: check_duration(
            cx,
            &at.key("task_ttl"),
            raw.task_ttl.as_deref(),
            DEFAULT_TASK_TTL,
            10 * SECOND..=30 * DAY,
        ),
        retry_ms: check_duration(
            cx,
            &at.key("retry"),
            raw.retry.as_deref(),
            DEFAULT_RETRY,
            10..=MINUTE,
        ),
        max_body: check_size(
            cx,
            &at.key("max_body"),
            raw.max_body.as_deref(),
            DEFAULT_MAX_BODY,
            KIB..=100 * MIB,
        ),
        cors: cors::check_cors(cx, &at.key("cors"), raw.cors),
    }
}

/// Runs `rule` over the items of the list at `at`.
pub(super) fn check_each(
    cx: &mut Cx<'_>,
    at: &Address,
    items: &[String],
    rule: impl Fn(&mut Cx<'_>, &Address, &str),
) {
    for (index, item) in items.iter().enumerate() {
        rule(cx, &at.index(index), item);
    }
}

/// A path is compared with a request's byte by byte, so that it is absolute and written in one way: no empty segment, no `.` or
/// `..`, no query, nothing that a client would escape. `/.well-known` belongs to others.
pub(super) fn check_path(cx: &mut Cx<'_>, at: &Address, path: &str) -> bool {
    let problem = if !path.starts_with('/') {
        Some("starts with `/`")
    } else if path.len() > 1 && path.ends_with('/') {
        Some("does not end with `/`")
    } else if !path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/-._~".contains(&b))
    {
        Some("has letters, digits and `/ - . _ ~` only")
    } else if path.len() > 1
        && path[1..]
            .split('/')
            .any(|segment| ["", ".", ".."].contains(&segment))
    {
        Some("has no empty, `.` or `..` segment")
    } else if path.starts_with("/.well-known") {
        Some("lies outside of `/.well-known`")
    } else {
        None
    };
    let Some(problem) = problem else { return true };
    let legal = |c: &char| c.is_ascii_alphanumeric() || "-._~".contains(*c);
    let segments: Vec<String> = path
        .split(['/', '?', '#'])
        .map(|segment| segment.chars().filter(legal).collect())
        .filter(|s: &String| !["", ".", "..", ".well-known"].contains(&s.as_str()))
        .collect();
    let fixed = segments.join("/");
    cx.report(
        Code::BadPath,
        at,
        format!("`{path}` is not a path that can be served"),
    )
    .label(format!("a path {problem}"))
    .help(format!("\"/{fixed}\""));
    false
}

fn check_sse_path(cx: &mut Cx<'_>, at: &Address, path: &str) -> bool {
    if path == "/" {
        cx.report(Code::BadPath, at, "`/` cannot be the path of HTTP+SSE")
            .label("its messages are posted to a path below it")
            .help("sse = \"/sse\"");
        return false;
    }
    check_path(cx, at, path)
}

/// A request's path alone says which transport it is for. Messages of HTTP+SSE are posted to the path `message` below its own.
fn check_collision(cx: &mut Cx<'_>, at: &Address, http: &str, sse: &str) {
    let message = format!("{sse}/message");
    if http != sse && http != message {
        return;
    }
    let (transport, what) = if http == sse {
        ("the transports HTTP+SSE", "")
    } else {
        (
            "the messages of HTTP+SSE",
            "the `message` path below this one",
        )
    };
    let declared = |key: &str, declared: bool| if declared { at.key(key) } else { at.clone() };
    let raw = cx.raw.transport.as_ref();
    let (has_http, has_sse) = (
        raw.is_some_and(|t| t.http.is_some()),
        raw.is_some_and(|t| t.sse.is_some()),
    );
    // The later one of two that are declared, or the one that is.
    let (mark, other) = if has_sse {
        (at.key("sse"), declared("http", has_http))
    } else {
        (declared("http", has_http), at.clone())
    };
    let diagnostic = cx.report(
        Code::PathCollision,
        &mark,
        format!("{transport} and Streamable HTTP have the same path `{http}`"),
    );
    if !what.is_empty() && has_sse {
        diagnostic.label(what);
    }
    if other != *at && other != mark {
        diagnostic.related(other, "the other path is declared here");
    }
    diagnostic.help(if !has_sse && http == DEFAULT_SSE {
        "sse = false".to_owned()
    } else {
        format!("sse = \"{sse}/sse\"")
    });
}

/// A host is a name as a `Host` header has it: no scheme, no path, lower case. Subdomains are listed one by one, since a wildcard
/// would let in whatever is hosted there next.
pub(super) fn check_host(cx: &mut Cx<'_>, at: &Address, host: &str, with_port: bool) {
    if is_host(host, with_port) {
        return;
    }
    let bare = host.split("://").last().unwrap_or_default();
    let bare = bare
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default()
        .trim_start_matches("*.")
        .to_ascii_lowercase();
    let bare = if with_port {
        bare
    } else {
        bare.split(':').next().unwrap_or_default().to_owned()
    };
    let diagnostic = cx.report(Code::BadHost, at, format!("`{host}` is not a host name"));
    if host.contains('*') {
        diagnostic.label("wildcards are not supported: list each host");
    }
    if is_host(&bare, with_port) {
        diagnostic.help(format!("\"{bare}\""));
    } else {
        diagnostic.help("a name alone, as in `\"mcp.example.com\"`");
    }
}

fn is_host(host: &str, with_port: bool) -> bool {
    let (name, port) = host
        .split_once(':')
        .map_or((host, None), |(name, port)| (name, Some(port)));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253
        && name.split('.').all(label)
        && port.is_none_or(|port| with_port && port.parse::<u16>().is_ok_and(|p| p > 0))
}

/// An origin is what a browser sends: scheme, host and, where it is not the scheme's own, port. Nothing after it.
fn check_origin(cx: &mut Cx<'_>, at: &Address, origin: &str) {
    let legal = origin
        .split_once("://")
        .is_some_and(|(scheme, host)| is_scheme(scheme) && is_host(host, true));
    if legal {
        return;
    }
    let (scheme, rest) = origin.split_once("://").unwrap_or(("https", origin));
    let host = rest
        .split('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let diagnostic = cx.report(Code::BadOrigin, at, format!("`{origin}` is not an origin"));
    if is_host(&host, true) && is_scheme(scheme) && (origin.contains("://") || host.contains('.')) {
        diagnostic.help(format!("\"{scheme}://{host}\""));
    } else {
        diagnostic.help("scheme and host alone, as in `\"https://app.example.com\"`");
    }
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b))
}
