//! The crates that are compiled: the same tools, as a user of ours and a user of rmcp would write them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{files, repo};

/// How many tools a crate has. The goals are about the last.
pub const SIZES: [usize; 3] = [1, 10, 100];

/// The peer, exactly: another version is another measure. `tests/bench/compile/rmcp.lock` pins what it needs.
pub const RMCP: &str = "3.9.0";

/// The goals' size.
pub const MANY: usize = SIZES[SIZES.len() - 1];

/// Whose macros declare the tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Ours,
    Rmcp,
}

impl Side {
    pub const BOTH: [Side; 2] = [Side::Ours, Side::Rmcp];

    pub fn name(self) -> &'static str {
        match self {
            Side::Ours => "ours",
            Side::Rmcp => "rmcp",
        }
    }

    /// The package with so many tools.
    pub fn package(self, tools: usize) -> String {
        format!("{}-{tools}", self.name())
    }

    /// The workspace of its crates, which share a target directory, so that dependencies are compiled once.
    pub fn workspace(self) -> PathBuf {
        repo::out().join("bench-compile").join(self.name())
    }

    /// Where cargo builds.
    pub fn target(self) -> PathBuf {
        self.workspace().join("target")
    }

    /// The file with the tools.
    pub fn source(self, tools: usize) -> PathBuf {
        self.workspace()
            .join(self.package(tools))
            .join("src/lib.rs")
    }

    /// The text of that file. `said` is what the last tool answers with: another one is an edit of its body.
    pub fn tools(self, tools: usize, said: &str) -> String {
        match self {
            Side::Ours => ours(tools, said),
            Side::Rmcp => rmcp(tools, said),
        }
    }

    /// Writes the workspace, but for the files that hold the right text already.
    pub fn write(self) -> Result<()> {
        let root = self.workspace();
        let members: Vec<String> = SIZES.iter().map(|it| self.package(*it)).collect();
        write(
            &root.join("Cargo.toml"),
            &format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"),
        )?;
        for tools in SIZES {
            let folder = root.join(self.package(tools));
            write(&folder.join("Cargo.toml"), &self.manifest(tools))?;
            write(&self.source(tools), &self.tools(tools, "said"))?;
            write(&folder.join("src/main.rs"), &self.main(tools))?;
        }
        let lock = match self {
            Side::Ours => repo::root().join("Cargo.lock"),
            Side::Rmcp => repo::root().join("tests/bench/compile/rmcp.lock"),
        };
        files::copy(&lock, &root.join("Cargo.lock"))
    }

    fn manifest(self, tools: usize) -> String {
        let package = self.package(tools);
        let rest = match self {
            // What `mcp-gen` asks of a manifest.
            Side::Ours => format!(
                "[lib]\ncrate-type = [\"cdylib\", \"rlib\"]\n\n[dependencies]\nmcp-agent = {{ path = {:?} }}\n",
                repo::root().join("runtime")
            ),
            // What a server over stdio needs of rmcp, and no more.
            Side::Rmcp => format!(
                "[dependencies]\n\
                 rmcp = {{ version = \"={RMCP}\", default-features = false, features = [\"macros\", \"server\", \"schemars\", \"transport-io\"] }}\n\
                 schemars = \"1\"\n\
                 serde = {{ version = \"1\", features = [\"derive\"] }}\n\
                 tokio = {{ version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }}\n"
            ),
        };
        format!(
            "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
             [[bin]]\nname = \"{package}-stdio\"\npath = \"src/main.rs\"\n\n{rest}"
        )
    }

    fn main(self, tools: usize) -> String {
        let library = self.package(tools).replace('-', "_");
        match self {
            Side::Ours => format!(
                "fn main() -> std::process::ExitCode {{\n    mcp_agent::stdio::main::<{library}::Desk>()\n}}\n"
            ),
            Side::Rmcp => format!(
                "use rmcp::ServiceExt;\n\n\
                 #[tokio::main(flavor = \"current_thread\")]\n\
                 async fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
                 let service = {library}::Desk::default().serve(rmcp::transport::stdio()).await?;\n    \
                 service.waiting().await?;\n    \
                 Ok(())\n}}\n"
            ),
        }
    }
}

