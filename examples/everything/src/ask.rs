//! Calls that ask the client back: its model, or the person in front of it.
//!
//! Each question has a key of its own. What was answered is kept under it, and a handler whose Worker goes away meanwhile is started
//! anew: it gets the same answer without asking again. So do things between two questions only once they may be done twice, or
//! inside of `call.step`.

use crate::everything::{Review, User};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, json};

/// Asks the client's model.
pub async fn model(call: &Call, prompt: &str) -> Result<String> {
    let answer = call
        .sample("answer", Sampling::new(100).user(prompt))
        .await?;
    let text = answer.content.iter().find_map(|part| match part {
        Content::Text { text } => Some(text.as_str()),
        _ => None,
    });
    Ok(format!("LLM response: {}", text.unwrap_or("no text")))
}

/// Asks the person to fill in the form that `[types.User]` declares. `elicit` instead of `ask` ends the call where they decline.
pub async fn user(call: &Call, message: &str) -> Result<String> {
    let answer = call.ask::<User>("user", message).await?;
    let told = outcome(answer, |user| json!(user));
    Ok(format!("User response: {told}"))
}

/// A form that is filled in already: the defaults of `[types.Review]`.
pub async fn review(call: &Call) -> Result<String> {
    let message = "Please review and update the form fields with defaults";
    let answer = call.ask::<Review>("review", message).await?;
    let told = outcome(answer, |review| json!(review));
    Ok(format!("Elicitation completed: {told}"))
}

/// A form with a schema of its own, for what a declaration cannot say: choices with titles.
pub async fn choices(call: &Call) -> Result<String> {
    let options = ["option1", "option2", "option3"];
    let titled = |noun: &str| {
        json!([
            { "const": "value1", "title": format!("First {noun}") },
            { "const": "value2", "title": format!("Second {noun}") },
            { "const": "value3", "title": format!("Third {noun}") },
        ])
    };
    let schema = json!({
        "type": "object",
        "properties": {
            "untitledSingle": { "type": "string", "enum": options },
            "titledSingle": { "type": "string", "oneOf": titled("Option") },
            // What there was before `oneOf`.
            "legacyEnum": {
                "type": "string",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"],
            },
            "untitledMulti": {
                "type": "array", "minItems": 1, "maxItems": 3,
                "items": { "type": "string", "enum": options },
            },
            "titledMulti": {
                "type": "array", "minItems": 1, "maxItems": 3,
                "items": { "anyOf": titled("Choice") },
            },
        },
    });
    let message = "Please select options from the enum fields";
    let answer = call.ask_form("choices", message, schema).await?;
    let told = outcome(answer, Value::Object);
    Ok(format!("Elicitation completed: {told}"))
}

/// What somebody did with a form, in one line.
fn outcome<T>(answer: Elicited<T>, content: impl FnOnce(T) -> Value) -> String {
    let action = answer.action();
    let content = match answer {
        Elicited::Accepted(filled_in) => content(filled_in),
        Elicited::Declined | Elicited::Cancelled => json!({}),
    };
    format!("action={action}, content={content}")
}
