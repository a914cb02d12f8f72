//! The same agent, declared in a file and in Rust, where it has parts in several modules.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/library.toml")]
    pub struct Library;

    impl library::Handlers for Library {
        async fn lend(&mut self, _cx: &Cx, p: library::LendParams) -> Result<String> {
            self.lent += 1;
            Ok(format!("{} is yours", p.title))
        }

        async fn count(&self, _cx: &Cx) -> Result<String> {
            Ok(self.lent.to_string())
        }

        async fn shelves(_cx: &Cx) -> Result<String> {
            Ok("2".into())
        }

        async fn lent(&self, _cx: &Cx) -> Result<String> {
            Ok(self.lent.to_string())
        }

        async fn shelf(_cx: &Cx, p: library::ShelfParams) -> Result<String> {
            Ok(format!("many {}", p.shelf))
        }

        async fn recommend(_cx: &Cx, p: library::RecommendParams) -> Result<String> {
            let kind = p
                .kind
                .map_or_else(|| "book".to_owned(), |it| it.to_string());
            Ok(format!("Recommend a {kind}."))
        }

        async fn complain(_cx: &Cx, p: library::ComplainParams) -> Result<String> {
            Ok(format!("Be {}.", p.tone))
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(
        name = "library",
        version = "1.0.0",
        parts("loans", "main", "shelves", "empty"),
        deploy(panic = "unwind")
    )]
    pub struct Library {
        #[state(default = 0)]
        lent: i64,
    }

    #[mcp_agent]
    impl Library {
        /// How many are lent.
        #[tool(
            aliases = ["how_many"],
            deprecated(since = "0.9.0", sunset = "2.0.0", use = "shelves")
        )]
        fn count(&self) -> i64 {
            self.lent
        }

        /// Ask for a book.
        #[prompt]
        fn recommend(#[param(enum = ["novel", "poem"])] kind: Option<&str>) -> String {
            format!("Recommend a {}.", kind.unwrap_or("book"))
        }
    }

    #[mcp_agent(part = "empty")]
    impl Library {}

    mod loans {
        use super::super::*;

        #[mcp_agent(part = "loans")]
        impl super::Library {
            /// Lend a book.
            #[tool(aliases = ["borrow", "take.out"])]
            fn lend(&mut self, title: &str) -> String {
                self.lent += 1;
                format!("{title} is yours")
            }

            /// How many are lent.
            #[resource("library://lent")]
            fn lent(&self) -> String {
                self.lent.to_string()
            }
        }
    }

    mod shelves {
        use super::super::*;
        use super::Library as Agent;

        #[mcp_agent(part = "shelves")]
        impl Agent {
            /// How many shelves there are.
            #[tool(meta = { "com.example/group" = "shelves" }, deprecated(since = "1.0.0"))]
            fn shelves() -> u8 {
                2
            }

            /// What is on a shelf.
            #[resource("library://shelf/{shelf}")]
            fn shelf(#[param(enum = ["novels", "poems"])] shelf: &str) -> String {
                format!("many {shelf}")
            }

            /// Ask why it is late.
            #[prompt]
            fn complain(#[param(enum = ["kind", "firm"])] tone: &str) -> String {
                format!("Be {tone}.")
            }
        }
    }
}
