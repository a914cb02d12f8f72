//! The same agent, declared in a file and in Rust: completions, results of every kind, lists in pages.

use mcp_agent::Image;
use mcp_agent::prelude::*;
use mcp_agent::serde_json::json;

fn streets(city: Option<&String>, typed: &str) -> Vec<String> {
    let city = city.map_or("somewhere", String::as_str);
    vec![format!("{typed} street of {city}")]
}

fn dialogue() -> PromptResult {
    let mut result = PromptResult::user("Where to?");
    result.messages.push(PromptMessage::assistant("Home."));
    result
}

/// Declared in a file.
pub mod file {
    use super::*;

    /// The agent.
    #[mcp_agent(config = "tests/pairs/travel.toml")]
    pub struct Travel;

    impl travel::Handlers for Travel {
        async fn picture(_cx: &Cx) -> Result<ToolResult> {
            let mut result = ToolResult::text("a picture");
            result.content.push(Image::new("image/png", *b"png").into());
            Ok(result)
        }

        async fn nothing(_cx: &Cx) -> Result<ToolResult> {
            let mut result = ToolResult::text("");
            result.content.clear();
            Ok(result)
        }

        async fn refuse(_cx: &Cx) -> Result<String> {
            Err(Error::invalid_params("not like this"))
        }

        async fn street(_cx: &Cx, p: travel::StreetParams) -> Result<String> {
            Ok(format!("{} in {}", p.street, p.city))
        }

        async fn all(&self, _cx: &Cx) -> Result<String> {
            Ok(json!(self.cities).to_string())
        }

        async fn plan(&self, _cx: &Cx, p: travel::PlanParams) -> Result<String> {
            let pace = p.pace.map_or_else(|| "any".to_owned(), |it| it.to_string());
            Ok(format!(
                "From {} to {}, {pace}, of {}.",
                p.from,
                p.to,
                self.cities.len()
            ))
        }

        async fn talk(_cx: &Cx) -> Result<PromptResult> {
            Ok(dialogue())
        }

        async fn complete_street_city(_cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
            Ok(vec![p.value + "stadt"])
        }

        async fn complete_street_street(_cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
            Ok(streets(p.arguments.get("city"), &p.value))
        }

        async fn complete_plan_from(&self, _cx: &Cx, p: CompleteParams) -> Result<Vec<String>> {
            let mut cities = self.cities.clone();
            cities.retain(|it| it.starts_with(&p.value));
            Ok(cities)
        }

        async fn complete_plan_to(&self, _cx: &Cx, _p: CompleteParams) -> Result<Vec<String>> {
            Err(Error::invalid_params("no city is known"))
        }
    }
}

/// Declared in Rust.
pub mod rust {
    use super::*;
    use mcp_agent::Json;

    #[mcp_agent(name = "travel", version = "1.0.0", page_size = 2, cache = "1m")]
    pub struct Travel {
        #[state(default = ["Bern", "Bonn", "Rome"])]
        cities: Vec<String>,
    }

    #[mcp_agent]
    impl Travel {
        /// A street of a city.
        #[resource(
            "travel://{city}/{street}",
            title = "A street",
            annotations(audience = ["assistant"], priority = 0.5)
        )]
        fn street(street: &str, city: String) -> String {
            format!("{street} in {city}")
        }

        #[complete(street.city)]
        fn cities(typed: &str) -> Vec<String> {
            vec![format!("{typed}stadt")]
        }

        #[complete(street.street)]
        async fn streets(_cx: &Cx, p: CompleteParams) -> Vec<String> {
            streets(p.arguments.get("city"), &p.value)
        }

        /// All cities.
        #[resource("travel://all", mime = "application/json", size = 24)]
        fn all(&self) -> Json<Vec<String>> {
            Json(self.cities.clone())
        }

        /// Plan a trip.
        #[prompt(title = "Plan")]
        fn plan(
            &self,
            from: &str,
            #[param(enum = ["slow", "fast"])] pace: Option<&str>,
            to: &str,
        ) -> String {
            let pace = pace.unwrap_or("any");
            format!("From {from} to {to}, {pace}, of {}.", self.cities.len())
        }

        #[complete(plan.from)]
        fn from(&self, typed: &str) -> Vec<&str> {
            let cities = self.cities.iter().map(String::as_str);
            cities.filter(|it| it.starts_with(typed)).collect()
        }

        #[complete(plan.to)]
        fn to(&self, _typed: &str) -> Result<Vec<String>> {
            Err(Error::invalid_params("no city is known"))
        }

        /// A talk of two.
        #[prompt]
        fn talk() -> Vec<PromptMessage> {
            dialogue().messages
        }

        /// A picture of a city.
        #[tool(
            annotations(read_only, destructive = false, idempotent, open_world),
            meta = { "com.example/shown" = true }
        )]
        fn picture() -> Vec<Content> {
            vec![
                Content::text("a picture"),
                Image::new("image/png", *b"png").into(),
            ]
        }

        /// Says nothing.
        #[tool]
        fn nothing() {}

        /// A protocol error.
        #[tool]
        fn refuse() -> Result<(), Error> {
            Err(Error::invalid_params("not like this"))
        }
    }
}
