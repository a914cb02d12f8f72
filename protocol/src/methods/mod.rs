//! The methods, one file a family.

mod completion;
mod lifecycle;
mod prompts;
mod resources;
mod tools;

use crate::ClientCaps;
use crate::call::{Call, CallHead, Framing, Route, Target, TargetKind};
use crate::catalog::{Catalog, Place, Scope};
use crate::engine::{Engine, Output};
use crate::error::RpcError;
use crate::guard::{Refusal, challenged};
use crate::http::Reply;
use crate::jsonrpc::{self, Params, Request};
use crate::list::Kind;
use crate::principal::Principal;
use crate::route::frame;
use crate::schema::Violation;
use crate::tasks::{self, TaskAct};
use crate::trace::Trace;
use crate::version::Version;
use crate::wire::{quote, string};
use std::borrow::Cow;
use std::rc::Rc;

/// The object that has the state of everybody, and of whoever is asked nothing: over stdio, of who runs the program.
pub const HUB: &str = "state:server";

/// What is known of a request beside its body.
pub(crate) struct Context {
    pub version: Version,
    pub framing: Framing,
    /// 32 hex digits; `None` where there are no sessions.
    pub session: Option<String>,
    pub client: ClientCaps,
    /// Who asks, where that is known.
    pub who: Option<Rc<Principal>>,
    /// Where the request stands in a distributed trace.
    pub trace: Option<Box<Trace>>,
}

/// A method that is served. `initialize` is not among them: it makes the context that they have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Ping,
    Discover,
    List(Kind),
    CallTool,
    ReadResource,
    GetPrompt,
    Complete,
    Task(TaskAct),
}

impl Method {
    /// The method of this name, if the version has it and the catalog has what it is about.
    pub fn parse(name: &str, version: Version, catalog: &Catalog) -> Option<Method> {
        let (method, there) = match name {
            "ping" => (Method::Ping, version.has_ping()),
            "server/discover" => (Method::Discover, version.is_stateless()),
            "tools/list" => (Method::List(Kind::Tools), !catalog.tools.is_empty()),
            "tools/call" => (Method::CallTool, !catalog.tools.is_empty()),
            "resources/list" => (Method::List(Kind::Resources), !catalog.resources.is_empty()),
            "resources/templates/list" => {
                (Method::List(Kind::Templates), !catalog.resources.is_empty())
            }
            "resources/read" => (Method::ReadResource, !catalog.resources.is_empty()),
            "prompts/list" => (Method::List(Kind::Prompts), !catalog.prompts.is_empty()),
            "prompts/get" => (Method::GetPrompt, !catalog.prompts.is_empty()),
            "completion/complete" => (Method::Complete, !catalog.completions.is_empty()),
            _ => {
                let there = version.is_stateless() && catalog.has_tasks();
                (Method::Task(tasks::method(name)?), there)
            }
        };
        there.then_some(method)
    }
}

/// A page of a list.
enum Listed<'a> {
    /// As everybody sees it.
    Everybodys(&'a str),
    /// As this caller does.
    Own(Rc<str>),
}

impl std::ops::Deref for Listed<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        match self {
            Listed::Everybodys(text) => text,
            Listed::Own(text) => text,
        }
    }
}

/// What a method gives: a finished response, or a call of a handler.
pub(crate) type Outcome<'r> = Result<Output<'r>, RpcError>;

