//! What handlers may return where Rust declares them.

use crate::agent::Input;
use crate::schema::{Make, Structured};
use crate::{Audio, Error, Image, Result, Text};
use mcp_agent_protocol::{
    Answer, Content, PromptMessage, PromptResult, ResourceContents, ResourceLink, ToolResult,
};
use serde::Serialize;
use std::fmt::Display;

/// A value as structured content, and as the text of its JSON for who reads no other (2025-06-18 and later, Tools, "Structured Content").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<T>(pub T);

/// What a tool may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a tool can answer",
    label = "not a result of a tool",
    note = "a tool returns `String`, `&str`, a number, `bool`, `()`, `Json<T>`, `Text`, `Image`, `Audio`, `ResourceLink`, `Content`, `Vec<Content>`, `ToolResult`, or a `Result` of one of these whose error implements `Display`"
)]
pub trait ToolOutput {
    /// The schema of its structured content.
    const SCHEMA: Option<Make> = None;

    /// The answer.
    fn into_tool(self) -> Result<ToolResult>;
}

/// What a resource may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a resource can hold",
    label = "not the contents of a resource",
    note = "a resource returns `String`, `&str`, `Json<T>`, `Vec<u8>`, `Vec<ResourceContents>`, or a `Result` of one of these whose error implements `Display`"
)]
pub trait ResourceOutput {
    /// The answer to a request of this input.
    fn into_resource(self, input: Input<'_>) -> Result<Answer>;
}

/// What a prompt may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a prompt can give",
    label = "not the messages of a prompt",
    note = "a prompt returns `String` or `&str`, the text of one user message, `Vec<PromptMessage>`, `PromptResult`, or a `Result` of one of these whose error implements `Display`"
)]
pub trait PromptOutput {
    /// The answer.
    fn into_prompt(self) -> Result<PromptResult>;
}

macro_rules! shown_as_text {
    ($($ty:ty),*) => {
        $(impl ToolOutput for $ty {
            fn into_tool(self) -> Result<ToolResult> {
                Ok(ToolResult::text(self.to_string()))
            }
        })*
    };
}

shown_as_text!(
    &str, bool, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64
);

impl ToolOutput for String {
    fn into_tool(self) -> Result<ToolResult> {
        Ok(ToolResult::text(self))
    }
}

impl ToolOutput for () {
    fn into_tool(self) -> Result<ToolResult> {
        Vec::new().into_tool()
    }
}

impl ToolOutput for ToolResult {
    fn into_tool(self) -> Result<ToolResult> {
        Ok(self)
    }
}

impl ToolOutput for Content {
    fn into_tool(self) -> Result<ToolResult> {
        vec![self].into_tool()
    }
}

macro_rules! content {
    ($($ty:ty),*) => {
        $(impl ToolOutput for $ty {
            fn into_tool(self) -> Result<ToolResult> {
                Content::from(self).into_tool()
            }
        })*
    };
}

content!(Text, Image, Audio);

impl ToolOutput for ResourceLink {
    fn into_tool(self) -> Result<ToolResult> {
        Content::ResourceLink(self).into_tool()
    }
}

impl ToolOutput for Vec<Content> {
    fn into_tool(self) -> Result<ToolResult> {
        let mut result = ToolResult::text("");
        result.content = self;
        Ok(result)
    }
}

impl<T: Structured> ToolOutput for Json<T> {
    const SCHEMA: Option<Make> = Some(T::schema);

    fn into_tool(self) -> Result<ToolResult> {
        Ok(ToolResult::structured(self.0.json()?))
    }
}

impl<T: ToolOutput, E: Failure> ToolOutput for Result<T, E> {
    const SCHEMA: Option<Make> = T::SCHEMA;

    fn into_tool(self) -> Result<ToolResult> {
        self.map_err(Failure::into_error)?.into_tool()
    }
}

impl ResourceOutput for String {
    fn into_resource(self, input: Input<'_>) -> Result<Answer> {
        crate::__rt1::resource(input, self)
    }
}

impl ResourceOutput for &str {
    fn into_resource(self, input: Input<'_>) -> Result<Answer> {
        crate::__rt1::resource(input, self)
    }
}

impl<T: Serialize> ResourceOutput for Json<T> {
    fn into_resource(self, input: Input<'_>) -> Result<Answer> {
        crate::__rt1::resource(input, crate::__rt1::json(&self.0)?)
    }
}

impl ResourceOutput for Vec<u8> {
    fn into_resource(self, input: Input<'_>) -> Result<Answer> {
        crate::__rt1::blob(input, &self)
    }
}

impl ResourceOutput for Vec<ResourceContents> {
    fn into_resource(self, _: Input<'_>) -> Result<Answer> {
        Ok(Answer::Resource(self))
    }
}

impl<T: ResourceOutput, E: Failure> ResourceOutput for Result<T, E> {
    fn into_resource(self, input: Input<'_>) -> Result<Answer> {
        self.map_err(Failure::into_error)?.into_resource(input)
    }
}

impl PromptOutput for String {
    fn into_prompt(self) -> Result<PromptResult> {
        Ok(PromptResult::user(self))
    }
}

impl PromptOutput for &str {
    fn into_prompt(self) -> Result<PromptResult> {
        Ok(PromptResult::user(self))
    }
}

impl PromptOutput for Vec<PromptMessage> {
    fn into_prompt(self) -> Result<PromptResult> {
        let mut result = PromptResult::user("");
        result.messages = self;
        Ok(result)
    }
}

impl PromptOutput for PromptResult {
    fn into_prompt(self) -> Result<PromptResult> {
        Ok(self)
    }
}

impl<T: PromptOutput, E: Failure> PromptOutput for Result<T, E> {
    fn into_prompt(self) -> Result<PromptResult> {
        self.map_err(Failure::into_error)?.into_prompt()
    }
}

/// What a method that completes may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that completes what somebody types",
    label = "no values",
    note = "a method that completes returns `Vec<String>`, `Vec<&str>`, or a `Result` of one of these whose error implements `Display`"
)]
pub trait CompletionOutput {
    /// The values.
    fn into_values(self) -> Result<Vec<String>>;
}

impl CompletionOutput for Vec<String> {
    fn into_values(self) -> Result<Vec<String>> {
        Ok(self)
    }
}

impl CompletionOutput for Vec<&str> {
    fn into_values(self) -> Result<Vec<String>> {
        Ok(self.into_iter().map(str::to_owned).collect())
    }
}

impl<T: CompletionOutput, E: Failure> CompletionOutput for Result<T, E> {
    fn into_values(self) -> Result<Vec<String>> {
        self.map_err(Failure::into_error)?.into_values()
    }
}

/// Why a handler failed: an [`Error`], which may be one of the protocol, or anything that has words for it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says nothing that a model could read",
    label = "an error without `Display`",
    note = "use `mcp_agent::Error`, or implement `std::fmt::Display`"
)]
pub trait Failure {
    /// As an error.
    fn into_error(self) -> Error;
}

impl Failure for Error {
    fn into_error(self) -> Error {
        self
    }
}

impl<E: Display> Failure for E {
    fn into_error(self) -> Error {
        Error::tool(self)
    }
}
