//! What a list says of a tool's past and of its end: to models in words, to clients in `_meta`.

use crate::model::{Deprecated, META_PREFIX, Tool};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The description of a tool. That it goes away is a paragraph of its own, so that it is not taken for a part of whatever comes last.
pub fn description(tool: &Tool) -> Cow<'_, str> {
    match &tool.deprecated {
        None => Cow::Borrowed(&tool.description),
        Some(deprecated) => {
            let words = tool.description.trim_end();
            Cow::Owned(format!("{words}\n\nDeprecated {}", sentence(deprecated)))
        }
    }
}

/// `since 1.2.0, goes away in 2.0.0: use `sum` instead.`
pub fn sentence(deprecated: &Deprecated) -> String {
    let mut out = format!("since {}", deprecated.since);
    if let Some(sunset) = &deprecated.sunset {
        out.push_str(&format!(", goes away in {sunset}"));
    }
    if let Some(replacement) = &deprecated.replacement {
        out.push_str(&format!(": use `{replacement}` instead"));
    }
    out + "."
}

/// `_meta` of a tool: what is declared, and behind it what is known. `check` made sure that no declared key is one of these.
pub fn meta(tool: &Tool) -> Cow<'_, Map<String, Value>> {
    if tool.aliases.is_empty() && tool.deprecated.is_none() {
        return Cow::Borrowed(&tool.meta);
    }
    let mut meta = tool.meta.clone();
    if !tool.aliases.is_empty() {
        meta.insert(format!("{META_PREFIX}/aliases"), json!(tool.aliases));
    }
    if let Some(deprecated) = &tool.deprecated {
        let mut entry = Map::new();
        entry.insert("since".into(), json!(deprecated.since));
        super::insert(&mut entry, "sunset", deprecated.sunset.as_ref());
        super::insert(&mut entry, "use", deprecated.replacement.as_ref());
        meta.insert(format!("{META_PREFIX}/deprecated"), entry.into());
    }
    Cow::Owned(meta)
}
