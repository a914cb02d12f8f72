//! Trace context in `_meta` (2026-07-28, "OpenTelemetry trace context"): passed through to handlers, and never a reason to refuse a request.

use crate::wire::{Object, string};

/// The longest `tracestate` that everybody must pass on (W3C Trace Context, 3.3.1.5).
const MAX_STATE: usize = 512;
/// The longest baggage that everybody must pass on (W3C Baggage, 3.3.2).
const MAX_BAGGAGE: usize = 8192;
/// `00-<32 hex digits>-<16>-<2>`; later versions may add to it.
const PARENT: usize = 55;
const MAX_PARENT: usize = 256;

/// Where a request stands in a distributed trace. What is in it can be sent on as HTTP headers of the same names as it is: it has no
/// control characters, and a bounded length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    parent: Option<String>,
    state: Option<String>,
    baggage: Option<String>,
}

impl Trace {
    /// `traceparent` of W3C Trace Context: `00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01`.
    pub fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    /// `tracestate` of W3C Trace Context: what each vendor adds. Never without a [`Trace::parent`].
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref()
    }

    /// `baggage` of W3C Baggage: `userId=alice,region=eu`.
    pub fn baggage(&self) -> Option<&str> {
        self.baggage.as_deref()
    }

    /// What `_meta` says, in any version. What is not as it must be counts as absent. Boxed, as most requests have none.
    pub(crate) fn of(meta: Option<&Object<'_>>) -> Option<Box<Trace>> {
        let text = |name| meta?.get(name).and_then(string).map(String::from);
        Trace::new(text("traceparent"), text("tracestate"), text("baggage"))
    }

    fn new(
        parent: Option<String>,
        state: Option<String>,
        baggage: Option<String>,
    ) -> Option<Box<Trace>> {
        let parent = parent.filter(|it| is_parent(it));
        let state = state.filter(|it| parent.is_some() && is_value(it, MAX_STATE));
        let baggage = baggage.filter(|it| is_value(it, MAX_BAGGAGE));
        (parent.is_some() || baggage.is_some()).then(|| {
            Box::new(Trace {
                parent,
                state,
                baggage,
            })
        })
    }

    /// One line that [`Trace::decode`] reads.
    pub(crate) fn encode(&self) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        [text(&self.parent), text(&self.state), text(&self.baggage)].join("\t")
    }

    /// Reads what [`Trace::encode`] wrote.
    pub(crate) fn decode(line: &str) -> Option<Box<Trace>> {
        let mut values = line.split('\t').map(|value| Some(value.to_owned()));
        Trace::new(values.next()?, values.next()?, values.next()?)
    }
}

/// Whether it is `version-trace-parent-flags`, as W3C Trace Context has it for version 0 and bounds later ones.
fn is_parent(text: &str) -> bool {
    let bytes = text.as_bytes();
    let hex = |from: usize, to: usize| {
        let digits = &bytes[from..to];
        digits
            .iter()
            .all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    let some = |from: usize, to: usize| bytes[from..to].iter().any(|it| *it != b'0');
    (PARENT..=MAX_PARENT).contains(&bytes.len())
        && is_value(text, MAX_PARENT)
        && [2, 35, 52].iter().all(|at| bytes[*at] == b'-')
        && hex(0, 2)
        && !text.starts_with("ff")
        && hex(3, 35)
        && some(3, 35)
        && hex(36, 52)
        && some(36, 52)
        && hex(53, 55)
        && match bytes.get(PARENT) {
            None => true,
            Some(next) => *next == b'-' && !text.starts_with("00"),
        }
}

/// Whether it can be a header's value as it is.
fn is_value(text: &str, most: usize) -> bool {
    !text.is_empty() && text.len() <= most && text.bytes().all(|it| matches!(it, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

    fn read(meta: &str) -> Option<Box<Trace>> {
        let trace = Trace::of(serde_json::from_str(meta).ok().as_ref());
        if let Some(trace) = &trace {
            let line = trace.encode();
            assert!(!line.contains('\n'));
            assert_eq!(Trace::decode(&line).as_ref(), Some(trace));
        }
        trace
    }

    #[test]
    fn what_is_there_is_passed_on() {
        let meta = format!(
            r#"{{"a":1,"traceparent":"{GOOD}","tracestate":"congo=t61rcWkgMzE, rojo=00f0","baggage":"userId=al%20ice, b=c;p"}}"#
        );
        let trace = read(&meta).unwrap();
        assert_eq!(trace.parent(), Some(GOOD));
        assert_eq!(trace.state(), Some("congo=t61rcWkgMzE, rojo=00f0"));
        assert_eq!(trace.baggage(), Some("userId=al%20ice, b=c;p"));
        let trace = read(r#"{"baggage":"a=b"}"#).unwrap();
        assert_eq!((trace.parent(), trace.state()), (None, None));
        assert_eq!(trace.baggage(), Some("a=b"));
        let later = format!("01-{}-more", &GOOD[3..]);
        let trace = read(&format!(r#"{{"traceparent":"{later}"}}"#)).unwrap();
        assert_eq!(trace.parent(), Some(&*later));
    }

    #[test]
    fn what_is_no_trace_context_is_none() {
        assert_eq!(Trace::of(None), None);
        let long = "a".repeat(MAX_BAGGAGE + 1);
        for meta in [
            "{}",
            "[]",
            "null",
            r#"{"tracestate":"a=b"}"#,
            r#"{"traceparent":7,"baggage":{}}"#,
            r#"{"baggage":""}"#,
            r#"{"baggage":"a=b\r\nx-admin: 1"}"#,
            r#"{"baggage":"a\tb"}"#,
            r#"{"baggage":"ä=ö"}"#,
            r#"{"baggage":"\ud800"}"#,
            r#"{"traceparent":"ä"}"#,
            &format!(r#"{{"baggage":"{long}"}}"#),
        ] {
            assert_eq!(read(meta), None, "{meta}");
        }
        let of = |parent: &str| {
            read(&format!(
                r#"{{"traceparent":"{parent}","tracestate":"a=b"}}"#
            ))
        };
        assert!(of(GOOD).is_some());
        for parent in [
            GOOD.to_uppercase(),
            GOOD[..54].to_owned(),
            format!("{GOOD}-more"),
            format!("{GOOD}0"),
            format!("ff{}", &GOOD[2..]),
            format!("01-{}more", &GOOD[3..]),
            format!("01-{}-{long}", &GOOD[3..]),
            GOOD.replace('-', "_"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01".to_owned(),
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01".to_owned(),
        ] {
            assert_eq!(of(&parent), None, "{parent}");
        }
        // Of several, each stands for itself.
        let trace = read(&format!(
            r#"{{"traceparent":"{GOOD}","tracestate":"a\nb","baggage":"a=b"}}"#
        ));
        assert_eq!(trace.unwrap().state(), None);
    }

    #[test]
    fn a_broken_line_is_none() {
        for line in ["", "\t\t", "x\ty\t", "\tstate\t", "a=b"] {
            assert_eq!(Trace::decode(line), None, "{line}");
        }
    }
}
