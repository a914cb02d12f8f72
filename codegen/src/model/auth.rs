//! Who may come in, and who may use what.

use serde_json::{Map, Value};

/// The words of `mode`.
pub const MODES: [&str; 5] = ["none", "bearer", "oauth", "resource", "access"];

/// The words of `provider`.
pub const PROVIDERS: [&str; 8] = [
    "github", "google", "auth0", "workos", "stytch", "oidc", "access", "password",
];

/// How tokens may be signed: with a private key, which the Worker does not have.
pub const ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// `[auth]`, of a mode that asks who somebody is.
#[derive(Clone, Debug, PartialEq)]
pub struct Auth {
    /// How callers prove who they are.
    pub mode: AuthMode,
    /// Scopes without which a token is good for nothing. All are among `scopes`.
    pub required: Vec<String>,
    /// Whether lists leave out what the caller may not use.
    pub filter: bool,
    /// Whether nobody may use an item that has no `requires`.
    pub deny: bool,
    /// The scopes, each with words for people.
    pub scopes: Vec<(String, String)>,
    /// The roles.
    pub roles: Vec<Role>,
}

/// How callers prove who they are.
#[derive(Clone, Debug, PartialEq)]
pub enum AuthMode {
    /// Tokens that were handed out. At least one.
    Bearer(Vec<Bearer>),
    /// The Worker is the authorization server.
    OAuth(Box<OAuth>),
    /// JWTs of somebody else.
    Resource(Issuer),
    /// Cloudflare Access.
    Access {
        /// `acme` of `https://acme.cloudflareaccess.com`.
        team: String,
        /// The application's tag.
        audience: Setting,
    },
}

impl AuthMode {
    /// Its word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Bearer(_) => "bearer",
            Self::OAuth(_) => "oauth",
            Self::Resource(_) => "resource",
            Self::Access { .. } => "access",
        }
    }

    /// Whether the Worker must know under which URL it is reached: others are told.
    pub fn needs_public_url(&self) -> bool {
        matches!(self, Self::OAuth(_) | Self::Resource(_))
    }

    /// The names of the secrets that it needs, each once, in the order of the declaration.
    pub fn secrets(&self) -> Vec<&str> {
        let settings: Vec<&Setting> = match self {
            Self::Bearer(tokens) => tokens.iter().map(|it| &it.token).collect(),
            Self::OAuth(oauth) => oauth.upstream.settings().collect(),
            Self::Resource(_) => Vec::new(),
            Self::Access { audience, .. } => vec![audience],
        };
        named(settings, |it| match it {
            Setting::Secret(name) => Some(name),
            _ => None,
        })
    }

    /// The names of the plain variables that settings are in, beside `PUBLIC_URL`.
    pub fn vars(&self) -> Vec<&str> {
        let settings: Vec<&Setting> = match self {
            Self::OAuth(oauth) => oauth.upstream.settings().collect(),
            Self::Access { audience, .. } => vec![audience],
            Self::Bearer(_) | Self::Resource(_) => Vec::new(),
        };
        named(settings, |it| match it {
            Setting::Var(name) => Some(name),
            _ => None,
        })
    }
}

fn named<'a>(
    settings: Vec<&'a Setting>,
    name: impl Fn(&'a Setting) -> Option<&'a String>,
) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for name in settings.into_iter().filter_map(name) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// A setting, or what holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// As it is. Never of what is secret.
    Text(String),
    /// The name of a secret.
    Secret(String),
    /// The name of a plain variable.
    Var(String),
}

/// `[auth.bearer.*]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Bearer {
    /// Its name.
    pub name: String,
    /// The token: a secret.
    pub token: Setting,
    /// Who comes with it.
    pub subject: String,
    /// What it is good for. All are among [`Auth::scopes`].
    pub scopes: Vec<String>,
    /// What is known of who comes with it.
    pub claims: Map<String, Value>,
}

/// What mode `resource` knows of the issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// `iss`, byte for byte.
    pub issuer: String,
    /// `aud`: one of these. Empty for the server's own address.
    pub audience: Vec<String>,
    /// Where its keys are, unless its metadata say it.
    pub jwks: Option<String>,
    /// How tokens may be signed: some of [`ALGORITHMS`].
    pub algorithms: Vec<String>,
    /// How far clocks may be apart, in seconds.
    pub skew_s: u64,
    /// The claim that has the scopes.
    pub scope_claim: String,
}

/// What mode `oauth` knows.
#[derive(Clone, Debug, PartialEq)]
pub struct OAuth {
    /// Where people sign in.
    pub upstream: Upstream,
    /// Where tokens are kept.
    pub store: Store,
    /// Life of an access token, in seconds.
    pub access_s: u64,
    /// Life of a refresh token, in seconds.
    pub refresh_s: u64,
    /// Whether clients are known by documents at their ids.
    pub cimd: bool,
    /// Whether clients may register.
    pub dcr: bool,
    /// A page of the user's own that asks for consent.
    pub consent: Option<Page>,
}

/// A file that is a part of the Worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// As declared.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Where tokens are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// In objects of the Worker.
    Object,
    /// In a KV namespace.
    Kv,
}

/// `[auth.upstream]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Upstream {
    /// One of [`PROVIDERS`].
    pub provider: String,
    /// Of a provider whose issuer is not its name's.
    pub issuer: Option<String>,
    /// The app's id.
    pub client_id: Option<Setting>,
    /// The app's secret.
    pub client_secret: Option<Setting>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Our names of claims, and the provider's.
    pub claims: Vec<(String, String)>,
    /// Of the provider `password`.
    pub password: Option<Setting>,
    /// Whether that may be deployed.
    pub production: bool,
}

impl Upstream {
    fn settings(&self) -> impl Iterator<Item = &Setting> {
        [&self.client_id, &self.client_secret, &self.password]
            .into_iter()
            .flatten()
    }
}

/// `[auth.roles]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// The names of the members that lead to the claim. Not empty.
    pub claim: Vec<String>,
    /// What makes the claim the role.
    pub test: RoleTest,
}

/// What makes a claim a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleTest {
    /// It is this text, or this number, `true` or `false` as JSON writes it.
    Equals(String),
    /// It is a list that has this, or a text that has it between spaces.
    Contains(String),
}

/// Who may use an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// Whoever came in.
    #[default]
    Anyone,
    /// Whoever has all of these, which may be none: the item says so, and `default` does not count.
    Only {
        /// Names of [`Auth::scopes`].
        scopes: Vec<String>,
        /// Names of [`Auth::roles`].
        roles: Vec<String>,
    },
    /// Nobody: it says nothing, and `default` is `deny`.
    Nobody,
}
