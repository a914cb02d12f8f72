//! Where the Worker is, and what it answers under which path.

use super::{Part, table};
use mcp_agent_codegen::emit::project::{LOCAL_URL, public_url, set_public_url};
use mcp_agent_codegen::model::{Agent, Auth, AuthMode};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Where the Worker is.
pub(super) struct Bases {
    /// While it is developed.
    pub(super) local: String,
    /// After a deploy, where that is known.
    pub(super) deployed: Option<String>,
}

impl Bases {
    /// What `wrangler.jsonc` says goes before what is declared, which is where that has it from.
    pub(super) fn of(agent: &Agent, project: Option<&Path>) -> Self {
        let config = project.and_then(|dir| fs::read_to_string(dir.join("wrangler.jsonc")).ok());
        let deployed = config
            .and_then(|text| set_public_url(&text))
            .or_else(|| public_url(agent));
        Self {
            local: LOCAL_URL.to_owned(),
            deployed: deployed.map(|url| url.trim_end_matches('/').to_owned()),
        }
    }

    /// A path under each.
    pub(super) fn each(&self, path: &str) -> Vec<String> {
        let bases = std::iter::once(&self.local).chain(&self.deployed);
        bases.map(|base| format!("{base}{path}")).collect()
    }
}

/// Where a provider sends browsers back to, as `auth/upstream.mjs` has it.
pub(super) const CALLBACK: &str = "/callback";

/// RFC 9728, as `auth/front.mjs` has it: a lone `/` is left out.
fn resource(endpoint: &str) -> String {
    let path = if endpoint == "/" { "" } else { endpoint };
    format!("/.well-known/oauth-protected-resource{path}")
}

pub(super) fn addresses(agent: &Agent, auth: &Auth, bases: &Bases) -> Part {
    let transport = &agent.transport;
    let sse = transport.sse.as_deref();
    let mut paths = vec![("mcp", "MCP", transport.http.clone())];
    paths.extend(sse.map(|path| ("sse", "MCP over HTTP+SSE", path.to_owned())));
    if matches!(auth.mode, AuthMode::OAuth(_) | AuthMode::Resource(_)) {
        let endpoints = std::iter::once(transport.http.as_str()).chain(sse);
        paths.extend(endpoints.map(|it| {
            (
                "protected_resource",
                "metadata of the protected resource",
                resource(it),
            )
        }));
    }
    if let AuthMode::OAuth(oauth) = &auth.mode {
        let server = [
            (
                "authorization_server",
                "metadata of the authorization server",
                "/.well-known/oauth-authorization-server",
            ),
            ("authorize", "sign-in and consent", "/authorize"),
            ("token", "tokens and their revocation", "/oauth/token"),
        ];
        let register = (
            "register",
            "clients that register themselves",
            "/oauth/register",
        );
        let callback = ("callback", "where the provider sends browsers", CALLBACK);
        let has_callback = oauth.upstream.provider != "password";
        let server = server
            .into_iter()
            .chain(oauth.dcr.then_some(register))
            .chain(has_callback.then_some(callback));
        paths.extend(server.map(|(name, what, path)| (name, what, path.to_owned())));
    }
    let unknown = match auth.mode.needs_public_url() {
        true => "not known: write `PUBLIC_URL` under `vars` in wrangler.jsonc",
        false => "on workers.dev, or where `[deploy] routes` say",
    };
    let mut rows = vec![
        vec!["local".to_owned(), bases.local.clone()],
        vec![
            "deployed".to_owned(),
            bases.deployed.clone().unwrap_or_else(|| unknown.to_owned()),
        ],
    ];
    rows.extend(
        paths
            .iter()
            .map(|(_, what, path)| vec![(*what).to_owned(), path.clone()]),
    );
    let endpoints: Vec<_> = paths
        .iter()
        .map(|(name, _, path)| json!({ "name": name, "path": path, "urls": bases.each(path) }))
        .collect();
    Part {
        name: "addresses",
        text: format!("Addresses\n{}", table(&rows)),
        data: json!({ "local": bases.local, "deployed": bases.deployed, "endpoints": endpoints }),
    }
}
