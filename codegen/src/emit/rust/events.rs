//! What happens beside MCP: the handlers of schedules, WebSockets, requests and changes of the state, and how the runtime reaches them.

use super::{doc, ident, option};
use crate::model::{Access, Agent, EventArgument, Schedule};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A handler of an event: its signature.
pub struct Event {
    /// The method, raw where it must be.
    pub method: String,
    /// What it is for, in a line of the module's docs.
    pub item: String,
    /// What people read of it.
    pub description: Option<String>,
    /// Its `self`.
    pub access: Access,
    /// What it is given.
    pub given: &'static [EventArgument],
    /// What `Result` holds: a path, or `()`.
    pub output: &'static str,
    /// Whether it is to be written; others do nothing.
    pub is_required: bool,
}

/// How an argument is handed over, where the context is `cx`, the event `e`.
pub fn passed(argument: EventArgument) -> TokenStream {
    match argument {
        EventArgument::Cx => quote!(cx),
        EventArgument::From => quote!(from),
        EventArgument::Old
        | EventArgument::Stored
        | EventArgument::Due
        | EventArgument::Request => quote!(e),
        EventArgument::Socket => quote!(&e.socket),
        EventArgument::Asked => quote!(&e.request),
        EventArgument::Message => quote!(e.message),
        EventArgument::Code => quote!(e.code),
        EventArgument::Reason => quote!(&e.reason),
        EventArgument::Failure => quote!(&e.error),
    }
}

const UPDATED: &[EventArgument] = &[EventArgument::Cx, EventArgument::Old];
const MIGRATE: &[EventArgument] = &[EventArgument::From, EventArgument::Stored];
const SCHEDULE: &[EventArgument] = &[EventArgument::Cx, EventArgument::Due];
const CONNECT: &[EventArgument] = &[
    EventArgument::Cx,
    EventArgument::Socket,
    EventArgument::Asked,
];
const MESSAGE: &[EventArgument] = &[
    EventArgument::Cx,
    EventArgument::Socket,
    EventArgument::Message,
];
const CLOSE: &[EventArgument] = &[
    EventArgument::Cx,
    EventArgument::Socket,
    EventArgument::Code,
    EventArgument::Reason,
];
const FAILED: &[EventArgument] = &[
    EventArgument::Cx,
    EventArgument::Socket,
    EventArgument::Failure,
];
const REQUEST: &[EventArgument] = &[EventArgument::Cx, EventArgument::Request];

/// What a method is called that makes a state of a newer version.
const MIGRATE_METHOD: &str = "migrate";

impl Event {
    fn new(method: &str, item: &str, access: Access, given: &'static [EventArgument]) -> Self {
        Self {
            method: method.to_owned(),
            item: item.to_owned(),
            description: None,
            access,
            given,
            output: "()",
            is_required: true,
        }
    }

    fn of_schedule(schedule: &Schedule) -> Self {
        let item = format!("The schedule `{}`.", schedule.name);
        Self {
            description: schedule.description.clone(),
            ..Self::new(&schedule.method, &item, schedule.access, SCHEDULE)
        }
    }

    /// Whether it is awaited.
    pub fn is_async(&self) -> bool {
        self.given != MIGRATE
    }
}

/// The handlers of events that the declaration needs, or allows.
pub fn all(agent: &Agent) -> Vec<Event> {
    let mut all = Vec::new();
    if agent.state.as_ref().is_some_and(|it| it.on_update) {
        let item = "Hears of a change of the state: `self` is the new one, `old` the one before.";
        all.push(Event::new("on_state_update", item, Access::Read, UPDATED));
    }
    if let Some(state) = agent.state.as_ref().filter(|it| it.version > 1) {
        let item = format!(
            "Makes the JSON of a state of version {} from `old`, which was stored under the older version `from`.",
            state.version
        );
        all.push(Event {
            output: "::mcp_agent::serde_json::Value",
            ..Event::new(MIGRATE_METHOD, &item, Access::None, MIGRATE)
        });
    }
    all.extend(agent.schedules.iter().map(Event::of_schedule));
    if let Some(websocket) = &agent.websocket {
        let event = |method, item, given| Event::new(method, item, websocket.access, given);
        let optional = |method, item, given| Event {
            is_required: false,
            ..event(method, item, given)
        };
        let connect = "A client connects with a WebSocket; an error refuses it.";
        all.extend([
            optional("on_connect", connect, CONNECT),
            event(
                "on_message",
                "A client sent something over its WebSocket.",
                MESSAGE,
            ),
            optional("on_close", "A WebSocket has ended.", CLOSE),
            optional("on_error", "A WebSocket has failed.", FAILED),
        ]);
    }
    if let Some(request) = &agent.request {
        let item = format!("Plain HTTP requests at `{}`.", request.path);
        all.push(Event {
            output: "::mcp_agent::Response",
            ..Event::new("on_request", &item, request.access, REQUEST)
        });
    }
    all
}

/// The methods of the trait.
pub fn methods(agent: &Agent) -> impl Iterator<Item = TokenStream> {
    all(agent).into_iter().map(|event| method(&event))
}

