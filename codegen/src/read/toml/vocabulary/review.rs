//! The keys of `[review]`.

use crate::read::raw::{RawAllow, RawReview};
use crate::read::toml::keys::Keys;

pub fn review(mut keys: Keys<'_, '_>) -> RawReview {
    let raw = RawReview {
        level: keys.string("level"),
        severity: keys.map("severity", |keys, at, node| keys.as_string(at, node)),
        tokens: keys.integer("tokens"),
        allow: keys.tables("allow", allow),
    };
    keys.end();
    raw
}

fn allow(mut keys: Keys<'_, '_>) -> RawAllow {
    let raw = RawAllow {
        rule: keys.string("rule"),
        at: keys.string("at"),
        until: keys.string("until"),
        why: keys.string("why"),
    };
    keys.end();
    raw
}
