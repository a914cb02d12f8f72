//! `.dev.vars.example`: the names of what is set on one's own machine, with what each is.

use super::Merged;
use super::needs::{Need, needs};
use crate::model::Agent;

/// Where it lies in a project.
pub(super) const PATH: &str = ".dev.vars.example";

/// The file of a new project.
pub(super) fn fresh(agent: &Agent) -> String {
    merge(mcp_agent_templates::DEV_VARS, agent).text
}

/// Appends the names that are not there yet, and names them.
pub(super) fn merge(text: &str, agent: &Agent) -> Merged {
    let present = names(text);
    let mut merged = Merged {
        text: text.to_owned(),
        keys: Vec::new(),
    };
    for need in needs(agent) {
        if present.contains(&need.name) {
            continue;
        }
        if !merged.text.is_empty() && !merged.text.ends_with('\n') {
            merged.text.push('\n');
        }
        merged.text.push_str(&lines(&need));
        merged.keys.push(need.name);
    }
    merged
}

fn lines(need: &Need) -> String {
    let Need {
        name, what, local, ..
    } = need;
    let mut words = what.chars();
    let first = words.next().map(|c| c.to_ascii_uppercase());
    let what: String = first.into_iter().chain(words).collect();
    format!("\n# {what}.\n{name}={}\n", local.unwrap_or_default())
}

/// The names that a file of variables sets, or would set if its line were not a comment.
fn names(text: &str) -> Vec<String> {
    let name = |line: &str| {
        let line = line.trim_start().trim_start_matches('#').trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, _) = line.split_once('=')?;
        let name = name.trim();
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        is_name.then(|| name.to_owned())
    };
    text.lines().filter_map(name).collect()
}

/// The names that a `.dev.vars` sets to something.
pub fn set_names(text: &str) -> Vec<String> {
    let is_set = |line: &&str| {
        let value = line.split_once('=').map_or("", |(_, value)| value).trim();
        !line.trim_start().starts_with('#') && !["", "\"\"", "''"].contains(&value)
    };
    let set: Vec<&str> = text.lines().filter(is_set).collect();
    names(&set.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{names, set_names};

    #[test]
    fn names_of_a_file_of_variables() {
        let text = "# A=1 is not a name with a space\n#B=\nC = x\nexport D=\"\"\n  E='y'\nnothing\n# openssl rand -base64 32\n";
        assert_eq!(names(text), ["A", "B", "C", "D", "E"]);
        assert_eq!(set_names(text), ["C", "E"]);
    }
}
