//! Durations and sizes: `"25s"`, `"64KiB"`.

use super::Cx;
use crate::diag::{Address, Code};
use std::ops::RangeInclusive;

pub(super) const SECOND: u64 = 1_000;
pub(super) const MINUTE: u64 = 60 * SECOND;
pub(super) const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;
pub(super) const KIB: u64 = 1_024;
pub(super) const MIB: u64 = 1_024 * KIB;

/// A duration is a whole number and one of `ms s m h d`, in milliseconds here. Two units in one (`1h30m`) are `90m`.
pub(super) fn check_duration(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&str>,
    default: u64,
    range: RangeInclusive<u64>,
) -> u64 {
    let Some(text) = raw else { return default };
    let Some(duration) = scaled(
        text,
        &[
            ("ms", 1),
            ("s", SECOND),
            ("m", MINUTE),
            ("h", HOUR),
            ("d", DAY),
        ],
    ) else {
        cx.report(Code::BadDuration, at, format!("`{text}` is not a duration"))
            .help("a whole number and `ms`, `s`, `m`, `h` or `d`: `\"25s\"`, `\"10m\"`, `\"24h\"`, `\"30d\"`");
        return default;
    };
    bounded(cx, at, text, duration, default, range, duration_text)
}

/// A size is a whole number and `KiB` or `MiB`, in bytes here. `KB` and `MB` mean two things, so that they are neither.
pub(super) fn check_size(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: Option<&str>,
    default: u64,
    range: RangeInclusive<u64>,
) -> u64 {
    let Some(text) = raw else { return default };
    let Some(size) = scaled(text, &[("KiB", KIB), ("MiB", MIB)]) else {
        cx.report(Code::BadSize, at, format!("`{text}` is not a size"))
            .help("a whole number and `KiB` or `MiB`: `\"64KiB\"`, `\"4MiB\"`");
        return default;
    };
    bounded(cx, at, text, size, default, range, size_text)
}

/// Bounds keep a setting from meaning something else: a heartbeat that is slower than what keeps a stream open is none.
fn bounded(
    cx: &mut Cx<'_>,
    at: &Address,
    text: &str,
    value: u64,
    default: u64,
    range: RangeInclusive<u64>,
    show: fn(u64) -> String,
) -> u64 {
    if range.contains(&value) {
        return value;
    }
    let (least, most) = (show(*range.start()), show(*range.end()));
    cx.report(Code::OutOfBounds, at, format!("`{text}` is out of bounds"))
        .help(format!("at least `\"{least}\"` and at most `\"{most}\"`"));
    default
}

fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, scale) = units.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*scale)
}

fn duration_text(ms: u64) -> String {
    let units = [("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND)];
    let whole = units
        .iter()
        .find(|(_, scale)| ms > 0 && ms.is_multiple_of(*scale));
    whole.map_or_else(
        || {
            if ms == 0 {
                "0s".to_owned()
            } else {
                format!("{ms}ms")
            }
        },
        |(unit, scale)| format!("{}{unit}", ms / scale),
    )
}

fn size_text(bytes: u64) -> String {
    if bytes.is_multiple_of(MIB) {
        format!("{}MiB", bytes / MIB)
    } else {
        format!("{}KiB", bytes / KIB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let units = [("s", SECOND), ("m", MINUTE)];
        assert_eq!(scaled("25s", &units), Some(25_000));
        assert_eq!(scaled("25", &units), None);
        assert_eq!(scaled("s", &units), None);
        assert_eq!(scaled("1.5m", &units), None);
        assert_eq!(scaled("99999999999999999999s", &units), None);
        assert_eq!(scaled("18446744073709551615m", &units), None);
        assert_eq!(duration_text(90 * MINUTE), "90m");
        assert_eq!(duration_text(0), "0s");
        assert_eq!(duration_text(25 * SECOND), "25s");
        assert_eq!(duration_text(1_500), "1500ms");
    }
}
