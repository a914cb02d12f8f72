//! What happens beside MCP where Rust declares it: the methods of an impl block, and the blocks as one.

use super::events::{self, names, passed};
use super::parts::Parts;
use super::place::at;
use crate::model::{Access, Agent, State};
use crate::read::tokens::{Event, EventKind};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;

/// The constant of a block. `None` where nothing runs a method of it.
pub fn of_block(agent: &Agent, events: &[Event]) -> Option<TokenStream> {
    if events.is_empty() {
        return None;
    }
    let of = |kind| events.iter().find(|it: &&Event| it.kind == kind);
    let migrate = of(EventKind::Migrate).map(|it| {
        let (call, (_, e)) = (call(it), names(&it.given));
        // Only its first argument has a name of its own.
        let from = match it.given.contains(&crate::model::EventArgument::From) {
            true => quote!(from),
            false => quote!(_),
        };
        let e = match it.given.contains(&crate::model::EventArgument::Stored) {
            true => e,
            false => quote!(_),
        };
        quote!(migrate: Some(|#from, #e| { #call }),)
    });
    let updated = of(EventKind::Updated).map(|it| {
        let (call, (cx, e)) = (call(it), names(&it.given));
        let state = state(it);
        quote!(updated: Some(|#state, #cx, #e| ::std::boxed::Box::pin(async move { #call })),)
    });
    let schedules = events.iter().filter(|it| it.kind == EventKind::Schedule);
    let schedules: Vec<_> = schedules
        .zip(&agent.schedules)
        .map(|(event, declared)| events::schedule(declared, &on(event)))
        .collect();
    let schedules = (!schedules.is_empty()).then(|| quote!(schedules: &[#(#schedules),*],));
    let socket = |kind| match of(kind).map(on) {
        Some(on) => quote!(Some(#on)),
        None => quote!(None),
    };
    let websocket = events.iter().any(|it| it.kind.is_of_sockets()).then(|| {
        let (connect, message) = (socket(EventKind::Connect), socket(EventKind::Message));
        let (close, error) = (socket(EventKind::Close), socket(EventKind::Failed));
        // The struct has the path.
        quote!(websocket: Some(rt::WebSocketEvents { path: "", connect: #connect, message: #message, close: #close, error: #error }),)
    });
    let request = of(EventKind::Request)
        .zip(agent.request.as_ref())
        .map(|(event, declared)| {
            let (path, on) = (&declared.path, on(event));
            quote!(request: Some(rt::RequestEvent { path: #path, on: #on }),)
        });
    Some(quote! {
        const EVENTS: rt::Events<Self> = rt::Events { #migrate #updated #schedules #websocket #request ..rt::Events::NONE };
    })
}

/// The method's call, and what it returned as what is expected of it.
fn call(event: &Event) -> TokenStream {
    let method = &event.ident;
    let receiver = (event.access != Access::None).then(|| quote!(a,));
    let given = event.given.iter().map(|it| passed(*it));
    let wait = event.is_async.then(|| quote!(.await));
    // What is no result is marked where the type stands.
    let returned = quote_spanned!(event.output=> returned);
    let ty = match event.kind {
        EventKind::Migrate => quote!(::mcp_agent::serde_json::Value),
        EventKind::Request => quote!(::mcp_agent::Response),
        _ => quote!(()),
    };
    quote! {
        let returned = Self::#method(#receiver #(#given),*) #wait;
        rt::done::<#ty>(#returned)
    }
}

fn on(event: &Event) -> TokenStream {
    // A WebSocket is where the state is, whether a method looks at that or not.
    if event.kind.is_of_sockets() && event.access == Access::None {
        let (call, (cx, e)) = (call(event), names(&event.given));
        return quote!(rt::On::Read(|_, #cx, #e| ::std::boxed::Box::pin(async move { #call })));
    }
    events::on(event.access, &event.given, &call(event))
}

fn state(event: &Event) -> TokenStream {
    match event.access {
        Access::None => quote!(_),
        Access::Read | Access::Write => quote!(a),
    }
}

/// What a method asks of the struct, which is another item: that it compiles says yes.
pub fn needs(event: &Event, owner: &Type) -> TokenStream {
    let (function, span) = match (event.kind, event.receiver) {
        (kind, _) if kind.is_of_sockets() => (quote!(needs_websocket), event.span),
        (_, Some(span)) => (quote!(needs_state), span),
        (EventKind::Request, None) => return quote!(()),
        (_, None) => (quote!(needs_object), event.span),
    };
    let owner = at(owner, span);
    quote_spanned!(span=> ::mcp_agent::__rt1::#function::<#owner>())
}

/// The constant of the struct, and what is wrong with the blocks as one.
pub fn of_struct(agent: &Agent, owner: &Ident, parts: &Parts<'_>) -> (TokenStream, TokenStream) {
    let path = match &agent.websocket {
        Some(websocket) => {
            let path = &websocket.path;
            quote!(Some(#path))
        }
        None => quote!(None),
    };
    let (each, schedules) = (parts.events(), parts.schedules());
    let constant = quote! {
        const EVENTS: ::mcp_agent::__rt1::Events<Self> =
            ::mcp_agent::__rt1::events(&[#(#each),*], #schedules, #path);
    };
    let version = agent.state.as_ref().map_or(1, |it| it.version);
    let migrates = match version {
        1 => quote!(.is_none()),
        _ => quote!(.is_some()),
    };
    let message = match version {
        1 => "`#[migrate]` is never called: the state has its first version, `state(version = 1)`"
            .to_owned(),
        _ => format!(
            "the state has the version {version}, and no method makes it of an older one: write one with `#[migrate]`, `fn migrate(from: u32, old: Value) -> Result<Value>`"
        ),
    };
    let assertion = |holds: TokenStream, message: &str| {
        // What is wrong with a block has been said.
        let broken = parts.broken();
        let events = quote!(<#owner as ::mcp_agent::__rt1::Agent>::EVENTS);
        quote_spanned!(owner.span()=> const _: () = ::core::assert!(#(#broken ||)* #events #holds, #message);)
    };
    let mut wrong = assertion(quote!(.migrate #migrates), &message);
    if agent.websocket.is_some() {
        let message = "nobody reads what clients send over `websocket(…)`: write a method with `#[on_message]`";
        wrong.extend(assertion(quote!(.hears_messages()), message));
    }
    (constant, wrong)
}

/// The declaration of the struct, with what the methods of its blocks say of its tables.
pub fn declaration(text: &str, state: Option<&State>) -> TokenStream {
    let said = [
        (
            "\n[state]\n",
            state.is_some(),
            quote!(if Self::EVENTS.updated.is_some() {
                "on_update = true\n"
            } else {
                ""
            }),
        ),
        (
            "\n[websocket]\n",
            true,
            quote!(if Self::EVENTS.sockets_only_read() {
                "state = \"read\"\n"
            } else {
                ""
            }),
        ),
    ];
    let mut places: Vec<_> = said
        .into_iter()
        .filter(|(_, may, _)| *may)
        .filter_map(|(header, _, line)| Some((text.rfind(header)? + header.len(), line)))
        .collect();
    places.sort_by_key(|(place, _)| *place);
    let mut pieces = TokenStream::new();
    let mut done = 0;
    for (place, line) in places {
        let piece = &text[done..place];
        pieces.extend(quote!(#piece, #line,));
        done = place;
    }
    let rest = &text[done..];
    quote!(#pieces #rest,)
}
