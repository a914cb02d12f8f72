//! Calls that are answered in rounds: each question has a key, and what was answered is there under it in the next round.
//!
//! These are the tools for 2026-07-28, where a question is a result and the client calls again. In older sessions the same handlers ask
//! in the middle of the call; nothing here says which it is.

use crate::everything::{Color, Consent, Name};
use mcp_agent::prelude::*;

/// One form.
pub async fn greeting(call: &Call) -> Result<String> {
    let user: Name = call.elicit("user_name", "What is your name?").await?;
    Ok(format!("Hello, {}!", user.name))
}

/// One question to the client's model.
pub async fn capital(call: &Call) -> Result<String> {
    let question = Sampling::new(100).user("What is the capital of France?");
    Ok(call.sample("capital_question", question).await?.text())
}

/// What the client lets servers know of its files.
pub async fn folders(call: &Call) -> Result<String> {
    Ok(format!("Folders: {}", uris(&call.roots().await?)))
}

/// A form whose answer may be no. That somebody declines is an answer too.
pub async fn consent(call: &Call) -> Result<String> {
    let answer = call.ask::<Consent>("confirm", "Please confirm").await?;
    let agreed = matches!(answer, Elicited::Accepted(Consent { ok: true }));
    Ok(format!("state-ok, agreed: {agreed}"))
}

/// Three questions side by side, in one round.
pub async fn together(call: &Call) -> Result<String> {
    let (user, greeting, roots) = try_join!(
        call.elicit::<Name>("user_name", "What is your name?"),
        call.sample("greeting", Sampling::new(50).user("Generate a greeting")),
        call.roots(),
    )?;
    let (name, greeting, folders) = (user.name, greeting.text(), uris(&roots));
    Ok(format!("{greeting} {name}, with {folders}"))
}

/// The second question needs the first answer, so that there are two rounds.
pub async fn one_by_one(call: &Call) -> Result<String> {
    let user: Name = call.elicit("step1", "Step 1: What is your name?").await?;
    let message = format!("Step 2: What is your favorite color, {}?", user.name);
    let favorite: Color = call.elicit("step2", message).await?;
    Ok(format!("{} likes {}", user.name, favorite.color))
}

/// Asks whom the client has: the person, else the model.
pub async fn whoever_is_there(call: &Call) -> Result<String> {
    if call.client().has(ClientCaps::ELICITATION_FORM) {
        return greeting(call).await;
    }
    capital(call).await
}

fn uris(roots: &[Root]) -> String {
    let uris: Vec<&str> = roots.iter().map(|root| root.uri.as_str()).collect();
    uris.join(", ")
}
