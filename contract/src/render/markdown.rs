//! A comment of a pull request: what breaks, whom, and what to do, before anything has to be unfolded.

use super::{Place, Told, open, others};
use crate::review::Weighed;
use crate::rule::Severity;
use std::fmt::Write;

/// What a comment begins with, so that it is found and written anew.
pub const MARK: &str = "<!-- mcp-gen diff -->";

/// Characters of a comment; GitHub takes 65,536.
const MOST: usize = 60_000;
/// Rows of a table.
const ROWS: usize = 50;

/// The comment.
pub fn markdown(told: &Told<'_>) -> String {
    let review = told.review;
    let (errors, warnings) = (review.count(Severity::Error), review.count(Severity::Warn));
    let mark = match (errors, warnings) {
        (0, 0) => "✅",
        (0, _) => "⚠️",
        _ => "⛔",
    };
    let mut out = format!(
        "{MARK}\n### {mark} {}: {}\n\n",
        code(&told.name),
        text(&told.verdict())
    );
    if let Some(version) = told.version() {
        let _ = writeln!(out, "This is {}.\n", text(&version));
    }
    for (severity, title) in [(Severity::Error, "Breaks"), (Severity::Warn, "Look at")] {
        let found: Vec<_> = open(told, severity).collect();
        table(&mut out, title, &found);
    }
    let unallowed = told.all().filter(|(it, _)| it.allowed.is_none());
    let words: String = unallowed.filter_map(|(it, _)| words(it)).collect();
    fold(&mut out, "Texts that models and people read", &words);
    let notes: Vec<String> = open(told, Severity::Note)
        .map(|(it, _)| {
            format!(
                "- {}: {}",
                code(it.finding.rule.id()),
                text(&it.finding.message)
            )
        })
        .collect();
    list(&mut out, "Below the level of this review", &notes);
    let allowed: Vec<String> = told
        .all()
        .filter_map(|(it, _)| {
            let why = it.allowed.as_ref()?;
            let (id, message) = (code(it.finding.rule.id()), text(&it.finding.message));
            Some(format!("- {id}: {message} — {}", text(why)))
        })
        .collect();
    list(&mut out, "Allowed", &allowed);
    let new: Vec<String> = review
        .additions
        .iter()
        .map(|it| format!("- {}", text(it)))
        .collect();
    list(&mut out, "New, and breaks nobody", &new);
    let (before, now) = review.tokens;
    let _ = writeln!(
        out,
        "<sub>`tools/list` takes about {now} tokens{}. {} explains a rule; `[review]` in the declaration weighs and allows.</sub>",
        if before == now {
            String::new()
        } else {
            format!(", it was {before}")
        },
        code("mcp-gen explain ID")
    );
    if out.len() > MOST {
        let end = (0..=MOST)
            .rev()
            .find(|at| out.is_char_boundary(*at))
            .unwrap_or(0);
        out.truncate(end);
        out.push_str("\n\n… and more: run `mcp-gen diff`.\n");
    }
    out
}

fn table(out: &mut String, title: &str, found: &[(&Weighed, Option<&Place>)]) {
    if found.is_empty() {
        return;
    }
    let _ = writeln!(out, "| {title} | Whom | Instead |\n|---|---|---|");
    for (weighed, place) in found.iter().take(ROWS) {
        let it = &weighed.finding;
        let place = match place {
            Some(place) => format!("{}:{}", place.file, place.line),
            None => it.address.to_string(),
        };
        let touches = others(it).map_or(String::new(), |it| format!("<br>touches {}", text(&it)));
        let _ = writeln!(
            out,
            "| **{}**{touches}<br><sub>{} {}</sub> | {} | {} |",
            text(&it.message),
            code(it.rule.id()),
            code(&place),
            text(it.rule.whom()),
            text(it.rule.help())
        );
    }
    if found.len() > ROWS {
        let _ = writeln!(out, "| … and {} more | | |", found.len() - ROWS);
    }
    out.push('\n');
}

/// The words before and after.
fn words(weighed: &Weighed) -> Option<String> {
    let (from, to) = weighed.finding.texts.as_ref()?;
    let mut out = format!("**{}**\n", text(&weighed.finding.message));
    // A fence that no text can close.
    let longest = [from, to]
        .iter()
        .flat_map(|it| it.split(|c| c != '`').map(str::len))
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(out, "{fence}diff");
    for (sign, text) in [('-', from), ('+', to)] {
        for line in text.lines() {
            let _ = writeln!(out, "{sign} {line}");
        }
    }
    let _ = writeln!(out, "{fence}\n");
    Some(out)
}

fn fold(out: &mut String, title: &str, body: &str) {
    if !body.is_empty() {
        let _ = writeln!(
            out,
            "<details><summary>{title}</summary>\n\n{body}\n</details>\n"
        );
    }
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let title = format!("{title} ({})", lines.len());
        fold(out, &title, &format!("{}\n", lines.join("\n")));
    }
}

/// A text in which nothing is markup, HTML, a mention or a link but the code in backticks that our messages have.
fn text(text: &str) -> String {
    let mut out = String::new();
    for (index, piece) in text.split('`').enumerate() {
        if index % 2 == 1 && text.matches('`').count().is_multiple_of(2) {
            out.push_str(&code(piece));
            continue;
        }
        for c in piece.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '\n' | '\r' => out.push(' '),
                // A mention would call somebody, and a number would link an issue.
                '@' => out.push_str("@\u{2060}"),
                '#' => out.push_str("#\u{2060}"),
                '|' | '*' | '_' | '[' | ']' | '\\' | '`' | '~' | '!' => {
                    out.push('\\');
                    out.push(c);
                }
                c => out.push(c),
            }
        }
    }
    out
}

/// Code of one line, in a table too.
fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text = text.replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}
