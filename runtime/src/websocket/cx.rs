//! The connections that a handler may ask for.

use super::Socket;
use crate::{Cx, Result};

impl Cx {
    /// The connections of the agent that are open, all of them or those with this tag, in no particular order. One that `on_connect` has
    /// yet to accept is not among them.
    ///
    /// They are those of the object of the state, so a tool with `&self` or `&mut self` may tell them something too.
    ///
    /// ```
    /// use mcp_agent::prelude::*;
    ///
    /// /// Says something to everybody in a room.
    /// fn announce(cx: &Cx, room: &str, text: &str) -> Result<()> {
    ///     for socket in cx.sockets(Some(&format!("room:{room}")))? {
    ///         socket.send(text)?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// In a handler without `self`, which runs in no object.
    pub fn sockets(&self, tag: Option<&str>) -> Result<Vec<Socket>> {
        let work = self.work("`Cx::sockets`")?;
        let ids = work.host().connected(tag);
        Ok(ids.iter().map(|id| Socket::of(work, id)).collect())
    }
}
