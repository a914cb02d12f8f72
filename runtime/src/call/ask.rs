//! Questions to the client and its user: elicitation and roots.

use super::Call;
use crate::{Elicit, Error, Result};
use mcp_agent_protocol::{ClientCaps, schema};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// What a user did with a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elicited<T> {
    /// Answered it.
    Accepted(T),
    /// Said no.
    Declined,
    /// Closed it without a word.
    Cancelled,
}

impl<T> Elicited<T> {
    /// The answer, or a tool error that says that there is none.
    ///
    /// # Errors
    /// When the user declined or cancelled.
    pub fn accepted(self) -> Result<T> {
        match self {
            Self::Accepted(value) => Ok(value),
            Self::Declined => Err(Error::tool("the user declined to answer")),
            Self::Cancelled => Err(Error::tool("the user cancelled the question")),
        }
    }

    /// `accept`, `decline` or `cancel`, as the wire has it.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accept",
            Self::Declined => "decline",
            Self::Cancelled => "cancel",
        }
    }
}

/// A folder or file that the client lets servers know of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Root {
    /// A `file://` URI.
    pub uri: String,
    /// A name for people.
    #[serde(default)]
    pub name: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    action: String,
    #[serde(default)]
    content: Option<Value>,
}

impl Call {
    /// Asks the user to fill a form with a `T` (`elicitation/create`). `key` names the question in its call: asked again under it, the
    /// question has the answer that it had.
    ///
    /// # Errors
    /// A tool error when the user declines or cancels, or when what was filled in is no `T`; -32021 when the client cannot ask.
    pub async fn elicit<T: Elicit>(&self, key: &str, message: impl Into<String>) -> Result<T> {
        self.ask(key, message).await?.accepted()
    }

    /// The same, where declining is an answer.
    ///
    /// # Errors
    /// When what was filled in is no `T`; -32021 when the client cannot ask.
    pub async fn ask<T: Elicit>(
        &self,
        key: &str,
        message: impl Into<String>,
    ) -> Result<Elicited<T>> {
        let asked = self.form(key, message.into(), &T::schema()?).await?;
        Ok(match asked {
            Elicited::Accepted(content) => Elicited::Accepted(read(content)?),
            Elicited::Declined => Elicited::Declined,
            Elicited::Cancelled => Elicited::Cancelled,
        })
    }

    /// Asks the user to fill a form of this JSON Schema: an object with primitive members, as `requestedSchema` of the specification
    /// has it.
    ///
    /// # Errors
    /// When what was filled in does not satisfy the schema; -32021 when the client cannot ask.
    pub async fn ask_form(
        &self,
        key: &str,
        message: impl Into<String>,
        schema: Value,
    ) -> Result<Elicited<Map<String, Value>>> {
        let asked = self.form(key, message.into(), &schema.to_string()).await?;
        Ok(match asked {
            Elicited::Accepted(Value::Object(content)) => Elicited::Accepted(content),
            Elicited::Accepted(_) => Elicited::Accepted(Map::new()),
            Elicited::Declined => Elicited::Declined,
            Elicited::Cancelled => Elicited::Cancelled,
        })
    }

    /// Asks the user to open a page, for what must not pass through the client: a password, a payment. `Accepted` says that the user
    /// agreed to open it, not that anything was done there.
    ///
    /// # Errors
    /// -32021 when the client cannot open pages.
    pub async fn ask_url(
        &self,
        key: &str,
        message: impl Into<String>,
        url: impl Into<String>,
    ) -> Result<Elicited<()>> {
        let id = match &self.0 {
            Some(live) => format!("{}-{key}", live.journal.nonce),
            None => String::new(),
        };
        let params = json!({
            "mode": "url",
            "message": message.into(),
            "url": url.into(),
            "elicitationId": id,
        });
        let answer = self
            .question(
                key,
                "elicitation/create",
                params.to_string(),
                ClientCaps::ELICITATION_URL,
            )
            .await?;
        Ok(match elicited(&answer)? {
            Elicited::Accepted(_) => Elicited::Accepted(()),
            Elicited::Declined => Elicited::Declined,
            Elicited::Cancelled => Elicited::Cancelled,
        })
    }

    /// What the client lets servers know of its files (`roots/list`), as it was when the call first asked.
    ///
    /// # Errors
    /// -32021 when the client has no roots.
    pub async fn roots(&self) -> Result<Vec<Root>> {
        #[derive(Deserialize)]
        struct Roots {
            roots: Vec<Root>,
        }
        let answer = self
            .question("roots", "roots/list", String::new(), ClientCaps::ROOTS)
            .await?;
        let roots: Roots = serde_json::from_str(&answer).map_err(|_| nonsense())?;
        Ok(roots.roots)
    }

    async fn form(&self, key: &str, message: String, schema: &str) -> Result<Elicited<Value>> {
        let mut params = format!("{{\"message\":{}", Value::from(message));
        params.push_str(",\"requestedSchema\":");
        params.push_str(schema);
        params.push('}');
        let mut needs = ClientCaps::ELICITATION_FORM;
        if has_lists(schema) {
            needs = needs.with(ClientCaps::ELICITATION_LISTS);
        }
        let answer = self
            .question(key, "elicitation/create", params, needs)
            .await?;
        let asked = elicited(&answer)?;
        if let Elicited::Accepted(content) = &asked {
            check(schema, content)?;
        }
        Ok(asked)
    }
}

fn elicited(answer: &str) -> Result<Elicited<Value>> {
    let answer: Answer = serde_json::from_str(answer).map_err(|_| nonsense())?;
    match &*answer.action {
        "accept" => Ok(Elicited::Accepted(
            answer.content.unwrap_or_else(|| Value::Object(Map::new())),
        )),
        "decline" => Ok(Elicited::Declined),
        "cancel" => Ok(Elicited::Cancelled),
        _ => Err(nonsense()),
    }
}

/// Whether a form has a member that is a list of choices.
fn has_lists(schema: &str) -> bool {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    let Some(members) = schema["properties"].as_object() else {
        return false;
    };
    members.values().any(|member| member["type"] == "array")
}

/// Clients check what users fill in, and are not to be believed.
fn check(schema: &str, content: &Value) -> Result<()> {
    let Ok(schema) = schema::compile(schema) else {
        // Not one that we can judge: the handler's own type does.
        return Ok(());
    };
    schema.check(&content.to_string()).map_err(|violations| {
        let said = violations.iter().map(|it| match &*it.pointer {
            "" => it.message.clone(),
            pointer => format!("{pointer}: {}", it.message),
        });
        let said: Vec<String> = said.collect();
        Error::tool(format!(
            "the client's answer does not fit the question: {}",
            said.join("; ")
        ))
    })
}

fn read<T: DeserializeOwned>(content: Value) -> Result<T> {
    serde_json::from_value(content).map_err(|error| {
        Error::tool(format!(
            "the client's answer does not fit the question: {error}"
        ))
    })
}

pub(super) fn nonsense() -> Error {
    Error::tool("the client's answer cannot be read")
}
