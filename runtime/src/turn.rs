//! One turn at the state, of a writer: on a copy that becomes the state when the handler comes to an end.
//!
//! The state, the tables, handles, and whatever else the handler asked for are committed in one transaction, in one turn of the event loop,
//! or nothing of it is.

use crate::agent::Agent;
use crate::event::Done;
use crate::handle::Handles;
use crate::limit::{self, WRITER_MS};
use crate::sql::Database;
use crate::state::StateCell;
use crate::work::Work;
use crate::{Cx, Error, Result, host, unwind};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

/// Nothing, but it says that what is borrowed from around a handler outlives its run.
pub type Within<'a, 'env> = [&'a &'env (); 0];

/// A writer: alone, on a copy. What it changes, and whatever it asked for, is committed when it returns `Ok`, or nothing of it.
///
/// `apart` is for handlers that say things while they run, which are stored at once: they are not run in a transaction, but each of their
/// statements is.
pub async fn write<'env, A: Agent, T>(
    state: &StateCell<A>,
    cx: &Cx,
    handles: Option<&Handles<'_>>,
    apart: bool,
    act: impl for<'a> FnOnce(&'a mut A, Within<'a, 'env>) -> Done<'a, T>,
) -> Result<T> {
    let _turn = state.lock().await;
    let before = state.snapshot()?;
    let mut copy = A::clone(&before);
    let run = async move {
        let done = unwind::caught(|| act(&mut copy, [])).await?;
        Ok((copy, done))
    };
    let commit = |copy| commit(state, cx, handles, copy);
    let tables = cx
        .any_work()
        .filter(|_| A::SQL)
        .and_then(|work| Some((work, work.database()?)));
    let timer = || host::delay(WRITER_MS);
    let done = match tables {
        None => match limit::within(run, timer).await {
            Some(run) => {
                let (copy, done) = run?;
                let committed = match cx.any_work().filter(|work| A::SCHEDULES && work.has_rows()) {
                    Some(work) => commit_rows(work, || commit(copy)),
                    None => commit(copy),
                };
                committed.map(|()| done)
            }
            None => Err(too_long()),
        },
        Some((work, database)) if apart => match limit::within(run, timer).await {
            Some(run) => {
                let (copy, done) = run?;
                commit_apart(work, database, || commit(copy)).map(|()| done)
            }
            None => Err(too_long()),
        },
        Some((work, database)) => {
            let whole = whole(work, database, run, commit);
            let whole = limit::within(whole, timer).await;
            whole.unwrap_or_else(|| Err(too_long()))
        }
    };
    let done = match done {
        Ok(done) => done,
        Err(error) => {
            // The transaction may have failed at its very end.
            state.restore(before);
            return Err(error);
        }
    };
    let after = state.snapshot()?;
    if A::KEPT {
        note_changes::<A>(cx, &before, &after);
        if let Some((work, _)) = tables {
            state.note_tables(cx, work);
        }
    }
    if let Some(work) = cx.any_work() {
        work.tell();
    }
    if StateCell::<A>::HEARD && !Rc::ptr_eq(&before, &after) {
        state.tell(before, after);
    }
    Ok(done)
}

/// Runs a handler in a transaction a turn of the event loop. The one that it comes to its end in has the commit in it, and is kept.
async fn whole<A, T>(
    work: &Work,
    database: &dyn Database,
    run: impl Future<Output = Result<(A, T)>>,
    commit: impl FnOnce(A) -> Result<()>,
) -> Result<T> {
    let mut run = pin!(run);
    let mut commit = Some(commit);
    poll_fn(move |task| {
        let mut polled = Poll::Pending;
        let opened = work.ledger().within(database, || {
            polled = run.as_mut().poll(task).map(|run| {
                let (copy, done) = run?;
                match commit.take() {
                    Some(commit) => commit(copy).map(|()| done),
                    None => Err(Error::protocol(-32603, "internal error")),
                }
            });
            matches!(polled, Poll::Ready(Ok(_)))
        });
        match opened {
            Ok(()) => std::mem::replace(&mut polled, Poll::Pending),
            Err(error) => Poll::Ready(Err(error)),
        }
    })
    .await
}

/// The commit of a handler that writes rows beside the state.
fn commit_rows(work: &Work, commit: impl FnOnce() -> Result<()>) -> Result<()> {
    match work.host().database() {
        Some(database) => commit_apart(work, database, commit),
        None => commit(),
    }
}

/// The commit of a handler whose statements have been taken back one by one.
fn commit_apart(
    work: &Work,
    database: &dyn Database,
    commit: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut commit = Some(commit);
    let mut outcome = Ok(());
    work.ledger().within(database, || {
        if let Some(commit) = commit.take() {
            outcome = commit();
        }
        outcome.is_ok()
    })?;
    outcome
}

fn commit<A: Agent>(
    state: &StateCell<A>,
    cx: &Cx,
    handles: Option<&Handles<'_>>,
    next: A,
) -> Result<()> {
    if let Some(handles) = handles {
        handles.commit()?;
    }
    if let Some(work) = cx.any_work() {
        work.commit()?;
    }
    // The state's types may have been written by hand.
    let kept = unwind::caught_now(|| Ok(state.commit(next)?));
    if let (Err(_), Some(handles)) = (&kept, handles) {
        handles.take_back();
    }
    kept
}

fn too_long() -> Error {
    let seconds = WRITER_MS / 1000;
    Error::tool(format!(
        "the handler took longer than the {seconds} s that others may have to wait; nothing was changed"
    ))
}

/// The resources that show a field which is another now.
fn note_changes<A: Agent>(cx: &Cx, before: &Rc<A>, after: &Rc<A>) {
    let mut shown = A::CATALOG
        .resources
        .iter()
        .filter(|item| item.subscribe)
        .filter_map(|item| Some((item.uri, item.field?)))
        .peekable();
    if shown.peek().is_none() || Rc::ptr_eq(before, after) {
        return;
    }
    let (before, after) = (
        serde_json::to_value(&**before),
        serde_json::to_value(&**after),
    );
    if let (Ok(before), Ok(after)) = (before, after) {
        for (uri, _) in shown.filter(|(_, field)| before.get(field) != after.get(field)) {
            cx.resource_updated(uri);
        }
    }
}
