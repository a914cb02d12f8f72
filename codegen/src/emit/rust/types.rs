//! The types that a declaration implies: arguments, outputs, named types, the state.

use super::literal::literal;
use super::{RustItem, doc as as_doc, ident, member};
use crate::emit::json;
use crate::model::{Agent, Field, Handle, Input, Output, PromptBody, ResourceBody, ToolBody, Type};
use crate::name;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// The agent's struct, with the state's fields in it.
pub fn state(agent: &Agent, item: &RustItem, module: &Ident) -> TokenStream {
    let RustItem {
        attrs, vis, ident, ..
    } = item;
    let fields = agent.state.as_ref().map_or(&[][..], |state| &state.fields);
    let at = quote!(#module::);
    let members = members(fields, name::STATE_TYPE, &ident.to_string(), &at);
    let names = fields.iter().map(|field| member(&field.name));
    let values = fields
        .iter()
        .map(|field| default_of(agent, field, name::STATE_TYPE, &at));
    let defaults = default_functions(agent, fields, name::STATE_TYPE, ident, &at);
    let derives = derives();
    quote! {
        #(#attrs)*
        #derives
        #vis struct #ident { #members }
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self { #(#names: #values),* }
            }
        }
        #defaults
    }
}

/// Every type of the module.
pub fn all(agent: &Agent) -> TokenStream {
    let mut out = TokenStream::new();
    for named in &agent.types {
        structure(
            agent,
            &named.name,
            named.description.as_deref(),
            &named.fields,
            &mut out,
        );
        if let Some(schema) = json::requested_schema(named) {
            let ident = ident(&named.name);
            out.extend(quote! {
                impl ::mcp_agent::__rt1::Elicit for #ident {
                    fn schema() -> ::mcp_agent::Result<::std::borrow::Cow<'static, str>> {
                        Ok(::std::borrow::Cow::Borrowed(#schema))
                    }
                }
            });
        }
    }
    if let Some(state) = &agent.state {
        nested(agent, name::STATE_TYPE, &state.fields, &mut out);
    }
    for handle in &agent.handles {
        self::handle(agent, handle, &mut out);
    }
    out.extend(of_items(agent));
    out
}

/// The types that items imply: their arguments and outputs.
pub fn of_items(agent: &Agent) -> TokenStream {
    let mut out = TokenStream::new();
    let declared = agent.tools.iter().filter(|t| t.body == ToolBody::Handler);
    for tool in declared {
        if let Input::Fields(fields) = &tool.input
            && !fields.is_empty()
        {
            let doc = format!("Arguments of the tool `{}`.", tool.name);
            structure(
                agent,
                &name::params_type(&tool.method),
                Some(&doc),
                fields,
                &mut out,
            );
        }
        if let Output::Fields(fields) = &tool.output {
            let doc = format!("What the tool `{}` answers.", tool.name);
            structure(
                agent,
                &name::output_type(&tool.method),
                Some(&doc),
                fields,
                &mut out,
            );
        }
    }
    for resource in &agent.resources {
        if resource.body == ResourceBody::Handler && !resource.params.is_empty() {
            let doc = format!("Variables of the resource `{}`.", resource.name);
            structure(
                agent,
                &name::params_type(&resource.method),
                Some(&doc),
                &resource.params,
                &mut out,
            );
        }
    }
    for prompt in &agent.prompts {
        let used = prompt.body == PromptBody::Handler || !prompt.params.is_empty();
        if used && !prompt.params.is_empty() {
            let doc = format!("Arguments of the prompt `{}`.", prompt.name);
            structure(
                agent,
                &name::params_type(&prompt.method),
                Some(&doc),
                &prompt.params,
                &mut out,
            );
        }
    }
    out
}

/// What a handle stands for. A new one has the defaults of its fields.
fn handle(agent: &Agent, handle: &Handle, out: &mut TokenStream) {
    let ty = &handle.type_name;
    let name = &handle.name;
    let doc = handle
        .description
        .clone()
        .unwrap_or_else(|| format!("What a handle `{name}` stands for."));
    structure(agent, ty, Some(&doc), &handle.fields, out);
    let ident = ident(ty);
    let names = handle.fields.iter().map(|field| member(&field.name));
    let at = TokenStream::new();
    let values = handle
        .fields
        .iter()
        .map(|field| default_of(agent, field, ty, &at));
    out.extend(quote! {
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self { #(#names: #values),* }
            }
        }
    });
}

/// The documentation of a type that the declaration does not describe, so that a crate may deny `missing_docs`.
const UNDESCRIBED: &str = "A type of the declaration.";

fn derives() -> TokenStream {
    quote! {
        #[derive(Clone, Debug, PartialEq, ::mcp_agent::__rt1::serde::Serialize, ::mcp_agent::__rt1::serde::Deserialize)]
        #[serde(crate = "::mcp_agent::__rt1::serde")]
    }
}

fn structure(
    agent: &Agent,
    type_name: &str,
    doc: Option<&str>,
    fields: &[Field],
    out: &mut TokenStream,
) {
    let ident = ident(type_name);
    let doc = doc.map_or_else(|| UNDESCRIBED.to_owned(), as_doc);
    let at = TokenStream::new();
    let members = members(fields, type_name, type_name, &at);
    let defaults = default_functions(agent, fields, type_name, &ident, &at);
    let derives = derives();
    out.extend(quote! {
        #[doc = #doc]
        #derives
        pub struct #ident { #members }
        #defaults
    });
    nested(agent, type_name, fields, out);
}

