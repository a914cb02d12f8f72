//! `Accept` and `Content-Type`.

use crate::call::Framing;

/// Which of our two answers a client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepts {
    pub json: bool,
    pub stream: bool,
}

impl Accepts {
    /// How an answer that needs no stream is written.
    pub fn framing(self) -> Framing {
        match self.json {
            true => Framing::Json,
            false => Framing::Sse,
        }
    }
}

/// Reads `Accept`. An absent header takes everything, as HTTP says; `q=0` refuses.
pub(crate) fn accepts(header: Option<&str>) -> Accepts {
    let Some(header) = header else {
        return Accepts {
            json: true,
            stream: true,
        };
    };
    // What nearly every client sends.
    if header == "application/json, text/event-stream" {
        return Accepts {
            json: true,
            stream: true,
        };
    }
    Accepts {
        json: takes(header, "application", "json"),
        stream: takes(header, "text", "event-stream"),
    }
}

/// Whether the most precise range that fits is not refused.
fn takes(header: &str, kind: &str, sub: &str) -> bool {
    let mut best = (0, false);
    for range in header.split(',') {
        let mut parts = range.split(';');
        let media = parts.next().unwrap_or_default().trim();
        let Some((range_kind, range_sub)) = media.split_once('/') else {
            continue;
        };
        let precision = if range_kind == "*" && range_sub == "*" {
            1
        } else if !range_kind.eq_ignore_ascii_case(kind) {
            continue;
        } else if range_sub == "*" {
            2
        } else if range_sub.eq_ignore_ascii_case(sub) {
            3
        } else {
            continue;
        };
        if precision >= best.0 {
            best = (precision, !parts.any(is_zero_weight));
        }
    }
    best.1
}

fn is_zero_weight(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return false;
    };
    let value = value.trim();
    name.trim().eq_ignore_ascii_case("q")
        && value.starts_with('0')
        && value.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

/// Whether `Content-Type` says JSON in UTF-8. An absent header does not: requests that a browser sends to strangers unasked have
/// another type, and that is half of the defence against them.
pub(crate) fn is_json(header: Option<&str>) -> bool {
    let mut parts = header.unwrap_or_default().split(';');
    let media = parts.next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_is_read_as_http_says() {
        for (header, json, stream) in [
            (None, true, true),
            (Some("*/*"), true, true),
            (Some("application/json, text/event-stream"), true, true),
            (Some("Application/JSON"), true, false),
            (Some("text/event-stream"), false, true),
            (Some("application/*"), true, false),
            (Some("text/*;q=0.1"), false, true),
            (Some("text/html"), false, false),
            (Some("application/json;q=0, */*"), false, true),
            (Some("*/*;q=0"), false, false),
            (
                Some("application/json; q=0.000, text/event-stream; q=0.5"),
                false,
                true,
            ),
            (Some("application/jsonx, nonsense"), false, false),
        ] {
            assert_eq!(accepts(header), Accepts { json, stream }, "{header:?}");
        }
    }

    #[test]
    fn content_type_is_json_in_utf8() {
        for good in [
            "application/json",
            "Application/Json",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert!(is_json(Some(good)), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "application/json-seq",
            "application/json; charset=latin1",
            "application/x-www-form-urlencoded",
        ] {
            assert!(!is_json(Some(bad)), "{bad}");
        }
        assert!(!is_json(None));
    }
}
