//! Declarations that load, and what they load as.

mod common;

use common::{Folder, root, valid};
use mcp_agent_codegen::model::*;

#[test]
fn the_reference_declaration() {
    let text = std::fs::read_to_string(root().join("mcp.toml")).unwrap();
    let loaded = valid(&text, &Folder(root()));
    assert_eq!(loaded.notes, []);
    let agent = loaded.agent;
    assert_eq!(agent.server.name, "counter");
    let names: Vec<_> = agent
        .tools
        .iter()
        .map(|t| (t.name.as_str(), t.access))
        .collect();
    assert_eq!(
        names,
        [
            ("add", Access::Write),
            ("value", Access::Read),
            ("greet", Access::None)
        ]
    );
    assert_eq!(
        agent.resources[0].body,
        ResourceBody::Field("counter".into())
    );
    assert_eq!(agent.resources[0].mime.as_deref(), Some("application/json"));
    let PromptBody::Template(pieces) = &agent.prompts[0].body else {
        panic!("a template")
    };
    assert_eq!(pieces[1], Piece::State("counter".into()));
    assert_eq!(pieces[3], Piece::Param("tone".into()));
}
