//! The shop on the memory host: a whole Worker in one thread, in virtual time.

use mcp_agent::memory::{Host, Request};
use mcp_agent::serde_json::{Value, json};
use shop::Shop;

struct Client(Host<Shop>);

impl Client {
    fn ask(&self, method: &str, mut params: Value) -> Value {
        // This client has a user who can be asked.
        params["_meta"] = json!({ "io.modelcontextprotocol/clientCapabilities": { "elicitation": { "form": {} } } });
        let response = self.0.request(&Request::rpc("/mcp", method, params));
        let answer: Value =
            mcp_agent::serde_json::from_str(&response.read()).expect("an answer is JSON");
        answer["result"].clone()
    }

    fn call(&self, name: &str, arguments: Value) -> Value {
        self.ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        )
    }
}

/// A shop with two teas.
fn stocked() -> Client {
    let client = Client(Host::new(7));
    for (sku, kind, price, stock) in [("sencha", "green", 900, 5), ("assam", "black", 700, 2)] {
        let product = json!({ "sku": sku, "name": sku.to_uppercase(), "kind": kind, "price": price, "stock": stock });
        let answer = client.call("restock", json!({ "product": product }));
        assert_ne!(answer["isError"], true, "{answer}");
    }
    client
}

#[test]
fn finds_what_fits() {
    let client = stocked();
    let names = |query: Value| {
        let found = client.call("search", query)["structuredContent"]["products"].clone();
        let products = found.as_array().cloned().unwrap_or_default();
        products
            .iter()
            .map(|it| it["sku"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(json!({})), ["sencha", "assam"]);
    assert_eq!(names(json!({ "kind": "green" })), ["sencha"]);
    assert_eq!(names(json!({ "text": "ass", "max_price": 700 })), ["assam"]);
}

#[test]
fn sells_all_of_an_order_or_nothing() {
    let client = stocked();
    let lines = |assam: u32| json!({ "lines": [{ "sku": "sencha", "count": 1 }, { "sku": "assam", "count": assam }] });
    let refused = client.call("order", lines(3));
    assert_eq!(refused["content"][0]["text"], "only 2 of ASSAM are left");
    let stock = client.call("search", json!({ "text": "sencha" }));
    assert_eq!(stock["structuredContent"]["products"][0]["stock"], 5);
    let order = client.call("order", lines(2))["structuredContent"].clone();
    assert_eq!(order["total"], 2300);
    assert_eq!(
        client.call("orders", json!({}))["structuredContent"]["orders"],
        json!([order])
    );
}

#[test]
fn refuses_what_the_types_do_not_allow() {
    let client = stocked();
    for wrong in [
        json!({ "lines": [{ "sku": "sencha", "count": 0 }] }),
        json!({ "lines": [{ "sku": "sencha" }] }),
        json!({ "lines": [{ "sku": "sencha", "count": 1, "price": 0 }] }),
    ] {
        assert_eq!(
            client.call("order", wrong.clone())["isError"],
            true,
            "{wrong}"
        );
    }
}

#[test]
fn asks_before_it_advises_or_cancels() {
    let client = stocked();
    let asked = client.call("advise", json!({}));
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let form = &asked["inputRequests"]["taste"]["params"]["requestedSchema"];
    assert_eq!(
        form["properties"]["kind"]["enum"],
        json!(["green", "black", "pot"])
    );
    let answered = client.ask("tools/call", json!({
        "name": "advise",
        "arguments": {},
        "requestState": asked["requestState"],
        "inputResponses": { "taste": { "action": "accept", "content": { "kind": "black", "budget": 800 } } },
    }));
    assert_eq!(
        answered["content"][0]["text"], "ASSAM, SKU assam",
        "{answered}"
    );
    let asked = client.call("cancel", json!({ "id": 1 }));
    assert_eq!(asked["resultType"], "input_required", "{asked}");
}

#[test]
fn completes_what_is_typed() {
    let client = stocked();
    let complete = |of: Value| {
        client.ask(
            "completion/complete",
            json!({ "ref": of, "argument": { "name": "sku", "value": "s" } }),
        )
    };
    let values = json!(["sencha"]);
    let prompt = json!({ "type": "ref/prompt", "name": "describe" });
    let resource = json!({ "type": "ref/resource", "uri": "shop://products/{sku}" });
    assert_eq!(complete(prompt)["completion"]["values"], values);
    assert_eq!(complete(resource)["completion"]["values"], values);
    let terms = client.ask("resources/read", json!({ "uri": "shop://terms" }));
    assert!(
        terms["contents"][0]["text"]
            .as_str()
            .is_some_and(|it| it.starts_with("# Terms")),
        "{terms}"
    );
}
