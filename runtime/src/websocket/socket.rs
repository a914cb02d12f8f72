//! A connection, as one handler has it.

use super::{Message, may_be_sent};
use crate::host::Host;
use crate::work::Work;
use crate::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::{Rc, Weak};

/// Cloudflare gives a connection 10 tags, of which the runtime needs two.
const MOST_TAGS: usize = 8;
/// And 256 bytes for each, of which the runtime needs two.
const LONGEST_TAG: usize = 254;
/// What Cloudflare keeps with a connection while its object hibernates.
const LARGEST_ATTACHMENT: usize = 2_048;
/// What is left of a control frame (RFC 6455, 5.5) behind the code.
const LONGEST_REASON: usize = 123;

/// A client's connection.
///
/// It is lent to one handler. In one with `&mut self`, everything that is asked for here happens after its commit, in this order, and
/// nothing of it when the handler fails. In one without, it happens at once. In `on_connect` there is no connection yet: it happens when
/// the handler has returned `Ok` and the connection is accepted.
///
/// What is done with a connection that is gone is lost without an error, since a client may leave at any time.
#[derive(Clone)]
pub struct Socket {
    seen: Rc<Seen>,
    work: Weak<Work>,
}

/// What a handler knows of a connection, through whichever [`Socket`].
#[derive(Default)]
struct Seen {
    /// 32 hex digits.
    id: String,
    tags: OnceCell<Vec<String>>,
    /// As it was, or as the handler has left it, once somebody has asked.
    attachment: RefCell<Option<Option<String>>>,
    /// Until it is accepted.
    opening: RefCell<Option<Opening>>,
}

/// The connections that one handler has to do with.
#[derive(Default)]
pub struct Known(RefCell<BTreeMap<String, Rc<Seen>>>);

/// What is to be done with a connection once it is accepted.
#[derive(Default)]
pub struct Opening {
    tags: Vec<String>,
    acts: Vec<Act>,
}

/// What a handler does with a connection.
enum Act {
    Send(Message),
    Attach(String),
    Close(u16, String),
}

impl Act {
    fn on(&self, host: &dyn Host, id: &str) {
        match self {
            Self::Send(message) => host.tell(id, message),
            Self::Attach(json) => host.attach(id, json),
            Self::Close(code, reason) => host.hang_up(id, *code, reason),
        }
    }
}

impl Opening {
    /// Accepts the connection.
    pub fn accept(self, host: &dyn Host, id: &str) {
        host.accept(id, &self.tags);
        for act in self.acts {
            act.on(host, id);
        }
    }
}

impl Socket {
    /// The connection of this id.
    pub(crate) fn of(work: &Rc<Work>, id: &str) -> Self {
        let mut known = work.sockets.0.borrow_mut();
        let seen = known.entry(id.to_owned()).or_insert_with(|| {
            Rc::new(Seen {
                id: id.to_owned(),
                ..Seen::default()
            })
        });
        Self {
            seen: seen.clone(),
            work: Rc::downgrade(work),
        }
    }

    /// One that is yet to be accepted.
    pub(crate) fn opening(work: &Rc<Work>, id: &str) -> Self {
        let socket = Self::of(work, id);
        *socket.seen.opening.borrow_mut() = Some(Opening::default());
        *socket.seen.attachment.borrow_mut() = Some(None);
        socket
    }

    /// What was asked for before it was accepted.
    pub(crate) fn opened(&self) -> Opening {
        self.seen.opening.take().unwrap_or_default()
    }

    /// Looks now at what may be gone later: the connection has ended.
    pub(crate) fn remember(&self) -> Result<()> {
        let host = self.work()?;
        let (host, id) = (host.host(), &self.seen.id);
        let _tags = self.seen.tags.set(host.tags(id));
        *self.seen.attachment.borrow_mut() = Some(host.attachment(id));
        Ok(())
    }

    /// Its random id: 32 hex digits.
    pub fn id(&self) -> &str {
        &self.seen.id
    }

    /// Sends a text, bytes, or a [`Message`]. What is sent arrives in its order.
    ///
    /// # Errors
    /// When the handler that it was lent to is over.
    pub fn send(&self, message: impl Into<Message>) -> Result<()> {
        self.act(Act::Send(message.into()))
    }

