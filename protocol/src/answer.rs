//! What a handler gave, in the newest shape; `project` makes it an older one's.

use crate::content::{Content, ResourceContents};

/// What a handler gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Of a tool.
    Tool(ToolResult),
    /// Of a resource.
    Resource(Vec<ResourceContents>),
    /// Of a prompt.
    Prompt(PromptResult),
    /// Values that complete what was typed, best first.
    Completion(Vec<String>),
}

/// `CallToolResult`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToolResult {
    /// What a model reads. Left empty beside `structured`, it becomes the text of `structured`.
    pub content: Vec<Content>,
    /// `structuredContent`, raw JSON.
    pub structured: Option<String>,
    /// Whether the tool failed.
    pub is_error: bool,
    /// `_meta`, a raw JSON object.
    pub meta: Option<String>,
}

impl ToolResult {
    /// One text.
    pub fn text(text: impl Into<String>) -> ToolResult {
        ToolResult {
            content: vec![Content::text(text)],
            ..ToolResult::default()
        }
    }

    /// A failure that a model can read and act on.
    pub fn error(text: impl Into<String>) -> ToolResult {
        ToolResult {
            content: vec![Content::text(text)],
            is_error: true,
            ..ToolResult::default()
        }
    }

    /// Structured content, as raw JSON.
    pub fn structured(json: impl Into<String>) -> ToolResult {
        ToolResult {
            structured: Some(json.into()),
            ..ToolResult::default()
        }
    }

    /// The same with a `_meta`, a raw JSON object; anything else is left out.
    #[must_use]
    pub fn with_meta(mut self, json: impl Into<String>) -> ToolResult {
        self.meta = Some(json.into());
        self
    }
}

/// `GetPromptResult`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PromptResult {
    /// What the prompt is for.
    pub description: Option<String>,
    /// Its messages.
    pub messages: Vec<PromptMessage>,
    /// `_meta`, a raw JSON object.
    pub meta: Option<String>,
}

impl PromptResult {
    /// One message of the user's.
    pub fn user(text: impl Into<String>) -> PromptResult {
        PromptResult::default().message(Role::User, Content::text(text))
    }

    /// The same with a message more.
    #[must_use]
    pub fn message(mut self, role: Role, content: Content) -> PromptResult {
        self.messages.push(PromptMessage { role, content });
        self
    }

    /// The same with a description.
    #[must_use]
    pub fn describe(mut self, text: impl Into<String>) -> PromptResult {
        self.description = Some(text.into());
        self
    }

    /// The same with a `_meta`, a raw JSON object; anything else is left out.
    #[must_use]
    pub fn with_meta(mut self, json: impl Into<String>) -> PromptResult {
        self.meta = Some(json.into());
        self
    }
}

/// `PromptMessage`.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptMessage {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: Content,
}

impl PromptMessage {
    /// What the user says.
    pub fn user(text: impl Into<String>) -> Self {
        Self {
            role: Role::User,
            content: Content::text(text),
        }
    }

    /// What the model says.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self {
            role: Role::Assistant,
            content: Content::text(text),
        }
    }
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `user`.
    User,
    /// `assistant`.
    Assistant,
}