fn method(event: &Event) -> TokenStream {
    let (name, receiver) = (ident(&event.method), receiver(event.access));
    let docs = [
        Some(event.item.clone()),
        event.description.as_deref().map(doc),
    ];
    let docs = docs
        .into_iter()
        .flatten()
        .map(|doc| quote!(#[doc = #doc] #[doc = ""]));
    let names: Vec<_> = event
        .given
        .iter()
        .map(|it| ident(it.parameter().0))
        .collect();
    let types = event.given.iter().map(|it| tokens(it.parameter().1));
    let output = tokens(event.output);
    let asynchronous = event.is_async().then(|| quote!(async));
    let body = match event.is_required {
        true => quote!(;),
        false => quote!({ let _ = (#(#names),*); Ok(()) }),
    };
    quote! {
        #(#docs)*
        #asynchronous fn #name(#receiver #(#names: #types),*) -> ::mcp_agent::Result<#output> #body
    }
}

fn receiver(access: Access) -> TokenStream {
    match access {
        Access::None => quote!(),
        Access::Read => quote!(&self,),
        Access::Write => quote!(&mut self,),
    }
}

fn tokens(text: &str) -> TokenStream {
    // They are ours, and Rust.
    text.parse().unwrap_or_default()
}

/// A function of the agent's handlers, as there is one of their table. `None` where nothing happens.
pub fn function(agent: &Agent, owner: &Ident) -> Option<TokenStream> {
    let all = all(agent);
    if all.is_empty() {
        return None;
    }
    let handler = |event: &Event| {
        let method = ident(&event.method);
        let given = event.given.iter().map(|it| passed(*it));
        let receiver = (event.access != Access::None).then(|| quote!(a,));
        on(
            event.access,
            event.given,
            &quote!(<A as Handlers>::#method(#receiver #(#given),*).await),
        )
    };
    let of = |method: &str| all.iter().find(|it| it.method == method);
    let migrate = of(MIGRATE_METHOD).filter(|it| !it.is_async());
    let migrate = migrate.map(|_| quote!(migrate: Some(<A as Handlers>::migrate),));
    let has_updated = agent.state.as_ref().is_some_and(|it| it.on_update);
    let updated = has_updated.then(|| {
        quote!(updated: Some(|a, cx, e| ::std::boxed::Box::pin(<A as Handlers>::on_state_update(a, cx, e))),)
    });
    let schedules = agent.schedules.iter().map(|it| {
        let on = handler(&Event::of_schedule(it));
        schedule(it, &on)
    });
    let schedules = (!agent.schedules.is_empty()).then(|| quote!(schedules: &[#(#schedules),*],));
    let websocket = agent.websocket.as_ref().map(|it| {
        let path = &it.path;
        let on = |method: &str| option(of(method).map(handler));
        let (connect, message) = (on("on_connect"), on("on_message"));
        let (close, error) = (on("on_close"), on("on_error"));
        quote!(websocket: Some(rt::WebSocketEvents { path: #path, connect: #connect, message: #message, close: #close, error: #error }),)
    });
    let request = agent
        .request
        .as_ref()
        .zip(of("on_request"))
        .map(|(it, event)| {
            let (path, on) = (&it.path, handler(event));
            quote!(request: Some(rt::RequestEvent { path: #path, on: #on }),)
        });
    Some(quote! {
        #[doc(hidden)]
        #[allow(clippy::needless_update)]
        pub const fn handlers<A: Handlers + ::core::borrow::Borrow<super::#owner>>() -> (rt::Table<A>, rt::Events<A>) {
            (table::<A>(), rt::Events { #migrate #updated #schedules #websocket #request ..rt::Events::NONE })
        }
    })
}

/// A schedule of the list.
pub fn schedule(schedule: &Schedule, on: &TokenStream) -> TokenStream {
    let Schedule { name, attempts, .. } = schedule;
    let cron = option(schedule.cron.as_ref());
    quote!(rt::Schedule { name: #name, cron: #cron, attempts: #attempts, on: #on })
}

/// The names of the context and the event where these are given; what is not used is not named.
pub fn names(given: &[EventArgument]) -> (TokenStream, TokenStream) {
    let name = |is_used, name: TokenStream| if is_used { name } else { quote!(_) };
    let is_cx = |it: &EventArgument| *it == EventArgument::Cx;
    (
        name(given.iter().any(is_cx), quote!(cx)),
        name(!given.iter().all(is_cx), quote!(e)),
    )
}

/// A handler by where it runs. In `call` the state is `a`, the context `cx`, the event `e`.
pub fn on(access: Access, given: &[EventArgument], call: &TokenStream) -> TokenStream {
    let (cx, e) = names(given);
    let run = quote!(::std::boxed::Box::pin(async move { #call }));
    match access {
        Access::None => quote!(rt::On::Front(|#cx, #e| #run)),
        Access::Read => quote!(rt::On::Read(|a, #cx, #e| #run)),
        Access::Write => quote!(rt::On::Write(|a, #cx, #e| #run)),
    }
}
