//! Rounds of calls (2026-07-28) that are played here, because the state is, or because they must not happen twice.

use super::steps::RowSteps;
use super::{Object, status};
use crate::agent::Agent;
use crate::drive::Ran;
use crate::host::{log, signal};
use crate::once::Task;
use crate::rounds::{Begun, Deferring, Opening, Player, Sealer};
use mcp_agent_protocol::{Keys, Reply, Round, RowsError};
use std::future::ready;
use std::rc::Rc;

/// Begins the keys of what calls have come to whose clients hold a state of them.
pub const ENDED: &str = "ended/";
/// Begins the keys of what the clients of streams are sent if their plays are lost.
const LOST: &str = "lost/";

impl<A: Agent> Object<A> {
    /// A round that was routed to this object, whose name comes first. Answers a signal.
    pub(super) fn asked_to_play(self: &Rc<Self>, payload: &str) -> Task<String> {
        let Some((object, round)) = signal::read_round(payload) else {
            log("an object was asked for a round in a form that it does not know");
            return Box::pin(ready(signal::reply(status(500))));
        };
        let Some(keys) = self.host.keys() else {
            return Box::pin(ready(signal::NEED_KEYS.to_owned()));
        };
        let this = self.clone();
        Box::pin(async move {
            let lost = this.engine.answer(
                &round.call.head,
                Err(mcp_agent_protocol::RpcError::internal()),
            );
            match this.begin_round(round, keys).await {
                Begun::Reply(reply) => signal::reply(reply),
                Begun::Stream(stream, rest) => {
                    this.go_on_with(stream, rest, &lost);
                    signal::join_round(&object, stream)
                }
            }
        })
    }

    async fn begin_round(self: &Rc<Self>, round: Round<'static>, keys: Rc<Keys>) -> Begun {
        let host = self.host.clone();
        let (now_ms, tasks) = (self.host.now_ms(), self.host.clone());
        let sealer = Sealer {
            engine: self.engine.clone(),
            keys,
            entropy: Rc::new(move |out| host.entropy(out)),
            defer: A::TASKS.then(|| Deferring {
                now_ms,
                ask: Rc::new(move |object, payload| tasks.remote(object, "call", payload)),
            }),
        };
        let steps = RowSteps {
            host: self.host.clone(),
            until_ms: round.until_ms,
        };
        let state = Some(self.state.clone());
        let opening = Opening::of(round, state, Box::new(steps), sealer, |player| {
            self.play_in_its_turn(player)
        });
        opening.begin(self.rounds.clone()).await
    }

    /// One play of a call at a time: the same request may have been sent twice.
    fn play_in_its_turn(self: &Rc<Self>, player: Player<A>) -> Task<Reply> {
        let this = self.clone();
        let again = player.round.number > 1;
        if again {
            // What it leaves here goes when the call is over.
            self.sweep_later();
        }
        Box::pin(async move {
            let turn = match again {
                true => Some(this.turn(&player.live.journal.nonce, &player.live)),
                false => None,
            };
            let held = match &turn {
                Some(turn) => Some(turn.lock().await),
                None => None,
            };
            let live = player.live.clone();
            let reply = match this.ended(&player.round) {
                Ok(Some(reply)) => reply,
                Ok(None) => {
                    let (of, round) = (this.clone(), player.round.clone());
                    let of_play = live.clone();
                    player
                        .play(move |ran| {
                            Box::pin(ready(of.end_round(&round, ran, of_play.counts())))
                        })
                        .await
                }
                Err(error) => {
                    log(&error.to_string());
                    status(500)
                }
            };
            drop(held);
            if again {
                this.leave(&live);
            }
            reply
        })
    }

    /// A handler has answered; what it changed is committed in this turn. `counts`: it did what must not be done twice.
    fn end_round(self: &Rc<Self>, round: &Round<'_>, mut ran: Ran, counts: bool) -> Reply {
        let changed = std::mem::take(&mut ran.changed);
        let reply = ran.reply(&self.engine, &super::playing::as_message(&round.call.head));
        if round.is_kept() && (counts || !round.is_away()) {
            let id = id_part(round);
            let rest = reply.body.strip_prefix(&*id).unwrap_or_default();
            let row = format!("{}\n{}\n{rest}", round.until_ms, reply.status);
            let key = [ENDED, &round.journal.nonce].concat();
            if let Err(error) = self.host.put(&key, &row) {
                log(&error.to_string());
            }
        }
        // Nobody plays it again: either nobody has a state of it, or whoever has gets what it came to.
        self.forget_steps(&round.journal.nonce);
        match round.is_away() {
            true => self.tell_hub(round.call.head.who.as_deref(), &changed),
            false => self.fan_out(&changed),
        }
        reply
    }

    /// What a call has come to already, as the answer to this request.
    fn ended(&self, round: &Round<'_>) -> Result<Option<Reply>, RowsError> {
        if !round.is_kept() {
            return Ok(None);
        }
        let row = self
            .host
            .get(&[ENDED, &round.journal.nonce].concat())?
            .unwrap_or_default();
        let mut parts = row.splitn(3, '\n').skip(1);
        let (Some(status), Some(rest)) = (parts.next(), parts.next()) else {
            return Ok(None);
        };
        Ok(Some(Reply {
            status: status.parse().unwrap_or(200),
            headers: Vec::new(),
            content: mcp_agent_protocol::ContentKind::Json,
            body: [&id_part(round), rest].concat(),
        }))
    }

    /// The rest of a play whose client has a stream. If the play is lost, the client is told so: nobody else would.
    fn go_on_with(self: &Rc<Self>, stream: u32, rest: Task<()>, lost: &Reply) {
        let key = [LOST, &stream.to_string()].concat();
        if let Err(error) = self.host.put(&key, &lost.body) {
            log(&error.to_string());
        }
        let this = self.clone();
        self.host.spawn(Box::pin(async move {
            rest.await;
            this.forget_stream(stream);
        }));
    }

    fn forget_stream(&self, stream: u32) {
        let key = [LOST, &stream.to_string()].concat();
        if let Err(error) = self.host.delete(&key) {
            log(&error.to_string());
        }
    }

    /// A client comes for the stream of its round: what was said until now, and whether that was all.
    pub(super) fn join_round(self: &Rc<Self>, stream: u32) -> Option<(String, bool)> {
        let host = self.host.clone();
        let push = move |events: Option<&str>| match events {
            Some(events) => host.send(stream, events),
            None => host.close(stream),
        };
        self.rounds.join(stream, Rc::new(push))
    }

    /// The client of a round's stream is gone.
    pub(super) fn left_round(&self, stream: u32) -> bool {
        let left = self.rounds.left(stream);
        if left {
            self.forget_stream(stream);
        }
        left
    }

    /// The plays of these streams were lost with the instance that they ran in.
    pub(super) fn end_lost_streams(&self) -> Result<(), RowsError> {
        for (key, message) in self.host.list(LOST, "")? {
            let stream = key[LOST.len()..].parse().unwrap_or_default();
            if self.rounds.has(stream) {
                continue;
            }
            self.host.send(stream, &mcp_agent_protocol::event(&message));
            self.host.close(stream);
            self.host.delete(&key)?;
        }
        Ok(())
    }
}

/// How a response begins, up to and with the request's `id`.
fn id_part(round: &Round<'_>) -> String {
    ["{\"jsonrpc\":\"2.0\",\"id\":", &round.call.head.id].concat()
}
