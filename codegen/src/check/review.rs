//! `[review]`.

use super::auth::check_word;
use super::{Cx, lifecycle};
use crate::diag::{Address, Code};
use crate::model::{Allow, RULES, Review, ReviewLevel, ReviewSeverity};
use crate::read::nearest;
use crate::read::raw::RawAllow;

const LEVELS: [&str; 3] = ["wire", "contract", "behaviour"];
const SEVERITIES: [&str; 3] = ["off", "warn", "error"];

/// The most tokens that a budget has. A list that takes more is for no model, so that a larger budget is none.
const MAX_TOKENS: u64 = 1_000_000;

/// The rules that judge exceptions.
const ABOUT_EXCEPTIONS: [&str; 2] = ["ALLOW_EXPIRED", "ALLOW_UNUSED"];

pub(super) fn check_review(cx: &mut Cx<'_>) -> Review {
    let at = Address::root().key("review");
    let raw = cx.raw.review.clone().unwrap_or_default();
    let level = check_level(cx, &at.key("level"), raw.level.as_deref());
    let mut severity = Vec::new();
    for (rule, word) in raw.severity.unwrap_or_default() {
        let at = at.key("severity").key(&rule);
        let is_known = check_rule(cx, &at, &rule, true);
        let weight = check_severity(cx, &at, &word);
        severity.extend(weight.filter(|_| is_known).map(|it| (rule, it)));
    }
    let raw_allow = raw.allow.unwrap_or_default();
    let allow = raw_allow
        .into_iter()
        .enumerate()
        .map(|(index, raw)| check_exception(cx, &at.key("allow").index(index), raw))
        .collect::<Vec<_>>();
    check_same(cx, &at.key("allow"), &allow);
    Review {
        level,
        severity,
        allow,
        tokens: check_tokens(cx, &at.key("tokens"), raw.tokens),
    }
}

fn check_level(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> ReviewLevel {
    let Some(word) = raw else {
        return ReviewLevel::default();
    };
    check_word(cx, at, "level", word, &LEVELS);
    match word {
        "wire" => ReviewLevel::Wire,
        "behaviour" => ReviewLevel::Behaviour,
        _ => ReviewLevel::Contract,
    }
}

fn check_severity(cx: &mut Cx<'_>, at: &Address, word: &str) -> Option<ReviewSeverity> {
    check_word(cx, at, "severity", word, &SEVERITIES);
    match word {
        "off" => Some(ReviewSeverity::Off),
        "warn" => Some(ReviewSeverity::Warn),
        "error" => Some(ReviewSeverity::Error),
        _ => None,
    }
}

/// What is said of a rule that there is not would be said of nothing, and the rule that was meant would weigh as ever.
fn check_rule(cx: &mut Cx<'_>, at: &Address, rule: &str, is_key: bool) -> bool {
    if RULES.contains(&rule) {
        return true;
    }
    let help = match nearest(rule, RULES) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "the id of a rule, as a finding has it: `PARAM_REMOVED`".to_owned(),
    };
    let message = format!("there is no rule `{rule}`");
    let diagnostic = cx.report(Code::UnknownRule, at, message).help(help);
    if is_key {
        diagnostic.at_key();
    }
    false
}

/// A budget is a number of tokens that a model could read.
fn check_tokens(cx: &mut Cx<'_>, at: &Address, raw: Option<i64>) -> Option<u64> {
    let tokens = raw?;
    let legal = u64::try_from(tokens)
        .ok()
        .filter(|tokens| (1..=MAX_TOKENS).contains(tokens));
    if legal.is_none() {
        cx.report(
            Code::OutOfBounds,
            at,
            format!("`{tokens}` is out of bounds"),
        )
        .help(format!(
            "from 1 to {MAX_TOKENS}; leave it out where the list may be of any size"
        ));
    }
    legal
}

