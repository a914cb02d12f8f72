//! One round of a call, from its journal to the response.

use super::defer::may_defer;
use super::{Deferring, Pipe};
use crate::agent::Agent;
use crate::call::{DEFER, Live};
use crate::drive::{Job, Ran};
use crate::once::Task;
use crate::play::{Played, play};
use crate::state::StateCell;
use mcp_agent_protocol::{Emission, Engine, Keys, Reply, Round, RpcError, Want, event};
use std::cell::Cell;
use std::rc::Rc;

/// Fills a buffer with bytes that nobody can guess.
pub type Fill = Rc<dyn Fn(&mut [u8])>;

/// What is needed to hand a call back to its client.
pub struct Sealer {
    pub engine: Rc<Engine>,
    pub keys: Rc<Keys>,
    pub entropy: Fill,
    /// How a call becomes a task; `None` where no tool does.
    pub defer: Option<Deferring>,
}

impl Sealer {
    fn ask(&self, round: &Round<'_>, wants: &[Want], emitted: u32) -> Reply {
        let mut entropy = |out: &mut [u8]| (self.entropy)(out);
        self.engine
            .input_required(round, wants, emitted, &self.keys, &mut entropy)
    }

    /// A number for a stream.
    pub fn stream(&self) -> u32 {
        let mut number = [0; 4];
        (self.entropy)(&mut number);
        u32::from_le_bytes(number)
    }
}

/// One play of a round.
pub struct Player<A: Agent> {
    pub round: Round<'static>,
    pub state: Option<Rc<StateCell<A>>>,
    pub live: Rc<Live>,
    pub pipe: Rc<Pipe>,
    pub sealer: Sealer,
}

impl<A: Agent> Player<A> {
    /// The response, as a message. `done` is told of a handler that has answered, in the turn in which what it changed is committed.
    pub fn play(self, done: impl FnOnce(Ran) -> Task<Reply> + 'static) -> Task<Reply> {
        let Player {
            mut round,
            state,
            live,
            pipe,
            sealer,
        } = self;
        round.as_message();
        let round = Rc::new(round);
        let job = Rc::new(Job::from(round.call.clone()));
        let emitted = Rc::new(Cell::new(round.journal.emitted));
        let told = {
            let (round, pipe, emitted) = (round.clone(), pipe.clone(), emitted.clone());
            move |said: Vec<(u32, Emission)>| {
                for (at, word) in said {
                    emitted.set(at + 1);
                    if let Some(message) = round.says(&word) {
                        pipe.say(&event(&message));
                    }
                }
            }
        };
        let defer = sealer.defer.as_ref();
        live.defers
            .set(A::TASKS && defer.is_some() && may_defer::<A>(&round));
        Box::pin(async move {
            match play(state, job.clone(), live, told).await {
                Played::Done(ran) => done(ran).await,
                Played::Waits(mut wants) => {
                    wants.retain(|want| want.method != DEFER);
                    match &sealer.defer {
                        // What it wants to know beside that is asked first.
                        Some(defer) if A::TASKS && wants.is_empty() => {
                            sealer.make_task(&round, defer).await
                        }
                        _ => sealer.ask(&round, &wants, emitted.get()),
                    }
                }
                // Nobody reads it.
                Played::Cancelled => sealer.engine.answer(&job.head, Err(RpcError::internal())),
            }
        })
    }
}