    /// Closes the connection. `on_close` hears of it when the client has agreed.
    ///
    /// # Errors
    /// When this is no code that may be sent (1000 to 1003, 1007 to 1014, 3000 to 4999), the reason is longer than 123 bytes, or the
    /// handler that it was lent to is over.
    pub fn close(&self, code: u16, reason: &str) -> Result<()> {
        if !may_be_sent(code) {
            return Err(Error::tool(format!(
                "{code} is no code that a connection may be closed with; 1000 is, and 3000 to 4999 are yours"
            )));
        }
        if reason.len() > LONGEST_REASON {
            return Err(Error::tool(format!(
                "the reason of a close may be {LONGEST_REASON} bytes, and this one has {}",
                reason.len()
            )));
        }
        self.act(Act::Close(code, reason.to_owned()))
    }

    /// What was attached last, by this handler or an earlier one; `None` where nothing was. It outlives hibernation, and ends with the
    /// connection; `on_close` still sees it.
    ///
    /// # Errors
    /// When it is of another type, or the handler that it was lent to is over.
    pub fn attachment<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let work = self.work()?;
        let mut known = self.seen.attachment.borrow_mut();
        let json = known.get_or_insert_with(|| work.host().attachment(&self.seen.id));
        json.as_deref()
            .map(|json| serde_json::from_str(json).map_err(Error::tool))
            .transpose()
    }

    /// Attaches something to the connection, in place of what was attached before.
    ///
    /// # Errors
    /// When it is larger than 2,048 bytes of JSON, which is what Cloudflare keeps, or does not serialise, or the handler that it was lent
    /// to is over.
    pub fn attach<T: Serialize + ?Sized>(&self, value: &T) -> Result<()> {
        let json = serde_json::to_string(value)?;
        if json.len() > LARGEST_ATTACHMENT {
            return Err(Error::tool(format!(
                "an attachment may be {LARGEST_ATTACHMENT} bytes of JSON, and this one has {}",
                json.len()
            )));
        }
        self.act(Act::Attach(json.clone()))?;
        *self.seen.attachment.borrow_mut() = Some(Some(json));
        Ok(())
    }

    /// Gives the connection a tag, by which [`Cx::sockets`](crate::Cx::sockets) finds it. Only in `on_connect`: the tags of a connection are
    /// those that it is accepted with.
    ///
    /// # Errors
    /// Anywhere else; for an empty tag, one of more than 254 bytes, or the ninth.
    pub fn tag(&self, tag: &str) -> Result<()> {
        let mut opening = self.seen.opening.borrow_mut();
        let Some(opening) = &mut *opening else {
            return Err(Error::tool(
                "a connection gets its tags in `on_connect`, before it is accepted",
            ));
        };
        if tag.is_empty() || tag.len() > LONGEST_TAG {
            return Err(Error::tool(format!(
                "a tag has 1 to {LONGEST_TAG} bytes, and this one has {}",
                tag.len()
            )));
        }
        if opening.tags.iter().any(|known| known == tag) {
            return Ok(());
        }
        if opening.tags.len() == MOST_TAGS {
            return Err(Error::tool(format!(
                "a connection may have {MOST_TAGS} tags"
            )));
        }
        opening.tags.push(tag.to_owned());
        Ok(())
    }

    /// Its tags.
    ///
    /// # Errors
    /// When the handler that it was lent to is over.
    pub fn tags(&self) -> Result<Vec<String>> {
        if let Some(opening) = &*self.seen.opening.borrow() {
            return Ok(opening.tags.clone());
        }
        let work = self.work()?;
        let tags = || work.host().tags(&self.seen.id);
        Ok(self.seen.tags.get_or_init(tags).clone())
    }

    fn act(&self, act: Act) -> Result<()> {
        let work = self.work()?;
        if let Some(opening) = &mut *self.seen.opening.borrow_mut() {
            opening.acts.push(act);
            return Ok(());
        }
        let id = self.seen.id.clone();
        work.after(Box::new(move |host| act.on(host, &id)));
        Ok(())
    }

    fn work(&self) -> Result<Rc<Work>> {
        self.work
            .upgrade()
            .ok_or_else(|| Error::tool("the handler that this connection was lent to is over"))
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("id", &self.seen.id)
            .finish_non_exhaustive()
    }
}
