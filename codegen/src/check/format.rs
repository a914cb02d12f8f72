//! The values of `format`, for defaults and dates of the declaration. RFC 3339 for times, as JSON Schema has it.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `text` has the format `format`. Formats that nobody enforces hold for every text.
pub(super) fn holds(format: &str, text: &str) -> bool {
    match format {
        "date" => is_date(text),
        "time" => is_time(text),
        "date-time" => {
            // The separator is one byte, and a date has ten.
            text.is_char_boundary(10)
                && text.is_char_boundary(11)
                && text.len() > 11
                && is_date(&text[..10])
                && ["T", "t"].contains(&&text[10..11])
                && is_time(&text[11..])
        }
        "email" => is_email(text),
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok() && !text.contains('%'),
        "uri" => super::uri::scheme(text).is_some() && super::uri::characters(text).is_ok(),
        "uuid" => is_uuid(text),
        _ => true,
    }
}

/// A day of the calendar, `YYYY-MM-DD`.
pub(super) fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (
        digits(&bytes[..4]),
        digits(&bytes[5..7]),
        digits(&bytes[8..]),
    ) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `23:59:60.5+01:00`, with a zone. A leap second is one in UTC only.
fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 9 || bytes[2] != b':' || bytes[5] != b':' {
        return false;
    }
    let (Some(hour), Some(minute), Some(second)) = (
        digits(&bytes[..2]),
        digits(&bytes[3..5]),
        digits(&bytes[6..8]),
    ) else {
        return false;
    };
    let mut rest = &bytes[8..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    let Some(offset) = zone(rest) else {
        return false;
    };
    let in_utc = (i64::from(hour) * 60 + i64::from(minute) - offset).rem_euclid(24 * 60);
    hour < 24 && minute < 60 && (second < 60 || (second == 60 && in_utc == 23 * 60 + 59))
}

/// The offset of a zone in minutes.
fn zone(bytes: &[u8]) -> Option<i64> {
    match bytes {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hour, minute) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            let offset = i64::from(hour) * 60 + i64::from(minute);
            (hour < 24 && minute < 60).then_some(if *sign == b'+' { offset } else { -offset })
        }
        _ => None,
    }
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0_u32, |sum, b| {
        b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0'))
    })
}

/// One `@`, a local part without spaces, and a host name. Mail is what proves an address, so nothing finer is asked.
fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        let label = |label: &str| {
            !label.is_empty()
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let atom = |atom: &str| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        };
        local.split('.').all(atom) && host.split('.').all(label)
    })
}

/// Five groups of hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut groups = text.split('-');
    lengths.iter().all(|length| {
        groups
            .next()
            .is_some_and(|g| g.len() == *length && g.bytes().all(|b| b.is_ascii_hexdigit()))
    }) && groups.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn what_holds_and_what_does_not() {
        let cases: [(&str, &[&str], &[&str]); 8] = [
            (
                "date",
                &["2024-02-29", "2026-07-28"],
                &[
                    "2023-02-29",
                    "2026-13-01",
                    "2026-7-1",
                    "26-07-01",
                    "2026-00-10",
                    "ab",
                ],
            ),
            (
                "time",
                &["23:59:60Z", "12:00:00.5+01:00", "00:59:60+01:00"],
                &["24:00:00Z", "12:00:00", "12:00:00.Z", "12:00:60Z"],
            ),
            (
                "date-time",
                &["2026-07-28T12:00:00Z", "2026-07-28t12:00:00-08:00"],
                &["2026-07-28 12:00:00Z", "2026-07-28", "äöüäöüT"],
            ),
            (
                "email",
                &["a@b.example", "a.b+c@b"],
                &["a@", "@b", "a b@c", "a..b@c", "a@-b"],
            ),
            ("ipv4", &["127.0.0.1"], &["256.0.0.1", "1.2.3", "01.2.3.4"]),
            ("ipv6", &["::1", "2001:db8::1"], &["1.2.3.4", "::1%eth0"]),
            (
                "uri",
                &["https://example.com/a?b#c", "urn:x:y"],
                &["/relative", "no scheme", "http://a b"],
            ),
            (
                "uuid",
                &["123e4567-e89b-12d3-a456-426614174000"],
                &[
                    "123e4567e89b12d3a456426614174000",
                    "123e4567-e89b-12d3-a456",
                ],
            ),
        ];
        for (format, good, bad) in cases {
            assert_eq!(
                good.iter().find(|text| !holds(format, text)),
                None,
                "{format}"
            );
            assert_eq!(
                bad.iter().find(|text| holds(format, text)),
                None,
                "{format}"
            );
        }
    }
}
