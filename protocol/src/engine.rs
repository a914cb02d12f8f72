//! The engine: requests in, what the host must do out.

use crate::batch::Batch;
use crate::call::{Call, CallHead};
use crate::catalog::{Catalog, Scope};
use crate::guard::Guard;
use crate::headers::Mirrored;
use crate::home;
use crate::http::{HttpRequest, Reply};
use crate::index::Index;
use crate::list::Lists;
use crate::listen::Listener;
use crate::parts::Parts;
use crate::policy::{Policy, cors, host};
use crate::principal::Principal;
use crate::rounds::Round;
use crate::session::SessionHead;
use crate::sse::{OpenSse, SseSession};
use crate::stateless::LastClient;
use crate::tasks::TaskRequest;
use crate::token::{Entropy, Keys};
use crate::{Answer, RpcError};
use std::cell::OnceCell;
use std::rc::Rc;

/// An MCP server without its handlers, its clock and its sockets.
///
/// Making one is cheap: lists and validators are made when they are first asked for, and kept. It is neither `Send` nor `Sync`,
/// as an isolate has one thread.
pub struct Engine {
    pub(crate) catalog: Catalog,
    pub(crate) policy: Policy,
    pub(crate) lists: Lists,
    pub(crate) index: Index,
    /// [`Catalog::keeps_sessions`].
    pub(crate) kept: bool,
    /// What tools want mirrored in headers.
    pub(crate) mirrored: Option<Mirrored>,
    pub(crate) parts: Parts,
    /// Who may come in, and do what.
    pub(crate) guard: Option<Box<Guard>>,
    /// Whether requests have HTTP headers, which must say what their bodies say.
    pub(crate) has_headers: bool,
    pub(crate) last_client: LastClient,
    lists_mark: OnceCell<u32>,
}

