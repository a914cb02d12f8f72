//! `from` of a param: a claim of the caller's, which no client can give.

use super::every_member::{Place, every_member};
use super::{Cx, claim};
use crate::diag::{Address, Code};
use crate::read::raw::RawMember;

/// An argument of a tool may be a claim of the caller's. Nothing else may: what is in a URI is in a URI, and what is kept is not the caller's to bring.
pub(super) fn check_bound(cx: &mut Cx<'_>) {
    every_member(cx.raw, &mut |at, place, name, raw| {
        let why = match place {
            Place::Param => return check_param(cx, at, name, raw),
            Place::Output => "an output is what the tool says",
            Place::State | Place::Handle => "it is kept, and callers come and go",
            Place::Inside => "only a param of a tool itself is, not a member of one",
            Place::Variable => "a variable is what a client wrote into the URI",
            Place::Argument => "an argument of a prompt is what a person wrote",
        };
        refuse(cx, at, raw, why);
    });
}

fn refuse(cx: &mut Cx<'_>, at: &Address, raw: &RawMember, why: &str) {
    if raw.from.is_some() {
        cx.report(
            Code::MisplacedClaim,
            &at.key("from"),
            "this cannot be a claim of the caller's",
        )
        .at_key()
        .label(why)
        .help("leave `from` out: a handler has all claims, `cx.auth()`");
    }
}

/// A param that is a claim is there or is not: nobody chooses it, so that there is nothing to fill in and nothing to route by.
fn check_param(cx: &mut Cx<'_>, at: &Address, name: &str, raw: &RawMember) {
    let Some(from) = &raw.from else { return };
    let from_at = at.key("from");
    claim::check_bound(cx, &from_at, from);
    super::permission::check_asked(cx, &from_at, "from");
    for (key, present, why, help) in [
        (
            "default",
            raw.default.is_some(),
            "a client cannot leave out what it cannot give",
            "leave `default` out; a caller without the claim may call if it says `optional = true`",
        ),
        (
            "header",
            raw.header.is_some(),
            "a client that does not give it cannot repeat it in a header",
            "leave `header` out",
        ),
    ] {
        if present {
            cx.report(
                Code::MisplacedClaim,
                &at.key(key),
                format!("`{name}` is a claim of the caller's and has a `{key}`"),
            )
            .at_key()
            .related(from_at.clone(), "the claim")
            .label(why)
            .help(help);
        }
    }
}
