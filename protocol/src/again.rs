//! A call that is like the one before it but for its `id` and its arguments.
//!
//! A client calls a tool again and again, and writes its messages by one rule. Where head and text are those of a call that was read and let in, but
//! for two values that are put in at the same places, reading them again would find the same. The arguments are checked as ever, and whether who
//! calls may; whatever is not found fine here is read from its beginning, by the code that says what is wrong with it.

use crate::call::{Call, Target, TargetKind};
use crate::client::ClientCaps;
use crate::engine::{Engine, Output};
use crate::head::Passed;
use crate::jsonrpc::{MAX_DEPTH, Request, nests_within};
use crate::methods::Context;
use crate::principal::Who;
use crate::version::Version;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::cell::RefCell;

/// A longer message is not remembered, in bytes.
const MAX_REMEMBERED: usize = 4096;
/// The longest `id` that is taken for one without a parser.
const MAX_PLAIN_ID: usize = 64;
/// Integers of so many digits are the same to every parser.
const MAX_DIGITS: usize = 15;

/// Arguments are in `params`, which are in the message.
const ABOVE: usize = 2;

/// The last call that came with a head, if any.
pub(crate) type Last = RefCell<Option<Known>>;

/// A call, and where in its text the two values are that may be others.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// What comes before both, between them and behind both.
    fixed: [Box<str>; 3],
    /// Whether the `id` comes before the arguments.
    id_first: bool,
    tool: usize,
    version: Version,
    client: ClientCaps,
}

/// The two values of a request, as its body has them.
#[derive(Clone, Copy)]
pub(crate) struct Own<'r> {
    id: &'r str,
    arguments: Option<&'r RawValue>,
}

impl<'r> Own<'r> {
    pub fn of(request: &Request<'r>) -> Own<'r> {
        Own {
            id: request.id,
            arguments: request.params.arguments,
        }
    }
}

impl Known {
    /// Remembers a call.
    fn new(body: &str, own: Own<'_>, call: &Call<'_>) -> Option<Known> {
        let arguments = own.arguments?.get();
        // Both are pieces of the body.
        let span = |piece: &str| {
            let start = (piece.as_ptr() as usize).checked_sub(body.as_ptr() as usize)?;
            Some(start..start + piece.len())
        };
        let (id, arguments) = (span(own.id)?, span(arguments)?);
        let id_first = id.start < arguments.start;
        let (first, second) = match id_first {
            true => (id, arguments),
            false => (arguments, id),
        };
        let piece = |from, to| body.get(from..to).map(Box::from);
        Some(Known {
            fixed: [
                piece(0, first.start)?,
                piece(first.end, second.start)?,
                piece(second.end, body.len())?,
            ],
            id_first,
            tool: call.target.index,
            version: call.head.version,
            client: call.head.client,
        })
    }

    /// The `id` and the arguments of a body that has the same around them. Whether the arguments are JSON is for the caller to find out.
    fn own<'r>(&self, body: &'r str) -> Option<(&'r str, &'r str)> {
        let [before, between, after] = &self.fixed;
        let rest = body.strip_prefix(&**before)?.strip_suffix(&**after)?;
        let (id, arguments) = match self.id_first {
            true => {
                let (id, rest) = rest.split_at_checked(plain_id(rest.bytes())?)?;
                (id, rest.strip_prefix(&**between)?)
            }
            false => {
                let length = plain_id(rest.bytes().rev())?;
                let (rest, id) = rest.split_at_checked(rest.len() - length)?;
                (id, rest.strip_suffix(&**between)?)
            }
        };
        // A number does not begin with a zero that it does not need.
        let is_number = id.len() == 1 || !id.starts_with('0');
        let is_object = arguments.starts_with('{') && arguments.ends_with('}');
        (is_number && is_object).then_some((id, arguments))
    }
}

/// How long an `id` is that needs no parser, from its first byte or from its last: a few digits, or a string of letters, digits, `-` and `_`.
fn plain_id(mut bytes: impl Iterator<Item = u8>) -> Option<usize> {
    let first = bytes.next()?;
    if first == b'"' {
        let is_plain = |byte| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_');
        let mut rest = bytes.take(MAX_PLAIN_ID + 1).enumerate();
        let (inner, end) = rest.find(|(_, byte)| !is_plain(*byte))?;
        return (end == b'"').then_some(inner + 2);
    }
    let more = bytes.take_while(u8::is_ascii_digit).take(MAX_DIGITS);
    let digits = 1 + more.count();
    (first.is_ascii_digit() && digits <= MAX_DIGITS).then_some(digits)
}

