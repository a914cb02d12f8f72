//! Annotations of a workflow of GitHub: one at each place.

use super::{Place, Told};
use crate::review::Weighed;
use crate::rule::Severity;

/// A line for each finding, <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>.
pub fn github(told: &Told<'_>) -> String {
    let open = told.all().filter(|(it, _)| it.allowed.is_none());
    let mut out: String = open.map(|(it, place)| annotation(it, place)).collect();
    out.push_str(&format!("{}: {}\n", told.name, told.verdict()));
    out
}

fn annotation(weighed: &Weighed, place: Option<&Place>) -> String {
    let word = match weighed.severity {
        Severity::Error => "error",
        Severity::Warn => "warning",
        Severity::Note | Severity::Off => "notice",
    };
    let it = &weighed.finding;
    let mut properties = Vec::new();
    if let Some(place) = place {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={}", place.line));
        properties.push(format!("col={}", place.column));
    }
    properties.push(format!("title={}", property(it.rule.id())));
    let message = format!(
        "{}\nhurts: {}\nhelp: {}",
        it.message,
        it.rule.whom(),
        it.rule.help()
    );
    format!("::{word} {}::{}\n", properties.join(","), data(&message))
}

/// What ends a command or a line is escaped: a text of the declaration is not one more command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
