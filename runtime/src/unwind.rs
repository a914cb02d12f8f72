//! Panics of the user's code, in a Worker that was built with `panic = "unwind"`: each ends its own call, as an internal error, and nothing
//! else.
//!
//! In all other builds these functions do nothing. Where a panic aborts, the instance is gone with all that runs in it, which is the entry's to
//! repair; natively, a panic is a test's own.
//!
//! `AssertUnwindSafe` is true here because of what a handler can leave half-changed: its copy of the state, which is dropped; its statements,
//! which are taken back with their transaction; its context, which ends with the call. What it borrowed or locked of ours is given back while
//! the stack unwinds. What it keeps in statics of its own is its own to keep whole.

#[cfg(not(all(target_arch = "wasm32", panic = "unwind")))]
pub use elsewhere::{across, caught, caught_now};
#[cfg(all(target_arch = "wasm32", panic = "unwind"))]
pub use unwinding::{across, caught, caught_now};

#[cfg(not(all(target_arch = "wasm32", panic = "unwind")))]
mod elsewhere {
    use crate::Result;
    use std::future::Future;

    /// What `make` gives, run to its end. The panic of either is an error.
    #[inline(always)]
    pub fn caught<T, F: Future<Output = Result<T>>>(make: impl FnOnce() -> F) -> F {
        make()
    }

    /// What `act` comes to. Its panic is an error.
    #[inline(always)]
    pub fn caught_now<T>(act: impl FnOnce() -> Result<T>) -> Result<T> {
        act()
    }

    /// Has `act` called by JavaScript, through which no panic goes by itself: what comes out of it is an exception, and what is thrown into Rust
    /// is a value.
    #[inline(always)]
    pub fn across<T>(
        javascript: impl FnOnce(&mut dyn FnMut() -> bool) -> T,
        act: &mut dyn FnMut() -> bool,
    ) -> T {
        javascript(act)
    }
}

#[cfg(all(target_arch = "wasm32", panic = "unwind"))]
mod unwinding {
    use crate::{Error, Result};
    use std::future::{Future, poll_fn};
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::pin::pin;
    use std::task::Poll;

    /// The hook has logged what there is to say.
    fn panicked<T>() -> Result<T> {
        Err(Error::protocol(-32603, "internal error"))
    }

    pub async fn caught<T, F: Future<Output = Result<T>>>(make: impl FnOnce() -> F) -> Result<T> {
        let Ok(run) = catch_unwind(AssertUnwindSafe(make)) else {
            return panicked();
        };
        let mut run = pin!(run);
        poll_fn(move |cx| {
            catch_unwind(AssertUnwindSafe(|| run.as_mut().poll(cx)))
                .unwrap_or_else(|_| Poll::Ready(panicked()))
        })
        .await
    }

    pub fn caught_now<T>(act: impl FnOnce() -> Result<T>) -> Result<T> {
        catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| panicked())
    }

    pub fn across<T>(
        javascript: impl FnOnce(&mut dyn FnMut() -> bool) -> T,
        act: &mut dyn FnMut() -> bool,
    ) -> T {
        let mut panic = None;
        let told = javascript(&mut || {
            catch_unwind(AssertUnwindSafe(&mut *act)).unwrap_or_else(|payload| {
                panic = Some(payload);
                false
            })
        });
        if let Some(payload) = panic {
            resume_unwind(payload);
        }
        told
    }
}
