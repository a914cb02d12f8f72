//! The beginning of a round's answer: is it JSON or a stream?

use super::{Begun, Pipe, Player, Rounds, Sealer};
use crate::agent::Agent;
use crate::call::{Live, Steps};
use crate::host;
use crate::once::{self, Task};
use crate::state::StateCell;
use mcp_agent_protocol::{Framing, Reply, Round, event};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

/// A play whose client waits for the head of its response.
pub struct Opening {
    live: Rc<Live>,
    pipe: Rc<Pipe>,
    /// Gives the response as a message.
    playing: Task<Reply>,
    /// How the client wants a response that needs no stream.
    framing: Framing,
    /// Whether it can follow one.
    streams: bool,
    /// How long a client may be left without a word, in milliseconds: only a client that is written to is noticed when it leaves.
    keepalive_ms: u64,
    /// A number that no other stream of this place has.
    stream: u32,
}

impl Opening {
    /// Of a round that `play` plays.
    pub fn of<A: Agent>(
        round: Round<'static>,
        state: Option<Rc<StateCell<A>>>,
        steps: Box<dyn Steps>,
        sealer: Sealer,
        play: impl FnOnce(Player<A>) -> Task<Reply>,
    ) -> Self {
        let live = Rc::new(Live::new(round.journal.clone(), steps));
        let pipe = Rc::new(Pipe::default());
        Self {
            live: live.clone(),
            pipe: pipe.clone(),
            framing: round.call.head.framing,
            streams: round.streams,
            keepalive_ms: sealer.engine.policy().keepalive_ms,
            stream: sealer.stream(),
            playing: play(Player {
                round,
                state,
                live,
                pipe,
                sealer,
            }),
        }
    }

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
