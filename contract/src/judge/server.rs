//! Who the server says it is, and where it listens.

use super::{Item, Judge, text};
use crate::contract::Transport;
use crate::rule::Rule;

pub(super) fn judge(judge: &mut Judge<'_>) {
    let (a, b) = (&judge.base.server, &judge.head.server);
    let item = Item::section("server");
    if a.name != b.name {
        let message = format!("the server is called `{}` now, it was `{}`", b.name, a.name);
        judge.find(Rule::ServerNameChanged, &item, &["name"], message);
    }
    judge.words(
        Rule::InstructionsChanged,
        &item,
        &["instructions"],
        "the instructions changed",
        (text(&a.instructions), text(&b.instructions)),
    );
    judge.words(
        Rule::ServerDescriptionChanged,
        &item,
        &["description"],
        "the description of the server changed",
        (text(&a.description), text(&b.description)),
    );
    judge.words(
        Rule::TitleChanged,
        &item,
        &["title"],
        "the title of the server changed",
        (a.title.as_deref(), b.title.as_deref()),
    );
    if let (Some(a), Some(b)) = (&judge.base.transport, &judge.head.transport) {
        transport(judge, a, b);
    }
}

fn transport(judge: &mut Judge<'_>, a: &Transport, b: &Transport) {
    let item = Item::section("transport");
    if a.http != b.http {
        let message = format!(
            "Streamable HTTP is at `{}` now, it was at `{}`",
            b.http, a.http
        );
        judge.find(Rule::EndpointMoved, &item, &["http"], message);
    }
    match (&a.sse, &b.sse) {
        (Some(from), Some(to)) if from != to => {
            let message = format!("HTTP+SSE is at `{to}` now, it was at `{from}`");
            judge.find(Rule::EndpointMoved, &item, &["sse"], message);
        }
        (Some(from), None) => {
            let message = format!("HTTP+SSE is off now, it was at `{from}`");
            judge.find(Rule::EndpointRemoved, &item, &["sse"], message);
        }
        (None, Some(to)) => judge.add(format!("HTTP+SSE is at `{to}`")),
        _ => {}
    }
}
