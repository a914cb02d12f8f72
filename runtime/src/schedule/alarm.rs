//! The one alarm of an object, for its schedules and for whatever else has it woken.
//!
//! An object has one alarm, and whoever sets it loses the time that it had. So what others ask for is a row, and the alarm is for whatever
//! comes first, also in another life of the object.

use super::plan::rows;
use crate::host::Host;
use crate::once::Task;
use crate::sql::Database;
use crate::websocket::{Message, Sockets};
use mcp_agent_protocol::{Keys, Rows, RowsError, SessionHost};
use std::rc::Rc;

/// The row of when others want to be woken.
const WANTED: &str = "wanted";
/// When to try again after a storage that failed, in milliseconds.
const TROUBLE_MS: u64 = 60_000;

/// The host of an object with schedules. A method of [`Host`] that has a default must be passed on here all the same.
pub struct OneAlarm {
    host: Rc<dyn Host>,
    handlers: fn() -> Vec<&'static str>,
}

impl OneAlarm {
    /// `handlers` names what can be scheduled.
    pub fn over(host: Rc<dyn Host>, handlers: fn() -> Vec<&'static str>) -> Rc<dyn Host> {
        Rc::new(Self { host, handlers })
    }

    /// Sets the alarm for the schedules, none of which is looked at before this time, and for the others.
    fn set(&self, not_before_ms: u64, wanted_ms: Option<u64>) -> Result<(), RowsError> {
        let first = rows::first(self)?;
        let first = first.map(|(at_ms, _)| at_ms.max(not_before_ms));
        if let Some(at_ms) = first.into_iter().chain(wanted_ms).min() {
            self.host.wake_at(at_ms);
        }
        Ok(())
    }

    fn set_or_soon(&self, set: Result<(), RowsError>) {
        if let Err(error) = set {
            crate::host::log(&error.to_string());
            let at_ms = self.host.now_ms().saturating_add(TROUBLE_MS);
            self.host.wake_at(at_ms);
        }
    }
}

fn wanted(host: &dyn Rows) -> Result<Option<u64>, RowsError> {
    let row = host.get(WANTED)?;
    Ok(row.and_then(|at_ms| at_ms.parse().ok()))
}

/// Whether an alarm is for others.
#[derive(Debug, PartialEq, Eq)]
pub enum Sweep {
    /// It is, as far as is known.
    Now,
    /// Not yet.
    Later,
}

/// The alarm rings. `due` says whether a schedule is.
pub fn sweep_now(host: &dyn Host, due: bool) -> Result<Sweep, RowsError> {
    Ok(match wanted(host)? {
        Some(at_ms) if at_ms > host.now_ms() => Sweep::Later,
        Some(_) => {
            host.delete(WANTED)?;
            Sweep::Now
        }
        // Before there were schedules, nobody said so.
        None if !due => Sweep::Now,
        None => Sweep::Later,
    })
}

impl Rows for OneAlarm {
    fn get(&self, key: &str) -> Result<Option<String>, RowsError> {
        self.host.get(key)
    }

    fn put(&self, key: &str, value: &str) -> Result<(), RowsError> {
        self.host.put(key, value)
    }

    fn delete(&self, key: &str) -> Result<(), RowsError> {
        self.host.delete(key)
    }

    fn list(&self, prefix: &str, after: &str) -> Result<Vec<(String, String)>, RowsError> {
        self.host.list(prefix, after)
    }

    fn first(&self, prefix: &str) -> Result<Option<(String, String)>, RowsError> {
        self.host.first(prefix)
    }

    fn last(&self, prefix: &str) -> Result<Option<(String, String)>, RowsError> {
        self.host.last(prefix)
    }

    fn clear(&self, prefix: &str) -> Result<(), RowsError> {
        self.host.clear(prefix)
    }
}

impl SessionHost for OneAlarm {
    fn send(&self, stream: u32, text: &str) {
        self.host.send(stream, text);
    }

    fn close(&self, stream: u32) {
        self.host.close(stream);
    }

    fn reach(&self, stream: u32, text: &str) -> bool {
        self.host.reach(stream, text)
    }

    fn is_joined(&self, stream: u32) -> bool {
        self.host.is_joined(stream)
    }

    fn wake_at(&self, at_ms: u64) {
        let set = self
            .host
            .put(WANTED, &at_ms.to_string())
            .and_then(|()| self.set(0, Some(at_ms)));
        self.set_or_soon(set);
    }
}

impl Sockets for OneAlarm {
    fn accept(&self, id: &str, tags: &[String]) {
        self.host.accept(id, tags);
    }

    fn connected(&self, tag: Option<&str>) -> Vec<String> {
        self.host.connected(tag)
    }

    fn tell(&self, id: &str, message: &Message) {
        self.host.tell(id, message);
    }

    fn hang_up(&self, id: &str, code: u16, reason: &str) {
        self.host.hang_up(id, code, reason);
    }

    fn attach(&self, id: &str, json: &str) {
        self.host.attach(id, json);
    }

    fn attachment(&self, id: &str) -> Option<String> {
        self.host.attachment(id)
    }

    fn tags(&self, id: &str) -> Vec<String> {
        self.host.tags(id)
    }

    fn accept_follower(&self, id: &str, until_ms: u64) {
        self.host.accept_follower(id, until_ms);
    }

    fn follows_until(&self, id: &str) -> Option<u64> {
        self.host.follows_until(id)
    }

    fn has_followers(&self) -> bool {
        self.host.has_followers()
    }

    fn tell_followers(&self, text: &str, but: Option<&str>, now_ms: u64, over: (u16, &str)) {
        self.host.tell_followers(text, but, now_ms, over);
    }
}

impl Host for OneAlarm {
    fn database(&self) -> Option<&dyn Database> {
        self.host.database()
    }

    fn now_ms(&self) -> u64 {
        self.host.now_ms()
    }

    fn entropy(&self, out: &mut [u8]) {
        self.host.entropy(out);
    }

    fn keys(&self) -> Option<Rc<Keys>> {
        self.host.keys()
    }

    fn spawn(&self, task: Task<()>) {
        self.host.spawn(task);
    }

    fn lost_by(&self) -> Option<&str> {
        self.host.lost_by()
    }

    fn remote(&self, object: &str, verb: &'static str, payload: &str) -> Task<Option<String>> {
        self.host.remote(object, verb, payload)
    }

    fn schedulable(&self) -> Vec<&'static str> {
        (self.handlers)()
    }

    fn wake_for_schedules(&self, not_before_ms: u64) {
        let set = wanted(self).and_then(|wanted| self.set(not_before_ms, wanted));
        self.set_or_soon(set);
    }
}
