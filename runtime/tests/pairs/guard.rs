//! The same agent, declared in a file and in Rust: who may come in, and who may use what.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/guard.toml")]
    pub struct Guard;

    impl guard::Handlers for Guard {
        async fn mine(_cx: &Cx, p: guard::MineParams) -> Result<String> {
            Ok(format!("{} {:?}", p.owner, p.level))
        }

        async fn add(&mut self, _cx: &Cx, p: guard::AddParams) -> Result<String> {
            self.total += p.n;
            Ok(self.total.to_string())
        }

        async fn purge(&mut self, _cx: &Cx) -> Result<String> {
            self.total = 0;
            Ok("gone".to_owned())
        }

        async fn fire(_cx: &Cx) -> Result<String> {
            Ok("fired".to_owned())
        }

        async fn hidden(_cx: &Cx) -> Result<String> {
            Ok("hidden".to_owned())
        }

        async fn total(&self, _cx: &Cx) -> Result<String> {
            Ok(self.total.to_string())
        }

        async fn note(_cx: &Cx, p: guard::NoteParams) -> Result<String> {
            Ok(p.id)
        }

        async fn sum_up(_cx: &Cx) -> Result<String> {
            Ok("Sum up.".to_owned())
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    /// An agent that asks who calls.
    #[mcp_agent(
        name = "guard",
        version = "1.0.0",
        auth(
            mode = "bearer",
            required_scopes = ["notes:read"],
            default = "deny",
            list = "filter",
            bearer(
                reader(token(secret = "READER_TOKEN"), scopes = ["notes:read"]),
                writer(
                    token(secret = "WRITER_TOKEN"),
                    subject = "ada",
                    scopes = ["notes:read", "notes:write"],
                    claims(groups = ["staff"], level = 2),
                ),
            ),
            scopes("notes:read" = "Read your notes", "notes:write" = "Change your notes"),
            roles(
                staff(claim = "groups", contains = "staff"),
                boss(claim = "level", equals = 3),
            ),
        )
    )]
    pub struct Guard {
        #[state(default = 0)]
        total: i64,
    }

    #[mcp_agent]
    impl Guard {
        /// Whose notes these are.
        #[tool(requires())]
        fn mine(
            #[param(from = "claims.sub")] owner: String,
            #[param(from = "claims.level")] level: Option<i64>,
        ) -> String {
            format!("{owner} {level:?}")
        }

        /// Adds.
        #[tool(requires(scopes = ["notes:write"]))]
        fn add(&mut self, n: i64) -> i64 {
            self.total += n;
            self.total
        }

        /// Throws all away.
        #[tool(requires(scopes = ["notes:write"], roles = ["staff"]))]
        fn purge(&mut self) -> &'static str {
            self.total = 0;
            "gone"
        }

        /// What a boss does.
        #[tool(requires(roles = ["boss"]))]
        fn fire() -> &'static str {
            "fired"
        }

        /// Nobody may.
        #[tool]
        fn hidden() -> &'static str {
            "hidden"
        }

        /// The total.
        #[resource("guard://total", requires(scopes = ["notes:read"]))]
        fn total(&self) -> String {
            self.total.to_string()
        }

        /// A note.
        #[resource("guard://notes/{id}", requires(roles = ["staff"]))]
        fn note(id: String) -> String {
            id
        }

        /// Sums up.
        #[prompt(requires(scopes = ["notes:write"]))]
        fn sum_up() -> &'static str {
            "Sum up."
        }
    }
}
