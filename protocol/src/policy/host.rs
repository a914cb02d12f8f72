//! Whom we are asked as (`Host`) and who asks (`Origin`): the defence against DNS rebinding, and against strangers' pages.
//!
//! That the two agree proves nothing: a page of an attacker's whose name resolves to us sends both alike. Names below `workers.dev` are
//! the exception, for nobody but Cloudflare says what they resolve to. But anybody can have one: so a page there is let in where it came
//! from, and nowhere else.

use super::Policy;

/// Whether this request may be served: `Host` is loopback, `*.workers.dev` or declared, and `Origin` is absent, loopback, declared, of
/// a declared host, or of the very `workers.dev` name that is asked.
pub(crate) fn allows(policy: &Policy, host: Option<&str>, origin: Option<&str>) -> bool {
    host.is_some_and(|host| {
        allows_host(policy, host) && origin.is_none_or(|origin| allows_origin(policy, host, origin))
    })
}

fn allows_host(policy: &Policy, host: &str) -> bool {
    Authority::parse(host).is_some_and(|asked| asked.is_workers_dev() || is_ours(policy, &asked))
}

fn is_ours(policy: &Policy, it: &Authority<'_>) -> bool {
    it.is_loopback() || policy.hosts.iter().any(|declared| it.is(declared))
}

fn allows_origin(policy: &Policy, host: &str, origin: &str) -> bool {
    if policy
        .origins
        .iter()
        .any(|declared| same_origin(declared, origin))
    {
        return true;
    }
    // `null` is what sandboxed frames and files send: nobody, so it must be declared to be let in.
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let secure = scheme.eq_ignore_ascii_case("https");
    if !secure && !scheme.eq_ignore_ascii_case("http") {
        return false;
    }
    Authority::parse(authority).is_some_and(|it| {
        is_ours(policy, &it) || (secure && it.is_workers_dev() && it.is_https_of(host))
    })
}

/// Equal but for case and a slash at the end, which people write.
fn same_origin(declared: &str, origin: &str) -> bool {
    declared
        .strip_suffix('/')
        .unwrap_or(declared)
        .eq_ignore_ascii_case(origin)
}

/// `host[:port]`.
struct Authority<'a> {
    /// Without the dot that makes it absolute; an IPv6 address keeps its brackets.
    host: &'a str,
    port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Strict: user info, paths, spaces, bad ports and bare IPv6 addresses are nobody's host.
    fn parse(text: &'a str) -> Option<Authority<'a>> {
        // The longest DNS name, and a port.
        if text.len() > 253 + 1 + 6 {
            return None;
        }
        let (host, port) = if text.starts_with('[') {
            let end = text.find(']')? + 1;
            (&text[..end], &text[end..])
        } else {
            text.split_at(text.find(':').unwrap_or(text.len()))
        };
        let port = match port.strip_prefix(':') {
            None if port.is_empty() => None,
            Some(digits)
                if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                Some(digits.parse().ok()?)
            }
            _ => return None,
        };
        let host = if host.starts_with('[') {
            host
        } else {
            let host = host.strip_suffix('.').unwrap_or(host);
            let label = |label: &str| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            };
            if !host.split('.').all(label) {
                return None;
            }
            host
        };
        Some(Authority { host, port })
    }

    /// Whether it is what is declared; a declaration without a port means any.
    fn is(&self, declared: &str) -> bool {
        Authority::parse(declared).is_some_and(|declared| {
            self.host.eq_ignore_ascii_case(declared.host)
                && (declared.port.is_none() || declared.port == self.port)
        })
    }

    /// Whether `https://` before both names the same place.
    fn is_https_of(&self, host: &str) -> bool {
        Authority::parse(host).is_some_and(|host| {
            self.host.eq_ignore_ascii_case(host.host)
                && self.port.unwrap_or(443) == host.port.unwrap_or(443)
        })
    }

    fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || ends_with_label(self.host, ".localhost")
            || self.host == "[::1]"
            || self.is_loopback_v4()
    }

    /// 127.0.0.0/8, in its one canonical spelling: octal, hexadecimal and short forms are refused.
    fn is_loopback_v4(&self) -> bool {
        let octet = |part: &str| {
            part.len() <= 3
                && (part == "0" || !part.starts_with('0'))
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u8>().is_ok()
        };
        self.host.starts_with("127.")
            && self.host.split('.').count() == 4
            && self.host.split('.').all(octet)
    }

    fn is_workers_dev(&self) -> bool {
        ends_with_label(self.host, ".workers.dev")
    }
}

