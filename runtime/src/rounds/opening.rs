//! The beginning of a round's answer: is it JSON or a stream?

use super::{Begun, Pipe, Rounds};
use crate::call::Live;
use crate::host;
use crate::once::{self, Task};
use mcp_agent_protocol::{Framing, Reply, event};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

/// A play whose client waits for the head of its response.
pub struct Opening {
    pub live: Rc<Live>,
    pub pipe: Rc<Pipe>,
    /// Gives the response as a message.
    pub playing: Task<Reply>,
    /// How the client wants a response that needs no stream.
    pub framing: Framing,
    /// Whether it can follow one.
    pub streams: bool,
    /// How long a client may be left without a word, in milliseconds: only a client that is written to is noticed when it leaves.
    pub keepalive_ms: u64,
    /// A number that no other stream of this place has.
    pub stream: u32,
}

impl Opening {
    /// Waits for the end, the first word, or the first time that the client would be left without one.
    pub async fn begin(self, rounds: Rc<Rounds>) -> Begun {
        let Opening {
            live,
            pipe,
            playing,
            framing,
            streams,
            keepalive_ms,
            stream,
        } = self;
        // It is polled here first, and by whoever has the stream later.
        let mut playing = once::movable(playing);
        let mut silence: Option<Task<()>> = None;
        let first = poll_fn(|cx| {
            if let Poll::Ready(reply) = playing.as_mut().poll(cx) {
                return Poll::Ready(Some(reply));
            }
            if !streams {
                return Poll::Pending;
            }
            if pipe.has_words() {
                return Poll::Ready(None);
            }
            let silence = silence.get_or_insert_with(|| Box::pin(host::delay(keepalive_ms)));
            silence.as_mut().poll(cx).map(|()| None)
        });
        match first.await {
            Some(reply) if streams && pipe.has_words() => {
                Begun::Reply(reply.in_stream(&pipe.take()))
            }
            Some(reply) if framing == Framing::Sse && reply.status == 200 => {
                Begun::Reply(reply.in_stream(""))
            }
            Some(reply) => Begun::Reply(reply),
            None => {
                rounds.open(stream, pipe, live);
                let rest = async move {
                    let reply = playing.await;
                    rounds.close(stream, &event(&reply.body));
                };
                Begun::Stream(stream, Box::pin(rest))
            }
        }
    }
}
