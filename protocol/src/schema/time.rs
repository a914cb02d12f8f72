//! Dates and times of RFC 3339.

/// Exactly `count` digits, as a number.
fn digits(text: &str, count: usize) -> Option<u32> {
    let good = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

/// `full-date` of RFC 3339.
pub(super) fn date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut next = |count| parts.next().and_then(|part| digits(part, count));
    let (Some(year), Some(month), Some(day)) = (next(4), next(2), next(2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `full-time` of RFC 3339. A leap second is one in UTC.
pub(super) fn time(text: &str) -> bool {
    let Some((clock, rest)) = text.split_at_checked(8) else {
        return false;
    };
    let Some((hour, minute, second)) = clock_face(clock) else {
        return false;
    };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let after = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if after.len() == fraction.len() {
                return false;
            }
            after
        }
        None => rest,
    };
    let offset = match rest.as_bytes() {
        b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), ..] => {
            let Some((hours, minutes)) = rest[1..].split_once(':') else {
                return false;
            };
            match (digits(hours, 2), digits(minutes, 2)) {
                (Some(hours @ 0..24), Some(minutes @ 0..60)) => {
                    let minutes = (hours * 60 + minutes) as i32;
                    if *sign == b'+' { minutes } else { -minutes }
                }
                _ => return false,
            }
        }
        _ => return false,
    };
    second < 60 || ((hour * 60 + minute) as i32 - offset).rem_euclid(24 * 60) == 23 * 60 + 59
}

/// `hh:mm:ss`.
fn clock_face(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split(':');
    let mut next = |limit| {
        parts
            .next()
            .and_then(|part| digits(part, 2))
            .filter(|value| *value < limit)
    };
    let face = (next(24)?, next(60)?, next(61)?);
    parts.next().is_none().then_some(face)
}

/// `date-time` of RFC 3339.
pub(super) fn date_time(text: &str) -> bool {
    let Some((day, rest)) = text.split_at_checked(10) else {
        return false;
    };
    date(day) && rest.strip_prefix(['T', 't']).is_some_and(time)
}
