//! What joins a client's stream to its object.

use std::cell::{Cell, RefCell};

/// Both ends of a stream.
pub struct Socket {
    /// The object that sends.
    pub object: String,
    /// The stream of its session; `None` for a light session, which has but one.
    pub stream: Option<u32>,
    /// A light session.
    pub session: RefCell<String>,
    /// What the client has got and not yet looked at.
    unread: RefCell<String>,
    /// As the object sees it.
    open: Cell<bool>,
    /// The client is gone, of which the object may not know yet.
    cut: Cell<bool>,
}

impl Socket {
    pub fn new(object: &str, stream: Option<u32>, session: &str) -> Self {
        Self {
            object: object.to_owned(),
            stream,
            session: RefCell::new(session.to_owned()),
            unread: RefCell::default(),
            open: Cell::new(true),
            cut: Cell::new(false),
        }
    }

    /// What is sent to a client that is gone is lost.
    pub fn send(&self, text: &str) {
        if self.open.get() && !self.cut.get() {
            self.unread.borrow_mut().push_str(text);
        }
    }

    /// Nothing more is sent.
    pub fn close(&self) {
        self.open.set(false);
    }

    /// The client leaves. True when the object is to hear of it.
    pub fn cut(&self) -> bool {
        self.unread.take();
        !self.cut.replace(true) && self.open.get()
    }

    pub fn is_open(&self) -> bool {
        self.open.get()
    }

    /// What came since the last look.
    pub fn read(&self) -> String {
        self.unread.take()
    }
}
