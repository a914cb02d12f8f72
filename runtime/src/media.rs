//! What a tool may answer with beside text: bytes with a type, which travel as Base64.

use crate::Content;
use base64::prelude::{BASE64_STANDARD, Engine as _};

/// Text as a tool's whole answer (Tools, "Text Content").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(pub String);

/// An image (Tools, "Image Content").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its bytes, as they are in a file.
    pub bytes: Vec<u8>,
    /// Its media type, such as `image/png`.
    pub mime: String,
}

/// A piece of audio (2025-03-26 and later, Tools, "Audio Content").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audio {
    /// Its bytes, as they are in a file.
    pub bytes: Vec<u8>,
    /// Its media type, such as `audio/wav`.
    pub mime: String,
}

impl Image {
    /// An image of a media type.
    ///
    /// ```
    /// use mcp_agent::{Content, Image};
    ///
    /// let content: Content = Image::new("image/gif", *b"GIF89a").into();
    /// assert!(matches!(content, Content::Image { data, .. } if data == "R0lGODlh"));
    /// ```
    pub fn new(mime: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            mime: mime.into(),
        }
    }
}

impl Audio {
    /// Audio of a media type.
    pub fn new(mime: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            mime: mime.into(),
        }
    }
}

impl From<Text> for Content {
    fn from(text: Text) -> Self {
        Content::text(text.0)
    }
}

impl From<Image> for Content {
    fn from(Image { bytes, mime }: Image) -> Self {
        Content::Image {
            data: BASE64_STANDARD.encode(bytes),
            mime,
        }
    }
}

impl From<Audio> for Content {
    fn from(Audio { bytes, mime }: Audio) -> Self {
        Content::Audio {
            data: BASE64_STANDARD.encode(bytes),
            mime,
        }
    }
}
