//! 2026-07-28, and servers that speak something near it.

use crate::run::{failure, listing, names};
use crate::server::{Server, answer, assert_listed, error, event, json, say, stream};
use serde_json::{Value, json};

const VERSION: &str = "2026-07-28";

#[test]
fn each_request_says_what_it_speaks() {
    let server = Server::start(|request, out, _| json(out, 200, "", &answer(request, VERSION)));
    assert_listed(
        &listing(&server.url("/mcp?key=1")),
        VERSION,
        "Streamable HTTP",
    );
    let all = server.log.all();
    assert_eq!(all.len(), 7, "{:?}", server.asked());
    for request in all {
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("POST", "/mcp?key=1")
        );
        assert_eq!(request.header("mcp-protocol-version"), Some(VERSION));
        assert_eq!(request.header("mcp-method"), Some(request.rpc()));
        assert_eq!(
            request.header("accept"),
            Some("application/json, text/event-stream")
        );
        assert_eq!(request.header("authorization"), None);
        let meta = &request.body["params"]["_meta"];
        assert_eq!(meta["io.modelcontextprotocol/protocolVersion"], VERSION);
        assert_eq!(
            meta["io.modelcontextprotocol/clientCapabilities"],
            json!({})
        );
    }
}

#[test]
fn an_answer_may_be_a_stream() {
    let server = Server::start(|request, out, _| {
        stream(out, "");
        say(out, "\u{feff}: hello\r\n\r\n");
        event(
            out,
            &json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": {} }),
        );
        event(out, &answer(request, VERSION));
    });
    assert_listed(&listing(&server.url("/mcp")), VERSION, "Streamable HTTP");
}

#[test]
fn what_is_not_there_is_not_asked_for() {
    let server = Server::start(|request, out, _| {
        let mut said = answer(request, VERSION);
        said["result"]["capabilities"] = json!({ "prompts": {}, "completions": {} });
        json(out, 200, "", &said);
    });
    let listing = listing(&server.url("/"));
    assert_eq!(
        listing["lists"],
        json!({ "tools": false, "resources": false, "prompts": true })
    );
    assert_eq!(listing["tools"], json!([]));
    assert_eq!(names(&listing, "prompts", "name"), ["p"]);
    assert_eq!(
        server.asked(),
        ["POST server/discover", "POST prompts/list"]
    );
}

#[test]
fn a_server_of_another_version_names_it() {
    let server = Server::start(|request, out, _| match request.rpc() {
        "initialize" => {
            assert_eq!(request.body["params"]["protocolVersion"], "2025-06-18");
            json(out, 200, "", &answer(request, "2025-06-18"));
        }
        "server/discover" => {
            let supported = json!({ "supported": ["2024-11-05", "2025-06-18"] });
            json(out, 400, "", &error(request, -32022, supported));
        }
        _ => json(out, 200, "", &answer(request, "2025-06-18")),
    });
    assert_listed(&listing(&server.url("/")), "2025-06-18", "Streamable HTTP");

    let server = Server::start(|request, out, _| {
        json(
            out,
            400,
            "",
            &error(request, -32022, json!({ "supported": ["2030-01-01"] })),
        );
    });
    let error = failure(&server.url("/"), None);
    assert!(
        error.contains("refuses 2026-07-28") && error.contains("2030-01-01"),
        "{error}"
    );
    assert_eq!(
        server.asked(),
        ["POST server/discover"],
        "it is no older server"
    );
}

#[test]
fn what_needs_a_user_is_no_list() {
    let server = Server::start(|request, out, _| {
        let mut said = answer(request, VERSION);
        if request.rpc() == "tools/list" {
            said["result"]["resultType"] = Value::from("input_required");
        }
        json(out, 200, "", &said);
    });
    let error = failure(&server.url("/"), None);
    assert!(
        error.contains("`tools/list`") && error.contains("input_required"),
        "{error}"
    );
}
