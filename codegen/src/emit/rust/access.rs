//! Who may use what, in tokens. An agent that asks nobody who they are has none of this.

use super::place::at;
use crate::emit::json;
use crate::model::{Agent, Auth, Input, Permission, Role, RoleTest, Tool};
use crate::read::tokens::Asked;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

/// `auth` of the catalog.
pub fn policy(auth: Option<&Auth>) -> Option<TokenStream> {
    let Auth {
        required,
        filter,
        roles,
        ..
    } = auth?;
    let roles = roles.iter().map(role);
    Some(quote! {
        auth: Some(::mcp_agent::__rt1::AuthPolicy {
            required: &[#(#required),*],
            roles: &[#(#roles),*],
            filter: #filter,
        }),
    })
}

fn role(role: &Role) -> TokenStream {
    let Role { name, claim, test } = role;
    let test = match test {
        RoleTest::Equals(value) => quote!(Equals(#value)),
        RoleTest::Contains(value) => quote!(Contains(#value)),
    };
    quote!(::mcp_agent::__rt1::AuthRole { name: #name, claim: &[#(#claim),*], test: ::mcp_agent::__rt1::RoleTest::#test })
}

/// `access` of an item, unless everybody may use it.
pub fn of(permission: &Permission) -> Option<TokenStream> {
    if matches!(permission, Permission::Anyone) {
        return None;
    }
    let access = tokens(permission);
    Some(quote!(access: #access,))
}

/// Who may do something.
pub fn tokens(permission: &Permission) -> TokenStream {
    let access = match permission {
        Permission::Anyone => quote!(Anyone),
        Permission::Only { scopes, roles } => {
            quote!(Only { scopes: &[#(#scopes),*], roles: &[#(#roles),*] })
        }
        Permission::Nobody => quote!(Nobody),
    };
    quote!(::mcp_agent::__rt1::Access::#access)
}

/// `bound` of a tool, if some of its arguments are claims of the caller's.
pub fn bound(agent: &Agent, tool: &Tool) -> Option<TokenStream> {
    let Input::Fields(fields) = &tool.input else {
        return None;
    };
    let bound = fields.iter().filter_map(|field| {
        let (name, optional, claim) = (&field.name, field.optional, field.bound.as_ref()?);
        let schema = json::bound_schema(agent, field);
        Some(quote!(::mcp_agent::__rt1::Bound { name: #name, claim: &[#(#claim),*], schema: #schema, optional: #optional }))
    });
    let bound: Vec<_> = bound.collect();
    (!bound.is_empty()).then(|| quote!(bound: &[#(#bound),*],))
}

/// A list in which nobody may use what says nothing of it.
pub fn denied(list: &TokenStream, ty: &TokenStream, function: &str) -> TokenStream {
    let function = format_ident!("{function}");
    quote! {{
        const LIST: &[#ty] = #list;
        const DENIED: [#ty; LIST.len()] = ::mcp_agent::__rt1::#function(LIST);
        &DENIED
    }}
}

/// What a struct tells its impl blocks.
pub fn declared(auth: Option<&Auth>) -> Option<TokenStream> {
    let auth = auth?;
    let scopes = auth.scopes.iter().map(|(name, _)| name);
    let roles = auth.roles.iter().map(|it| &it.name);
    Some(quote! {
        const ASKS: bool = true;
        const SCOPES: &'static [&'static str] = &[#(#scopes),*];
        const ROLES: &'static [&'static str] = &[#(#roles),*];
    })
}

/// Fails to compile where a block asks for what the struct does not declare.
pub fn asked(asked: &[Asked], owner: &Type) -> TokenStream {
    let known = |span: Span, function: &str, name: Option<&String>, message: String| {
        let (owner, function) = (at(owner, span), format_ident!("{function}"));
        quote_spanned!(span=> const _: () = ::core::assert!(rt::#function::<#owner>(#name), #message);)
    };
    let asks = asked.iter().map(|it| {
        let message = "the struct does not say how callers prove who they are: `auth(mode = \"…\")`, or `[auth]` in the file of its `config` [E1006]";
        known(it.span, "asks", None, message.to_owned())
    });
    let scopes = asked.iter().flat_map(|it| &it.scopes).map(|(name, span)| {
        let message = format!(
            "the struct declares no scope `{name}`: `auth(scopes(\"{name}\" = \"What it lets a client do\"))` [E1002]"
        );
        known(*span, "has_scope", Some(name), message)
    });
    let roles = asked.iter().flat_map(|it| &it.roles).map(|(name, span)| {
        let message = format!(
            "the struct declares no role `{name}`: `auth(roles({name}(claim = \"groups\", contains = \"{name}\")))` [E1004]"
        );
        known(*span, "has_role", Some(name), message)
    });
    asks.chain(scopes).chain(roles).collect()
}
