//! What handlers answer in the transcripts, each kind by a word.

use mcp_agent_protocol::{
    Annotations, Answer, Content, Icon, PromptResult, ResourceContents, ResourceLink, Role,
    RpcError, Theme, ToolResult,
};

const META: &str = r#" {"example.com/x": [1]} "#;

/// `None` for a word that means nothing.
pub fn answer(kind: &str, text: &str) -> Option<Result<Answer, RpcError>> {
    let tool = |content| {
        Ok(Answer::Tool(ToolResult {
            content: vec![content],
            ..ToolResult::default()
        }))
    };
    let link = || ResourceLink {
        uri: text.to_owned(),
        name: "link".to_owned(),
        ..ResourceLink::default()
    };
    let annotations = || Annotations {
        audience: vec![Role::User, Role::Assistant],
        priority: Some(0.25),
        last_modified: Some("2025-01-12T15:00:58Z".to_owned()),
    };
    let contents = || ResourceContents::Text {
        uri: "counter://value".to_owned(),
        mime: None,
        text: text.to_owned(),
    };
    let audio = || Content::Audio {
        data: "AAAA".to_owned(),
        mime: text.to_owned(),
    };
    Some(match kind {
        "text" => Ok(Answer::Tool(ToolResult::text(text))),
        "error" => Ok(Answer::Tool(ToolResult::error(text))),
        "structured" => Ok(Answer::Tool(ToolResult::structured(text))),
        "meta" => Ok(Answer::Tool(ToolResult::text("x").with_meta(text))),
        "audio" => tool(audio()),
        "link" => tool(Content::ResourceLink(link())),
        "icons" => tool(Content::ResourceLink(ResourceLink {
            title: Some("Link".to_owned()),
            description: Some("A link.".to_owned()),
            mime: Some("text/plain".to_owned()),
            size: Some(u64::MAX),
            icons: vec![
                Icon {
                    src: "https://example.com/i.png".to_owned(),
                    mime: Some("image/png".to_owned()),
                    sizes: vec!["48x48".to_owned(), "any".to_owned()],
                    theme: Some(Theme::Dark),
                },
                Icon {
                    src: "https://example.com/j.png".to_owned(),
                    theme: Some(Theme::Light),
                    ..Icon::default()
                },
            ],
            ..link()
        })),
        "noted" => tool(
            Content::text(text)
                .with_meta("replaced")
                .annotated(annotations())
                .with_meta(META),
        ),
        "dated" => tool(Content::text(text).annotated(Annotations {
            audience: Vec::new(),
            priority: Some(f64::NAN),
            ..annotations()
        })),
        "noted-audio" => tool(audio().annotated(annotations())),
        "embedded" => tool(
            Content::Resource(contents().with_meta("{}").with_meta(META)).annotated(Annotations {
                priority: Some(7.0),
                ..Annotations::default()
            }),
        ),
        "contents" => Ok(Answer::Resource(vec![contents()])),
        "noted-contents" => Ok(Answer::Resource(vec![contents().with_meta(META)])),
        "prompt" => Ok(Answer::Prompt(PromptResult::user(text))),
        "dialogue" => Ok(Answer::Prompt(
            PromptResult::user(text)
                .message(Role::Assistant, Content::text("Yes.").with_meta(META))
                .describe("A dialogue.")
                .with_meta(META),
        )),
        "values" => Ok(Answer::Completion(
            text.split_whitespace().map(str::to_owned).collect(),
        )),
        "numbers" => {
            let count: usize = text.parse().ok()?;
            Ok(Answer::Completion(
                (0..count).map(|at| at.to_string()).collect(),
            ))
        }
        "missing" => Err(RpcError::resource_not_found(text)),
        "code" => {
            let (code, message) = text.split_once(' ')?;
            Err(RpcError::new(code.parse().ok()?, message))
        }
        "failure" => Err(RpcError::internal()),
        _ => return None,
    })
}
