//! What messages carry: text, images, audio, resources, and what is noted of them.

use crate::answer::Role;

/// `ContentBlock`.
#[derive(Clone, Debug, PartialEq)]
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
    ResourceLink(ResourceLink),
    /// A resource, embedded.
    Resource(ResourceContents),
    /// Any of these with notes; [`Content::annotated`] and [`Content::with_meta`] make it.
    Annotated(Box<Annotated>),
}

impl Content {
    /// As it is written in the newest version with sessions, which is what such a client is sent.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        crate::blocks::content(&mut out, crate::Version::LATEST_LEGACY, self);
        out
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Content {
        Content::Text { text: text.into() }
    }

    /// The same with annotations, in place of those it had.
    #[must_use]
    pub fn annotated(self, annotations: Annotations) -> Content {
        let mut noted = self.noted();
        noted.annotations = annotations;
        Content::Annotated(noted)
    }

    /// The same with a `_meta`, a raw JSON object, in place of the one it had; anything else is left out. From 2025-06-18.
    #[must_use]
    pub fn with_meta(self, json: impl Into<String>) -> Content {
        let mut noted = self.noted();
        noted.meta = Some(json.into());
        Content::Annotated(noted)
    }

    fn noted(self) -> Box<Annotated> {
        match self {
            Content::Annotated(noted) => noted,
            content => Box::new(Annotated {
                content,
                annotations: Annotations::default(),
                meta: None,
            }),
        }
    }
}

/// Content with notes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Annotated {
    /// The content itself, without notes.
    pub content: Content,
    /// `annotations`.
    pub annotations: Annotations,
    /// `_meta`, a raw JSON object.
    pub meta: Option<String>,
}

/// `Annotations`: whom something is for, and how much it matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Annotations {
    /// Whom it is for; nobody in particular when empty.
    pub audience: Vec<Role>,
    /// From 0, entirely optional, to 1, required.
    pub priority: Option<f64>,
    /// When it was last changed, as ISO 8601 has it. From 2025-06-18.
    pub last_modified: Option<String>,
}

/// A link to a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceLink {
    /// Where it is.
    pub uri: String,
    /// Its name.
    pub name: String,
    /// Name for people.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its type.
    pub mime: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// What to show it with, from 2025-11-25.
    pub icons: Vec<Icon>,
}

/// `Icon`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Icon {
    /// An `https:` or `data:` URL.
    pub src: String,
    /// Its type.
    pub mime: Option<String>,
    /// `48x48`, or `any`.
    pub sizes: Vec<String>,
    /// Which background it is for.
    pub theme: Option<Theme>,
}

/// A background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// `light`.
    Light,
    /// `dark`.
    Dark,
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
    /// Either with a `_meta`; [`ResourceContents::with_meta`] makes it.
    Noted {
        /// The contents themselves.
        contents: Box<ResourceContents>,
        /// `_meta`, a raw JSON object.
        meta: String,
    },
}

impl ResourceContents {
    /// Text.
    pub fn text(uri: impl Into<String>, text: impl Into<String>) -> ResourceContents {
        ResourceContents::Text {
            uri: uri.into(),
            mime: None,
            text: text.into(),
        }
    }

    /// The same with a `_meta`, a raw JSON object, in place of the one it had; anything else is left out. From 2025-06-18.
    #[must_use]
    pub fn with_meta(self, json: impl Into<String>) -> ResourceContents {
        let contents = match self {
            ResourceContents::Noted { contents, .. } => contents,
            contents => Box::new(contents),
        };
        ResourceContents::Noted {
            contents,
            meta: json.into(),
        }
    }
}
