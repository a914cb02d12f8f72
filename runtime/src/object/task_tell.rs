//! Who hears of a task's changes: the hub, for as long as one of its clients listens to the task (`subscriptions/listen`).

use super::Object;
use crate::agent::Agent;
use crate::once::Task;
use std::future::ready;
use std::rc::Rc;

/// The row that says that somebody listens.
const HEARD: &str = "task-heard";

impl<A: Agent> Object<A> {
    /// The hub wants to hear of this object's task from now on. Answers what the task says; nothing where there is
    /// none.
    pub(super) fn hear_task(self: &Rc<Self>) -> Option<Task<String>> {
        let now = self.with_task(|task, host| {
            if !task.is_over() {
                host.put(HEARD, "")?;
            }
            task.news(host)
        });
        let now = super::task::log(now).unwrap_or_default();
        Some(Box::pin(ready(now)))
    }

    /// Tells the hub of the task as it is now, if it listens: the name of the object, and what the task says. The hub answers `0` when nobody
    /// listens any more.
    pub(super) fn tell_of_task(self: &Rc<Self>) {
        let now = self.with_task(|task, host| {
            if host.get(HEARD)?.is_none() {
                return Ok(None);
            }
            let text = task.news(host)?;
            if task.is_over() {
                host.delete(HEARD)?;
            }
            let hub = super::hub::<A>(&self.engine, task.who());
            Ok(Some((hub, [&task.own_object(), "\n", &text].concat())))
        });
        let Some(Some((hub, payload))) = super::task::log(now) else {
            return;
        };
        let told = self.host.remote(&hub, "task", &payload);
        let this = self.clone();
        self.host.spawn(Box::pin(async move {
            if told.await.as_deref() == Some("0") {
                super::task::log(this.with_task(|_, host| host.delete(HEARD)));
            }
        }));
    }
}
