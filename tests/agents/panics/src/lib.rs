//! Handlers that panic, in every place where a handler runs.

use mcp_agent::prelude::*;
use mcp_agent::worker::wasm_bindgen::throw_str;
use mcp_agent::worker::{Delay, wasm_bindgen_futures::spawn_local};
use std::time::Duration;

/// An agent that panics.
#[mcp_agent(config = "mcp.toml")]
pub struct Panics;

async fn pause(ms: u64) {
    Delay::from(Duration::from_millis(ms)).await;
}

/// A task that nobody awaits, and that panics later.
fn panic_after(ms: u64) {
    spawn_local(async move {
        if ms > 0 {
            pause(ms).await;
        }
        panic!("a late panic");
    });
}

/// Uses stack on each level and cannot be made a loop.
#[inline(never)]
fn recurse(depth: u64) -> u64 {
    let block = std::hint::black_box([depth; 64]);
    if depth == u64::MAX {
        0
    } else {
        recurse(depth + 1).wrapping_add(block[(depth % 64) as usize])
    }
}

impl panics::Handlers for Panics {
    async fn fine(_cx: &Cx) -> Result<String> {
        Ok("fine".into())
    }

    async fn wait(_cx: &Cx, p: panics::WaitParams) -> Result<String> {
        pause(p.ms.unsigned_abs()).await;
        Ok("waited".into())
    }

    async fn wait_object(&self, _cx: &Cx, p: panics::WaitObjectParams) -> Result<String> {
        pause(p.ms.unsigned_abs()).await;
        Ok("waited".into())
    }

    async fn count(&self, _cx: &Cx) -> Result<panics::CountOutput> {
        Ok(panics::CountOutput { count: self.count })
    }

    async fn add(&mut self, _cx: &Cx, p: panics::AddParams) -> Result<panics::AddOutput> {
        self.count += p.a;
        Ok(panics::AddOutput { count: self.count })
    }

    async fn front_sync(_cx: &Cx) -> Result<String> {
        panic!("in the front Worker");
    }

    async fn front_async(_cx: &Cx) -> Result<String> {
        pause(5).await;
        panic!("in the front Worker, after an await");
    }

    async fn front_late(_cx: &Cx) -> Result<String> {
        // In the next microtask: the platform drops the timers of a request that was answered.
        panic_after(0);
        Ok("answered".into())
    }

    async fn front_task(_cx: &Cx) -> Result<String> {
        panic_after(5);
        pause(2000).await;
        Ok("nobody lives to say this".into())
    }

    async fn read_sync(&self, _cx: &Cx) -> Result<String> {
        panic!("in the object");
    }

    async fn read_async(&self, _cx: &Cx) -> Result<String> {
        pause(5).await;
        panic!("in the object, after an await");
    }

    async fn write_sync(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1_000_000;
        panic!("in the object, with the state changed");
    }

    async fn write_async(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1_000_000;
        pause(5).await;
        panic!("in the object, with the state changed, after an await");
    }

    async fn object_late(&self, _cx: &Cx) -> Result<String> {
        panic_after(20);
        Ok("answered".into())
    }

    async fn object_task(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1_000_000;
        panic_after(5);
        pause(2000).await;
        Ok("nobody lives to say this".into())
    }

    async fn front_overflow(_cx: &Cx) -> Result<String> {
        Ok(recurse(0).to_string())
    }

    async fn write_overflow(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1_000_000;
        Ok(recurse(0).to_string())
    }

    async fn front_throw(_cx: &Cx) -> Result<String> {
        throw_str("a JavaScript exception")
    }

    async fn write_throw(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1_000_000;
        throw_str("a JavaScript exception")
    }

    async fn front_never(_cx: &Cx) -> Result<String> {
        std::future::pending().await
    }

    async fn front_throw_async(_cx: &Cx) -> Result<String> {
        pause(5).await;
        throw_str("a JavaScript exception, after an await")
    }

    async fn write_throw_async(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1_000_000;
        pause(5).await;
        throw_str("a JavaScript exception, after an await")
    }

    async fn write_never(&mut self, _cx: &Cx) -> Result<String> {
        self.count += 1_000_000;
        std::future::pending().await
    }
}
