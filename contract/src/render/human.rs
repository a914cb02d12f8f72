//! For a terminal.

use super::{Place, Told, open, others};
use crate::review::Weighed;
use crate::rule::Severity;
use std::fmt::Write;

const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[1;31m";
const YELLOW: &str = "\x1b[1;33m";
const CYAN: &str = "\x1b[1;36m";
const PLAIN: &str = "\x1b[0m";

/// The findings as a compiler tells its own, and what they come to.
pub fn human(told: &Told<'_>, color: bool) -> String {
    let mut out = String::new();
    for (weighed, place) in told.all() {
        if weighed.allowed.is_none() && weighed.severity > Severity::Note {
            one(&mut out, weighed, place, color);
        }
    }
    let below = open(told, Severity::Note)
        .map(|(it, _)| format!("  {}: {}", it.finding.rule, it.finding.message));
    section(
        &mut out,
        "below the level of this review",
        &below.collect::<Vec<_>>(),
    );
    let allowed = told.all().filter_map(|(it, _)| {
        let why = it.allowed.as_ref()?;
        Some(format!(
            "  {}: {} ({why})",
            it.finding.rule, it.finding.message
        ))
    });
    section(&mut out, "allowed", &allowed.collect::<Vec<_>>());
    let new = told.review.additions.iter().map(|it| format!("  {it}"));
    section(&mut out, "new, and breaks nobody", &new.collect::<Vec<_>>());
    let (before, now) = told.review.tokens;
    if before != now {
        let _ = writeln!(out, "tools/list takes about {now} tokens, it was {before}");
    }
    if let Some(version) = told.version() {
        let _ = writeln!(out, "{version}");
    }
    let _ = writeln!(out, "{}: {}", told.name, told.verdict());
    out
}

/// Findings alone, each at its place.
pub fn findings(found: &[(Weighed, Option<Place>)], color: bool) -> String {
    let mut out = String::new();
    for (weighed, place) in found.iter().filter(|(it, _)| it.allowed.is_none()) {
        one(&mut out, weighed, place.as_ref(), color);
    }
    out
}

fn section(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{title}:\n{}\n", lines.join("\n"));
    }
}

fn one(out: &mut String, weighed: &Weighed, place: Option<&Place>, color: bool) {
    let rule = weighed.finding.rule;
    let (word, tint) = match weighed.severity {
        Severity::Error => ("error", RED),
        Severity::Warn => ("warning", YELLOW),
        Severity::Note | Severity::Off => ("note", CYAN),
    };
    let paint = |tint: &'static str| if color { tint } else { "" };
    let _ = writeln!(
        out,
        "{}{word}[{rule}]{}: {}{}",
        paint(tint),
        paint(PLAIN),
        paint(BOLD),
        weighed.finding.message.clone() + paint(PLAIN)
    );
    match place {
        Some(place) => {
            let _ = writeln!(out, "  --> {}:{}:{}", place.file, place.line, place.column);
        }
        None => {
            let _ = writeln!(out, "  --> {}", weighed.finding.address);
        }
    }
    if let Some((from, to)) = &weighed.finding.texts {
        for line in from.lines() {
            let _ = writeln!(out, "  {}- {line}{}", paint("\x1b[31m"), paint(PLAIN));
        }
        for line in to.lines() {
            let _ = writeln!(out, "  {}+ {line}{}", paint("\x1b[32m"), paint(PLAIN));
        }
    }
    if let Some(others) = others(&weighed.finding) {
        let _ = writeln!(out, "  = touches: {others}");
    }
    let _ = writeln!(out, "  = hurts: {}", rule.whom());
    let _ = writeln!(out, "  = help: {}\n", rule.help());
}
