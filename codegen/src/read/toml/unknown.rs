//! Keys that nobody asked for.

use crate::diag::{Address, Code, Sink, quoted};
use crate::read::nearest;
use toml::de::{DeTable, DeValue};

/// What other vocabularies call our keys. Asked before spelling is compared.
const ELSEWHERE: [(&str, &str); 47] = [
    ("args", "params"),
    ("arguments", "params"),
    ("parameters", "params"),
    ("input", "params"),
    ("inputs", "params"),
    ("inputSchema", "input_schema"),
    ("schema", "input_schema"),
    ("returns", "output"),
    ("result", "output"),
    ("response", "output"),
    ("outputSchema", "output"),
    ("desc", "description"),
    ("summary", "description"),
    ("doc", "description"),
    ("mime_type", "mime"),
    ("mimeType", "mime"),
    ("content_type", "mime"),
    ("body", "text"),
    ("content", "text"),
    ("contents", "text"),
    ("path", "file"),
    ("sql", "query"),
    ("statement", "query"),
    ("select", "query"),
    ("messages", "template"),
    ("prompt", "template"),
    ("values", "enum"),
    ("choices", "enum"),
    ("options", "enum"),
    ("properties", "fields"),
    ("members", "fields"),
    ("min", "minimum"),
    ("max", "maximum"),
    ("regex", "pattern"),
    ("url", "src"),
    ("href", "src"),
    ("_meta", "meta"),
    ("call", "interactive"),
    ("elicitation", "interactive"),
    ("autocomplete", "complete"),
    ("former_names", "aliases"),
    ("deprecation", "deprecated"),
    ("instead", "use"),
    ("replacement", "use"),
    ("replaced_by", "use"),
    ("removed", "sunset"),
    ("reason", "why"),
];

/// Reports the keys of `table` that are not among `asked`. Those of `later` releases get a word of their own instead of a guess.
pub(super) fn report(
    sink: &mut Sink,
    at: &Address,
    table: &DeTable<'_>,
    asked: &[&'static str],
    later: &[&str],
) {
    let mut unknown: Vec<_> = table
        .iter()
        .filter(|(key, _)| !asked.contains(&key.get_ref().as_ref()))
        .collect();
    unknown.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in unknown {
        let name = key.get_ref().as_ref();
        let key_at = at.key(name);
        sink.hole(key_at.clone());
        if later.contains(&name) {
            sink.report(
                Code::LaterKey,
                key_at,
                format!("`{name}` is not in this release"),
            )
            .at_key()
            .help("leave it out: a key is released when it works from end to end");
            continue;
        }
        let known = asked
            .iter()
            .map(|key| format!("`{key}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let meant = meant(name, asked);
        let dotted = meant
            .is_none()
            .then(|| dotted(at, name, value.get_ref()))
            .flatten();
        // The mistyped key is what another rule would miss.
        match (&meant, &dotted) {
            (Some(meant), _) => sink.hole(at.key(meant)),
            (None, Some(_)) => sink.hole(at.clone()),
            (None, None) => {}
        }
        let help = match (meant, dotted) {
            _ if name == "required" && asked.contains(&"optional") => {
                "leave it out: a member must be given unless it says `optional = true` or has a `default`".to_owned()
            }
            (Some(meant), _) => format!("did you mean `{meant}`? the keys here are {known}"),
            (None, Some(dotted)) => format!("a name with a dot stands in quotes: `{dotted}`; the keys here are {known}"),
            (None, None) => format!("the keys here are {known}"),
        };
        let inside = if at.is_root() {
            String::new()
        } else {
            format!(" in `{at}`")
        };
        sink.report(
            Code::UnknownKey,
            key_at,
            format!("unknown key `{name}`{inside}"),
        )
        .at_key()
        .help(help);
    }
}

/// The key that was probably meant.
fn meant(name: &str, asked: &[&'static str]) -> Option<&'static str> {
    let ours = ELSEWHERE
        .iter()
        .find(|(theirs, ours)| *theirs == name && asked.contains(ours))
        .map(|(_, ours)| *ours);
    ours.or_else(|| nearest(name, asked))
}

/// The header that was meant by `[tools.admin.list]`, where `admin.list` is a name.
fn dotted(at: &Address, name: &str, value: &DeValue<'_>) -> Option<String> {
    let (table, item) = at.item()?;
    let DeValue::Table(_) = value else {
        return None;
    };
    Some(format!("[{table}.{}]", quoted(&format!("{item}.{name}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_later_release_is_no_slip_of_the_pen() {
        let table = DeTable::parse("server = 1\nserves = 2\nweather = 3").unwrap();
        let mut sink = Sink::default();
        let (asked, later) = (["server"], ["serves"]);
        report(&mut sink, &Address::root(), table.get_ref(), &asked, &later);
        let said = sink.into_diagnostics();
        let codes: Vec<_> = said.iter().map(|it| it.code).collect();
        assert_eq!(codes, [Code::LaterKey, Code::UnknownKey]);
        assert_eq!(said[0].message, "`serves` is not in this release");
        assert!(said[0].help.is_some());
    }
}
