//! The same agent, declared in a file and in Rust: tasks.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/jobs.toml")]
    pub struct Jobs;

    impl jobs::Handlers for Jobs {
        async fn must(&mut self, _cx: &Cx) -> Result<String> {
            self.done += 1;
            Ok(self.done.to_string())
        }

        async fn may(_cx: &Cx, p: jobs::MayParams) -> Result<String> {
            match p.fail {
                true => Err(Error::tool("it was asked to")),
                false => Ok("done".to_owned()),
            }
        }

        async fn later(_cx: &Cx, call: &Call) -> Result<String> {
            call.progress(0.5, None, Some("half"));
            Ok("now".to_owned())
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;

    #[mcp_agent(name = "jobs", version = "1.0.0", transport(task_ttl = "1h"))]
    pub struct Jobs {
        #[state(default = 0)]
        done: i64,
    }

    #[mcp_agent]
    impl Jobs {
        /// Runs as a task.
        #[tool(task = "required")]
        async fn must(&mut self) -> i64 {
            self.done += 1;
            self.done
        }

        /// May run as a task.
        #[tool(task = "optional")]
        fn may(#[param(default = false)] fail: bool) -> Result<&'static str, String> {
            match fail {
                true => Err("it was asked to".to_owned()),
                false => Ok("done"),
            }
        }

        /// Says itself when.
        #[tool(task = "deferred")]
        async fn later(call: &Call) -> &'static str {
            call.progress(0.5, None, Some("half"));
            "now"
        }
    }
}
