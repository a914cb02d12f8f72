//! What a play says, on its way to a client that may not have its stream yet.

use std::cell::RefCell;
use std::rc::Rc;

/// Is given whole events, and `None` at the end.
pub type Push = Rc<dyn Fn(Option<&str>)>;

/// Keeps what is said until there is somebody to hear it.
#[derive(Default)]
pub struct Pipe(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    kept: String,
    push: Option<Push>,
    over: bool,
}

impl Pipe {
    /// Whole events of an event stream.
    pub fn say(&self, events: &str) {
        let mut inner = self.0.borrow_mut();
        match &inner.push {
            Some(push) => push(Some(events)),
            None => inner.kept.push_str(events),
        }
    }

    /// The last of them. True where somebody heard it.
    pub fn end(&self, events: &str) -> bool {
        self.say(events);
        let mut inner = self.0.borrow_mut();
        inner.over = true;
        match &inner.push {
            Some(push) => {
                push(None);
                true
            }
            None => false,
        }
    }

    /// Whether something was said that nobody has heard.
    pub fn has_words(&self) -> bool {
        !self.0.borrow().kept.is_empty()
    }

    /// What nobody has heard.
    pub fn take(&self) -> String {
        std::mem::take(&mut self.0.borrow_mut().kept)
    }

    /// Somebody hears from now on: `None` ends it. Gives what was said before, and whether that was all.
    pub fn attach(&self, push: Push) -> (String, bool) {
        let mut inner = self.0.borrow_mut();
        inner.push = Some(push);
        (std::mem::take(&mut inner.kept), inner.over)
    }
}
