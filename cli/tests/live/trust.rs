//! Tokens: who is told them, and who is not.

use crate::run::{describe, failure};
use crate::server::{Server, answer, json, reply};

const TOKEN: &str = "word-of-mine";

#[test]
fn a_token_goes_along() {
    let server = Server::start(|request, out, _| match request.header("authorization") {
        Some("Bearer word-of-mine") => json(out, 200, "", &answer(request, "2026-07-28")),
        _ => reply(
            out,
            401,
            "www-authenticate: Bearer resource_metadata=\"https://a.example/.well-known/oauth-protected-resource\"\r\n",
            "text/plain",
            "",
        ),
    });
    let url = server.url("/mcp");
    assert_eq!(describe(&url, Some(TOKEN)).code, Some(0));
    let error = failure(&url, None);
    assert!(error.contains("set MCP_TOKEN"), "{error}");
    assert!(
        error.contains("https://a.example/.well-known/oauth-protected-resource"),
        "{error}"
    );
    let error = failure(&url, Some("another-word"));
    assert!(
        error.contains("MCP_TOKEN is no access token there"),
        "{error}"
    );
    assert!(!error.contains("another-word"), "{error}");
}

#[test]
fn no_error_repeats_it() {
    let server = Server::start(|request, out, _| {
        let told = request.header("authorization").unwrap_or_default();
        reply(
            out,
            403,
            "",
            "text/plain",
            &format!("{} is told {told}", "x".repeat(175)),
        );
    });
    let error = failure(&server.url("/mcp?key=hidden"), Some(TOKEN));
    assert!(
        error.contains("403") && !error.contains("word") && !error.contains("hidden"),
        "{error}"
    );
}

#[test]
fn it_is_not_said_in_the_clear() {
    let error = failure("http://mcp.example/mcp", Some(TOKEN));
    assert!(
        error.contains("would show the token to everybody"),
        "{error}"
    );
    for url in [
        "mcp.example",
        "ftp://mcp.example/",
        "http://me:word@127.0.0.1/",
        "",
    ] {
        failure(url, None);
    }
}

#[test]
fn redirects_are_followed_at_home_alone() {
    let elsewhere =
        Server::start(|request, out, _| json(out, 200, "", &answer(request, "2026-07-28")));
    let target = elsewhere.url("/mcp");
    let server = Server::start(move |request, out, _| {
        let to = |out: &mut _, status, to: &str| {
            reply(
                out,
                status,
                &format!("location: {to}\r\n"),
                "text/plain",
                "",
            );
        };
        match &*request.path {
            "/mcp" => to(out, 307, "/mcp/"),
            "/away" => to(out, 308, &target),
            "/moved" => to(out, 301, "/mcp/"),
            "/round" => to(out, 307, "/round"),
            _ => json(out, 200, "", &answer(request, "2026-07-28")),
        }
    });
    assert_eq!(describe(&server.url("/mcp"), Some(TOKEN)).code, Some(0));
    let paths = |it: &crate::server::Request| it.path.clone();
    let paths: Vec<String> = server.log.all().iter().map(paths).collect();
    assert_eq!(paths[..3], ["/mcp", "/mcp/", "/mcp/"], "once is enough");
    for (path, says) in [
        ("/away", "leads to another origin"),
        ("/moved", "answers 301 and leads to /mcp/"),
        ("/round", "leads on and on"),
    ] {
        let error = failure(&server.url(path), Some(TOKEN));
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(elsewhere.asked(), [""; 0]);
}
