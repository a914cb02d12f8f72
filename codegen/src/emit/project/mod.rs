//! `emit::project`: an agent becomes the files of a wrangler project.
//!
//! [`files`] says what a new project holds, [`lasting`] what is kept up to date afterwards; [`merge`] brings a file that is the user's up
//! to date by the keys that the declaration decides. Nothing is written here: the caller gets bytes, and each file's [`Owner`] says what
//! may be done with them.

mod auth;
mod dev_vars;
mod error;
mod find;
pub mod handlers;
mod jsonc;
pub mod lock;
mod manifest;
mod names;
mod needs;
mod package;
mod page;
mod render;
mod sample;
mod test;
mod wrangler;

pub use auth::{DATA as AUTH_DATA, FOLDER as AUTH_FOLDER};
pub use dev_vars::set_names;
pub use error::MergeError;
pub use find::agent_path;
pub use jsonc::Merged;
pub use manifest::{missing_sections, runtime_version};
pub use names::package_name;
pub use needs::{LOCAL_URL, Need, PUBLIC_URL, needs, public_url, title};
pub use page::PATH as PAGE;
pub use wrangler::{public_url as set_public_url, unknown_domains};

use crate::model::Agent;
use std::collections::BTreeMap;

/// Where the declaration lies in a project.
pub const DECLARATION: &str = "mcp.toml";

/// The Worker's entry, which the modules of `[auth]` stand before.
const ENTRY: &str = "entry.mjs";

/// Where the JSON Schema of declarations lies in a project.
pub const SCHEMA: &str = "schema/mcp.schema.json";

/// The line of a declaration that tells editors its schema.
const SCHEMA_LINE: &str = "#:schema ./schema/mcp.schema.json";

/// Who writes a file once the project is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// `mcp-gen sync` writes it whole.
    Derived,
    /// The user's, but for the keys that `mcp-gen sync` keeps, and the lines that it appends.
    Merged,
    /// The user's, from the moment it is written.
    Once,
}

impl Owner {
    /// As machines read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Derived => "derived",
            Self::Merged => "merged",
            Self::Once => "once",
        }
    }
}

/// A file of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it holds in a new project.
    pub bytes: Vec<u8>,
    /// Who writes it afterwards.
    pub owner: Owner,
}

/// The files of a project by their paths, `/` between folders.
pub type Files = BTreeMap<String, File>;

/// The dependency on the runtime crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// A folder, as it is to stand in `Cargo.toml`: relative to the project, or absolute.
    Path(String),
    /// Exactly this version, from the registry.
    Version(String),
}

/// What declares a project's agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared<'a> {
    /// `mcp.toml`, which has this text.
    InFile(&'a str),
    /// Attributes in the crate, which say what this text would.
    InRust(&'a str),
}

impl<'a> Declared<'a> {
    /// The declaration, in TOML.
    pub fn text(self) -> &'a str {
        match self {
            Self::InFile(text) | Self::InRust(text) => text,
        }
    }

    fn is_in_rust(self) -> bool {
        matches!(self, Self::InRust(_))
    }
}

/// What a project needs to know beside its agent.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// Where the runtime crate comes from.
    pub runtime: Runtime,
    /// What the agent was read from.
    pub declared: Declared<'a>,
    /// The agent's type, from the crate's root on.
    pub agent: &'a str,
    /// `src/lib.rs`.
    pub library: &'a str,
    /// The files that the declaration names: while developing, a change of one rebuilds the Worker.
    pub named: &'a [String],
}