/// What the tool answers with; the last one's is what an edit changes.
fn word(tool: usize, tools: usize, said: &str) -> String {
    if tool + 1 == tools {
        said.to_owned()
    } else {
        format!("word {tool}")
    }
}

fn ours(tools: usize, said: &str) -> String {
    let mut text = String::from(
        r#"//! A desk with many tools.

use mcp_agent::prelude::*;

/// A desk with many tools.
#[mcp_agent(name = "desk", version = "0.1.0")]
pub struct Desk {
    /// What every answer begins with.
    #[state(default = "Dear")]
    greeting: String,
}

#[mcp_agent]
impl Desk {"#,
    );
    for tool in 0..tools {
        let word = word(tool, tools, said);
        let _ = write!(
            text,
            r#"
    /// Writes letter {tool} to somebody.
    #[tool]
    async fn letter_{tool}(
        &self,
        /// Whom to write to in letter {tool}
        name: String,
        /// How many copies of letter {tool}
        copies: u32,
        /// Whether letter {tool} is urgent
        urgent: Option<bool>,
    ) -> String {{
        let end = if urgent.unwrap_or_default() {{ "!" }} else {{ "." }};
        format!("{{}} {{name}}, {word}, {{copies}} times{{end}}", self.greeting)
    }}
"#
        );
    }
    text.push_str("}\n");
    text
}

fn rmcp(tools: usize, said: &str) -> String {
    let mut text = String::from(
        r#"//! A desk with many tools.

use rmcp::handler::server::wrapper::Parameters;
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

/// A desk with many tools.
#[derive(Clone)]
pub struct Desk {
    /// What every answer begins with.
    greeting: String,
}

impl Default for Desk {
    fn default() -> Self {
        Self { greeting: "Dear".into() }
    }
}
"#,
    );
    for tool in 0..tools {
        let _ = write!(
            text,
            r#"
#[derive(Deserialize, JsonSchema)]
pub struct Letter{tool} {{
    /// Whom to write to in letter {tool}
    name: String,
    /// How many copies of letter {tool}
    copies: u32,
    /// Whether letter {tool} is urgent
    urgent: Option<bool>,
}}
"#
        );
    }
    text.push_str("\n#[tool_router]\nimpl Desk {");
    for tool in 0..tools {
        let word = word(tool, tools, said);
        let _ = write!(
            text,
            r#"
    /// Writes letter {tool} to somebody.
    #[tool]
    async fn letter_{tool}(
        &self,
        Parameters(Letter{tool} {{ name, copies, urgent }}): Parameters<Letter{tool}>,
    ) -> String {{
        let end = if urgent.unwrap_or_default() {{ "!" }} else {{ "." }};
        format!("{{}} {{name}}, {word}, {{copies}} times{{end}}", self.greeting)
    }}
"#
        );
    }
    text.push_str("}\n\n#[tool_handler(name = \"desk\", version = \"0.1.0\")]\nimpl ServerHandler for Desk {}\n");
    text
}

/// Writes a file that differs; one that does not keeps its time.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).ok().as_deref() == Some(text) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    Ok(fs::write(path, text)?)
}

#[cfg(test)]
mod tests {
    use super::Side;

    #[test]
    fn both_sides_have_the_same_tools() {
        for side in Side::BOTH {
            let text = side.tools(10, "said");
            assert_eq!(text.matches("#[tool]").count(), 10, "{side:?}");
            assert_eq!(text.matches("/// Whether letter").count(), 10, "{side:?}");
            let changed = side.tools(10, "other");
            let lines = text.lines().zip(changed.lines());
            let different = lines.filter(|(one, other)| one != other).count();
            assert_eq!(different, 1, "an edit is one line: {side:?}");
        }
    }
}
