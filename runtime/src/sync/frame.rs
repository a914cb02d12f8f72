//! What is said over a connection, as `agents` 0.32 says it: JSON texts, each with a `type`.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

const STATE: &str = "cf_agent_state";
const CALL: &str = "rpc";

/// What a client says.
#[derive(Debug)]
pub enum Frame<'a> {
    /// The whole state, as the client wants it.
    State(&'a RawValue),
    /// A call of a tool. The arguments are an object, or absent.
    Call {
        id: &'a RawValue,
        method: &'a RawValue,
        arguments: Option<&'a RawValue>,
    },
    /// A call that is none, and why.
    NoCall { id: &'a RawValue, why: &'static str },
    /// Something that is not ours.
    Other,
}

#[derive(Deserialize)]
struct Members<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow, default, deserialize_with = "there")]
    state: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<&'a RawValue>,
    #[serde(borrow)]
    args: Option<Vec<&'a RawValue>>,
}

/// `null` is something too.
fn there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// The `type` and the `id` alone, of what is not as it should be.
#[derive(Deserialize)]
struct Begin<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    id: &'a RawValue,
}

/// Reads what a client says.
pub fn read(text: &str) -> Frame<'_> {
    let Ok(members) = serde_json::from_str::<Members<'_>>(text) else {
        return match serde_json::from_str::<Begin<'_>>(text) {
            Ok(begin) if begin.kind == CALL => Frame::NoCall {
                id: begin.id,
                why: "`args` must be a list",
            },
            _ => Frame::Other,
        };
    };
    match (&*members.kind, members.state, members.id) {
        (STATE, Some(state), _) => Frame::State(state),
        (CALL, _, Some(id)) => call(id, members.method, members.args),
        _ => Frame::Other,
    }
}

fn call<'a>(
    id: &'a RawValue,
    method: Option<&'a RawValue>,
    args: Option<Vec<&'a RawValue>>,
) -> Frame<'a> {
    let is_text = |raw: &RawValue| raw.get().starts_with('"');
    if !is_text(id) {
        let why = "`id` must be a string";
        return Frame::NoCall { id, why };
    }
    let Some(method) = method.filter(|it| is_text(it)) else {
        let why = "`method` must be a string: the name of a tool";
        return Frame::NoCall { id, why };
    };
    let arguments = match args.as_deref() {
        Some([]) => Ok(None),
        Some([one]) if one.get().starts_with('{') => Ok(Some(*one)),
        Some(_) => Err("a tool takes one argument, an object of its parameters, or none"),
        None => Err("`args` must be a list"),
    };
    match arguments {
        Ok(arguments) => Frame::Call {
            id,
            method,
            arguments,
        },
        Err(why) => Frame::NoCall { id, why },
    }
}

/// Says which instance of which agent a client is connected to. The state comes next.
pub fn identity(agent: &str, instance: &str) -> String {
    let (agent, instance) = (quoted(agent), quoted(instance));
    format!(
        r#"{{"type":"cf_agent_identity","name":{instance},"agent":{agent},"stateFollows":true}}"#
    )
}

