//! Calls that may be tasks: they go on when their client has gone, and when the Worker that ran them has.
//!
//! A handler is played again from the top then, so that what is done stays done in a `step`. Its progress is what its client reads as the
//! state of the task.

use crate::everything::{Deletion, Name};
use mcp_agent::prelude::*;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Work in pieces: whoever goes on with it does not begin anew.
pub async fn compute(cx: &Cx, call: &Call, seconds: i64, label: &str) -> Result<String> {
    for second in 1..=seconds {
        let piece = format!("second {second}");
        call.step(&piece, || async {
            cx.sleep(SECOND).await;
            Ok(())
        })
        .await?;
        call.progress(second as f64, Some(seconds as f64), Some(&piece));
    }
    Ok(format!("Computed {label} for {seconds} s"))
}

/// Asks in the middle of the work: the task waits, and its client finds the question in its state.
pub async fn delete(call: &Call, filename: &str) -> Result<String> {
    let question = format!("Delete {filename}?");
    let answer: Deletion = call.elicit("confirm", question).await?;
    Ok(if answer.confirm {
        format!("Deleted {filename}")
    } else {
        format!("Kept {filename}")
    })
}

/// Two questions side by side. They may be answered one by one.
pub async fn two_questions(call: &Call) -> Result<String> {
    let (user, deletion) = try_join!(
        call.elicit::<Name>("name", "What is your name?"),
        call.elicit::<Deletion>("confirm", "Shall it be deleted?"),
    )?;
    Ok(format!("{}: {}", user.name, deletion.confirm))
}

/// Asks before there is a task, and works as one.
pub async fn question_first(cx: &Cx, call: &Call) -> Result<String> {
    let user: Name = call.elicit("user_name", "What is your name?").await?;
    call.defer().await;
    cx.sleep(SECOND).await;
    Ok(format!("Done for {}", user.name))
}
