//! A file of sections beside a struct: `config = "worker.toml"` has what nobody wants to write as attributes, such as `[transport]` and
//! `[deploy]`, and items that need no handler.

use super::Errors;
use super::text::Text;
use crate::Files;
use crate::diag::{Code, Diagnostic, Report};
use crate::emit::project::DECLARATION;
use crate::model::{Agent, PromptBody, ResourceBody, ToolBody};
use proc_macro2::Span;
use std::ops::Range;

/// Such a file.
pub struct Sections {
    /// Its path, relative to the crate.
    pub path: String,
    /// Where the struct names it.
    pub span: Span,
}

/// The same, read: a part of a text that is not made of tokens.
pub struct Read {
    path: String,
    content: String,
    span: Span,
    /// Where it is in the text.
    range: Range<usize>,
}

impl Sections {
    /// The folder that the files which it names are relative to.
    pub fn folder(&self) -> &str {
        self.path.rfind('/').map_or("", |end| &self.path[..=end])
    }

    /// Adds the file to a text: before that of the struct, since what it says above its first table belongs to no table of the struct.
    /// Answers whether it has the version of declarations.
    pub fn add_to(&self, text: &mut Text, files: &dyn Files, errors: &mut Errors) -> bool {
        let Self { path, span } = self;
        if path.rsplit('/').next() == Some(DECLARATION) {
            let message = format!(
                "`{DECLARATION}` is the whole of a declaration: call a file of sections something else, such as `worker.toml`"
            );
            errors.at(Code::BadAttribute, *span, message);
            return false;
        }
        let content = match files.read(path).map(String::from_utf8) {
            Ok(Ok(content)) => content,
            Ok(Err(_)) => {
                errors.at(Code::NotText, *span, format!("`{path}` is not UTF-8"));
                return false;
            }
            Err(error) => {
                errors.at(
                    Code::MissingFile,
                    *span,
                    format!("cannot read `{path}`: {error}"),
                );
                return false;
            }
        };
        text.file(path, &content, *span);
        text.push("\n");
        // What is no TOML is refused when the whole is read.
        let document: Option<toml_edit::DocumentMut> = content.parse().ok();
        document.is_some_and(|it| it.contains_key("schema_version"))
    }
}

impl Read {
    /// A file that stands in the text from here.
    pub fn new(path: &str, content: &str, span: Span, start: usize) -> Self {
        Self {
            path: path.to_owned(),
            content: content.to_owned(),
            span,
            range: start..start + content.len(),
        }
    }

    /// The same in a text of which it is a later part.
    pub fn moved(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        self
    }

    /// Says what is wrong in the file, in its own place. False when it is not about the file.
    pub fn say(&self, diagnostic: &Diagnostic, errors: &mut Errors) -> bool {
        let inside =
            |place: &Range<usize>| self.range.start <= place.start && place.end <= self.range.end;
        let Some(place) = diagnostic.span.clone().filter(inside) else {
            return false;
        };
        let shifted =
            |place: Range<usize>| place.start - self.range.start..place.end - self.range.start;
        let mut own = diagnostic.clone();
        own.span = Some(shifted(place));
        own.related.clear();
        let source = crate::Source {
            name: &self.path,
            text: &self.content,
        };
        let shown = Report::new(vec![own]).render(source, false);
        let message = format!("`{}` does not fit\n\n{shown}", self.path);
        errors
            .0
            .push((diagnostic.code, syn::Error::new(self.span, message)));
        true
    }
}

/// Reports the items that nobody answers: where Rust declares, methods do, and each declares its own.
pub fn check_bodies(agent: &Agent, sections: &Sections, errors: &mut Errors) {
    for handle in &agent.handles {
        let message = format!(
            "nobody takes the handle `{}` of `{}`: declare it on the impl block whose tools do, `#[mcp_agent(handles({}))]`",
            handle.name, sections.path, handle.name
        );
        errors.at(Code::NoMethod, sections.span, message);
    }
    let tools = agent.tools.iter().filter(|it| it.body == ToolBody::Handler);
    let tools = tools.map(|it| (format!("tool `{}`", it.name), "#[tool]"));
    let resources = agent
        .resources
        .iter()
        .filter(|it| it.body == ResourceBody::Handler);
    let resources =
        resources.map(|it| (format!("resource `{}`", it.uri.as_str()), "#[resource(…)]"));
    let prompts = agent
        .prompts
        .iter()
        .filter(|it| matches!(it.body, PromptBody::Handler));
    let prompts = prompts.map(|it| (format!("prompt `{}`", it.name), "#[prompt]"));
    let schedules = agent.schedules.iter();
    let schedules = schedules.map(|it| (format!("schedule `{}`", it.name), "#[schedule]"));
    let request = agent.request.iter();
    let request = request.map(|it| (format!("requests at `{}`", it.path), "#[on_request(…)]"));
    let updated = agent.state.iter().filter(|it| it.on_update);
    let updated = updated.map(|_| ("`on_update`".to_owned(), "#[on_state_update]"));
    let events = schedules.chain(request).chain(updated);
    for (item, attribute) in tools.chain(resources).chain(prompts).chain(events) {
        let message = format!(
            "nobody answers the {item} of `{}`: declare it with its method, under `{attribute}`",
            sections.path
        );
        errors.at(Code::NoMethod, sections.span, message);
    }
}
