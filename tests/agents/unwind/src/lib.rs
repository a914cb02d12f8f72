//! Panics that unwind, in every place where a handler runs, and what goes on beside them.

use mcp_agent::prelude::*;
use mcp_agent::worker::wasm_bindgen::throw_str;
use mcp_agent::worker::wasm_bindgen_futures::spawn_local;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// An agent that panics.
#[mcp_agent(config = "mcp.toml")]
pub struct Unwind;

thread_local! {
    // What a wasm instance remembers, and nobody else.
    static ASKED: Cell<u32> = const { Cell::new(0) };
    static BEHIND: Cell<u32> = const { Cell::new(0) };
}

const NOTE: &str = "INSERT INTO note (text) VALUES (?)";

async fn pause(cx: &Cx, late: bool) {
    if late {
        cx.sleep(Duration::from_millis(5)).await;
    }
}

async fn wait(cx: &Cx, ms: i64) -> Result<String> {
    cx.sleep(Duration::from_millis(ms.unsigned_abs())).await;
    Ok("waited".into())
}

/// Two tasks that nobody awaits, in one turn: the first panics.
fn leave() {
    spawn_local(async { panic!("in a task that was left") });
    spawn_local(async { BEHIND.set(BEHIND.get() + 1) });
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

impl unwind::Handlers for Unwind {
    async fn on_state_update(&self, _cx: &Cx, old: &Self) -> Result<()> {
        // Of whoever made the change nothing is taken back.
        assert_ne!(self.count - old.count, 666, "in on_state_update");
        Ok(())
    }

    async fn life(_cx: &Cx) -> Result<String> {
        ASKED.set(ASKED.get() + 1);
        Ok(format!("{} {}", ASKED.get(), BEHIND.get()))
    }

    async fn wait(cx: &Cx, p: unwind::WaitParams) -> Result<String> {
        wait(cx, p.ms).await
    }

    async fn wait_object(&self, cx: &Cx, p: unwind::WaitObjectParams) -> Result<String> {
        wait(cx, p.ms).await
    }

    async fn steps(cx: &Cx, call: &Call, p: unwind::StepsParams) -> Result<String> {
        for at in 1..=p.n {
            wait(cx, p.ms).await?;
            call.progress(at as f64, Some(p.n as f64), None);
        }
        Ok(format!("{} steps", p.n))
    }

    async fn seen(&self, cx: &Cx) -> Result<unwind::SeenOutput> {
        Ok(unwind::SeenOutput {
            count: self.count,
            notes: cx.sql().query("SELECT text FROM note ORDER BY id", ())?,
        })
    }

    async fn add(&mut self, _cx: &Cx, p: unwind::AddParams) -> Result<String> {
        self.count += p.a;
        Ok(self.count.to_string())
    }

    async fn front(cx: &Cx, p: unwind::FrontParams) -> Result<String> {
        pause(cx, p.late).await;
        panic!("in the front Worker");
    }

    async fn read(&self, cx: &Cx, p: unwind::ReadParams) -> Result<String> {
        pause(cx, p.late).await;
        panic!("on the snapshot");
    }

    async fn write(&mut self, cx: &Cx, p: unwind::WriteParams) -> Result<String> {
        self.count += 1_000_000;
        cx.write(|tx| tx.execute(NOTE, ["of a panic"]))?;
        cx.schedule(Duration::ZERO, "ring", &1_000_000)?;
        pause(cx, p.late).await;
        panic!("where the state is");
    }

    async fn sql(&mut self, cx: &Cx, p: unwind::SqlParams) -> Result<String> {
        cx.write(|tx| tx.execute(NOTE, ["before the panic"]))?;
        pause(cx, p.late).await;
        cx.write(|tx| {
            tx.execute(NOTE, ["within the panic"])?;
            panic!("in a write")
        })
    }

    async fn caught(&mut self, cx: &Cx) -> Result<String> {
        cx.write(|tx| tx.execute(NOTE, ["kept"]))?;
        let caught = catch_unwind(AssertUnwindSafe(|| {
            cx.write(|tx| {
                tx.execute(NOTE, ["of a panic"])?;
                if true {
                    panic!("in a write, and caught");
                }
                Ok(())
            })
        }));
        pause(cx, true).await;
        cx.write(|tx| tx.execute(NOTE, ["kept too"]))?;
        Ok(caught.is_err().to_string())
    }

    async fn asked(&mut self, cx: &Cx, call: &Call) -> Result<String> {
        self.count += 1_000_000;
        cx.write(|tx| tx.execute(NOTE, ["of a panic"]))?;
        let _: unwind::Consent = call.elicit("consent", "Shall I?").await?;
        panic!("with the answer in its hands");
    }

    async fn told(cx: &Cx, call: &Call) -> Result<String> {
        call.progress(1.0, None, None);
        pause(cx, true).await;
        panic!("in a session's object");
    }

    async fn cart(_cx: &Cx, cart: &mut unwind::Cart) -> Result<String> {
        cart.items += 1;
        panic!("with a cart");
    }

    async fn task(cx: &Cx, _call: &Call) -> Result<String> {
        pause(cx, true).await;
        panic!("in a task");
    }

    async fn cart_items(_cx: &Cx, cart: &mut unwind::Cart) -> Result<String> {
        Ok(cart.items.to_string())
    }

    async fn left(_cx: &Cx) -> Result<String> {
        leave();
        Ok("left".into())
    }

    async fn left_object(&self, _cx: &Cx) -> Result<String> {
        leave();
        Ok("left".into())
    }

    async fn later(&mut self, cx: &Cx, p: unwind::LaterParams) -> Result<String> {
        let handler = if p.read { "look" } else { "ring" };
        cx.schedule(Duration::ZERO, handler, &1)?;
        Ok("later".into())
    }

    async fn full(_cx: &Cx) -> Result<String> {
        Ok(recurse(0).to_string())
    }

    async fn thrown(&mut self, cx: &Cx, p: unwind::ThrownParams) -> Result<String> {
        self.count += 1_000_000;
        pause(cx, p.late).await;
        throw_str("a JavaScript exception")
    }

    async fn ring(&mut self, cx: &Cx, due: Due) -> Result<()> {
        self.count += due.payload::<i64>()?;
        cx.write(|tx| tx.execute(NOTE, [format!("rung {}", due.attempt())]))?;
        assert!(due.attempt() > 1, "in a schedule");
        Ok(())
    }

    async fn look(&self, cx: &Cx, due: Due) -> Result<()> {
        pause(cx, true).await;
        assert!(due.attempt() > 1, "in a schedule that reads");
        BEHIND.set(BEHIND.get() + 1);
        Ok(())
    }

    async fn on_connect(&mut self, _cx: &Cx, socket: &Socket, request: &Request) -> Result<()> {
        assert_eq!(request.query(), None, "in on_connect");
        socket.send("welcome")
    }

    async fn on_message(&mut self, cx: &Cx, socket: &Socket, message: Message) -> Result<()> {
        let text = message.text().unwrap_or_default();
        self.count += 1;
        socket.send(text)?;
        pause(cx, text == "panic late").await;
        assert!(!text.starts_with("panic"), "in on_message");
        Ok(())
    }

    async fn on_request(&mut self, cx: &Cx, request: Request) -> Result<Response> {
        self.count += 1;
        pause(cx, request.path() == "/hooks/late").await;
        assert_eq!(request.path(), "/hooks/fine", "in on_request");
        Ok(Response::text("fine"))
    }

    async fn unwind_panic(&self, _cx: &Cx) -> Result<String> {
        panic!("in a resource");
    }

    async fn panic(_cx: &Cx) -> Result<String> {
        panic!("in a prompt");
    }
}