/// The structs and enums that the fields themselves need.
fn nested(agent: &Agent, around: &str, fields: &[Field], out: &mut TokenStream) {
    for field in fields {
        of_type(
            agent,
            &name::nested_type(around, &field.name),
            field.description.as_deref(),
            &field.ty,
            out,
        );
    }
}

fn of_type(agent: &Agent, type_name: &str, doc: Option<&str>, ty: &Type, out: &mut TokenStream) {
    match ty {
        Type::Object(fields) => structure(agent, type_name, doc, fields, out),
        Type::Array { items, .. } => of_type(agent, &name::item_type(type_name), doc, items, out),
        Type::Enum(values) => out.extend(enumeration(type_name, doc, values)),
        Type::String(_)
        | Type::Integer { .. }
        | Type::Number { .. }
        | Type::Boolean
        | Type::Any
        | Type::Named(_) => {}
    }
}

fn enumeration(type_name: &str, doc: Option<&str>, values: &[String]) -> TokenStream {
    let ident = ident(type_name);
    let doc = doc.map_or_else(|| UNDESCRIBED.to_owned(), as_doc);
    let variants: Vec<_> = values.iter().map(|value| variant(value)).collect();
    let docs = values.iter().map(|value| format!("`{value}`"));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ::mcp_agent::__rt1::serde::Serialize, ::mcp_agent::__rt1::serde::Deserialize)]
        #[serde(crate = "::mcp_agent::__rt1::serde")]
        pub enum #ident { #(#[doc = #docs] #[serde(rename = #values)] #variants),* }
        impl #ident {
            /// The value on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { #(Self::#variants => #values),* }
            }
        }
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    }
}

/// The variant of an enum's value. `check` made sure that there is one.
pub fn variant(value: &str) -> Ident {
    ident(&name::variant(value).unwrap_or_else(|| "Unnamed".into()))
}

/// Fields of a struct. `owner` has the functions of their defaults, `at` leads from here to the module.
fn members(fields: &[Field], around: &str, owner: &str, at: &TokenStream) -> TokenStream {
    let members = fields.iter().map(|field| {
        let name = member(&field.name);
        let wire = &field.name;
        let doc = field
            .description
            .as_deref()
            .map_or_else(|| format!("`{wire}`"), as_doc);
        let ty = rust_type(&field.ty, &name::nested_type(around, &field.name), at);
        if field.optional {
            return quote! {
                #[doc = #doc]
                #[serde(rename = #wire, default, skip_serializing_if = "Option::is_none")]
                pub #name: ::core::option::Option<#ty>,
            };
        }
        let default = field.default.is_some().then(|| {
            let path = format!("{owner}::{}", default_name(field));
            quote!(, default = #path)
        });
        quote! {
            #[doc = #doc]
            #[serde(rename = #wire #default)]
            pub #name: #ty,
        }
    });
    quote!(#(#members)*)
}

fn default_name(field: &Field) -> Ident {
    format_ident!(
        "__default_{}",
        name::plain(&name::identifier(&field.name).unwrap_or_default())
    )
}

/// The functions that serde calls for what is absent.
fn default_functions(
    agent: &Agent,
    fields: &[Field],
    around: &str,
    owner: &Ident,
    at: &TokenStream,
) -> TokenStream {
    let functions: Vec<_> = fields
        .iter()
        .filter(|field| field.default.is_some())
        .map(|field| {
            let name = default_name(field);
            let ty = rust_type(&field.ty, &name::nested_type(around, &field.name), at);
            let value = default_of(agent, field, around, at);
            quote!(fn #name() -> #ty { #value })
        })
        .collect();
    if functions.is_empty() {
        return TokenStream::new();
    }
    quote!(impl #owner { #(#functions)* })
}

/// The value of a field that nobody gave one.
pub fn default_of(agent: &Agent, field: &Field, around: &str, at: &TokenStream) -> TokenStream {
    match &field.default {
        Some(value) => literal(
            agent,
            &field.ty,
            &name::nested_type(around, &field.name),
            value,
            at,
        ),
        None => quote!(::core::option::Option::None),
    }
}

/// A type in Rust. `type_name` is its name if it needs one.
pub fn rust_type(ty: &Type, type_name: &str, at: &TokenStream) -> TokenStream {
    match ty {
        Type::String(_) => quote!(::std::string::String),
        Type::Integer { .. } => quote!(i64),
        Type::Number { .. } => quote!(f64),
        Type::Boolean => quote!(bool),
        Type::Any => quote!(::mcp_agent::serde_json::Value),
        Type::Array { items, .. } => {
            let items = rust_type(items, &name::item_type(type_name), at);
            quote!(::std::vec::Vec<#items>)
        }
        Type::Enum(_) | Type::Object(_) => {
            let ident = ident(type_name);
            quote!(#at #ident)
        }
        Type::Named(named) => {
            let ident = ident(named);
            quote!(#at #ident)
        }
    }
}
