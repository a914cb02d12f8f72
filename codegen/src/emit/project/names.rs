//! The name of a project's package.

use crate::model::Agent;
use crate::name;

/// Names that a package of the user's cannot have: cargo refuses them, or the crate would hide one that the expansion needs.
const RESERVED: [&str; 8] = [
    "alloc",
    "build",
    "core",
    "deps",
    "mcp-agent",
    "proc-macro",
    "std",
    "test",
];

/// The name of the crate and of the npm package: the server's, in letters that both registries take.
pub fn package_name(agent: &Agent) -> String {
    let name = name::snake(&agent.server.name).replace('_', "-");
    let keyword =
        name::identifier(&agent.server.name).is_none_or(|identifier| identifier.starts_with("r#"));
    if name.is_empty() {
        "agent".to_owned()
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("agent-{name}")
    } else if keyword || RESERVED.contains(&name.as_str()) {
        format!("{name}-agent")
    } else {
        name
    }
}
