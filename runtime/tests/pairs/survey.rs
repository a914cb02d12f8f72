//! The same agent, declared in a file and in Rust: handlers that ask, with a form of a type.

use mcp_agent::prelude::*;

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/survey.toml")]
    pub struct Survey;

    impl survey::Handlers for Survey {
        async fn ask(&mut self, _cx: &Cx, call: &Call, p: survey::AskParams) -> Result<String> {
            let answer: survey::Answer = call.elicit("who", p.greeting).await?;
            self.asked += 1;
            let nick = answer.nick.unwrap_or_default();
            Ok(format!(
                "{} {} {} {nick}",
                answer.name, answer.age, answer.mood
            ))
        }

        async fn twice(_cx: &Cx, call: &Call) -> Result<String> {
            let first: survey::Answer = call.elicit("first", "And you?").await?;
            let second: survey::Answer = call.elicit("second", "And you?").await?;
            Ok(format!("{} and {}", first.name, second.name))
        }

        async fn about(_cx: &Cx, call: &Call) -> Result<String> {
            let answer: survey::Answer = call.elicit("who", "Who?").await?;
            Ok(format!("Write about {}.", answer.name))
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Mood {
        Good,
        Bad,
    }

    #[derive(Deserialize, JsonSchema)]
    struct Answer {
        /// In years.
        age: u8,
        #[serde(default = "good")]
        mood: Mood,
        name: String,
        nick: Option<String>,
    }

    fn good() -> Mood {
        Mood::Good
    }

    #[mcp_agent(name = "survey", version = "1.0.0")]
    pub struct Survey {
        #[state(default = 0)]
        asked: i64,
    }

    #[mcp_agent]
    impl Survey {
        /// Asks who somebody is.
        #[tool]
        async fn ask(&mut self, call: &Call, greeting: String) -> Result<String> {
            let answer: Answer = call.elicit("who", greeting).await?;
            self.asked += 1;
            let mood = match answer.mood {
                Mood::Good => "good",
                Mood::Bad => "bad",
            };
            let nick = answer.nick.unwrap_or_default();
            Ok(format!("{} {} {mood} {nick}", answer.name, answer.age))
        }

        /// Asks twice.
        #[tool]
        async fn twice(call: &Call) -> Result<String> {
            let first: Answer = call.elicit("first", "And you?").await?;
            let second: Answer = call.elicit("second", "And you?").await?;
            Ok(format!("{} and {}", first.name, second.name))
        }

        /// Asks, and tells a model.
        #[prompt]
        async fn about(call: &Call) -> Result<String> {
            let answer: Answer = call.elicit("who", "Who?").await?;
            Ok(format!("Write about {}.", answer.name))
        }
    }
}
