//! What lets a page read the answers and send the headers of this protocol (CORS). [`super::host`] decides whose page.

use super::Cors;
use crate::http::Reply;

/// The request headers of this protocol that a browser asks for before it sends them.
const HEADERS: &str = "content-type, accept, authorization, mcp-session-id, mcp-protocol-version, mcp-method, mcp-name, last-event-id";
/// The response headers of this protocol that a page may read.
const EXPOSED: &str = "mcp-session-id, www-authenticate";
/// Begins the names of headers that repeat a tool's arguments (2026-07-28): the tools say which.
const PARAMETER: &str = "mcp-param-";
const MOST_PARAMETERS: usize = 64;
const LONGEST_PARAMETER: usize = 128;

/// What every answer to a page of this origin carries. The origin goes back as it came and never as `*`: caches keep the answers apart.
pub(crate) fn sharing(cors: &Cors, origin: &str) -> [(&'static str, String); 3] {
    let mut exposed = EXPOSED.to_owned();
    append(&mut exposed, cors.expose_headers);
    [
        ("access-control-allow-origin", origin.to_owned()),
        ("access-control-expose-headers", exposed),
        ("vary", "origin".to_owned()),
    ]
}

/// The answer to a browser that asks before it sends. Methods that are not served are among those allowed, so that a client which
/// tries them sees the 405.
pub(crate) fn preflight(cors: &Cors, asked: Option<&str>) -> Reply {
    let mut headers = HEADERS.to_owned();
    append(&mut headers, cors.allow_headers);
    let parameters = asked
        .unwrap_or_default()
        .split(',')
        .map(|name| name.trim_matches([' ', '\t']))
        .filter(|name| is_parameter(name));
    for name in parameters.take(MOST_PARAMETERS) {
        headers.push_str(", ");
        headers.push_str(name);
    }
    Reply::empty(204)
        .with("access-control-allow-methods", "GET, POST, DELETE")
        .with("access-control-allow-headers", headers)
        .with("access-control-max-age", cors.max_age_s.to_string())
}

/// Adds what is declared to a list of headers.
fn append(list: &mut String, names: &[&str]) {
    for name in names {
        list.push_str(", ");
        list.push_str(name);
    }
}

fn is_parameter(name: &str) -> bool {
    name.len() > PARAMETER.len()
        && name.len() <= LONGEST_PARAMETER
        && name.bytes().all(is_token)
        && name[..PARAMETER.len()].eq_ignore_ascii_case(PARAMETER)
}

/// Whether a header's name may have this byte.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(asked: &str) -> String {
        let reply = preflight(&Cors::DEFAULT, Some(asked));
        let mut headers = reply.headers.into_iter();
        let (_, value) = headers
            .find(|(name, _)| *name == "access-control-allow-headers")
            .unwrap();
        value
            .strip_prefix(HEADERS)
            .unwrap()
            .trim_start_matches(", ")
            .to_owned()
    }

    #[test]
    fn headers_of_arguments_are_allowed_when_they_are_asked_for() {
        assert_eq!(
            allowed("content-type,mcp-param-region, Mcp-Param-A ,x"),
            "mcp-param-region, Mcp-Param-A"
        );
        for none in [
            "",
            ",,",
            "mcp-param-",
            "mcp-param",
            "x-mcp-param-a",
            "mcp-param-a b",
            "mcp-param-a:",
            "mcp-param-ä",
            "*",
        ] {
            assert_eq!(allowed(none), "", "{none}");
        }
        assert_eq!(allowed(&format!("mcp-param-{}", "a".repeat(200))), "");
        let many = vec!["mcp-param-a"; 1_000].join(",");
        assert_eq!(allowed(&many).matches("mcp-param-a").count(), 64);
    }

    #[test]
    fn what_is_declared_is_allowed_exposed_and_remembered() {
        let cors = Cors {
            allow_headers: &["x-a", "x-b"],
            expose_headers: &["x-c"],
            max_age_s: 60,
        };
        let reply = preflight(&cors, Some("mcp-param-d"));
        let header = |name: &str| reply.headers.iter().find(|(it, _)| *it == name).unwrap();
        assert_eq!(
            header("access-control-allow-headers").1,
            [HEADERS, ", x-a, x-b, mcp-param-d"].concat()
        );
        assert_eq!(header("access-control-max-age").1, "60");
        assert_eq!(
            sharing(&cors, "https://a")[1].1,
            "mcp-session-id, www-authenticate, x-c"
        );
    }
}
