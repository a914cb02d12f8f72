//! Structured output: what does not fit the declared schema is not sent, and what its handler changed is not kept.

use mcp_agent::memory::{Host, Request};
use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, from_str, json};

/// Weighs.
#[mcp_agent(config = "tests/output/mcp.toml")]
pub struct Weigher;

impl weigher::Handlers for Weigher {
    async fn weigh(&mut self, _cx: &Cx, p: weigher::WeighParams) -> Result<weigher::WeighOutput> {
        self.weighed += 1;
        Ok(weigher::WeighOutput {
            grams: p.grams,
            kilos: p.grams as f64 / 1000.0,
        })
    }

    async fn ratio(_cx: &Cx, p: weigher::RatioParams) -> Result<weigher::RatioOutput> {
        Ok(weigher::RatioOutput {
            ratio: p.grams as f64 / p.of as f64,
        })
    }

    async fn wrap(&self, _cx: &Cx, p: weigher::WrapParams) -> Result<weigher::Package> {
        let package = |label: String| weigher::Package {
            label,
            inside: Vec::new(),
        };
        Ok(weigher::Package {
            inside: p.inside.into_iter().map(package).collect(),
            ..package(p.label)
        })
    }

    async fn count(&self, _cx: &Cx) -> Result<weigher::CountOutput> {
        Ok(weigher::CountOutput {
            weighed: self.weighed,
        })
    }
}

fn call(host: &Host<Weigher>, name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    let response = host.request(&Request::rpc("/mcp", "tools/call", params));
    let message: Value = from_str(&response.read()).unwrap();
    message["result"].clone()
}

#[track_caller]
fn refused(result: &Value, tool: &str, violation: &str) {
    assert_eq!(result["isError"], true, "{result}");
    assert!(result.get("structuredContent").is_none(), "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    assert_eq!(
        first,
        format!("The output of the tool `{tool}` does not fit its schema:")
    );
    assert!(rest.starts_with(&format!("- {violation}")), "{text}");
}

#[test]
fn what_fits_is_sent() {
    let host = Host::<Weigher>::new(1);
    let result = call(&host, "weigh", json!({ "grams": 250 }));
    assert_eq!(
        result["structuredContent"],
        json!({ "grams": 250, "kilos": 0.25 })
    );
    let result = call(
        &host,
        "wrap",
        json!({ "label": "AB1", "inside": ["CD2", "EF3"] }),
    );
    assert_eq!(result["structuredContent"]["inside"][1]["label"], "EF3");
}

#[test]
fn what_does_not_fit_is_refused_and_nothing_is_kept() {
    let host = Host::<Weigher>::new(2);
    let weighed = || call(&host, "count", json!({}))["structuredContent"]["weighed"].clone();
    call(&host, "weigh", json!({ "grams": 1000 }));
    assert_eq!(weighed(), 1);
    for grams in [0, 1001, -5] {
        let result = call(&host, "weigh", json!({ "grams": grams }));
        refused(&result, "weigh", "/grams: ");
    }
    assert_eq!(weighed(), 1);
}

#[test]
fn a_number_that_json_does_not_have_is_refused() {
    let host = Host::<Weigher>::new(3);
    for grams in [0, 1] {
        let result = call(&host, "ratio", json!({ "grams": grams, "of": 0 }));
        refused(&result, "ratio", "/ratio: ");
    }
}

#[test]
fn types_are_looked_at_to_their_depth() {
    let host = Host::<Weigher>::new(4);
    let wrap = |label: &str, inside: Value| {
        call(&host, "wrap", json!({ "label": label, "inside": inside }))
    };
    refused(&wrap("ab1", json!([])), "wrap", "/label: ");
    refused(
        &wrap("AB1", json!(["CD2", "x"])),
        "wrap",
        "/inside/1/label: ",
    );
    refused(
        &wrap("AB1", json!(["CD2", "CD3", "CD4"])),
        "wrap",
        "/inside: ",
    );
}

#[test]
fn only_what_can_be_violated_is_looked_at() {
    use mcp_agent::__rt1::Agent;
    let checked = |name: &str| {
        let tools = <Weigher as Agent>::CATALOG.tools;
        let tool = tools.iter().find(|tool| tool.name == name).unwrap();
        tool.output.is_some()
    };
    assert!(checked("weigh") && checked("ratio") && checked("wrap"));
    assert!(!checked("count"));
}
