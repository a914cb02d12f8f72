//! `query = "SELECT …"` of a resource.

use super::Cx;
use super::statement::{self, Statement};
use crate::diag::{Address, Code};
use crate::model::Uri;
use crate::read::nearest;
use crate::read::raw::RawResource;

/// A query reads: it is one statement that begins with `SELECT`, `WITH` or `VALUES`, over tables that migrations make. What it is given are
/// the variables of the URI, each as a parameter of its name, so that nothing of a URI ever becomes a part of the statement.
///
/// Gives the statement with numbers in place of names.
pub(super) fn check_query(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: &RawResource,
    uri: &Uri,
    variables: &[String],
) -> String {
    let (query, place) = (raw.query.as_deref().unwrap_or_default(), at.key("query"));
    check_tables(cx, &place);
    if matches!(uri, Uri::Template(_)) && raw.subscribe == Some(true) {
        cx.report(
            Code::BadQuery,
            &at.key("subscribe"),
            "a query with variables cannot be subscribed to: nobody knows which of its URIs a change is about",
        )
        .help("leave `subscribe` out, or write a handler, which says `cx.resource_updated(uri)`");
    }
    let statement = match statement::read(query) {
        Ok(statement) => statement,
        Err(wrong) => {
            cx.report(Code::BadQuery, &place, wrong.what)
                .piece(wrong.piece)
                .help(wrong.help);
            return String::new();
        }
    };
    check_parameters(cx, &place, &statement, variables);
    statement.numbered(variables)
}

/// Without migrations there is no table to read.
fn check_tables(cx: &mut Cx<'_>, at: &Address) {
    if cx.unread(&["state"]) || cx.unread(&["state", "migrations"]) {
        return;
    }
    let has_tables = |state: &crate::read::raw::RawState| {
        state.migrations.as_ref().is_some_and(|it| !it.is_empty())
    };
    if !cx.raw.state.as_ref().is_some_and(has_tables) {
        cx.report(
            Code::NoTables,
            at,
            "there is no table to read: `[state]` has no `migrations`",
        )
        .at_key()
        .help("[state]\nmigrations = [\"migrations/0001_init.sql\"]");
    }
}

/// Each parameter is a variable, and each variable a parameter.
fn check_parameters(
    cx: &mut Cx<'_>,
    at: &Address,
    statement: &Statement<'_>,
    variables: &[String],
) {
    let known: Vec<&str> = variables.iter().map(String::as_str).collect();
    let mut seen: Vec<&str> = Vec::new();
    for name in statement.parameters() {
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        if known.contains(&name) {
            continue;
        }
        let help = match nearest(name, &known) {
            Some(nearest) => {
                // It is misspelt, and not unused as well.
                seen.push(nearest);
                format!("did you mean `:{nearest}`?")
            }
            None => format!("write `{{{name}}}` into the URI, or a value in its place"),
        };
        cx.report(
            Code::BadQuery,
            at,
            format!("the URI has no variable `{name}`"),
        )
        .piece(format!(":{name}"))
        .help(help);
    }
    for name in known.iter().filter(|it| !seen.contains(it)) {
        cx.report(
            Code::BadQuery,
            at,
            format!("the query does not use the variable `{name}` of its URI"),
        )
        .help(format!(
            "compare it with something, as in `WHERE {name} = :{name}`, or leave it out of the URI"
        ));
    }
}
