//! What a caller has on GitHub: they sign in there, and the handlers ask GitHub on their behalf.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, from_str};
use mcp_agent::worker::{Fetch, Headers, Method, Request as Ask, RequestInit};

#[mcp_agent(config = "mcp.toml")]
pub struct GithubMcp;

impl github_mcp::Handlers for GithubMcp {
    async fn whoami(cx: &Cx) -> Result<String> {
        let auth = cx.auth().ok_or_else(|| Error::tool("nobody signed in"))?;
        let login: Option<String> = auth.claim("login")?;
        let scopes: Vec<&str> = auth.scopes().collect();
        Ok(format!(
            "{}, number {} of {}; this client may: {}",
            login.unwrap_or_default(),
            auth.subject(),
            auth.issuer(),
            if scopes.is_empty() {
                "read".to_owned()
            } else {
                scopes.join(", ")
            },
        ))
    }

    async fn repositories(
        cx: &Cx,
        p: github_mcp::RepositoriesParams,
    ) -> Result<github_mcp::RepositoriesOutput> {
        let path = format!("/users/{}/repos?sort=pushed&per_page={}", p.owner, p.count);
        let answer = github(cx, Method::Get, &path).await?;
        let found: Vec<Value> = from_str(&answer)?;
        let repositories = found.iter().map(|it| github_mcp::Repository {
            name: it["full_name"].as_str().unwrap_or_default().to_owned(),
            stars: it["stargazers_count"].as_i64().unwrap_or_default(),
            about: it["description"].as_str().map(str::to_owned),
        });
        Ok(github_mcp::RepositoriesOutput {
            repositories: repositories.collect(),
        })
    }

    async fn star(cx: &Cx, p: github_mcp::StarParams) -> Result<String> {
        github(cx, Method::Put, &format!("/user/starred/{}", p.repository)).await?;
        Ok(format!("{} has your star", p.repository))
    }
}

/// Asks GitHub as the caller. What it refuses, the model hears.
async fn github(cx: &Cx, method: Method, path: &str) -> Result<String> {
    let token = cx.upstream().await?;
    // GitHub Enterprise, and tests, are elsewhere.
    let api = cx.env().var("GITHUB_API").map(|it| it.to_string());
    let api = api.unwrap_or_else(|_| "https://api.github.com".to_owned());
    let headers = Headers::new();
    for (name, value) in [
        ("authorization", token.authorization().as_str()),
        ("accept", "application/vnd.github+json"),
        ("x-github-api-version", "2022-11-28"),
        ("user-agent", "mcp-agent-example"),
    ] {
        headers.set(name, value).map_err(internal)?;
    }
    let mut init = RequestInit::new();
    init.with_method(method).with_headers(headers);
    let ask = Ask::new_with_init(&format!("{api}{path}"), &init).map_err(internal)?;
    let mut answer = Fetch::Request(ask).send().await.map_err(internal)?;
    match answer.status_code() {
        200..=299 => answer.text().await.map_err(internal),
        status => Err(Error::tool(format!("GitHub answered {status} to {path}"))),
    }
}

fn internal(error: mcp_agent::worker::Error) -> Error {
    Error::tool(format!("GitHub could not be asked: {error}"))
}
