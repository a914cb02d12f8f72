//! The trait of an agent's handlers: one method an item that Rust answers.

use super::{completions, events, ident, stubs};
use crate::model::{
    Access, Agent, Field, Input, Output, Prompt, PromptBody, Resource, ResourceBody, Tool, ToolBody,
};
use crate::name;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// A handler's signature, told apart from its place in tokens or text.
pub struct Signature {
    /// The method, raw where it must be.
    pub method: String,
    /// What it is for, in a line of the module's docs.
    pub item: String,
    /// What people read of it.
    pub description: Option<String>,
    /// Its `self`.
    pub access: Access,
    /// Whether it is given a `call`.
    pub interactive: bool,
    /// The handle that it is given: the argument, and its type of the module.
    pub handle: Option<(String, String)>,
    /// The type of `p`: one of the module, or `Value`. `None` for no arguments.
    pub params: Option<Params>,
    /// What `Result` holds.
    pub output: Returned,
}

/// The type of a handler's arguments.
pub enum Params {
    /// A type of the module.
    Type(String),
    /// Any JSON, of an `input_schema`.
    Value,
    /// What somebody has typed.
    Complete,
}

/// What a handler returns in its `Result`.
pub enum Returned {
    /// Text.
    String,
    /// Any content of a tool.
    ToolResult,
    /// Any contents of a resource.
    Contents,
    /// Any messages of a prompt.
    PromptResult,
    /// Values that complete what somebody has typed.
    Strings,
    /// A type of the module, as structured content.
    Type(String),
}

/// Every handler, in the order of tools, resources, prompts, completions.
pub fn signatures(agent: &Agent) -> Vec<Signature> {
    let tools = agent
        .tools
        .iter()
        .filter(|t| t.body == ToolBody::Handler)
        .map(|t| of_tool(agent, t));
    let resources = agent
        .resources
        .iter()
        .filter(|r| r.body == ResourceBody::Handler)
        .map(of_resource);
    let prompts = agent
        .prompts
        .iter()
        .filter(|p| p.body == PromptBody::Handler)
        .map(of_prompt);
    tools
        .chain(resources)
        .chain(prompts)
        .chain(completions::signatures(agent))
        .collect()
}

/// The handler of a tool.
pub fn of_tool(agent: &Agent, tool: &Tool) -> Signature {
    Signature {
        method: tool.method.clone(),
        item: format!("The tool `{}`.", tool.name),
        description: Some(tool.description.clone()),
        access: tool.access,
        interactive: tool.interactive,
        handle: tool.handle.as_ref().and_then(|name| {
            let handle = agent.handles.iter().find(|handle| handle.name == *name)?;
            Some((handle.name.clone(), handle.type_name.clone()))
        }),
        params: match &tool.input {
            Input::Fields(fields) => params(&tool.method, fields),
            Input::Schema { .. } => Some(Params::Value),
        },
        output: match &tool.output {
            Output::Text => Returned::String,
            Output::Content => Returned::ToolResult,
            Output::Named(name) => Returned::Type(name.clone()),
            Output::Fields(_) => Returned::Type(name::output_type(&tool.method)),
        },
    }
}

/// The handler of a resource that has one.
pub fn of_resource(resource: &Resource) -> Signature {
    Signature {
        method: resource.method.clone(),
        item: format!("The resource `{}`.", resource.uri.as_str()),
        description: resource.description.clone(),
        access: resource.access,
        interactive: resource.interactive,
        handle: None,
        params: params(&resource.method, &resource.params),
        output: if resource.content {
            Returned::Contents
        } else {
            Returned::String
        },
    }
}

/// The handler of a prompt that has one.
pub fn of_prompt(prompt: &Prompt) -> Signature {
    let name = &prompt.name;
    let (item, output) = if prompt.content {
        (format!("The prompt `{name}`."), Returned::PromptResult)
    } else {
        let item = format!("The prompt `{name}`: the text of one user message.");
        (item, Returned::String)
    };
    Signature {
        method: prompt.method.clone(),
        item,
        description: prompt.description.clone(),
        access: prompt.access,
        interactive: prompt.interactive,
        handle: None,
        params: params(&prompt.method, &prompt.params),
        output,
    }
}

fn params(method: &str, fields: &[Field]) -> Option<Params> {
    (!fields.is_empty()).then(|| Params::Type(name::params_type(method)))
}

/// How many signatures the compiler is asked to show when the whole `impl` is missing.
const SHOWN: usize = 12;

/// The trait, empty where the declaration needs no handler.
pub fn trait_of(agent: &Agent, owner: &Ident, module: &Ident) -> TokenStream {
    let methods = signatures(agent)
        .into_iter()
        .map(|signature| method(&signature))
        .chain(events::methods(agent));
    let doc = format!("The handlers of [`{owner}`](super::{owner}).");
    let message = "`{Self}` has no handlers";
    let label =
        format!("write `impl {module}::Handlers for {owner} {{{{ … }}}}` with the methods below");
    let stubs = stubs::handlers(agent, &module.to_string());
    let required = stubs.iter().filter(|stub| stub.is_required).count();
    let rest = required.saturating_sub(SHOWN);
    let more = (rest > 0).then(|| format!("and {rest} more, which `mcp-gen sync` shows"));
    let notes = stubs
        .iter()
        .filter(|stub| stub.is_required)
        .take(SHOWN)
        .map(|stub| stub.signature.clone())
        .chain(more);
    quote! {
        #[doc = #doc]
        #[allow(async_fn_in_trait)]
        #[diagnostic::on_unimplemented(message = #message, label = #label #(, note = #notes)*)]
        pub trait Handlers: Sized { #(#methods)* }
    }
}

fn method(signature: &Signature) -> TokenStream {
    let method = ident(&signature.method);
    let description = signature.description.as_deref().map(super::doc);
    let docs = [Some(signature.item.clone()), description];
    let docs = docs
        .into_iter()
        .flatten()
        .map(|doc| quote!(#[doc = #doc] #[doc = ""]));
    let receiver = match signature.access {
        Access::None => quote!(),
        Access::Read => quote!(&self,),
        Access::Write => quote!(&mut self,),
    };
    let call = signature
        .interactive
        .then(|| quote!(, call: &::mcp_agent::Call));
    let handle = signature.handle.as_ref().map(|(name, ty)| {
        let (name, ty) = (ident(name), ident(ty));
        quote!(, #name: &mut #ty)
    });
    let params = match &signature.params {
        None => quote!(),
        Some(Params::Complete) => quote!(, p: ::mcp_agent::CompleteParams),
        Some(Params::Value) => quote!(, p: ::mcp_agent::serde_json::Value),
        Some(Params::Type(name)) => {
            let name = ident(name);
            quote!(, p: #name)
        }
    };
    let output = match &signature.output {
        Returned::String => quote!(::std::string::String),
        Returned::ToolResult => quote!(::mcp_agent::ToolResult),
        Returned::Contents => quote!(::std::vec::Vec<::mcp_agent::ResourceContents>),
        Returned::PromptResult => quote!(::mcp_agent::PromptResult),
        Returned::Strings => quote!(::std::vec::Vec<::std::string::String>),
        Returned::Type(name) => {
            let name = ident(name);
            quote!(#name)
        }
    };
    quote! {
        #(#docs)*
        async fn #method(#receiver cx: &::mcp_agent::Cx #call #handle #params) -> ::mcp_agent::Result<#output>;
    }
}
