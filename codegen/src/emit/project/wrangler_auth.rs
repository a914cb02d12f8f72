//! The keys of `wrangler.jsonc` that `[auth]` decides.

use super::super::MergeError;
use super::super::jsonc::{self, Document};
use super::super::needs::{self, PUBLIC_URL, needs};
use crate::model::{Agent, AuthMode, Store};
use jsonc_parser::cst::{CstArray, CstNode, CstObject};

/// The namespace of the token store `kv`.
const KV: &str = "OAUTH_KV";

/// A client's own document is fetched from where it says that it is, and never from the Worker itself.
const STRICTLY_PUBLIC: &str = "global_fetch_strictly_public";

/// Keeps them. Of `former`, the secrets that an earlier declaration needed, those that are needed no more are no longer asked for.
pub(super) fn keep(
    doc: &mut Document,
    top: &CstObject,
    agent: &Agent,
    former: &[String],
) -> Result<(), MergeError> {
    secrets(doc, top, agent, former)?;
    vars(doc, top, agent)?;
    let Some(AuthMode::OAuth(oauth)) = agent.auth.as_ref().map(|auth| &auth.mode) else {
        return Ok(());
    };
    if oauth.cimd {
        let flags = jsonc::array(top, "compatibility_flags", "compatibility_flags")?;
        if !has(&flags, STRICTLY_PUBLIC) {
            flags.append(STRICTLY_PUBLIC.into());
            doc.changed("compatibility_flags");
        }
    }
    if oauth.store == Store::Kv {
        let namespaces = jsonc::array(top, "kv_namespaces", "kv_namespaces")?;
        if jsonc::element(&namespaces, "binding", KV).is_none() {
            jsonc::make_room(&namespaces);
            // Without an id, wrangler makes one when it deploys.
            namespaces.append(jsonc::strings(&[("binding", KV)]));
            doc.changed("kv_namespaces");
        }
    }
    Ok(())
}

fn has(array: &CstArray, word: &str) -> bool {
    array.elements().iter().any(|it| is(it, word))
}

fn is(node: &CstNode, word: &str) -> bool {
    let text = node.as_string_lit().and_then(|it| it.decoded_value().ok());
    text.is_some_and(|it| it == word)
}

/// wrangler deploys nothing while one of `secrets.required` is not set, and says so while developing. Those of the user's own stay.
fn secrets(
    doc: &mut Document,
    top: &CstObject,
    agent: &Agent,
    former: &[String],
) -> Result<(), MergeError> {
    let needed: Vec<_> = needs(agent).into_iter().filter(|it| it.is_secret).collect();
    let present = top
        .object_value("secrets")
        .and_then(|secrets| secrets.array_value("required"));
    let gone = |word: &CstNode| {
        former.iter().any(|it| is(word, it)) && needed.iter().all(|it| !is(word, &it.name))
    };
    if let Some(required) = present {
        let mut removed = false;
        for word in required.elements().into_iter().filter(gone) {
            word.remove();
            removed = true;
        }
        if removed {
            doc.changed("secrets.required");
        }
        // While it is there, wrangler reads nothing else from `.dev.vars`.
        if removed && needed.is_empty() && required.elements().is_empty() {
            let secrets = top.get("secrets");
            let alone = top
                .object_value("secrets")
                .is_some_and(|it| it.properties().len() == 1);
            if let Some(secrets) = secrets.filter(|_| alone) {
                secrets.remove();
            }
            return Ok(());
        }
    }
    if needed.is_empty() {
        return Ok(());
    }
    let secrets = jsonc::object(top, "secrets", "secrets")?;
    let required = jsonc::array(&secrets, "required", "secrets.required")?;
    let mut added = false;
    for need in needed.iter().filter(|it| !has(&required, &it.name)) {
        required.append(need.name.as_str().into());
        added = true;
    }
    if added {
        doc.changed("secrets.required");
    }
    Ok(())
}

/// Beside required secrets, wrangler takes from `.dev.vars` what has a name under `vars`. Whatever is there already stays: it is the user's to
/// say where the Worker is.
fn vars(doc: &mut Document, top: &CstObject, agent: &Agent) -> Result<(), MergeError> {
    for need in needs(agent).iter().filter(|it| !it.is_secret) {
        let vars = jsonc::object(top, "vars", "vars")?;
        if vars.get(&need.name).is_some() {
            continue;
        }
        let known = needs::public_url(agent).filter(|_| need.name == PUBLIC_URL);
        let path = format!("vars.{}", need.name);
        doc.set(&vars, &need.name, &path, &known.unwrap_or_default());
    }
    Ok(())
}

/// `PUBLIC_URL` as a `wrangler.jsonc` has it, unless it is empty.
pub fn public_url(text: &str) -> Option<String> {
    let doc = Document::parse(text).ok()?;
    let vars = doc.top().object_value("vars")?;
    jsonc::text(&vars, PUBLIC_URL).filter(|url| !url.is_empty())
}