/// The files of a new project. Equal input, equal bytes.
pub fn files(agent: &Agent, options: &Options<'_>) -> Files {
    let declared = options.declared;
    let mut files = lasting(agent, declared);
    let wrangler = wrangler::watching(&wrangler::fresh(agent, declared), options.named);
    files.insert(
        wrangler::PATH.to_owned(),
        File {
            bytes: wrangler.into_bytes(),
            owner: Owner::Merged,
        },
    );
    let mut put = |path: &str, text: String, owner| {
        files.insert(
            path.to_owned(),
            File {
                bytes: text.into_bytes(),
                owner,
            },
        );
    };
    if let Declared::InFile(text) = declared {
        put(DECLARATION, with_schema_line(text), Owner::Once);
    }
    put(
        "Cargo.toml",
        render::cargo(agent, &options.runtime),
        Owner::Once,
    );
    put(
        "build.rs",
        mcp_agent_templates::BUILD.to_owned(),
        Owner::Once,
    );
    put("src/lib.rs", options.library.to_owned(), Owner::Once);
    put(
        "src/main.rs",
        render::main(agent, options.agent),
        Owner::Once,
    );
    put("README.md", render::readme(agent, declared), Owner::Once);
    put(
        "test/agent.test.mjs",
        test::render(agent, declared),
        Owner::Once,
    );
    put(
        ".gitignore",
        mcp_agent_templates::GITIGNORE.to_owned(),
        Owner::Once,
    );
    put(
        ".github/workflows/contract.yml",
        mcp_agent_templates::WORKFLOW.to_owned(),
        Owner::Once,
    );
    // With `[auth]` it is among those that last.
    if agent.auth.is_none() {
        put(dev_vars::PATH, dev_vars::fresh(agent), Owner::Once);
    }
    files
}

/// The files that follow from the declaration for as long as the project lives: derived ones, and those that are merged into.
pub fn lasting(agent: &Agent, declared: Declared<'_>) -> Files {
    let entry = (ENTRY, mcp_agent_templates::ENTRY.to_owned());
    // What helps to write a file is of no use where there is none.
    let schema = (!declared.is_in_rust()).then(|| (SCHEMA, super::schema::declaration()));
    let page = page::render(agent, declared).map(|text| (page::PATH, text));
    let lock = Some((lock::LOCK, lock::fresh(agent))).filter(|(_, text)| !text.is_empty());
    let secrets = agent.auth.is_some();
    let secrets = secrets.then(|| (dev_vars::PATH, dev_vars::fresh(agent)));
    let merged = [
        (wrangler::PATH, wrangler::fresh(agent, declared)),
        (package::PATH, package::fresh(agent)),
    ]
    .into_iter()
    .chain(lock)
    .chain(secrets);
    let named = |(path, text): (&str, String)| (path.to_owned(), text);
    let file = |owner| {
        move |(path, text): (String, String)| {
            (
                path,
                File {
                    bytes: text.into_bytes(),
                    owner,
                },
            )
        }
    };
    std::iter::once(entry)
        .chain(schema)
        .chain(page)
        .map(named)
        .chain(auth::files(agent))
        .map(file(Owner::Derived))
        .chain(merged.map(named).map(file(Owner::Merged)))
        .collect()
}

/// Brings a user's file of the owner [`Owner::Merged`] up to date with the agent and the declaration that it was read from.
///
/// # Errors
/// The file is not JSON with comments, or one of the kept keys holds something of another kind.
pub fn merge(
    path: &str,
    text: &str,
    agent: &Agent,
    declared: Declared<'_>,
) -> Result<Merged, MergeError> {
    merge_after(path, text, agent, declared, "")
}

/// The same, after a declaration of which `former` is the `auth/declared.json`: what that asked for, and this one does not, is let go.
///
/// # Errors
/// Those of [`merge`].
pub fn merge_after(
    path: &str,
    text: &str,
    agent: &Agent,
    declared: Declared<'_>,
    former: &str,
) -> Result<Merged, MergeError> {
    match path {
        package::PATH => package::merge(text, agent),
        lock::LOCK => Ok(lock::merge(text, agent)),
        dev_vars::PATH => Ok(dev_vars::merge(text, agent)),
        _ => wrangler::merge_after(text, agent, declared, &auth::secrets_of(former)),
    }
}

/// Whether a file at the place of a derived one was written by `mcp-gen`, of this version or another: then it may be written again.
pub fn is_derived(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    // A JSON file says it in its first member.
    text.lines()
        .take(2)
        .any(|line| line.contains("Derived by `mcp-gen"))
}

/// The declaration with the line by which editors find its schema, unless it has one.
fn with_schema_line(text: &str) -> String {
    if text
        .lines()
        .any(|line| line.trim_start_matches('\u{feff}').starts_with("#:schema"))
    {
        return text.to_owned();
    }
    let (mark, rest) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let newline = if rest.contains("\r\n") { "\r\n" } else { "\n" };
    format!("{mark}{SCHEMA_LINE}{newline}{rest}")
}
