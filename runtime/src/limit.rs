//! How long a writer may keep others waiting.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// Longest that a `&mut self` handler may take, in milliseconds: writers queue behind it, so one that waits for what never comes would
/// stop them all.
pub const WRITER_MS: u64 = 30_000;

/// The future's value, or `None` when the timer was faster. The timer is made only when the future has to wait at all.
pub async fn within<T, W>(future: impl Future<Output = T>, timer: impl FnOnce() -> W) -> Option<T>
where
    W: Future<Output = ()>,
{
    let mut future = pin!(future);
    let mut make = Some(timer);
    let mut timer = None;
    poll_fn(move |cx| {
        if let Poll::Ready(value) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(value));
        }
        if let Some(make) = make.take() {
            timer = Some(Box::pin(make()));
        }
        match &mut timer {
            Some(timer) => timer.as_mut().poll(cx).map(|()| None),
            None => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::within;
    use std::future::{pending, ready};

    #[tokio::test]
    async fn what_is_ready_starts_no_timer() {
        let timer = || -> std::future::Ready<()> { panic!("a timer was started") };
        assert_eq!(within(ready(1), timer).await, Some(1));
    }

    #[tokio::test]
    async fn what_never_comes_is_dropped() {
        assert_eq!(within(pending::<u8>(), tokio::task::yield_now).await, None);
    }

    #[tokio::test]
    async fn what_waits_and_comes_is_taken() {
        let late = async {
            tokio::task::yield_now().await;
            2
        };
        assert_eq!(within(late, pending::<()>).await, Some(2));
    }
}
