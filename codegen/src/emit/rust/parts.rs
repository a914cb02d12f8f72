//! The parts of an agent as one: lists that are put together when the crate is compiled.

use super::catalog::Lists;
use super::place::at;
use super::{access, fixed};
use crate::read::tokens::Name;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

/// The parts of a struct, each as the trait that its impl block implements. What is missing is an error at the part's name in the list.
pub struct Parts<'a> {
    owner: &'a Ident,
    all: Vec<TokenStream>,
}

impl<'a> Parts<'a> {
    /// The parts of these names.
    pub fn new(owner: &'a Ident, names: &[Name], has_fixed: bool) -> Self {
        let part = |name: &Name| {
            let number = name.number();
            let owner = at(owner, name.span);
            quote_spanned!(name.span=> <#owner as ::mcp_agent::__rt1::Part<#number>>)
        };
        let mut all: Vec<_> = names.iter().map(part).collect();
        all.extend(has_fixed.then(|| {
            let number = fixed::NUMBER;
            quote!(<#owner as ::mcp_agent::__rt1::Part<#number>>)
        }));
        Self { owner, all }
    }

    /// What each declares.
    pub fn declarations(&self) -> impl Iterator<Item = TokenStream> {
        self.all.iter().map(|part| quote!(#part::DECLARATION))
    }

    /// Where the tools of each stand whose types are asked natively.
    pub fn places(&self) -> impl Iterator<Item = TokenStream> {
        self.all.iter().map(|part| quote!(#part::PLACES))
    }

    /// What the catalog lists. Which items say nothing of who may use them, is known where all are together.
    pub fn lists(&self, denies: bool) -> Lists {
        let item = quote!(::mcp_agent::__rt1::Item);
        let resource = quote!(::mcp_agent::__rt1::ResourceItem);
        let list = |list, ty: &TokenStream, function| {
            let all = self.joined(&list, ty, &quote!(#ty::EMPTY));
            match denies {
                true => access::denied(&all, ty, function),
                false => all,
            }
        };
        Lists {
            tools: list(quote!(TOOLS), &item, "denied"),
            aliases: Some(self.aliases()),
            resources: list(quote!(RESOURCES), &resource, "denied_resources"),
            prompts: list(quote!(PROMPTS), &item, "denied"),
            completions: self.completions(),
            handles: {
                let owner = self.owner;
                quote!(<#owner as ::mcp_agent::__rt1::Declared>::HANDLES)
            },
        }
    }

    /// The names that tools once had.
    fn aliases(&self) -> TokenStream {
        let alias = quote!(::mcp_agent::__rt1::Alias);
        self.joined(
            &quote!(ALIASES),
            &alias,
            &quote!(#alias { name: "", tool: "" }),
        )
    }

    /// The tools of each.
    pub fn tools(&self) -> impl Iterator<Item = TokenStream> {
        self.all.iter().map(|part| quote!(#part::TOOLS))
    }

    /// The kinds of handles.
    pub fn handles(&self) -> TokenStream {
        let handle = quote!(::mcp_agent::__rt1::Handle);
        self.joined(
            &quote!(HANDLES),
            &handle,
            &quote!(#handle { name: "", ttl_ms: 0 }),
        )
    }

    /// The tools that are completed when they are first needed.
    pub fn late(&self) -> TokenStream {
        let late = quote!(::mcp_agent::__rt1::Late);
        self.joined(&quote!(LATE), &late, &quote!(#late::EMPTY))
    }

    /// What happens to each beside MCP.
    pub fn events(&self) -> impl Iterator<Item = TokenStream> {
        self.all.iter().map(|part| quote!(#part::EVENTS))
    }

    /// Whether something is wrong with each.
    pub fn broken(&self) -> impl Iterator<Item = TokenStream> {
        self.all.iter().map(|part| quote!(#part::BROKEN))
    }

    /// The schedules of all.
    pub fn schedules(&self) -> TokenStream {
        let owner = self.owner;
        let schedule = quote!(::mcp_agent::__rt1::Schedule<#owner>);
        let none = quote!(::mcp_agent::__rt1::no_schedule());
        self.joined(&quote!(EVENTS.schedules), &schedule, &none)
    }

    /// The handlers.
    pub fn table(&self) -> TokenStream {
        if let [part] = self.all.as_slice() {
            return quote!(#part::TABLE);
        }
        let owner = self.owner;
        let handler = quote!(::mcp_agent::__rt1::Handler<#owner>);
        let none = quote!(::mcp_agent::__rt1::no_handler());
        let list = |list| self.joined(&quote!(TABLE.#list), &handler, &none);
        let (tools, resources) = (list(quote!(tools)), list(quote!(resources)));
        let (prompts, completions) = (list(quote!(prompts)), list(quote!(completions)));
        quote! {
            ::mcp_agent::__rt1::Table {
                tools: #tools,
                resources: #resources,
                prompts: #prompts,
                completions: #completions,
            }
        }
    }

    fn joined(&self, list: &TokenStream, ty: &TokenStream, empty: &TokenStream) -> TokenStream {
        let lists = self.all.iter().map(|part| quote!(#part::#list));
        if let [part] = self.all.as_slice() {
            return quote!(#part::#list);
        }
        quote! {{
            const LISTS: &[&[#ty]] = &[#(#lists),*];
            const ALL: [#ty; ::mcp_agent::__rt1::total(LISTS)] = ::mcp_agent::__rt1::join(LISTS, #empty);
            &ALL
        }}
    }

    fn completions(&self) -> TokenStream {
        if let [part] = self.all.as_slice() {
            return quote!(#part::COMPLETIONS);
        }
        let parts = self.all.iter().map(|part| {
            quote! {
                ::mcp_agent::__rt1::Completed {
                    completions: #part::COMPLETIONS,
                    resources: #part::RESOURCES.len(),
                    prompts: #part::PROMPTS.len(),
                    handlers: #part::TABLE.completions.len(),
                }
            }
        });
        quote! {{
            const PARTS: &[::mcp_agent::__rt1::Completed] = &[#(#parts),*];
            const ALL: [::mcp_agent::__rt1::Completion; ::mcp_agent::__rt1::total_completions(PARTS)] =
                ::mcp_agent::__rt1::join_completions(PARTS);
            &ALL
        }}
    }
}
