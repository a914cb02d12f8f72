//! Finding a tool, resource or prompt by name without looking at all of them, and the validators of their arguments.

use crate::call::{Target, TargetKind};
use crate::catalog::Catalog;
use crate::list::input_schema;
use crate::order::order;
use crate::schema::{self, Validator};
use std::cell::OnceCell;

/// `None` where no schema is declared, `Err` where what is declared is none.
type Compiled = Result<Option<Validator>, ()>;

/// Finds a tool by a name.
type Find = fn(&Index, &Catalog, &str) -> Option<usize>;

/// Made in parts, each at its first use.
pub(crate) struct Index {
    tools: OnceCell<Box<[usize]>>,
    aliases: OnceCell<Box<[usize]>>,
    /// How a name that no tool has is looked for among those that tools once had. A program without any has no such function.
    renamed: Option<Find>,
    resources: OnceCell<Box<[usize]>>,
    prompts: OnceCell<Box<[usize]>>,
    validators: [Box<[OnceCell<Compiled>]>; 3],
}

impl Index {
    pub fn new(catalog: &Catalog) -> Index {
        let cells = |count: usize| (0..count).map(|_| OnceCell::new()).collect();
        Index {
            tools: OnceCell::new(),
            aliases: OnceCell::new(),
            renamed: None,
            resources: OnceCell::new(),
            prompts: OnceCell::new(),
            validators: [
                cells(catalog.tools.len()),
                cells(catalog.resources.len()),
                cells(catalog.prompts.len()),
            ],
        }
    }

    /// From now on, tools are found by names that they once had, too.
    pub fn know_aliases(&mut self) {
        self.renamed = Some(Index::renamed);
    }

    /// Index of the tool of this name, or of the one that once had it. Nothing behind this knows by which of its names a tool was called:
    /// what is bound to a call, kept of it and said of it has the tool's name of today.
    pub fn tool(&self, catalog: &Catalog, name: &str) -> Option<usize> {
        self.tool_named(catalog, name)
            .or_else(|| self.renamed?(self, catalog, name))
    }

    fn tool_named(&self, catalog: &Catalog, name: &str) -> Option<usize> {
        find(
            &self.tools,
            catalog.tools.len(),
            &|at| catalog.tools[at].name,
            name,
        )
    }

    fn renamed(&self, catalog: &Catalog, name: &str) -> Option<usize> {
        let alias = find(
            &self.aliases,
            catalog.aliases.len(),
            &|at| catalog.aliases[at].name,
            name,
        )?;
        self.tool_named(catalog, catalog.aliases[alias].tool)
    }

    /// Index of the prompt of this name.
    pub fn prompt(&self, catalog: &Catalog, name: &str) -> Option<usize> {
        find(
            &self.prompts,
            catalog.prompts.len(),
            &|at| catalog.prompts[at].name,
            name,
        )
    }

    /// Index of the resource of exactly this URI, which may be a template's text: the caller looks.
    pub fn resource(&self, catalog: &Catalog, uri: &str) -> Option<usize> {
        find(
            &self.resources,
            catalog.resources.len(),
            &|at| catalog.resources[at].uri,
            uri,
        )
    }

    /// The validator of a target's arguments: `Ok(None)` where nothing is declared, `Err` where what is declared cannot be used.
    pub fn validator(&self, catalog: &Catalog, target: Target) -> Result<Option<&Validator>, ()> {
        let cells = match target.kind {
            TargetKind::Tool => &self.validators[0],
            TargetKind::Resource => &self.validators[1],
            TargetKind::Prompt => &self.validators[2],
            TargetKind::Completion => return Ok(None),
        };
        // Generated code has been checked, so this is a schema. Were it not, no argument would be let through.
        let compiled = cells[target.index].get_or_init(|| {
            let schema = arguments_schema(catalog, target);
            schema.map(schema::compile).transpose().map_err(|_| ())
        });
        match compiled {
            Ok(validator) => Ok(validator.as_ref()),
            Err(()) => Err(()),
        }
    }
}

/// The schema of a target's arguments, where one is declared. A tool's may have to be looked for in its description: once.
fn arguments_schema(catalog: &Catalog, target: Target) -> Option<&'static str> {
    match target.kind {
        TargetKind::Tool => {
            let tool = &catalog.tools[target.index];
            tool.schema.or_else(|| input_schema(tool.json))
        }
        TargetKind::Resource => catalog.resources[target.index].schema,
        TargetKind::Prompt => catalog.prompts[target.index].schema,
        TargetKind::Completion => None,
    }
}

/// Binary search over an order that is made once.
fn find(
    sorted: &OnceCell<Box<[usize]>>,
    count: usize,
    name: &dyn Fn(usize) -> &'static str,
    wanted: &str,
) -> Option<usize> {
    let sorted = sorted.get_or_init(|| order(count, &|a, b| name(a) < name(b)).into());
    let at = sorted.binary_search_by(|at| name(*at).cmp(wanted)).ok()?;
    Some(sorted[at])
}