/// Says the state, which is JSON already.
pub fn state(json: &str) -> String {
    [r#"{"type":"cf_agent_state","state":"#, json, "}"].concat()
}

/// Says why the state is not what the client wants.
pub fn state_error(words: &str) -> String {
    let words = quoted(words);
    [r#"{"type":"cf_agent_state_error","error":"#, &words, "}"].concat()
}

/// Says why a call came to nothing.
pub fn refused(id: &RawValue, words: &str) -> String {
    let words = quoted(words);
    let parts = [
        r#"{"type":"rpc","id":"#,
        id.get(),
        r#","success":false,"error":"#,
        &words,
        "}",
    ];
    parts.concat()
}

/// What a call came to. `response` is the JSON-RPC response that a client of MCP would get.
pub fn called(id: &RawValue, response: &str) -> String {
    match outcome(response) {
        Ok(result) => {
            let parts = [
                r#"{"type":"rpc","id":"#,
                id.get(),
                r#","success":true,"done":true,"result":"#,
                &result,
                "}",
            ];
            parts.concat()
        }
        Err(words) => refused(id, &words),
    }
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    result: Option<ToolResult<'a>>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToolResult<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    structured_content: Option<&'a RawValue>,
    #[serde(default)]
    is_error: bool,
}

#[derive(Deserialize)]
struct Failure {
    message: String,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
}

/// The value of a tool's result: its structure, or its text where it is one text, or its content as it is. Words for what failed.
fn outcome(response: &str) -> Result<String, String> {
    let inside = || "internal error".to_owned();
    let response: Response<'_> = serde_json::from_str(response).map_err(|_| inside())?;
    if let Some(failure) = response.error {
        return Err(failure.message);
    }
    let result = response.result.ok_or_else(inside)?;
    let content = result.content.map_or("[]", RawValue::get);
    let blocks: Vec<Block> = serde_json::from_str(content).map_err(|_| inside())?;
    if result.is_error {
        let texts: Vec<&str> = blocks.iter().map(|block| &*block.text).collect();
        return Err(texts.join("\n"));
    }
    Ok(match (result.structured_content, &*blocks) {
        (Some(structured), _) => structured.get().to_owned(),
        (None, [block]) if block.kind == "text" => quoted(&block.text),
        (None, _) => content.to_owned(),
    })
}

fn quoted(text: &str) -> String {
    // A text always serialises.
    serde_json::to_string(text).unwrap_or_else(|_| "null".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::to_raw_value;
    use serde_json::{Value, json};

    #[test]
    fn a_clients_frames_are_read() {
        assert!(matches!(
            read(r#"{"state":{"a":1},"type":"cf_agent_state"}"#),
            Frame::State(state) if state.get() == r#"{"a":1}"#
        ));
        for (args, expected) in [("[]", None), (r#"[{"a":1}]"#, Some(r#"{"a":1}"#))] {
            let text = format!(r#"{{"args":{args},"id":"1","method":"add","type":"rpc"}}"#);
            let Frame::Call {
                id,
                method,
                arguments,
            } = read(&text)
            else {
                panic!("{text}");
            };
            assert_eq!((id.get(), method.get()), (r#""1""#, r#""add""#));
            assert_eq!(arguments.map(RawValue::get), expected);
        }
    }

    #[test]
    fn what_is_no_call_says_why_and_what_is_not_ours_is_nothing() {
        for members in [
            r#""method":"add","args":[1]"#,
            r#""method":"add","args":[{},{}]"#,
            r#""method":"add","args":{}"#,
            r#""method":"add""#,
            r#""method":7,"args":[]"#,
            r#""args":[]"#,
        ] {
            let text = format!(r#"{{"type":"rpc","id":"1",{members}}}"#);
            assert!(matches!(read(&text), Frame::NoCall { .. }), "{text}");
        }
        let number = r#"{"type":"rpc","id":1,"method":"add","args":[]}"#;
        assert!(matches!(read(number), Frame::NoCall { .. }));
        for other in [
            "",
            "hello",
            "[]",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"cf_agent_state"}"#,
            r#"{"type":"rpc","method":"add","args":[]}"#,
            r#"{"type":"cf_agent_chat","id":"1"}"#,
        ] {
            assert!(matches!(read(other), Frame::Other), "{other}");
        }
    }

    #[test]
    fn a_result_is_said_in_the_words_of_agents() {
        let id = to_raw_value("7").unwrap();
        let said = |response: Value| -> Value {
            serde_json::from_str(&called(&id, &response.to_string())).unwrap()
        };
        let text = json!({ "type": "text", "text": "now 5" });
        let image = json!({ "type": "image", "data": "", "mimeType": "image/png" });
        for (result, expected) in [
            (json!({ "content": [text] }), json!("now 5")),
            (
                json!({ "content": [text], "structuredContent": [1] }),
                json!([1]),
            ),
            (json!({ "content": [image] }), json!([image])),
            (json!({ "content": [text, text] }), json!([text, text])),
            (json!({ "content": [] }), json!([])),
        ] {
            let expected = json!({ "type": "rpc", "id": "7", "success": true, "done": true, "result": expected });
            assert_eq!(said(json!({ "result": result })), expected);
        }
        for response in [
            json!({ "result": { "content": [text], "isError": true } }),
            json!({ "error": { "code": 1, "message": "now 5" } }),
        ] {
            let expected = json!({ "type": "rpc", "id": "7", "success": false, "error": "now 5" });
            assert_eq!(said(response), expected);
        }
    }
}
