//! `format`, asserted. Each check is one pass over the text.

use super::time::{date, date_time, time};
use std::net::{Ipv4Addr, Ipv6Addr};

/// A format that is enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Date,
    DateTime,
    Email,
    Ipv4,
    Ipv6,
    Time,
    Uri,
    Uuid,
}

impl Format {
    pub fn named(name: &str) -> Option<Format> {
        Some(match name {
            "date" => Format::Date,
            "date-time" => Format::DateTime,
            "email" => Format::Email,
            "ipv4" => Format::Ipv4,
            "ipv6" => Format::Ipv6,
            "time" => Format::Time,
            "uri" => Format::Uri,
            "uuid" => Format::Uuid,
            _ => return None,
        })
    }

    /// What a value must be.
    pub fn describe(self) -> &'static str {
        match self {
            Format::Date => "a date like 2026-07-28",
            Format::DateTime => "a date and time like 2026-07-28T12:30:00Z",
            Format::Email => "an email address",
            Format::Ipv4 => "an IPv4 address",
            Format::Ipv6 => "an IPv6 address",
            Format::Time => "a time like 12:30:00Z",
            Format::Uri => "a URI",
            Format::Uuid => "a UUID",
        }
    }

    pub fn accepts(self, text: &str) -> bool {
        match self {
            Format::Date => date(text),
            Format::DateTime => date_time(text),
            Format::Email => email(text),
            Format::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Format::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Format::Time => time(text),
            Format::Uri => uri(text),
            Format::Uuid => uuid(text),
        }
    }
}

/// A mailbox of RFC 5321: a dot-atom or a quoted string, `@`, and a domain or an address in brackets.
fn email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let local_good = match local
        .strip_prefix('"')
        .and_then(|inner| inner.strip_suffix('"'))
    {
        Some(quoted) => quoted_string(quoted),
        None => local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atext)),
    };
    let domain_good = match domain
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
    {
        Some(address) => match address.strip_prefix("IPv6:") {
            Some(six) => six.parse::<Ipv6Addr>().is_ok(),
            None => address.parse::<Ipv4Addr>().is_ok(),
        },
        None => host_name(domain),
    };
    local.len() <= 64 && local_good && domain_good
}

/// Between the quotes: anything printable, `"` and `\` behind a `\`.
fn quoted_string(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let good = match c {
            '"' => false,
            '\\' => chars
                .next()
                .is_some_and(|c| c == ' ' || c.is_ascii_graphic()),
            c => !c.is_control(),
        };
        if !good {
            return false;
        }
    }
    !text.is_empty()
}

fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || !c.is_ascii() && !c.is_control()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn host_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .chars()
                .all(|c| c == '-' || c.is_ascii_alphanumeric() || !c.is_ascii() && !c.is_control())
    };
    text.len() <= 254 && text.split('.').all(label)
}

/// `URI` of RFC 3986: with a scheme, ASCII only.
fn uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_good = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    if !scheme_good {
        return false;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (hierarchy, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match hierarchy.strip_prefix("//") {
        Some(inner) => {
            let (authority, path) = inner.split_at(inner.find('/').unwrap_or(inner.len()));
            (Some(authority), path)
        }
        None => (None, hierarchy),
    };
    authority.is_none_or(uri_authority)
        && uri_chars(path, ":@/")
        && uri_chars(query, ":@/?")
        && uri_chars(fragment, ":@/?")
}

fn uri_authority(text: &str) -> bool {
    let (user, host_port) = text.rsplit_once('@').unwrap_or(("", text));
    let (host, port) = match host_port.find(']') {
        Some(end) if host_port.starts_with('[') => {
            let Ok(_) = host_port[1..end].parse::<Ipv6Addr>() else {
                return false;
            };
            ("", &host_port[end + 1..])
        }
        _ => host_port.split_at(host_port.find(':').unwrap_or(host_port.len())),
    };
    let port_good = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    uri_chars(user, ":") && uri_chars(host, "") && port_good
}

/// Unreserved characters, sub-delimiters, percent-encoded bytes, and `more`.
fn uri_chars(text: &str, more: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let good = match byte {
            b'%' => (0..2).all(|_| bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit())),
            byte => {
                byte.is_ascii_alphanumeric()
                    || b"-._~!$&'()*+,;=".contains(&byte)
                    || more.as_bytes().contains(&byte)
            }
        };
        if !good {
            return false;
        }
    }
    true
}

