//! `sync` of `[state]` and `writable` of its fields: what pages see and set.

use super::every_member::{Place, every_member};
use super::{Cx, member::list};
use crate::diag::{Address, Code};
use crate::model::SyncMode;
use crate::read::nearest;
use crate::read::raw::RawState;

const WORDS: [&str; 3] = ["off", "readonly", "readwrite"];

/// What pages see of the state is said, and so is each field that they set.
pub(super) fn check_sync(cx: &mut Cx<'_>, at: &Address, raw: &RawState) -> SyncMode {
    let place = at.key("sync");
    let mode = match raw.sync.as_deref() {
        None | Some("off") => SyncMode::Off,
        Some("readonly") => SyncMode::ReadOnly,
        Some("readwrite") => SyncMode::ReadWrite,
        Some(other) => {
            let help = match nearest(other, &WORDS) {
                Some(nearest) => format!("did you mean `{nearest}`? it is one of {}", list(&WORDS)),
                None => format!("one of {}", list(&WORDS)),
            };
            cx.report(Code::UnknownWord, &place, format!("unknown word `{other}`"))
                .help(help);
            return SyncMode::Off;
        }
    };
    if mode != SyncMode::Off {
        check_whose(cx, at, raw);
    }
    if mode == SyncMode::ReadWrite {
        check_some_writable(cx, &place, raw);
    }
    mode
}

/// A page has no session: there is no way to say whose state it would see.
fn check_whose(cx: &mut Cx<'_>, at: &Address, raw: &RawState) {
    if raw.scope.as_deref() != Some("session") {
        return;
    }
    cx.report(
        Code::SyncOfSessions,
        &at.key("sync"),
        "each session has a state of its own, and a page is in none",
    )
    .at_key()
    .related(at.key("scope"), "declared here")
    .help("scope = \"user\", one a caller; or leave `sync` out");
}

/// A page that may write writes something.
fn check_some_writable(cx: &mut Cx<'_>, at: &Address, raw: &RawState) {
    let mut fields = raw.fields.iter().flatten();
    if fields.any(|(_, field)| field.0.writable == Some(true)) || cx.unread(&["state", "fields"]) {
        return;
    }
    cx.report(
        Code::NothingWritable,
        at,
        "pages may write, and no field is `writable`",
    )
    .help("say `writable = true` on each field that a page may set; or sync = \"readonly\"");
}

/// `writable` is said of a whole field of the state, where pages write; elsewhere it would promise what nobody can do.
pub(super) fn check_writable(cx: &mut Cx<'_>) {
    let root = Address::root();
    let raw = cx.raw;
    let sync = raw.state.as_ref().and_then(|it| it.sync.as_deref());
    // A word that is unknown may have been meant to be that one.
    let is_written = cx.unread(&["state", "sync"])
        || sync.is_some_and(|it| it == "readwrite" || !WORDS.contains(&it));
    every_member(raw, &mut |at, place, _, raw| {
        if raw.writable.is_none() || place == Place::State && is_written {
            return;
        }
        let place_is_right = place == Place::State;
        let diagnostic = cx.report(
            Code::BadWritable,
            &at.key("writable"),
            match place_is_right {
                true => "pages write nothing of this state",
                false => "this is nothing that a page could set",
            },
        );
        diagnostic.at_key();
        if !place_is_right {
            diagnostic
                .help("leave `writable` out: it is for the fields of `[state]`, each as a whole");
            return;
        }
        if sync.is_some() {
            diagnostic.related(root.keys(["state", "sync"]), "what they may do");
        }
        diagnostic.help("sync = \"readwrite\", or leave `writable` out");
    });
}
