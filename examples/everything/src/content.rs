//! Content that is more than a text: for the results of tools and the messages of prompts.

use mcp_agent::prelude::*;

/// `files/pixel.png` in base64, as content carries it: a red pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC";

/// A WAV of one silent sample.
const SILENCE: &str = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==";

/// An image.
pub fn pixel() -> Content {
    Content::Image {
        data: PIXEL.into(),
        mime: "image/png".into(),
    }
}

/// A sound.
pub fn silence() -> Content {
    Content::Audio {
        data: SILENCE.into(),
        mime: "audio/wav".into(),
    }
}

/// A resource that travels with the answer. It need not be one of those that are listed.
pub fn embedded(uri: &str, mime: &str, text: &str) -> Content {
    Content::Resource(ResourceContents::Text {
        uri: uri.into(),
        mime: Some(mime.into()),
        text: text.into(),
    })
}

/// The result of a tool with `output = "content"`.
pub fn result(content: Vec<Content>) -> ToolResult {
    ToolResult {
        content,
        ..ToolResult::default()
    }
}
