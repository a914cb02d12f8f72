//! What a handler gave, in the newest shape; `project` makes it an older one's.

/// What a handler gave.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolResult {
    /// What a model reads. Left empty beside `structured`, it becomes the text of `structured`.
    pub content: Vec<Content>,
    /// `structuredContent`, raw JSON.
    pub structured: Option<String>,
    /// Whether the tool failed.
    pub is_error: bool,
}

impl ToolResult {
    /// One text.
    pub fn text(text: impl Into<String>) -> ToolResult {
        ToolResult {
            content: vec![Content::text(text)],
            structured: None,
            is_error: false,
        }
    }

    /// A failure that a model can read and act on.
    pub fn error(text: impl Into<String>) -> ToolResult {
        ToolResult {
            content: vec![Content::text(text)],
            structured: None,
            is_error: true,
        }
    }

    /// Structured content, as raw JSON.
    pub fn structured(json: impl Into<String>) -> ToolResult {
        ToolResult {
            content: Vec::new(),
            structured: Some(json.into()),
            is_error: false,
        }
    }
}

/// `ContentBlock`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// An image.
    Image {
        /// Base64.
        data: String,
        /// Its type.
        mime: String,
    },
    /// Audio, from 2025-03-26; older clients get a text that says so.
    Audio {
        /// Base64.
        data: String,
        /// Its type.
        mime: String,
    },
    /// A link to a resource, from 2025-06-18; older clients get it as a text.
    ResourceLink {
        /// Where it is.
        uri: String,
        /// Its name.
        name: String,
        /// Name for people.
        title: Option<String>,
        /// What it is.
        description: Option<String>,
        /// Its type.
        mime: Option<String>,
    },
    /// A resource, embedded.
    Resource(ResourceContents),
}

impl Content {
    /// A text.
    pub fn text(text: impl Into<String>) -> Content {
        Content::Text { text: text.into() }
    }
}

/// `TextResourceContents` and `BlobResourceContents`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceContents {
    /// Text.
    Text {
        /// Which resource.
        uri: String,
        /// Its type.
        mime: Option<String>,
        /// The text.
        text: String,
    },
    /// Bytes.
    Blob {
        /// Which resource.
        uri: String,
        /// Its type.
        mime: Option<String>,
        /// Base64.
        blob: String,
    },
}

/// `GetPromptResult`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptResult {
    /// What the prompt is for.
    pub description: Option<String>,
    /// Its messages.
    pub messages: Vec<PromptMessage>,
}

impl PromptResult {
    /// One message of the user's.
    pub fn user(text: impl Into<String>) -> PromptResult {
        let message = PromptMessage {
            role: Role::User,
            content: Content::text(text),
        };
        PromptResult {
            description: None,
            messages: vec![message],
        }
    }
}

/// `PromptMessage`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptMessage {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub content: Content,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `user`.
    User,
    /// `assistant`.
    Assistant,
}
