//! For programs.

use super::{Place, Told};
use crate::review::Weighed;
use crate::rule::{Bump, Severity};
use serde_json::{Value, json};

/// Everything, as an object. A later release adds members and removes none.
pub fn json(told: &Told<'_>) -> Value {
    let review = told.review;
    json!({
        "base": told.base,
        "server": { "name": told.name, "version": review.versions.1, "was": review.versions.0 },
        "differs": review.differs,
        "bump": (review.bump != Bump::None).then_some(review.bump.as_str()),
        "next": review.next.as_ref().map(ToString::to_string),
        "errors": review.count(Severity::Error),
        "warnings": review.count(Severity::Warn),
        "tokens": { "now": review.tokens.1, "was": review.tokens.0 },
        "findings": told.all().map(|(it, place)| finding(it, place)).collect::<Vec<_>>(),
        "additions": review.additions,
    })
}

/// One finding.
pub fn finding(weighed: &Weighed, place: Option<&Place>) -> Value {
    let it = &weighed.finding;
    json!({
        "rule": it.rule.id(),
        "category": it.rule.category().as_str(),
        "severity": weighed.severity.as_str(),
        "allowed": weighed.allowed,
        "message": it.message,
        "item": it.item,
        "users": it.users,
        "before": it.texts.as_ref().map(|(from, _)| from),
        "after": it.texts.as_ref().map(|(_, to)| to),
        "hurts": it.rule.whom(),
        "help": it.rule.help(),
        "address": it.address.to_string(),
        "file": place.map(|it| &it.file),
        "line": place.map(|it| it.line),
        "column": place.map(|it| it.column),
    })
}
