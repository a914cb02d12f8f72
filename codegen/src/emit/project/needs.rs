//! What somebody has to set before a Worker with `[auth]` answers: by name, with what it is.

use crate::model::{Agent, AuthMode, Bearer, OAuth, Setting, Upstream};

/// A secret or a variable that a Worker needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Its name.
    pub name: String,
    /// Whether it is secret.
    pub is_secret: bool,
    /// What it is, on one line.
    pub what: String,
    /// What stands for it on one's own machine, where that is known.
    pub local: Option<&'static str>,
}

/// The variable that has the Worker's own URL.
pub const PUBLIC_URL: &str = "PUBLIC_URL";

/// Where `wrangler dev` listens.
pub const LOCAL_URL: &str = "http://localhost:8787";

/// All of them, each once, in the order of the declaration.
pub fn needs(agent: &Agent) -> Vec<Need> {
    let Some(auth) = &agent.auth else {
        return Vec::new();
    };
    let mut out = Needs(Vec::new());
    if auth.mode.needs_public_url() {
        out.0.push(Need {
            name: PUBLIC_URL.to_owned(),
            is_secret: false,
            what: "the URL at which clients reach the Worker, without a path".to_owned(),
            local: Some(LOCAL_URL),
        });
    }
    match &auth.mode {
        AuthMode::Bearer(tokens) => {
            for Bearer {
                name,
                token,
                subject,
                ..
            } in tokens
            {
                let whose = if subject == name {
                    String::new()
                } else {
                    format!(", of `{subject}`")
                };
                out.add(
                    Some(token),
                    format!("the token `{name}`{whose}: `openssl rand -hex 32` makes one"),
                );
            }
        }
        AuthMode::OAuth(oauth) => out.upstream(oauth),
        AuthMode::Resource(_) => {}
        AuthMode::Access { audience, .. } => out.add(
            Some(audience),
            "the tag of the application in Cloudflare Access (\"Application Audience (AUD) Tag\")"
                .to_owned(),
        ),
    }
    out.0
}

struct Needs(Vec<Need>);

impl Needs {
    fn upstream(&mut self, oauth: &OAuth) {
        let Upstream {
            provider,
            client_id,
            client_secret,
            password,
            ..
        } = &oauth.upstream;
        let title = title(provider);
        self.add(
            client_id.as_ref(),
            format!("the client id of the app at {title}: `mcp-gen auth` says how to make it"),
        );
        self.add(
            client_secret.as_ref(),
            format!("the client secret of the app at {title}"),
        );
        self.add(password.as_ref(), "the password to sign in with".to_owned());
    }

    fn add(&mut self, setting: Option<&Setting>, what: String) {
        let (name, is_secret) = match setting {
            Some(Setting::Secret(name)) => (name, true),
            Some(Setting::Var(name)) => (name, false),
            Some(Setting::Text(_)) | None => return,
        };
        if self.0.iter().all(|it| it.name != *name) {
            self.0.push(Need {
                name: name.clone(),
                is_secret,
                what,
                local: None,
            });
        }
    }
}

/// What people call a provider.
pub fn title(provider: &str) -> &str {
    match provider {
        "github" => "GitHub",
        "google" => "Google",
        "auth0" => "Auth0",
        "workos" => "WorkOS",
        "stytch" => "Stytch",
        "access" => "Cloudflare Access",
        _ => "your provider",
    }
}

/// The URL of the deployed Worker, where the declaration tells it: a variable, or the first route.
pub fn public_url(agent: &Agent) -> Option<String> {
    let vars = agent.deploy.vars.iter();
    let declared = vars
        .filter(|(name, _)| name == PUBLIC_URL)
        .map(|(_, url)| url.clone())
        .next();
    let route = agent.deploy.routes.first();
    declared.or_else(|| route.map(|host| format!("https://{host}")))
}
