use mcp_agent::prelude::*;

#[mcp_agent(config = "tests/ui/interactive.toml")]
pub struct Ask;

impl ask::Handlers for Ask {
    async fn ask(_cx: &Cx, call: &Call) -> Result<String> {
        let party: ask::Party = call.elicit("party", "Who comes?").await?;
        Ok(party.names.join(", "))
    }
}

fn main() {}