/// What the host must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output<'r> {
    /// Send this.
    Reply(Reply),
    /// Run a handler and give what it answers to [`Engine::answer`].
    Call(Call<'r>),
    /// Play one round of a handler that may ask, and give what it comes to, to [`Engine::answer`] or to [`Engine::input_required`].
    Round(Box<Round<'r>>),
    /// Do this for each of several messages, and answer them together.
    Batch(Batch<'r>),
    /// A task is to be made, or asked: [`Engine::task`] says how.
    Task(TaskRequest<'r>),
    /// Fetch the sealing keys and call again with them.
    NeedKeys,
    /// Join the client's stream to the object that hears of all changes: first [`Listener::acknowledgement`], then what it
    /// [`hears`](Listener::hears), and [`Listener::end`] when the server ends it.
    Listen(Listener),
    /// Open an HTTP+SSE stream.
    OpenSse(OpenSse),
    /// Take the request and its body to the object of a kept session, which gives them to [`Engine::in_kept_session`].
    Session(SessionHead),
    /// Join the client's stream to the object of a kept session, which gives this to [`Engine::join`].
    Join(SessionHead),
    /// Take a message of an HTTP+SSE client to the object that owns its stream, which gives it to [`Engine::message`]. Where that
    /// object knows of no stream, the answer is 404.
    Post {
        /// The object: `session:<32 hex digits>`.
        object: String,
        /// The message.
        body: &'r str,
    },
}

impl Engine {
    /// An engine for this catalog.
    pub fn new(catalog: Catalog, policy: Policy) -> Engine {
        Engine::lean(catalog, policy)
            .with_aliases()
            .with_mirrors()
            .with_rounds()
            .with_listeners()
            .with_tasks()
            .with_auth()
            .with_homes()
    }

    /// For a catalog that has [aliases](Catalog::aliases).
    #[must_use]
    pub fn with_aliases(mut self) -> Engine {
        self.index.know_aliases();
        self
    }

    /// For a catalog that [mirrors](Catalog::mirrors) arguments: their headers are checked.
    #[must_use]
    pub fn with_mirrors(self) -> Engine {
        let mirrored = Mirrored::of(&self.catalog);
        Engine { mirrored, ..self }
    }

    /// For a catalog in which [something may ask](Catalog::is_interactive).
    #[must_use]
    pub fn with_rounds(mut self) -> Engine {
        self.parts.round = Some(Engine::round);
        self
    }

    /// For a catalog of which a client can hear: its sessions are [kept](Catalog::keeps_sessions), or it has tasks.
    #[must_use]
    pub fn with_listeners(mut self) -> Engine {
        self.parts.listen = Some(Engine::open_listener);
        self
    }

    /// For a catalog that has [tasks](Catalog::has_tasks).
    #[must_use]
    pub fn with_tasks(mut self) -> Engine {
        self.parts.task = Some(Engine::about_task);
        self
    }

    /// For a catalog whose [scope](crate::Scope::is_someones) is somebody's, in the front: [`Engine::caller`] finds the state of who calls.
    #[must_use]
    pub fn with_homes(mut self) -> Engine {
        if self.catalog.scope.is_some_and(Scope::is_someones) {
            self.parts.home = Some(home::settle);
        }
        self
    }

    /// An engine that checks and routes, and does nothing of what [`Engine::new`] adds. What no engine of a program does is not in the
    /// program.
    pub fn lean(catalog: Catalog, policy: Policy) -> Engine {
        Engine {
            catalog,
            policy,
            lists: Lists::default(),
            index: Index::new(&catalog),
            kept: catalog.keeps_sessions(),
            mirrored: None,
            parts: Parts::default(),
            guard: None,
            has_headers: true,
            last_client: LastClient::default(),
            lists_mark: OnceCell::new(),
        }
    }

    /// The same over a transport that has no headers, such as stdio: what they would repeat of a body is not looked for, and a session
    /// lasts as long as the connection, which alone knows its token.
    #[must_use]
    pub fn without_headers(self) -> Engine {
        Engine {
            has_headers: false,
            ..self
        }
    }

    /// What is served.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// How it is served.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// A mark of what is listed, so that a session can tell whether a newer release lists other things. 0 where nobody hears of it.
    pub(crate) fn lists_mark(&self) -> u32 {
        *self.lists_mark.get_or_init(|| match self.kept {
            true => self.catalog.mark(),
            false => 0,
        })
    }

    /// Whether log messages can be asked for: only handlers that may ask can write any.
    pub(crate) fn logs(&self) -> bool {
        self.catalog.is_interactive()
    }

    pub(crate) fn has_subscriptions(&self) -> bool {
        self.catalog.resources.iter().any(|item| item.subscribe)
    }

    /// Reads a request. `keys` may be left out until [`Output::NeedKeys`] asks for them; `now_ms` is the time since the Unix epoch.
    /// Where the request has an `Origin`, the response gets the headers of [`Engine::sharing`] too.
    pub fn handle<'r>(
        &self,
        req: &HttpRequest<'r>,
        keys: Option<&Keys>,
        now_ms: u64,
        entropy: &mut dyn Entropy,
    ) -> Output<'r> {
        if !host::allows(&self.policy, req.headers.host, req.headers.origin) {
            let error = RpcError::invalid_request("this Host or Origin is not served here");
            return Output::Reply(self.refuse(403, &error));
        }
        if let Some(refused) = self.too_large(req.body) {
            return refused;
        }
        // Which paths there are is no secret. Clients try several for metadata, and take a 404 for what it says.
        if !self.serves(req.path) {
            return Output::Reply(Reply::text(404, "not found"));
        }
        if let Some(reply) = self.enter(req) {
            return Output::Reply(reply);
        }
        self.route(req, keys, now_ms, entropy)
    }

    /// Whether a request to this `Host`, from a page of this `Origin`, may be served at all: of what is no MCP too.
    pub fn admits(&self, host: Option<&str>, origin: Option<&str>) -> bool {
        host::allows(&self.policy, host, origin)
    }

    /// The headers that let a page of this `Origin` read what it is answered, whatever it is answered and whoever wrote it; `None`
    /// where such a page is refused.
    pub fn sharing(&self, host: Option<&str>, origin: &str) -> Option<[(&'static str, String); 3]> {
        host::allows(&self.policy, host, Some(origin))
            .then(|| cors::sharing(&self.policy.cors, origin))
    }

    /// One JSON-RPC message of an HTTP+SSE client, in the object that owns its stream. `who` sends it, where that is known: each
    /// message says it anew.
    ///
    /// The body of a [`Output::Reply`] with status 200 is the message to push onto the stream; status 202 has nothing to push; status
    /// 400 answers the POST itself. [`Output::Call`] is answered by [`Engine::answer`] as ever, to be pushed. Each message of an
    /// [`Output::Batch`] comes here again, and is answered by a message of its own. Save the session if it changed.
    pub fn message<'r>(
        &self,
        session: &mut SseSession,
        who: Option<Rc<Principal>>,
        body: &'r str,
    ) -> Output<'r> {
        self.sse_message(session, who, body)
    }

    /// Writes the response to a call, in the version and framing of its request.
    pub fn answer(&self, head: &CallHead, result: Result<Answer, RpcError>) -> Reply {
        self.respond(head, result)
    }
}
