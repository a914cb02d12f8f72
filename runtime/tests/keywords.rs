//! What `mcp-gen check` says is enforced, and what the engine enforces, are one list.

use std::collections::BTreeSet;

#[test]
fn check_and_engine_know_the_same_keywords() {
    let engine: BTreeSet<_> = mcp_agent_protocol::schema::KEYWORDS.iter().collect();
    let check: BTreeSet<_> = mcp_agent_codegen::check::ENFORCED.iter().collect();
    assert_eq!(check, engine);
    let engine: BTreeSet<_> = mcp_agent_protocol::schema::ANNOTATIONS.iter().collect();
    let check: BTreeSet<_> = mcp_agent_codegen::check::ANNOTATIONS.iter().collect();
    assert_eq!(check, engine);
}
