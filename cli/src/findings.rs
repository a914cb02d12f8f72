//! Mistakes in the files of a project, beside its declaration: each is shown in its own file.

use crate::outcome::{Outcome, Status};
use crate::verbs::count;
use mcp_agent_codegen::Source;
use mcp_agent_codegen::diag::{Diagnostic, Report};
use serde_json::{Value, json};

/// Mistakes, file by file.
#[derive(Default)]
pub struct Findings(Vec<InFile>);

struct InFile {
    name: String,
    text: String,
    report: Report,
}

impl Findings {
    /// Adds what is wrong with a file, which may be nothing.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        found: Vec<Diagnostic>,
    ) {
        if !found.is_empty() {
            self.0.push(InFile {
                name: name.into(),
                text: text.into(),
                report: Report::new(found),
            });
        }
    }

    /// Adds those of others.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For people, with the number of them in the last line, which ends with `consequence`.
    pub fn describe(&self, color: bool, consequence: &str) -> String {
        let mut text = String::new();
        for file in &self.0 {
            let drawn = file.report.render(file.source(), color);
            text.push_str(&format!("{}\n\n", drawn.trim_end()));
        }
        let all = self.0.iter().map(|it| it.report.diagnostics().len()).sum();
        text + &format!("{}{consequence}\n", count(all, "mistake"))
    }

    /// For machines, behind those of the declaration.
    pub fn to_json(&self, declared: Value) -> Value {
        let mut all = match declared {
            Value::Array(all) => all,
            _ => Vec::new(),
        };
        for file in &self.0 {
            let Value::Array(found) = file.report.to_json(file.source()) else {
                continue;
            };
            all.extend(found.into_iter().map(|mut it| {
                // What is in another file has no address in the declaration.
                if it["address"] == "" {
                    it["address"] = Value::Null;
                }
                it
            }));
        }
        Value::Array(all)
    }

    /// An outcome that is nothing but these, behind the warnings of the declaration.
    pub fn outcome(
        &self,
        (warnings, declared): (String, Value),
        color: bool,
        consequence: &str,
    ) -> Outcome {
        let findings = apart(warnings) + &self.describe(color, consequence);
        let data = json!({ "diagnostics": self.to_json(declared) });
        Outcome::new(Status::Findings, "", data).with_findings(findings)
    }
}

/// A text with an empty line behind it, unless it is empty.
pub fn apart(mut text: String) -> String {
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

impl InFile {
    fn source(&self) -> Source<'_> {
        Source {
            name: &self.name,
            text: &self.text,
        }
    }
}
