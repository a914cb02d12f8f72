//! What an object's host does with its connections.

use super::Message;

/// The connections of one object, by their ids. They outlive the object: hibernation keeps them, with their tags and attachments. What is
/// done with one that is gone does nothing.
pub trait Sockets {
    /// Accepts the connection that waits under this id.
    fn accept(&self, id: &str, tags: &[String]);
    /// The ids of those that are open, all or with this tag.
    fn connected(&self, tag: Option<&str>) -> Vec<String>;
    /// Sends.
    fn tell(&self, id: &str, message: &Message);
    /// Closes. The code may be sent, and the reason is short enough.
    fn hang_up(&self, id: &str, code: u16, reason: &str);
    /// Keeps a text with the connection, for as long as that lasts.
    fn attach(&self, id: &str, json: &str);
    /// What was kept with it last.
    fn attachment(&self, id: &str) -> Option<String>;
    /// The tags that it was accepted with.
    fn tags(&self, id: &str) -> Vec<String>;
    /// Accepts the connection that waits under this id as a follower of the state, until this time. Those above do not find it by a tag, nor
    /// among all.
    fn accept_follower(&self, id: &str, until_ms: u64);
    /// Until when a follower may stay. `None` for one that is gone.
    fn follows_until(&self, id: &str) -> Option<u64>;
    /// Whether there are any.
    fn has_followers(&self) -> bool;
    /// Sends a text to all of them but one. Whoever's time is over is closed with this code and reason instead.
    fn tell_followers(&self, text: &str, but: Option<&str>, now_ms: u64, over: (u16, &str));
}
