//! Plain HTTP in the object of the state.

use super::Object;
use crate::agent::Agent;
use crate::event;
use crate::once::Task;
use crate::request::{Request, Response};
use std::future::ready;
use std::rc::Rc;

impl<A: Agent> Object<A> {
    /// A plain request that the front brought here.
    pub fn requested(self: &Rc<Self>, request: Request) -> Task<Response> {
        let Some(event) = A::EVENTS.request else {
            return Box::pin(ready(Response::text("not found").status(404)));
        };
        let this = self.clone();
        Box::pin(async move {
            let cx = this.cx_of_event(event.on.writes());
            let cx = cx.with_auth(request.auth.clone());
            let answered = event::run(Some(&*this.state), event.on, &cx, request).await;
            if answered.is_ok() {
                this.tell_changes(&cx);
            }
            Response::of(answered)
        })
    }
}
