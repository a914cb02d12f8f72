//! One play of an interactive call: its handler is polled until it is done, until it wants to know something, or until its client has
//! cancelled it.

use crate::agent::Agent;
use crate::call::{Call, Live};
use crate::drive::{self, Job, Ran};
use crate::state::StateCell;
use mcp_agent_protocol::{Emission, Want};
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::Poll;

/// How a play ended.
pub enum Played {
    /// The handler has answered, and what it changed is committed, in this very turn.
    Done(Ran),
    /// It cannot go on without these, and is gone until they are there.
    Waits(Vec<Want>),
    /// Its client does not want it any more.
    Cancelled,
}

thread_local! {
    /// Whose handler runs now: the one to blame if the instance ends.
    static PLAYED: RefCell<Option<Rc<Live>>> = const { RefCell::new(None) };
}

/// The nonce of the call whose handler runs now.
pub fn played_now() -> Option<String> {
    PLAYED.with_borrow(|live| Some(live.as_ref()?.journal.nonce.clone()))
}

/// The nonce of the call whose handler has panicked, if one was running.
#[cfg(not(target_arch = "wasm32"))]
pub fn panicked() -> Option<String> {
    let live = PLAYED.take()?;
    Some(live.journal.nonce.clone())
}

/// Plays a call. `told` hears what the handler says, after each poll.
pub async fn play<A: Agent>(
    state: Option<Rc<StateCell<A>>>,
    job: Rc<Job>,
    live: Rc<Live>,
    told: impl Fn(Vec<(u32, Emission)>),
) -> Played {
    if live.is_cancelled() {
        return Played::Cancelled;
    }
    let mut running = Box::pin(drive::run(state, job, Call::new(live.clone())));
    poll_fn(|cx| {
        let cancelled = live.is_cancelled();
        PLAYED.set(Some(live.clone()));
        let polled = running.as_mut().poll(cx);
        PLAYED.set(None);
        let said = live.take_emissions();
        if !said.is_empty() {
            told(said);
        }
        match polled {
            // Even if nobody is to read the answer: what it changed is committed, and others may want to hear of it.
            Poll::Ready(ran) => Poll::Ready(Played::Done(ran)),
            // What a step does happens, so it is stored before anything else: the next play must find it.
            Poll::Pending if live.is_stepping() => {
                live.on_cancel(cx.waker());
                Poll::Pending
            }
            Poll::Pending if cancelled => Poll::Ready(Played::Cancelled),
            Poll::Pending => {
                let wants = live.take_wants();
                if !wants.is_empty() {
                    return Poll::Ready(Played::Waits(wants));
                }
                live.on_cancel(cx.waker());
                Poll::Pending
            }
        }
    })
    .await
}
