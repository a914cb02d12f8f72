//! What has to be made at whoever knows the callers: an app, a registration, an application in front of the Worker.

use super::Part;
use super::addresses::{Bases, CALLBACK};
use mcp_agent_codegen::model::{Agent, Auth, AuthMode, Issuer, Upstream};
use serde_json::json;

/// What to do, in order; then the URLs to put there.
struct Steps {
    place: String,
    steps: Vec<String>,
    callbacks: Vec<String>,
}

pub(super) fn provider(agent: &Agent, auth: &Auth, bases: &Bases) -> Option<Part> {
    let made = match &auth.mode {
        AuthMode::Bearer(_) => return None,
        AuthMode::OAuth(oauth) => upstream(&oauth.upstream, bases)?,
        AuthMode::Resource(issuer) => resource(agent, issuer, bases),
        AuthMode::Access { team, .. } => access(team, agent),
    };
    let Steps {
        place,
        steps,
        callbacks,
    } = made;
    let lines = steps.iter().enumerate();
    let lines = lines.map(|(index, step)| format!("  {}. {step}\n", index + 1));
    let callbacks_text = callbacks.iter().map(|url| format!("     {url}\n"));
    let text = format!(
        "Set up at {place}\n{}{}",
        lines.collect::<String>(),
        callbacks_text.collect::<String>()
    );
    Some(Part {
        name: "provider",
        text,
        data: json!({ "place": place, "steps": steps, "callbacks": callbacks }),
    })
}

/// An app of ours at a provider. The URLs of callbacks are those of its last step.
fn upstream(upstream: &Upstream, bases: &Bases) -> Option<Steps> {
    let issuer = upstream.issuer.as_deref();
    let (place, steps): (String, &[&str]) = match upstream.provider.as_str() {
        // The Worker itself asks for it.
        "password" => return None,
        "github" => (
            format!("{}/settings/developers", at(issuer, "https://github.com")),
            &[
                "Make an OAuth app for each address: GitHub knows one callback an app.",
                "Generate a client secret.",
                "\"Authorization callback URL\":",
            ],
        ),
        "google" => (
            "https://console.cloud.google.com/auth/clients".to_owned(),
            &[
                "Create a client of the type \"Web application\".",
                "While the app is in testing, add who may sign in under \"Audience\".",
                "\"Authorized redirect URIs\":",
            ],
        ),
        "auth0" => (
            "https://manage.auth0.com/".to_owned(),
            &[
                "Create an application of the type \"Regular Web Applications\".",
                "Under \"Advanced Settings\", \"Grant Types\", leave \"Authorization Code\" and \"Refresh Token\" on.",
                "\"Allowed Callback URLs\":",
            ],
        ),
        "workos" => (
            "https://dashboard.workos.com/".to_owned(),
            &[
                "Create an OAuth application, which people sign in to with AuthKit.",
                "Generate a client secret.",
                "\"Redirect URIs\":",
            ],
        ),
        "stytch" => (
            "https://stytch.com/dashboard/connected-apps".to_owned(),
            &[
                "Create a connected app, first party; public without a client secret, confidential with one.",
                "\"Redirect URLs\":",
            ],
        ),
        "access" => (
            "https://one.dash.cloudflare.com/, Access, Applications".to_owned(),
            &[
                "Add a SaaS application that speaks OIDC, with PKCE.",
                "Give it a policy that says who may sign in.",
                "\"Redirect URLs\":",
            ],
        ),
        _ => (
            at(issuer, "the provider").to_owned(),
            &[
                "Register a client for the web, with the authorization code flow and PKCE (S256).",
                "Redirect URIs:",
            ],
        ),
    };
    Some(Steps {
        place,
        steps: steps.iter().map(|step| (*step).to_owned()).collect(),
        callbacks: bases.each(CALLBACK),
    })
}

fn at<'a>(issuer: Option<&'a str>, otherwise: &'a str) -> &'a str {
    issuer.unwrap_or(otherwise).trim_end_matches('/')
}

fn resource(agent: &Agent, issuer: &Issuer, bases: &Bases) -> Steps {
    let audience = match issuer.audience.as_slice() {
        [] => bases.each(&agent.transport.http),
        declared => declared.to_vec(),
    };
    let keys = match &issuer.jwks {
        Some(jwks) => format!("Its keys are taken from {jwks}."),
        None => "Its keys are found by its metadata (OpenID Connect, or RFC 8414).".to_owned(),
    };
    Steps {
        place: issuer.issuer.clone(),
        steps: vec![
            format!(
                "Let it sign access tokens as JWTs: {}.",
                issuer.algorithms.join(", ")
            ),
            keys,
            format!("Scopes go into the claim `{}`.", issuer.scope_claim),
            "Register the Worker as an API. `aud` of its tokens, one of:".to_owned(),
        ],
        callbacks: audience,
    }
}

fn access(team: &str, agent: &Agent) -> Steps {
    let host = match agent.deploy.routes.first() {
        Some(host) => format!("`{host}`"),
        None => "the Worker's host".to_owned(),
    };
    Steps {
        place: format!(
            "https://one.dash.cloudflare.com/, Access, Applications, of the team `{team}`"
        ),
        steps: vec![
            format!("Add a self-hosted application for {host}, with a policy that says who may come in."),
            "Copy its \"Application Audience (AUD) Tag\".".to_owned(),
            "Turn off \"workers.dev\" and preview URLs of the Worker, unless the application is in front of them too.".to_owned(),
        ],
        callbacks: Vec::new(),
    }
}
