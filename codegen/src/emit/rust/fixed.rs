//! What a struct itself offers, without a method: texts, files and templates of a file of sections. One more part of the agent.

use super::{catalog, completions, table, types};
use crate::model::Agent;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The number of that part. No name of a part is empty, and this would be its number.
pub const NUMBER: u64 = 0xcbf2_9ce4_8422_2325;

/// The part, if there is anything in it.
pub fn part(agent: &Agent, owner: &Ident) -> Option<TokenStream> {
    if agent.tools.is_empty() && agent.resources.is_empty() && agent.prompts.is_empty() {
        return None;
    }
    let types = types::of_items(agent);
    let tools = agent.tools.iter().map(|it| catalog::tool(agent, it, None));
    let resources = agent
        .resources
        .iter()
        .map(|it| catalog::resource(agent, it));
    let prompts = agent.prompts.iter().map(|it| catalog::prompt(agent, it));
    let completions = completions::catalog(agent);
    let tool_table = agent.tools.iter().map(|it| table::tool(agent, it));
    let resource_table = agent.resources.iter().map(table::resource);
    let prompt_table = agent.prompts.iter().map(table::prompt);
    let number = NUMBER;
    Some(quote! {
        const _: () = {
            use ::mcp_agent::__rt1 as rt;
            #types
            #[allow(dead_code)]
            fn state(agent: &#owner) -> &#owner {
                agent
            }
            #[allow(clippy::needless_update)]
            impl rt::Part<#number> for #owner {
                // It declares nothing: the struct's declaration has the file in it.
                const TOOLS: &'static [rt::Item] = &[#(#tools),*];
                const RESOURCES: &'static [rt::ResourceItem] = &[#(#resources),*];
                const PROMPTS: &'static [rt::Item] = &[#(#prompts),*];
                const COMPLETIONS: &'static [rt::Completion] = &[#(#completions),*];
                const TABLE: rt::Table<Self> = rt::Table {
                    tools: &[#(#tool_table),*],
                    resources: &[#(#resource_table),*],
                    prompts: &[#(#prompt_table),*],
                    completions: &[],
                };
            }
        };
    })
}
