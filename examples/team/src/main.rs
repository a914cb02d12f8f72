//! The same agent as a program of this machine, for clients that speak MCP over stdio: `cargo run -- --help`.

fn main() -> std::process::ExitCode {
    mcp_agent::stdio::main::<team::Team>()
}