fn check_exception(cx: &mut Cx<'_>, at: &Address, raw: RawAllow) -> Allow {
    Allow {
        rule: check_excepted(cx, &at.key("rule"), raw.rule),
        at: check_place(cx, &at.key("at"), raw.at),
        until: raw
            .until
            .inspect(|it| check_until(cx, &at.key("until"), it)),
        why: check_why(cx, &at.key("why"), raw.why),
    }
}

/// An exception is of one rule. Those that judge exceptions take none: one that is over or not needed is to be taken out.
fn check_excepted(cx: &mut Cx<'_>, at: &Address, raw: Option<String>) -> String {
    let Some(rule) = raw else {
        cx.report(Code::MissingKey, at, "an exception is of no `rule`")
            .help("rule = \"PARAM_REMOVED\"");
        return String::new();
    };
    if !check_rule(cx, at, &rule, false) {
        return String::new();
    }
    if ABOUT_EXCEPTIONS.contains(&rule.as_str()) {
        cx.report(
            Code::NoException,
            at,
            format!("`{rule}` is about exceptions, and takes none"),
        )
        .help(format!(
            "leave it out; where nobody wants to hear of it: `severity = {{ {rule} = \"off\" }}`"
        ));
    }
    rule
}

/// A place is written as findings write it. Whether there is such a place is not asked: what was removed is nowhere. It is kept in the one form that a
/// place has, so that it is found by it.
fn check_place(cx: &mut Cx<'_>, at: &Address, raw: Option<String>) -> String {
    let Some(text) = raw else {
        cx.report(Code::MissingKey, at, "an exception says no `at`")
            .help("where it is, as a finding has it: `at = \"tools.add.params.a\"`");
        return String::new();
    };
    if let Some(place) = Address::parse(&text) {
        return place.to_string();
    }
    let quoted = text
        .split_once('.')
        .filter(|(table, name)| Address::parse(table).is_some() && name.contains("://"))
        .filter(|(_, name)| !name.contains(['"', '\'']))
        .map(|(table, uri)| Address::root().key(table).key(uri));
    cx.report(Code::BadPlace, at, format!("`{text}` is no place"))
        .help(match quoted {
            Some(place) => format!("such a name stands in quotes: `at = '{place}'`"),
            None => "as a finding has it, a name with other characters than letters, digits, `_` and `-` in quotes: \
                     `tools.add.params.a`, `'resources.\"docs://about\".mime'`"
                .to_owned(),
        });
    String::new()
}

/// Versions are compared, and only such as these have an order that everybody knows.
fn check_until(cx: &mut Cx<'_>, at: &Address, text: &str) {
    if lifecycle::parse(text).is_none() {
        cx.report(
            Code::BadUntil,
            at,
            format!("`{text}` is not a version that can be compared"),
        )
        .label("three numbers with dots between, as in `1.2.0`")
        .help(format!("until = \"{}\"", lifecycle::repaired(text)));
    }
}

/// Whoever reads the review, and whoever comes after, must know why a break is none.
fn check_why(cx: &mut Cx<'_>, at: &Address, raw: Option<String>) -> String {
    match raw {
        Some(why) if !why.trim().is_empty() => return why,
        Some(_) => cx.report(Code::NoReason, at, "an exception has no reason"),
        None => cx.report(Code::MissingKey, at, "an exception does not say `why`"),
    }
    .help("why it breaks nobody: `why = \"unused since 1.1\"`");
    String::new()
}

/// An exception is there once, so that whoever takes it out, or gives it a later `until`, need not look for another.
fn check_same(cx: &mut Cx<'_>, at: &Address, all: &[Allow]) {
    for (index, allow) in all.iter().enumerate() {
        let is_same = |it: &&Allow| it.rule == allow.rule && it.at == allow.at;
        let first = all.iter().position(|it| is_same(&it)).unwrap_or(index);
        // What is wrong was said, and is none.
        if first == index || allow.rule.is_empty() || allow.at.is_empty() {
            continue;
        }
        cx.report(
            Code::SameException,
            &at.index(index).key("at"),
            format!("`{}` is allowed at `{}` twice", allow.rule, allow.at),
        )
        .related(at.index(first).key("at"), "the first one")
        .help("keep one of them");
    }
}
