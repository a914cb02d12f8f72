//! The files of a generated project, as text.
//!
//! They are a real and formatted little project with holes for what a declaration names; `codegen::emit::project` fills the holes.
//! Nothing here knows how. The declaration and the handlers of the templates `counter` and `attribute` are those of the examples, so
//! that what `mcp-gen new` writes is what CI builds and drives.

/// The JavaScript entry: the same in every project, without holes.
pub const ENTRY: &str = include_str!("../project/entry.mjs");

macro_rules! module {
    ($name:literal) => {
        ($name, include_str!(concat!("../project/auth/", $name)))
    };
}

/// The modules of `auth/`, each with its name: the same in every project, without holes. A mode has its main, `<mode>.mjs`, and what that
/// imports, so that a new module is a line here and no more.
pub const AUTH: [(&str, &str); 31] = [
    module!("access.mjs"),
    module!("authorize.mjs"),
    module!("bearer.mjs"),
    module!("consent.mjs"),
    module!("cookies.mjs"),
    module!("endpoints.mjs"),
    module!("failures.mjs"),
    module!("front.mjs"),
    module!("github.mjs"),
    module!("guard.mjs"),
    module!("header.mjs"),
    module!("jwt.mjs"),
    module!("keys.mjs"),
    module!("lines.mjs"),
    module!("oauth.mjs"),
    module!("oidc.mjs"),
    module!("page.mjs"),
    module!("password.mjs"),
    module!("principal.mjs"),
    module!("providers.mjs"),
    module!("reach.mjs"),
    module!("redeem.mjs"),
    module!("remote.mjs"),
    module!("resource.mjs"),
    module!("secret.mjs"),
    module!("server.mjs"),
    module!("settings.mjs"),
    module!("shard.mjs"),
    module!("store.mjs"),
    module!("upstream.mjs"),
    module!("vault.mjs"),
];

/// The manifest of the user's crate.
pub const CARGO_TOML: &str = include_str!("../project/Cargo.toml.j2");

/// Its build script: what a release of the Worker goes without.
pub const BUILD: &str = include_str!("../project/build.rs");

/// The agent as a native program that serves over stdio.
pub const MAIN: &str = include_str!("../project/src/main.rs.j2");

/// wrangler's settings; routes and variables are merged in afterwards.
pub const WRANGLER: &str = include_str!("../project/wrangler.jsonc.j2");

/// Scripts and pinned tools of a project.
pub const PACKAGE: &str = include_str!("../project/package.json.j2");

/// A project's own test: the Worker in workerd, driven by the official SDK.
pub const TEST: &str = include_str!("../project/test/agent.test.mjs.j2");

/// The same where a token is somebody else's to give.
pub const GUARDED_TEST: &str = include_str!("../project/test/guarded.test.mjs.j2");

/// How to run, test, deploy and connect.
pub const README: &str = include_str!("../project/README.md.j2");

/// What is built, installed or secret.
pub const GITIGNORE: &str = include_str!("../project/gitignore");

/// The workflow of GitHub that reviews the contract in pull requests.
pub const WORKFLOW: &str = include_str!("../project/github/contract.yml");

/// Names of the secrets that a project may set.
pub const DEV_VARS: &str = include_str!("../project/dev.vars.example");

/// What `mcp-gen new --template` starts from.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// Name on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    /// What declares the agent.
    pub start: Start,
}

/// What declares the agent of a template.
#[derive(Clone, Copy, Debug)]
pub enum Start {
    /// A file.
    File {
        /// The declaration. A hole `{{ name }}` takes the project's name.
        declaration: &'static str,
        /// `src/lib.rs`; `None` where the handlers are the user's to write.
        handlers: Option<&'static str>,
    },
    /// Rust.
    Rust {
        /// `src/lib.rs`.
        library: &'static str,
        /// The server's name in it, in whose place comes the project's.
        name: &'static str,
    },
}

/// All templates; the first is what `new` uses when none is named.
pub const TEMPLATES: [Template; 3] = [
    Template {
        name: "counter",
        summary: "a counter with state, three tools, resources and a prompt; its handlers are written",
        start: Start::File {
            declaration: include_str!("../../mcp.toml"),
            handlers: Some(include_str!("../../examples/counter/src/lib.rs")),
        },
    },
    Template {
        name: "empty",
        summary: "one tool, no state; its handler is yours to write",
        start: Start::File {
            declaration: include_str!("../empty/mcp.toml.j2"),
            handlers: None,
        },
    },
    Template {
        name: "attribute",
        summary: "the counter without a mcp.toml: `#[mcp_agent]` and `#[tool]` in src/lib.rs declare it",
        start: Start::Rust {
            library: include_str!("../../examples/counter-rust/src/lib.rs"),
            name: "counter-rust",
        },
    },
];
