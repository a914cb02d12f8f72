//! What a request says beside its method and its arguments, on the way to a handler: mirrored arguments, and trace context.

use mcp_agent::__rt1::{
    Agent, Catalog, Handler, Input, Item, ParamHeader, Pending, Place, Policy, Scope, StateSpec,
    Table, ready, text,
};
use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, from_str, json};
use mcp_agent::{Cx, Trace};
use serde::{Deserialize, Serialize};

const SCHEMA: &str = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"on":{"type":"object","properties":{"shard":{"type":"integer","x-mcp-header":"Shard"}}}}}"#;
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

/// Its tools say what they were told, each in another place.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct Told {}

const fn tool(name: &'static str, json: &'static str, place: Place) -> Item {
    Item {
        name,
        json,
        schema: Some(SCHEMA),
        place,
        headers: &[
            ParamHeader {
                header: "mcp-param-shard",
                path: &["on", "shard"],
            },
            ParamHeader {
                header: "mcp-param-region",
                path: &["region"],
            },
        ],
        ..Item::EMPTY
    }
}

fn told<'a>(cx: &Cx, input: Input<'a>) -> Pending<'a> {
    let value = |value: Option<&str>| value.unwrap_or("-").to_owned();
    let trace = cx.trace();
    let trace = [Trace::parent, Trace::state, Trace::baggage]
        .map(|part| value(trace.and_then(part)))
        .join(" | ");
    ready(text(input, trace))
}

impl Agent for Told {
    const CATALOG: Catalog = Catalog {
        server: r#"{"name":"told","version":"1"}"#,
        scope: Some(Scope::Server),
        tools: &[
            tool(
                "here",
                r#"{"name":"here","inputSchema":{"type":"object"}}"#,
                Place::Front,
            ),
            tool(
                "there",
                r#"{"name":"there","inputSchema":{"type":"object"}}"#,
                Place::Read,
            ),
        ],
        ..Catalog::EMPTY
    };
    const POLICY: Policy = Policy::DEFAULT;
    const STATE: StateSpec = StateSpec {
        version: 1,
        max_bytes: 1000,
        migrations: &[],
    };
    const TABLE: Table<Self> = Table {
        tools: &[
            Handler::Front(|cx, input| told(cx, input)),
            Handler::Read(|_, cx, input| told(cx, input)),
        ],
        resources: &[],
        prompts: &[],
        completions: &[],
    };
}

fn ask(host: &Host<Told>, request: &Request) -> (u16, Value) {
    let response = host.request(request);
    let body = response.read();
    (response.status, from_str(&body).expect("JSON"))
}

#[test]
fn mirrored_arguments_are_compared_in_a_host() {
    let host = Host::<Told>::new(1);
    let arguments = json!({ "region": "eu", "on": { "shard": 7 } });
    for name in ["here", "there"] {
        let params = json!({ "name": name, "arguments": arguments });
        let request = Request::rpc("/mcp", "tools/call", params);
        let good = request
            .header("Mcp-Param-Region", "eu")
            .header("Mcp-Param-Shard", "7.0");
        let (status, answer) = ask(&host, &good);
        assert_eq!(
            (status, &answer["result"]["isError"]),
            (200, &Value::Null),
            "{answer}"
        );
        // What only a page sends comes behind them.
        let page = good
            .clone()
            .header("origin", "http://localhost:1")
            .header("access-control-request-headers", "x");
        assert_eq!(ask(&host, &page).0, 200);
        for (header, value) in [
            ("Mcp-Param-Region", "us"),
            ("Mcp-Param-Region", ""),
            ("Mcp-Param-Region", "=?base64?ZXU?="),
            ("Mcp-Param-Shard", "8"),
            ("Mcp-Param-Shard", "eu"),
        ] {
            let (status, answer) = ask(&host, &good.clone().header(header, value));
            assert_eq!(
                (status, &answer["error"]["code"]),
                (400, &json!(-32020)),
                "{header}: {value}"
            );
        }
    }
}

#[test]
fn trace_context_reaches_handlers_wherever_they_run() {
    let host = Host::<Told>::new(1);
    for name in ["here", "there"] {
        for (trace, told) in [
            (json!({}), "- | - | -".to_owned()),
            (
                json!({ "traceparent": PARENT }),
                format!("{PARENT} | - | -"),
            ),
            (
                json!({ "traceparent": PARENT, "tracestate": "a=b, c=d", "baggage": "user=al%20ice" }),
                format!("{PARENT} | a=b, c=d | user=al%20ice"),
            ),
            (json!({ "baggage": "a=b" }), "- | - | a=b".to_owned()),
            (
                json!({ "traceparent": "00", "baggage": "a\nb" }),
                "- | - | -".to_owned(),
            ),
        ] {
            let mut params = json!({ "name": name });
            params["_meta"] = trace;
            params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
            params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
            let message =
                json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
            let request = Request::post("/mcp", message.to_string())
                .header("mcp-protocol-version", "2026-07-28")
                .header("mcp-method", "tools/call")
                .header("mcp-name", name);
            let (_, answer) = ask(&host, &request);
            assert_eq!(
                answer["result"]["content"][0]["text"],
                json!(told),
                "{answer}"
            );
        }
    }
}