/// RFC 9562, any version.
fn uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let table: &[(Format, &[&str], &[&str])] = &[
            (
                Format::Date,
                &["2026-07-28", "2024-02-29", "2000-02-29", "0000-01-01"],
                &[
                    "2023-02-29",
                    "1900-02-29",
                    "2026-13-01",
                    "2026-00-01",
                    "2026-1-01",
                    "2026-04-31",
                    "20260728",
                    "2026-07-28Z",
                    "+026-07-28",
                    "",
                    "２０２６-07-28",
                ],
            ),
            (
                Format::Time,
                &[
                    "12:30:00Z",
                    "12:30:00z",
                    "00:00:00.123456789+01:00",
                    "23:59:60Z",
                    "22:59:60-01:00",
                    "00:29:60+00:30",
                ],
                &[
                    "24:00:00Z",
                    "12:60:00Z",
                    "12:30:61Z",
                    "12:30:60Z",
                    "12:30:00",
                    "12:30Z",
                    "12:30:00.Z",
                    "12:30:00+1:00",
                    "12:30:00+24:00",
                    "12:30:00+0100",
                    "1２:30:00Z",
                    "",
                ],
            ),
            (
                Format::DateTime,
                &["2026-07-28T12:30:00Z", "2026-07-28t12:30:00.5-07:00"],
                &[
                    "2026-07-28 12:30:00Z",
                    "2026-07-28T12:30:00",
                    "2026-07-28",
                    "2026-02-30T00:00:00Z",
                    "2026-07-28T",
                    "äääää",
                ],
            ),
            (
                Format::Email,
                &[
                    "a@b",
                    "a.b+c@example.com",
                    "\"a b\"@example.com",
                    "a@[127.0.0.1]",
                    "a@[IPv6:::1]",
                    "ä@example.com",
                ],
                &[
                    "a",
                    "@b",
                    "a@",
                    "a@b@c",
                    ".a@b",
                    "a..b@c",
                    "a b@c",
                    "a@b..c",
                    "a@-b",
                    "a@[1.2.3]",
                    "",
                    "a@b c",
                ],
            ),
            (
                Format::Ipv4,
                &["127.0.0.1", "255.255.255.255"],
                &["256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4 ", ""],
            ),
            (
                Format::Ipv6,
                &["::1", "2001:db8::8a2e:370:7334", "::ffff:1.2.3.4"],
                &["1.2.3.4", ":::", "::1%eth0", "12345::", ""],
            ),
            (
                Format::Uri,
                &[
                    "https://example.com/a?b=c#d",
                    "urn:isbn:1",
                    "mailto:a@b",
                    "http://[::1]:80/",
                    "file:///x",
                    "a:",
                    "http://u:p@h:1",
                ],
                &[
                    "/a",
                    "example.com",
                    "http://a b",
                    "1a:b",
                    "http://h:x",
                    "http://[::1",
                    "http://ä",
                    "a:%zz",
                    "a:%",
                    ":",
                    "",
                    "a:\\b",
                    "a:#b#c",
                ],
            ),
            (
                Format::Uuid,
                &[
                    "00000000-0000-0000-0000-000000000000",
                    "2EB8AA08-aa98-11ea-b4aa-73b441d16380",
                ],
                &[
                    "2eb8aa08aa9811eab4aa73b441d16380",
                    "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
                    "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
                    "",
                ],
            ),
        ];
        for (format, good, bad) in table {
            for text in *good {
                assert!(format.accepts(text), "{format:?} {text}");
            }
            for text in *bad {
                assert!(!format.accepts(text), "{format:?} {text}");
            }
        }
    }
}