/// Whether a name ends like this, with something before.
fn ends_with_label(host: &str, suffix: &str) -> bool {
    host.len() > suffix.len()
        && host.is_char_boundary(host.len() - suffix.len())
        && host[host.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy {
        http: "/mcp",
        sse: None,
        hosts: &["mcp.example.com", "other.example:8443"],
        origins: &[
            "https://app.example",
            "https://slash.example/",
            "vscode-webview://panel",
        ],
        ..Policy::DEFAULT
    };

    #[test]
    fn hosts() {
        for good in [
            "localhost",
            "LocalHost:8787",
            "localhost.",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.1.2.3",
            "[::1]",
            "[::1]:8787",
            "agent.localhost:1",
            "counter.me.workers.dev",
            "COUNTER.workers.dev",
            "counter.workers.dev:443",
            "a.workers.dev.",
            "mcp.example.com",
            "MCP.example.com:8443",
            "mcp.example.com.",
            "other.example:8443",
        ] {
            assert!(allows(&POLICY, Some(good), None), "{good}");
        }
        for bad in [
            "evil.com",
            "evilworkers.dev",
            "workers.dev",
            ".workers.dev",
            "a..workers.dev",
            "x.workers.dev.evil.com",
            "localhost.evil.com",
            "evillocalhost",
            "127.0.0.1.evil.com",
            "127.0.0.256",
            "127.0.1",
            "127.00.0.1",
            "0x7f.0.0.1",
            "0.0.0.0",
            "128.0.0.1",
            "[::2]",
            "::1",
            "[::1",
            "[::1]x",
            "localhost:",
            "localhost:99999",
            "localhost:+80",
            "localhost:80:80",
            "user@localhost",
            "localhost/",
            "localhost ",
            "mcp.example.com.evil.com",
            "xmcp.example.com",
            "other.example",
            "other.example:443",
            "localhost#.workers.dev",
            "evil.com/.workers.dev",
            "evil.com\\.workers.dev",
            "äworkers.dev",
            "",
            "..",
            "localhost..",
        ] {
            assert!(!allows(&POLICY, Some(bad), None), "{bad}");
        }
        assert!(!allows(&POLICY, None, None));
        assert!(!allows(&POLICY, Some(&"a".repeat(10_000)), None));
    }

    #[test]
    fn origins() {
        for good in [
            "http://localhost:6274",
            "https://localhost",
            "HTTP://127.0.0.1:3000",
            "http://[::1]:1",
            "https://mcp.example.com",
            "https://app.example",
            "HTTPS://APP.example",
            "https://slash.example",
            "vscode-webview://panel",
        ] {
            assert!(allows(&POLICY, Some("localhost"), Some(good)), "{good}");
        }
        for bad in [
            "null",
            "https://evil.com",
            "https://evilworkers.dev",
            "https://app.example.evil.com",
            "https://app.example:8443",
            "http://app.example",
            "file://",
            "ftp://localhost",
            "localhost",
            "//localhost",
            "http://localhost/path",
            "http://user@localhost",
            "http://evil.com#localhost",
            "http://",
            "vscode-webview://other",
            "https://other.example",
            "https://x.workers.dev",
            "",
        ] {
            assert!(!allows(&POLICY, Some("localhost"), Some(bad)), "{bad}");
        }
    }

    #[test]
    fn a_page_of_workers_dev_asks_where_it_came_from() {
        for (host, origin) in [
            ("counter.me.workers.dev", "https://counter.me.workers.dev"),
            (
                "counter.me.workers.dev:443",
                "https://Counter.me.workers.dev",
            ),
            (
                "counter.me.workers.dev.",
                "https://counter.me.workers.dev:443",
            ),
        ] {
            assert!(allows(&POLICY, Some(host), Some(origin)), "{host} {origin}");
        }
        for (host, origin) in [
            ("counter.me.workers.dev", "https://counter.evil.workers.dev"),
            ("counter.me.workers.dev", "https://me.workers.dev"),
            ("counter.me.workers.dev", "https://x.counter.me.workers.dev"),
            (
                "counter.me.workers.dev",
                "https://counter.me.workers.dev:8443",
            ),
            ("counter.me.workers.dev", "http://counter.me.workers.dev"),
            ("mcp.example.com", "https://counter.me.workers.dev"),
            ("localhost:8787", "https://counter.me.workers.dev"),
        ] {
            assert!(
                !allows(&POLICY, Some(host), Some(origin)),
                "{host} {origin}"
            );
        }
    }

    #[test]
    fn agreeing_with_each_other_is_not_enough() {
        assert!(!allows(
            &POLICY,
            Some("rebound.evil.com:8787"),
            Some("http://rebound.evil.com:8787")
        ));
    }
}
