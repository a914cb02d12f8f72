//! `mcp-gen explain`: what a code or a rule means.

use crate::outcome::{Outcome, Status};
use anyhow::{Result, bail};
use mcp_agent_codegen::explain;
use mcp_agent_contract::rule::Rule;
use serde_json::{Value, json};

/// Explains a code that `check` gave, or a rule that `diff` found.
#[derive(clap::Args)]
pub struct Args {
    /// A code, as `E0103`, or a rule, as `PARAM_REMOVED`.
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    code: Option<String>,
    /// Lists all codes and rules.
    #[arg(long)]
    list: bool,
}

/// Runs the verb.
pub fn run(args: &Args) -> Result<Outcome> {
    let Some(code) = &args.code else {
        return Ok(list());
    };
    if let Some(found) = explain::find(&code.to_ascii_uppercase()) {
        return Ok(explained(found.code, found.title, found.text, json!({})));
    }
    let Some(rule) = Rule::find(code) else {
        bail!("there is no code or rule `{code}`; `mcp-gen explain --list` lists them");
    };
    let (category, bump) = (rule.category(), rule.bump().as_str());
    let text = format!(
        "{}\n\nHurts: {}.\nInstead: {}.\nCategory: {} ({}). Asks for: {bump}. Weighs: {}.\n",
        rule.text().trim_end(),
        rule.whom(),
        rule.help(),
        category.as_str(),
        category.about(),
        rule.severity().as_str()
    );
    let more = json!({
        "category": category.as_str(),
        "severity": rule.severity().as_str(),
        "bump": bump,
        "hurts": rule.whom(),
        "help": rule.help(),
    });
    Ok(explained(rule.id(), rule.title(), &text, more))
}

fn explained(code: &str, title: &str, text: &str, more: Value) -> Outcome {
    let mut data = json!({ "code": code, "title": title, "text": text });
    if let (Value::Object(data), Value::Object(more)) = (&mut data, more) {
        data.extend(more);
    }
    let text = format!("{code}: {title}\n\n{}\n", text.trim_end());
    Outcome::new(Status::Ok, text, data)
}

fn list() -> Outcome {
    let mut text: String = explain::all()
        .iter()
        .map(|item| format!("{}  {}\n", item.code, item.title))
        .collect();
    let mut category = None;
    for rule in Rule::ALL {
        if category != Some(rule.category()) {
            category = Some(rule.category());
            let it = rule.category();
            text.push_str(&format!("\n{}: {}\n", it.as_str(), it.about()));
        }
        text.push_str(&format!("{:<30} {}\n", rule.id(), rule.title()));
    }
    let codes: Vec<Value> = explain::all()
        .iter()
        .map(|item| json!({ "code": item.code, "title": item.title }))
        .collect();
    let rules: Vec<Value> = Rule::ALL
        .iter()
        .map(|it| json!({ "code": it.id(), "title": it.title(), "category": it.category().as_str(), "severity": it.severity().as_str() }))
        .collect();
    Outcome::new(Status::Ok, text, json!({ "codes": codes, "rules": rules }))
}
