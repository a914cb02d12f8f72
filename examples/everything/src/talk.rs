//! Calls that report while they run, on the stream that becomes their answer.

use mcp_agent::prelude::*;
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(50);

/// Logs three times. The session's level decides what of it the client gets: `logging/setLevel`.
pub async fn logging(cx: &Cx, call: &Call) -> Result<String> {
    call.log(Level::Info, "Tool execution started");
    cx.sleep(PAUSE).await;
    call.log(Level::Info, "Tool processing data");
    cx.sleep(PAUSE).await;
    call.log(Level::Info, "Tool execution completed");
    Ok("Tool with logging executed successfully".into())
}

/// Reports progress. Nothing is sent to a client that gave no token for it, so that there is nothing to ask here.
pub async fn progress(cx: &Cx, call: &Call) -> Result<String> {
    for done in [0, 50, 100] {
        if done > 0 {
            cx.sleep(PAUSE).await;
        }
        let message = format!("Completed step {done} of 100");
        call.progress(f64::from(done), Some(100.0), Some(&message));
    }
    Ok("Tool with progress executed successfully".into())
}

/// Hangs up in the middle and goes on: the client comes back for the result. Something that takes minutes holds no connection so.
pub async fn reconnection(cx: &Cx, call: &Call) -> Result<String> {
    call.close_stream();
    cx.sleep(2 * PAUSE).await;
    Ok("Reconnection test completed successfully.".into())
}
