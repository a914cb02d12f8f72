//! A client takes its call back.

use super::Call;
use std::future::{pending, poll_fn};
use std::task::Poll;

impl Call {
    /// Ready when the client has cancelled the call. The handler is polled once more then, to tidy up, and dropped at its next wait;
    /// whatever it answers is not sent.
    pub async fn cancelled(&self) {
        let Some(live) = &self.0 else {
            return pending().await;
        };
        poll_fn(|cx| {
            if live.is_cancelled() {
                return Poll::Ready(());
            }
            live.on_cancel(cx.waker());
            Poll::Pending
        })
        .await;
    }

    /// Whether the client has cancelled the call.
    pub fn is_cancelled(&self) -> bool {
        self.0.as_ref().is_some_and(|live| live.is_cancelled())
    }
}
