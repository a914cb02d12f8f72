//! Asks the client's model: `sampling/createMessage`.

use super::Call;
use super::ask::nonsense;
use crate::{Content, Result};
use mcp_agent_protocol::{ClientCaps, Role};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the client's model is asked.
#[derive(Clone, Debug)]
pub struct Sampling {
    params: Value,
    messages: Vec<Value>,
    needs: ClientCaps,
}

/// What it answered.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sampled {
    /// Who speaks: the assistant, as a rule.
    pub role: Role,
    /// What was said: one block, or several from a model that may use tools. Blocks that are not content (uses of tools) are in `raw`
    /// alone.
    pub content: Vec<Content>,
    /// The name of the model.
    pub model: String,
    /// `endTurn`, `maxTokens`, `stopSequence`, `toolUse`, or what else the model's maker says.
    pub stop_reason: Option<String>,
    /// The whole result, as the client sent it.
    pub raw: Value,
}

impl Sampled {
    /// The text of the answer, its blocks one after the other.
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|content| match content {
            Content::Text { text } => Some(text.as_str()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

impl Sampling {
    /// A question that may be answered in so many tokens.
    pub fn new(max_tokens: u32) -> Self {
        Self {
            params: json!({ "maxTokens": max_tokens }),
            messages: Vec::new(),
            needs: ClientCaps::SAMPLING,
        }
    }

    /// What the user says.
    pub fn user(self, text: impl Into<String>) -> Self {
        self.message(Role::User, Content::text(text))
    }

    /// What the assistant has said.
    pub fn assistant(self, text: impl Into<String>) -> Self {
        self.message(Role::Assistant, Content::text(text))
    }

    /// A message of text, an image or audio.
    pub fn message(mut self, role: Role, content: Content) -> Self {
        let role = match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        let content: Value = serde_json::from_str(&content.to_json()).unwrap_or_default();
        self.messages
            .push(json!({ "role": role, "content": content }));
        self
    }

    /// `systemPrompt`.
    pub fn system(self, text: impl Into<String>) -> Self {
        self.with("systemPrompt", text.into().into())
    }

    /// `temperature`.
    pub fn temperature(self, temperature: f64) -> Self {
        self.with("temperature", temperature.into())
    }

    /// A text at which the model is to stop.
    pub fn stop(mut self, sequence: impl Into<String>) -> Self {
        push(&mut self.params["stopSequences"], sequence.into().into());
        self
    }

    /// The name of a model, or a part of it, that would do well: best first.
    pub fn hint(mut self, model: impl Into<String>) -> Self {
        let hints = &mut self.params["modelPreferences"]["hints"];
        push(hints, json!({ "name": model.into() }));
        self
    }

    /// Tools that the model may use, and how (`tools` and `toolChoice` of 2025-11-25).
    pub fn tools(mut self, tools: Value, choice: Option<Value>) -> Self {
        self.needs = self.needs.with(ClientCaps::SAMPLING_TOOLS);
        self = self.with("tools", tools);
        match choice {
            Some(choice) => self.with("toolChoice", choice),
            None => self,
        }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.params[name] = value;
        self
    }

    fn params(mut self) -> (String, ClientCaps) {
        self.params["messages"] = Value::Array(self.messages);
        (self.params.to_string(), self.needs)
    }
}

fn push(list: &mut Value, item: Value) {
    match list {
        Value::Array(items) => items.push(item),
        none => *none = Value::Array(vec![item]),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    role: String,
    content: Value,
    #[serde(default)]
    model: String,
    #[serde(default)]
    stop_reason: Option<String>,
}

impl Call {
    /// Asks the client's model. `key` names the question in its call: asked again under it, the question has the answer that it had.
    ///
    /// # Errors
    /// A tool error when the client refuses; -32021 when it has no model to ask.
    pub async fn sample(&self, key: &str, request: Sampling) -> Result<Sampled> {
        let (params, needs) = request.params();
        let answer = self
            .question(key, "sampling/createMessage", params, needs)
            .await?;
        let raw: Value = serde_json::from_str(&answer).map_err(|_| nonsense())?;
        let message: Message = serde_json::from_value(raw.clone()).map_err(|_| nonsense())?;
        let blocks = match message.content {
            Value::Array(blocks) => blocks,
            block => vec![block],
        };
        Ok(Sampled {
            role: match &*message.role {
                "user" => Role::User,
                _ => Role::Assistant,
            },
            content: blocks.iter().filter_map(block).collect(),
            model: message.model,
            stop_reason: message.stop_reason,
            raw,
        })
    }
}

/// A block of what a model said.
fn block(block: &Value) -> Option<Content> {
    let text = |name: &str| block[name].as_str().map(str::to_owned);
    Some(match block["type"].as_str()? {
        "text" => Content::text(text("text")?),
        "image" => Content::Image {
            data: text("data")?,
            mime: text("mimeType")?,
        },
        "audio" => Content::Audio {
            data: text("data")?,
            mime: text("mimeType")?,
        },
        _ => return None,
    })
}
