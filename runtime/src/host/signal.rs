//! What Rust tells the JavaScript entry: one string, whose first character is an instruction.
//!
//! | first | rest | meaning |
//! |---|---|---|
//! | `J` | body | answer 200, `application/json` |
//! | `R` | status, header lines, empty line, body | answer that |
//! | `O` | object name, line end, payload | call the object; its answer is a signal |
//! | `B` | framing, line end, parts between record separators | hand in each part as a request of its own, and join the answers |
//! | `K` | | fetch the sealing keys, then ask again |
//! | `S` | object name, session, first event | open the event stream of a light session, joined to the object |
//! | `P` | object name, line end, who | hand the request's body to the object that owns the client's stream |
//! | `M` | session, line end, message | push the message on the stream, answer 202 |
//! | `N` | object name, line end, head | hand head and body to the object of a kept session; its answer is a signal |
//! | `T` | object name, line end, head | join the client to a stream of that session |
//! | `L` | object name, last message, head | the same, and the last message when the object ends it |
//! | `X` | stream | follow a stream of this instance: `mcp_follow` |
//! | `Q` | object name, line end, who | hand the head and body of a plain request to the object; its answer is an `R` with a body apart |
//! | `C` | object name, line end, who | join the client to the object by a WebSocket of the agent's own, which may refuse by such an `R` |
//! | `Y` | object name, line end, payload | the same for a client that follows the state; the payload is what a head would be |
//! | `A` | | the WebSocket is accepted |
//! | `W` | stream, `1` if that was all, first events | the stream of a join: what comes at once |
//!
//! `who` is what the front made of the first line of a head, and takes its place; empty where nobody is asked who they are.
//!
//! `entry.mjs` is the other half.

use crate::drive::Job;
use mcp_agent_protocol::{
    Batch, Call, CallHead, ContentKind, Framing, Join, Journal, Listener, OpenSse, Part, Reply,
    Round, Route, SessionHead, Target, TargetKind,
};

/// Sealing keys are needed.
pub const NEED_KEYS: &str = "K";

/// An HTTP answer.
pub fn reply(mut reply: Reply) -> String {
    if reply.status == 200 && reply.headers.is_empty() && reply.content == ContentKind::Json {
        // There mostly is room for it.
        reply.body.insert(0, 'J');
        return reply.body;
    }
    let mut out = format!("R{}\n", reply.status);
    if let Some(mime) = reply.content.mime() {
        for part in ["content-type:", mime, "\n"] {
            out.push_str(part);
        }
    }
    out.push_str(&header_lines(&reply.headers));
    out.push('\n');
    out.push_str(&reply.body);
    out
}

/// Reads what [`reply`] wrote: the status, header lines, and the body.
#[cfg(not(target_arch = "wasm32"))]
pub fn read_reply(signal: &str) -> Option<(u16, &str, &str)> {
    if let Some(body) = signal.strip_prefix('J') {
        return Some((200, "content-type:application/json", body));
    }
    let (status, rest) = signal.strip_prefix('R')?.split_once('\n')?;
    // Without header lines, the empty line comes first.
    let (lines, body) = match rest.strip_prefix('\n') {
        Some(body) => ("", body),
        None => rest.split_once("\n\n")?,
    };
    Some((status.parse().ok()?, lines, body))
}

/// One header a line.
pub fn header_lines<'a>(headers: impl IntoIterator<Item = &'a (&'static str, String)>) -> String {
    let mut out = String::new();
    for (name, value) in headers {
        for part in [name, ":", value, "\n"] {
            out.push_str(part);
        }
    }
    out
}

/// A call that runs in an object.
pub fn call(object: &str, call: &Call<'_>) -> String {
    // Room for most heads too: this is on every such call's way.
    let mut out = String::with_capacity(object.len() + call.arguments.len() + 160);
    for part in ["O", object, "\n"] {
        out.push_str(part);
    }
    write_payload(&mut out, call);
    out
}

/// The same without the object's name: what [`read_call`] reads.
pub fn payload(call: &Call<'_>) -> String {
    let mut out = String::new();
    write_payload(&mut out, call);
    out
}

fn write_payload(out: &mut String, call: &Call<'_>) {
    let kind = match call.target.kind {
        TargetKind::Tool => 't',
        TargetKind::Resource => 'r',
        TargetKind::Prompt => 'p',
        TargetKind::Completion => 'c',
    };
    let head = call.head.encode();
    let uri = call.uri.as_deref().unwrap_or("");
    out.reserve(head.len() + uri.len() + call.arguments.len() + 16);
    out.push_str(&head);
    out.push('\n');
    out.push(kind);
    out.push_str(&call.target.index.to_string());
    for part in ["\n", uri, "\n", &call.arguments] {
        out.push_str(part);
    }
}

/// A call that is played in another object, behind its journal and how many lines that has.
pub fn played(journal: &Journal, call: &Call<'_>) -> String {
    let journal = journal.encode();
    let lines = journal.matches('\n').count() + 1;
    let mut out = format!("{lines}\n{journal}\n");
    write_payload(&mut out, call);
    out
}

