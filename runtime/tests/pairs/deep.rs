//! The same agent, declared in a file and in Rust: every type that is known by its name, with limits and defaults.

use mcp_agent::prelude::*;
use mcp_agent::serde_json::{Value, json};

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/deep.toml")]
    pub struct Deep;

    impl deep::Handlers for Deep {
        async fn numbers(_cx: &Cx, p: deep::NumbersParams) -> Result<String> {
            Ok(format!("{} {} {} {} {:?} {}", p.a, p.b, p.c, p.d, p.e, p.f))
        }

        async fn lists(_cx: &Cx, p: deep::ListsParams) -> Result<String> {
            Ok(format!("{:?} {:?} {:?}", p.rows, p.words, p.flags))
        }

        async fn texts(_cx: &Cx, p: deep::TextsParams) -> Result<String> {
            Ok(json!([p.mail, p.code, p.any, p.on, p.r#type]).to_string())
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    /// Types by their names: "quoted", and ä.
    #[mcp_agent(name = "deep", version = "0.1.0-rc.1")]
    pub struct Deep;

    #[mcp_agent]
    impl Deep {
        /// Numbers.
        #[tool]
        fn numbers(
            a: i8,
            #[param(maximum = 100)] b: i16,
            c: u64,
            #[param(minimum = 0.5, maximum = 2)] d: f64,
            e: Option<u32>,
            #[param(default = 1.5)] f: f64,
        ) -> String {
            format!("{a} {b} {c} {d} {e:?} {f}")
        }

        /// Lists.
        #[tool]
        fn lists(
            #[param(min_items = 1, max_items = 2)] rows: Vec<Vec<u8>>,
            #[param(default = ["a", "b"])] words: Vec<String>,
            flags: Option<Vec<bool>>,
        ) -> String {
            format!("{rows:?} {words:?} {flags:?}")
        }

        /// Texts.
        #[tool]
        fn texts(
            #[param(format = "email")] mail: String,
            #[param(pattern = r"^[A-Z]{2}-\d+$", max_length = 8)] code: &str,
            #[param(default = { deep = [1, "two", false] })] any: Value,
            #[param(default = true)] on: bool,
            #[param(default = "\u{7} \\ \" ü")] r#type: &str,
        ) -> String {
            json!([mail, code, any, on, r#type]).to_string()
        }
    }
}
