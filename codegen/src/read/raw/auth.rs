//! `[auth]`, `requires` and what belongs to them, as they are written.

use super::words::{
    AlgorithmName, AuthMode, DefaultName, Duration, ListName, ProviderName, SecretName, StoreName,
};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde_json::Value;

/// Who may come in, and how they prove who they are.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Auth")]
pub struct RawAuth {
    /// How callers prove who they are. `none`: nobody is asked. `bearer`: tokens that you hand out, kept as secrets. `oauth`: this Worker
    /// is the authorization server, and people sign in at an `upstream`. `resource`: JWTs of an issuer of your own. `access`: Cloudflare
    /// Access stands before the Worker.
    #[schemars(required, with = "AuthMode")]
    pub mode: Option<String>,
    /// Scopes without which a token is good for nothing here.
    pub required_scopes: Option<Vec<String>>,
    /// Who may use an item without `requires`: `allow`, which is the default, everybody who came in; `deny`, nobody.
    #[schemars(with = "Option<DefaultName>")]
    pub default: Option<String>,
    /// What lists hold: `filter`, which is the default, what the caller may use; `show`, everything.
    #[schemars(with = "Option<ListName>")]
    pub list: Option<String>,
    /// Mode `resource`: who makes the tokens, as their `iss` has it: an `https://` URL.
    pub issuer: Option<String>,
    /// Modes `resource` and `access`: whom tokens are for, as their `aud` has it. In `resource`, left out, it is this server's own address; in
    /// `access` it is the tag of the application.
    pub audience: Option<RawAudience>,
    /// Mode `resource`: where the issuer's keys are. Left out, its metadata say it.
    pub jwks: Option<String>,
    /// Mode `resource`: how tokens may be signed. Default all three.
    #[schemars(with = "Option<Vec<AlgorithmName>>", length(min = 1))]
    pub algorithms: Option<Vec<String>>,
    /// Mode `resource`: how far clocks may be apart. Default `"30s"`.
    #[schemars(with = "Option<Duration>")]
    pub skew: Option<String>,
    /// Mode `resource`: the claim that has the scopes. Default `"scope"`.
    #[schemars(length(min = 1))]
    pub scope_claim: Option<String>,
    /// Mode `access`: the team, as in `https://<team>.cloudflareaccess.com`.
    pub team: Option<String>,
    /// Mode `oauth`: a page of your own that asks for consent, in place of the generated one.
    pub consent: Option<String>,
    /// Mode `bearer`: the tokens, each under a name.
    pub bearer: Option<IndexMap<String, RawBearer>>,
    /// Mode `oauth`: where people sign in.
    pub upstream: Option<RawUpstream>,
    /// The scopes that there are, each with what it lets a client do, in words for the person who is asked: `"orders:read" = "Read your
    /// orders"`. Not in mode `access`, whose tokens have none.
    pub scopes: Option<IndexMap<String, String>>,
    /// The roles that callers may have, by their claims.
    pub roles: Option<IndexMap<String, RawRole>>,
    /// Mode `oauth`: tokens that are handed out.
    pub tokens: Option<RawTokens>,
    /// Mode `oauth`: how clients make themselves known.
    pub registration: Option<RawRegistration>,
}

/// A token that you hand out.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Bearer")]
pub struct RawBearer {
    /// The secret that holds it: `{ secret = "CI_TOKEN" }`.
    #[schemars(required, with = "RawSecret")]
    pub token: Option<RawSetting>,
    /// Who comes with it. By default the name of this table.
    #[schemars(length(min = 1))]
    pub subject: Option<String>,
    /// What it is good for.
    pub scopes: Option<Vec<String>>,
    /// More that is known of who comes with it: `{ groups = ["support"] }`.
    pub claims: Option<IndexMap<String, Value>>,
}