/// Reads what [`played`] wrote.
pub fn read_played(text: &str) -> Option<(Journal, Job)> {
    let (lines, rest) = text.split_once('\n')?;
    let lines: usize = lines.parse().ok()?;
    let (end, _) = rest.match_indices('\n').nth(lines.checked_sub(1)?)?;
    Some((Journal::decode(&rest[..end])?, read_call(&rest[end + 1..])?))
}

/// A call as an object receives it: what [`call`] wrote behind the object's name.
pub fn read_call(text: &str) -> Option<Job> {
    let mut parts = text.splitn(4, '\n');
    let head = CallHead::decode(parts.next()?)?;
    let target = parts.next()?;
    let kind = match target.as_bytes().first()? {
        b't' => TargetKind::Tool,
        b'r' => TargetKind::Resource,
        b'p' => TargetKind::Prompt,
        b'c' => TargetKind::Completion,
        _ => return None,
    };
    let target = Target {
        kind,
        index: target[1..].parse().ok()?,
    };
    Some(Job {
        head,
        target,
        uri: parts.next()?.to_owned(),
        arguments: parts.next()?.to_owned(),
    })
}

/// A batch. Each part is `m` and a message, or `a` and an answer: JSON, in which a record separator can only be escaped.
pub fn batch(batch: &Batch<'_>) -> String {
    let mut out = String::from(match batch.framing {
        Framing::Sse => "Bs\n",
        Framing::Json | Framing::Message => "Bj\n",
    });
    for (at, part) in batch.parts.iter().enumerate() {
        if at > 0 {
            out.push('\u{1e}');
        }
        let (kind, text) = match part {
            Part::Message(text) => ('m', *text),
            Part::Answer(text) => ('a', text.as_str()),
        };
        out.push(kind);
        out.push_str(text);
    }
    out
}

/// An event stream of an HTTP+SSE client.
pub fn open_sse(open: &OpenSse) -> String {
    format!(
        "S{}\n{}\n{}",
        open.object,
        open.session.encode(),
        open.first
    )
}

/// A request of a kept session.
pub fn session(head: &SessionHead) -> String {
    ["N", &head.object(), "\n", &head.encode()].concat()
}

/// A client that is joined to a stream of a kept session.
pub fn join(head: &SessionHead) -> String {
    ["T", &head.object(), "\n", &head.encode()].concat()
}

/// A stream, and what comes on it at once.
pub fn joined(join: &Join) -> String {
    format!("W{}\n{}\n{}", join.stream, u8::from(join.over), join.first)
}

/// The same for a stream of no session.
pub fn stream(stream: u32, first: &str, over: bool) -> String {
    format!("W{stream}\n{}\n{first}", u8::from(over))
}

/// A round that is played in an object.
pub fn round(object: &str, round: &Round<'_>) -> String {
    let call = payload(&round.call);
    [
        "O",
        object,
        "\n*",
        object,
        "\n",
        &round.encode(),
        "\n",
        &call,
    ]
    .concat()
}

/// Reads what [`round`] wrote behind the object's name: that name, and the round.
pub fn read_round(payload: &str) -> Option<(String, Round<'static>)> {
    let (object, rest) = payload.strip_prefix('*')?.split_once('\n')?;
    let round = Round::decode(rest, |text| {
        Some(read_call(text)?.into_call(Route::Object(object.to_owned())))
    });
    Some((object.to_owned(), round?))
}

/// The stream of a round that an object plays.
pub fn join_round(object: &str, stream: u32) -> String {
    format!("T{object}\nround {stream}")
}

/// A plain request that an object answers.
pub fn ask_plain(object: &str, who: &str) -> String {
    ["Q", object, "\n", who].concat()
}

/// A client that wants a WebSocket.
pub fn connect(object: &str, who: &str) -> String {
    ["C", object, "\n", who].concat()
}

/// A client that is to follow the state of an object.
pub fn follower(object: &str, joining: &str) -> String {
    ["Y", object, "\n", joining].concat()
}

/// It has one.
pub const ACCEPTED: &str = "A";

/// The stream of a round that the front plays.
pub fn follow(stream: u32) -> String {
    format!("X{stream}")
}

/// A client that listens to changes.
pub fn listen(object: &str, listener: &Listener) -> String {
    [
        "L",
        object,
        "\n",
        &listener.end(),
        "\nlisten ",
        &listener.encode(),
    ]
    .concat()
}

/// A message for the object that owns the client's stream; `who` is the line of who sends it.
pub fn post(object: &str, who: &str) -> String {
    ["P", object, "\n", who].concat()
}

/// What the object that owns a stream does with the answer to a posted message. An empty session is an unchanged one.
pub fn push(session: &str, reply: Reply) -> String {
    if reply.status != 202 && reply.status != 200 {
        return self::reply(reply);
    }
    format!("M{session}\n{}", reply.body)
}
