use mcp_agent::prelude::*;

mod texts {
    use super::*;

    #[mcp_agent(part = "texts")]
    impl Shop {
        /// Praises apples.
        #[prompt]
        fn praise(kind: &str) -> String {
            ["Praise", kind, "apples."].join(" ")
        }

        /// How many were sold.
        #[resource("shop://sold", mime = "text/plain")]
        fn sold(&self) -> String {
            format!("{}", self.sold)
        }
    }
}

#[mcp_agent(name = "shop", version = "1.0.0", parts("main", "texts"))]
pub struct Shop {
    #[state(default = 0)]
    sold: i64,
}

#[mcp_agent]
impl Shop {
    // It is one of many now.
    /** Sells some apples. */
    #[tool]
    async fn sell(&mut self, _cx: &Cx, note: Option<String>, count: i64) -> Result<String> {
        self.sold += count;
        Ok(note.unwrap_or_default())
    }
}
