//! What a server lists, for people and for machines.

use crate::live::{Listing, list, shown};
use crate::outcome::{Outcome, Status};
use crate::remote;
use anyhow::Result;
use serde_json::{Value, json};

/// How much of a description is shown, in characters.
const WIDTH: usize = 100;

/// Asks the server at this URL.
pub fn run(url: &str) -> Result<Outcome> {
    let listing = list(url, remote::token().as_deref())?;
    let greeting = &listing.greeting;
    let data = json!({
        "protocol": greeting.protocol,
        "transport": greeting.transport,
        "server": greeting.server,
        "instructions": greeting.instructions,
        "lists": {
            "tools": greeting.lists.tools,
            "resources": greeting.lists.resources,
            "prompts": greeting.lists.prompts,
        },
        "tools": listing.tools,
        "resources": listing.resources,
        "templates": listing.templates,
        "prompts": listing.prompts,
    });
    Ok(Outcome::new(Status::Ok, text(&listing), data))
}

/// All of it is a stranger's, and is to do nothing to a terminal.
fn text(listing: &Listing) -> String {
    let greeting = &listing.greeting;
    let say = |value: &Value| shown(value.as_str().unwrap_or("?"), WIDTH);
    let mut text = format!(
        "`{}` {}, {} over {}\n",
        say(&greeting.server["name"]),
        say(&greeting.server["version"]),
        greeting.protocol,
        greeting.transport
    );
    for (title, key, items) in [
        ("Tools", "name", &listing.tools),
        ("Resources", "uri", &listing.resources),
        ("Resource templates", "uriTemplate", &listing.templates),
        ("Prompts", "name", &listing.prompts),
    ] {
        if items.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{title}\n"));
        let names: Vec<String> = items.iter().map(|it| say(&it[key])).collect();
        let width = names.iter().map(|it| it.chars().count()).max();
        let width = width.unwrap_or_default();
        for (name, item) in names.iter().zip(items) {
            let about = shown(item["description"].as_str().unwrap_or_default(), WIDTH);
            text.push_str(format!("  {name:width$}  {about}").trim_end());
            text.push('\n');
        }
    }
    text
}