impl Engine {
    /// A request in its context.
    pub(crate) fn dispatch<'r>(&self, context: Context, request: Request<'r>) -> Output<'r> {
        let (version, framing, id) = (context.version, context.framing, request.id);
        let outcome = match Method::parse(&request.method, version, &self.catalog) {
            None => Err(RpcError::method_not_found(&request.method)),
            Some(_) if request.params.malformed => Err(RpcError::invalid_params(
                "`params` must be an object without duplicates",
            )),
            Some(Method::Ping) => Ok(Output::Reply(frame(
                framing,
                200,
                jsonrpc::result(id, &["{}"]),
            ))),
            Some(Method::Discover) => {
                let result = self.lists.result(&self.catalog, Kind::Discover, version);
                Ok(Output::Reply(frame(
                    framing,
                    200,
                    jsonrpc::result(id, &[result]),
                )))
            }
            Some(Method::List(kind)) => self
                .list(&context, kind, &request.params)
                .map(|list| Output::Reply(frame(framing, 200, jsonrpc::result(id, &[&*list])))),
            Some(Method::CallTool) => self.call_tool(context, id, &request.params),
            Some(Method::ReadResource) => self.read_resource(context, id, &request.params),
            Some(Method::GetPrompt) => self.get_prompt(context, id, &request.params),
            Some(Method::Complete) => self.complete(context, id, &request.params),
            Some(Method::Task(act)) => match self.parts.task {
                Some(task) => task(self, context, id, act, &request.params),
                None => Err(RpcError::method_not_found(&request.method)),
            },
        };
        outcome.unwrap_or_else(|error| Output::Reply(failed(framing, version, id, &error)))
    }

    /// A page of a list. (`null` is how some clients say that they have no cursor.)
    fn list(
        &self,
        context: &Context,
        kind: Kind,
        params: &Params<'_>,
    ) -> Result<Listed<'_>, RpcError> {
        let wrong = || RpcError::invalid_params("`cursor` is not one of this list");
        let version = context.version;
        let cursor = match params.cursor {
            Some(raw) if raw.get() != "null" => Some(string(raw).ok_or_else(wrong)?),
            _ => None,
        };
        let page = match (&self.guard, &cursor) {
            (Some(guard), _) => {
                let (cursor, who) = (cursor.as_deref(), context.who.as_deref());
                (guard.list)(self, kind, version, cursor, who).map(Listed::Own)
            }
            (None, Some(cursor)) => {
                let page = self.lists.after(&self.catalog, kind, version, cursor);
                page.map(Listed::Everybodys)
            }
            (None, None) => {
                let page = self.lists.result(&self.catalog, kind, version);
                Some(Listed::Everybodys(page))
            }
        };
        page.ok_or_else(wrong)
    }

    /// A call of a handler whose arguments are fine.
    pub(crate) fn call<'r>(
        &self,
        context: Context,
        id: &str,
        place: Place,
        target: Target,
        arguments: Cow<'r, str>,
        uri: Option<Cow<'r, str>>,
    ) -> Output<'r> {
        let route = self.place_of(place, context.session.as_deref(), context.who.as_deref());
        let head = CallHead {
            id: id.to_owned(),
            version: context.version,
            framing: context.framing,
            session: context.session,
            client: context.client,
            target,
            trace: context.trace,
            who: context.who.map(|who| who.line().clone()),
        };
        Output::Call(Call {
            head,
            route,
            target,
            arguments,
            uri,
            interactive: self.is_interactive(target),
            once: self.is_confirmed(target),
        })
    }

    /// Whether the caller may use an item.
    pub(crate) fn may_use(&self, context: &Context, target: Target) -> Result<(), Refusal> {
        self.admit(self.access(target), context.who.as_deref())
    }

    /// Where a handler of this place runs.
    pub(crate) fn place_of(
        &self,
        place: Place,
        session: Option<&str>,
        who: Option<&Principal>,
    ) -> Route {
        match (place, self.catalog.scope, session) {
            (Place::Front, ..) => Route::Here,
            // The session's object runs this, and has the state too.
            (_, Some(Scope::Session), Some(_)) => Route::Here,
            _ => Route::Object(who.and_then(Principal::home).unwrap_or(HUB).to_owned()),
        }
    }

    fn is_interactive(&self, target: Target) -> bool {
        let catalog = &self.catalog;
        match target.kind {
            TargetKind::Tool => catalog.tools[target.index].may_ask(),
            TargetKind::Resource => catalog.resources[target.index].interactive,
            TargetKind::Prompt => catalog.prompts[target.index].interactive,
            TargetKind::Completion => false,
        }
    }

    fn is_confirmed(&self, target: Target) -> bool {
        let tools = self.catalog.tools;
        target.kind == TargetKind::Tool && tools[target.index].confirm.is_some()
    }

    /// Whether a handler needs a session's state where there are no sessions.
    fn lacks_session(&self, context: &Context, place: Place) -> bool {
        place != Place::Front
            && self.catalog.scope == Some(Scope::Session)
            && context.session.is_none()
    }

    /// Checks arguments against what is declared, and gives them as the handler reads them.
    pub(crate) fn check_arguments<'r>(
        &self,
        target: Target,
        arguments: Cow<'r, str>,
    ) -> Result<Result<Cow<'r, str>, Vec<Violation>>, RpcError> {
        match self.index.validator(&self.catalog, target) {
            Ok(Some(validator)) => Ok(validator.read(arguments)),
            Ok(None) => Ok(Ok(arguments)),
            Err(()) => Err(RpcError::internal()),
        }
    }
}

/// `arguments` as written, `{}` where there are none.
fn arguments<'a>(params: &Params<'a>) -> Result<&'a str, RpcError> {
    match params.arguments.map(|arguments| arguments.get()) {
        None | Some("null") => Ok("{}"),
        Some(text) if text.starts_with('{') => Ok(text),
        Some(_) => Err(RpcError::invalid_params("`arguments` must be an object")),
    }
}

/// `-32602` for arguments that violate their schema, each violation with its place.
fn invalid_arguments(violations: &[Violation]) -> RpcError {
    let mut message = String::from("invalid arguments");
    let mut data = String::from("{\"violations\":[");
    for (at, violation) in violations.iter().enumerate() {
        message.push_str(if at == 0 { ": " } else { "; " });
        violation.write(&mut message);
        data.push_str(if at == 0 {
            "{\"pointer\":"
        } else {
            ",{\"pointer\":"
        });
        quote(&mut data, &violation.pointer);
        data.push_str(",\"message\":");
        quote(&mut data, &violation.message);
        data.push('}');
    }
    data.push_str("]}");
    RpcError::invalid_params(message).with_data(data)
}

/// An error as the response to a request.
pub(crate) fn failed(framing: Framing, version: Version, id: &str, error: &RpcError) -> Reply {
    let status = error.status(version);
    let reply = frame(framing, status, jsonrpc::error(Some(id), version, error));
    match error.scopes() {
        Some(_) => challenged(reply, error),
        None => reply,
    }
}

/// A target of this kind.
fn target(kind: TargetKind, index: usize) -> Target {
    Target { kind, index }
}
