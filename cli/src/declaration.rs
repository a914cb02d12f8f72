//! Finds, reads and loads a declaration.

use crate::describe;
use crate::outcome::{Outcome, Status};
use crate::verbs::count;
use anyhow::{Context, Result};
use mcp_agent_codegen::diag::{Code, Report, Severity};
use mcp_agent_codegen::emit::project::{DECLARATION, Declared};
use mcp_agent_codegen::{Files, Loaded, Source, load};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// A declaration's text, and where it came from.
pub struct Declaration {
    /// What is shown in front of a line number.
    pub name: String,
    /// The text.
    pub text: String,
    /// What is wrong with the types of a crate that declares in Rust, each with its place.
    pub problems: Vec<String>,
    /// The tools of such a crate as clients see them.
    pub tools: Option<Vec<Value>>,
    /// The schemas of the fields of its state that are of types of its own.
    pub state: Option<Value>,
    /// Whether it is a file, and not what a crate declares in Rust.
    pub is_file: bool,
    /// The folder that its files are relative to; `None` for a template, which names no files.
    pub folder: Option<PathBuf>,
}

impl Declaration {
    /// Reads `path`, or `mcp.toml` in it where it is a folder. A crate without one is asked what it declares in Rust.
    pub fn read(path: &Path) -> Result<Self> {
        if path.is_dir() && !path.join(DECLARATION).exists() && describe::is_crate(path) {
            return Ok(Self::of_crate(describe::describe(path)?, path));
        }
        let file = if path.is_dir() {
            path.join(DECLARATION)
        } else {
            path.to_owned()
        };
        let bytes = fs::read(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
        let text = String::from_utf8(bytes)
            .with_context(|| format!("`{}` is not UTF-8", file.display()))?;
        let folder = match file.parent() {
            Some(folder) if folder.as_os_str().is_empty() => PathBuf::from("."),
            Some(folder) => folder.to_owned(),
            None => PathBuf::from("."),
        };
        let name = file
            .strip_prefix(".")
            .unwrap_or(&file)
            .display()
            .to_string();
        Ok(Self {
            name,
            text,
            problems: Vec::new(),
            tools: None,
            state: None,
            is_file: true,
            folder: Some(folder),
        })
    }

    /// What the crate in `folder` says that it declares.
    pub fn of_crate(said: describe::Description, folder: &Path) -> Self {
        Self {
            tools: Some(said.tools),
            state: Some(said.state),
            name: "(declared in Rust)".to_owned(),
            text: said.declaration,
            problems: said.problems,
            is_file: false,
            folder: Some(folder.to_owned()),
        }
    }

    /// The folder of the project that it is the declaration of: a file of another name is on its own.
    pub fn project(&self) -> Option<&Path> {
        let is_alone = self.is_file && !Path::new(&self.name).ends_with(DECLARATION);
        self.folder.as_deref().filter(|_| !is_alone)
    }

    /// How a file that lies beside it is shown.
    pub fn beside(&self, path: &str) -> String {
        let whole = self.folder.as_ref().map(|it| it.join(path));
        let whole = whole.unwrap_or_else(|| PathBuf::from(path));
        let shown = whole.strip_prefix(".").unwrap_or(&whole);
        shown.display().to_string()
    }

    /// As a project knows it.
    pub fn declared(&self) -> Declared<'_> {
        if self.is_file {
            Declared::InFile(&self.text)
        } else {
            Declared::InRust(&self.text)
        }
    }

    /// Loads it. A declaration with mistakes is an outcome, ready to be shown; `consequence` ends the line that counts them.
    pub fn load(&self, color: bool, consequence: &str) -> Result<Loaded, Box<Outcome>> {
        if !self.problems.is_empty() {
            return Err(Box::new(self.misfits(consequence)));
        }
        load(self.source(), self).map_err(|report| {
            let errors = report.diagnostics().iter();
            let errors = errors.filter(|d| d.severity() == Severity::Error).count();
            let rendered = self.render(&report, color);
            let summary = format!("{}: {}", self.name, count(errors, "mistake"));
            let findings = format!("{rendered}\n{summary}{consequence}\n");
            let data = json!({ "diagnostics": report.to_json(self.source()) });
            Box::new(Outcome::new(Status::Findings, "", data).with_findings(findings))
        })
    }

    /// Types of the user's that do not fit what is declared of them.
    fn misfits(&self, consequence: &str) -> Outcome {
        let code = Code::TypeMismatch;
        let lines = self.problems.iter().map(|it| format!("{it} [{code}]\n"));
        let (lines, mistakes) = (
            lines.collect::<String>(),
            count(self.problems.len(), "mistake"),
        );
        let findings = format!("{lines}{mistakes}{consequence}\n");
        let data = json!({ "diagnostics": self.problems.iter().map(|message| json!({ "code": code.as_str(), "severity": "error", "message": message })).collect::<Vec<_>>() });
        Outcome::new(Status::Findings, "", data).with_findings(findings)
    }

    /// Warnings of a declaration that was loaded, for people and for machines.
    pub fn notes(&self, loaded: &Loaded, color: bool) -> (String, Value) {
        let report = Report::new(loaded.notes.clone());
        (self.render(&report, color), report.to_json(self.source()))
    }

    fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            text: &self.text,
        }
    }

    fn render(&self, report: &Report, color: bool) -> String {
        let mut text = report.render(self.source(), color);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }
}

impl Files for Declaration {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        let Some(folder) = &self.folder else {
            return Err("a template names no files".to_owned());
        };
        read_inside(folder, &folder.join(path)).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            _ => error.to_string(),
        })
    }
}

/// Reads a file unless a link leads out of the folder: a declaration from elsewhere must not publish a file of this machine.
fn read_inside(folder: &Path, file: &Path) -> std::io::Result<Vec<u8>> {
    let real = fs::canonicalize(file)?;
    if !real.starts_with(fs::canonicalize(folder)?) {
        return Err(std::io::Error::other(
            "a link leads out of the declaration's folder",
        ));
    }
    fs::read(real)
}