/// Where people sign in.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Upstream")]
pub struct RawUpstream {
    /// Who signs them in. `oidc` is any provider of OpenID Connect; `password` is one secret, to try everything without an account anywhere.
    #[schemars(required, with = "ProviderName")]
    pub provider: Option<String>,
    /// Providers `oidc`, `auth0`, `workos`, `stytch` and `access`: the issuer, an `https://` URL. Provider `github`: a GitHub Enterprise Server.
    pub issuer: Option<String>,
    /// The id of the app that you made there.
    pub client_id: Option<RawSetting>,
    /// The secret of that app: `{ secret = "GITHUB_CLIENT_SECRET" }`.
    #[schemars(with = "Option<RawSecret>")]
    pub client_secret: Option<RawSetting>,
    /// What is asked of the provider. By default what says who somebody is.
    pub scopes: Option<Vec<String>>,
    /// Claims by our names, each with the provider's: `{ name = "login", groups = "groups" }`.
    pub claims: Option<IndexMap<String, String>>,
    /// Provider `password`: the secret that holds it.
    #[schemars(with = "Option<RawSecret>")]
    pub password: Option<RawSetting>,
    /// Provider `password`: whether the Worker may be deployed with it. One password for everybody is for trying things out.
    pub production: Option<bool>,
}

/// A role: of whom a claim says so. One of `equals` and `contains`.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Role")]
pub struct RawRole {
    /// The claim, or the way to it through objects: `"groups"`, `"realm_access.roles"`. A name with other characters stands in quotes of its own.
    #[schemars(required, length(min = 1))]
    pub claim: Option<String>,
    /// What the claim is.
    pub equals: Option<Value>,
    /// What is in the claim: one of a list, or a word of a text.
    pub contains: Option<String>,
}

/// Tokens that are handed out.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Tokens")]
pub struct RawTokens {
    /// Where they are kept: `object`, which is the default, in objects of this Worker; `kv`, in a KV namespace that you make.
    #[schemars(with = "Option<StoreName>")]
    pub store: Option<String>,
    /// How long a token is good. Default `"1h"`.
    #[schemars(with = "Option<Duration>")]
    pub access_ttl: Option<String>,
    /// How long a client may ask for new ones without its user. Default `"30d"`.
    #[schemars(with = "Option<Duration>")]
    pub refresh_ttl: Option<String>,
}

/// How clients make themselves known.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Registration")]
pub struct RawRegistration {
    /// By a document at the URL that is their id (Client ID Metadata Documents). Default `true`.
    pub cimd: Option<bool>,
    /// By registering (RFC 7591), as clients of before 2025-11-25 do. Default `true`.
    pub dcr: Option<bool>,
}

/// Who may use an item: whoever has all of these.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Requires")]
pub struct RawRequires {
    /// Scopes of `[auth.scopes]`. A caller without one is told which to ask for.
    pub scopes: Option<Vec<String>>,
    /// Roles of `[auth.roles]`. A caller without one is refused.
    pub roles: Option<Vec<String>>,
}

/// `"text"`, `{ secret = "NAME" }` or `{ var = "NAME" }`.
#[derive(Clone, Debug, PartialEq)]
pub enum RawSetting {
    /// As it is.
    Text(String),
    /// Held by a secret or a variable of the Worker.
    Named(RawNamedSetting),
}

/// What holds a setting: a secret or a variable of the Worker.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "NamedSetting")]
pub struct RawNamedSetting {
    /// The name of a secret.
    #[schemars(with = "Option<SecretName>")]
    pub secret: Option<String>,
    /// The name of a plain variable.
    #[schemars(with = "Option<SecretName>")]
    pub var: Option<String>,
}

/// `{ secret = "NAME" }`: what is never in the file. Only for the JSON Schema: a text is read, so that it can be refused.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Secret")]
#[allow(dead_code)]
pub struct RawSecret {
    /// The name of the secret.
    #[schemars(with = "SecretName")]
    secret: String,
}

/// One of whom tokens are for, or several.
#[derive(Clone, Debug, PartialEq)]
pub enum RawAudience {
    /// One.
    One(RawSetting),
    /// Each of these will do.
    Several(Vec<String>),
}