impl Engine {
    /// The call in a body that is like the last one with its head. `None` where it is not, or anything is wrong with it.
    pub(crate) fn again<'r>(
        &self,
        last: &Last,
        passed: Passed,
        who: Who<'_>,
        body: &'r str,
    ) -> Option<Output<'r>> {
        let last = last.borrow();
        let known = last.as_ref()?;
        let (id, arguments) = known.own(body)?;
        if !nests_within(arguments, MAX_DEPTH - ABOVE) {
            return None;
        }
        let context = Context {
            version: known.version,
            framing: passed.accepts.framing(),
            session: None,
            client: known.client,
            who: who.known().cloned(),
            trace: None,
        };
        self.call_checked(context, id, known.tool, arguments)
    }

    /// A call of a tool, where its arguments satisfy the schema and its caller may.
    fn call_checked<'r>(
        &self,
        context: Context,
        id: &str,
        index: usize,
        arguments: &'r str,
    ) -> Option<Output<'r>> {
        let kind = TargetKind::Tool;
        let target = Target { kind, index };
        self.may_use(&context, target).ok()?;
        // Only what the validator has read to its end is one object, and not something that goes on behind it.
        let validator = self.index.validator(&self.catalog, target).ok()??;
        let arguments = validator.read(Cow::Borrowed(arguments)).ok()?;
        let arguments = match &self.guard {
            Some(guard) => (guard.bind)(self, index, arguments, context.who.as_deref()).ok()?,
            None => arguments,
        };
        let place = self.catalog.tools[index].place;
        Some(self.call(context, id, place, target, arguments, None))
    }

    /// Remembers a call that was let in, if the next one can be told to be like it.
    pub(crate) fn remember(&self, last: &Last, body: &str, own: Own<'_>, call: &Call<'_>) {
        let is_plain = call.target.kind == TargetKind::Tool
            && !call.interactive
            && call.head.trace.is_none()
            && body.len() <= MAX_REMEMBERED;
        // Of some tools, headers repeat arguments.
        if is_plain && self.catalog.tools[call.target.index].headers.is_empty() {
            last.replace(Known::new(body, own, call));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{CallHead, Framing, Route};

    /// What is remembered of a call whose `id` and arguments are `1` and `{}`.
    fn known(body: &str) -> Known {
        let piece = |piece: &str| {
            let at = body.find(piece).expect("it is there");
            &body[at..at + piece.len()]
        };
        let arguments = serde_json::from_str::<&RawValue>(piece("{}")).expect("JSON");
        let own = Own {
            id: piece("1"),
            arguments: Some(arguments),
        };
        let target = Target {
            kind: TargetKind::Tool,
            index: 0,
        };
        let call = Call {
            head: CallHead {
                id: "1".to_owned(),
                version: Version::LATEST,
                framing: Framing::Json,
                session: None,
                client: ClientCaps::default(),
                target,
                trace: None,
                who: None,
            },
            route: Route::Here,
            target,
            arguments: "{}".into(),
            uri: None,
            interactive: false,
            once: false,
        };
        Known::new(body, own, &call).expect("both are in the body")
    }

    #[test]
    fn what_differs_is_found_in_either_order() {
        for (before, between, after, id_first) in [
            ("[", ",", "]", true),
            ("[", ",", "]", false),
            ("[", ", ", "", false),
            ("", " ", "", true),
        ] {
            let text = |id: &str, arguments: &str| match id_first {
                true => [before, id, between, arguments, after].concat(),
                false => [before, arguments, between, id, after].concat(),
            };
            let known = known(&text("1", "{}"));
            for id in ["0", "7", "123456789012345", "\"\"", "\"a-B_9\""] {
                for arguments in ["{}", "{\"a\":[1,2]}", "{{}}"] {
                    let body = text(id, arguments);
                    assert_eq!(known.own(&body), Some((id, arguments)), "{body}");
                }
            }
            for id in [
                "",
                "-1",
                "01",
                "1.5",
                "1234567890123456",
                "\"",
                "\"a",
                "a\"",
                "\"a b\"",
                "\"\\n\"",
                "\"é\"",
                "null",
            ] {
                let body = text(id, "{}");
                assert_eq!(known.own(&body), None, "{body}");
            }
            for arguments in ["", "[]", "{", "}", "1"] {
                let body = text("1", arguments);
                assert_ne!(known.own(&body).map(|own| own.1), Some(arguments), "{body}");
            }
            for other in ["", "x", "1", "{}"] {
                assert_eq!(known.own(other), None, "{other}");
            }
        }
    }

    #[test]
    fn long_ids_are_read_by_the_parser() {
        let known = known("[1,{}]");
        let id = |length: usize| format!("\"{}\"", "a".repeat(length));
        let found = |length| known.own(&format!("[{},{{}}]", id(length))).is_some();
        assert!(found(MAX_PLAIN_ID) && !found(MAX_PLAIN_ID + 1));
    }
}
