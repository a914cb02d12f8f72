//! `mcp-gen` makes mcp-agent projects and keeps what follows from their declarations up to date.
//!
//! One verb, one file under `verbs`. A verb says what came out as an [`outcome::Outcome`]; only this file prints and exits.

mod address;
mod contracts;
mod declaration;
mod describe;
mod findings;
mod git;
mod live;
mod outcome;
mod remote;
mod runtime;
mod rust_keys;
mod rust_places;
mod sources;
mod sql;
mod verbs;
mod write;

#[cfg(test)]
#[path = "../tests/pairs/mod.rs"]
mod pairs;

use clap::{Parser, Subcommand, ValueEnum};
use outcome::Outcome;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// A declaration of a thousand tools is some million small texts and maps: a third of the time goes where they are kept.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Makes mcp-agent projects and keeps what follows from their declarations up to date.
#[derive(Parser)]
#[command(
    name = "mcp-gen",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 ok, 1 findings, 2 could not."
)]
struct Cli {
    /// For people, or one JSON object on stdout for machines; of `diff`, also a comment of a pull request or annotations of a workflow.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
    Markdown,
    Github,
}

#[derive(Subcommand)]
enum Verb {
    New(verbs::new::Args),
    Lock(verbs::lock::Args),
    Sync(verbs::sync::Args),
    Check(verbs::check::Args),
    Auth(verbs::auth::Args),
    Describe(verbs::describe::Args),
    Diff(verbs::diff::Args),
    Expand(verbs::expand::Args),
    Explain(verbs::explain::Args),
    Schema(verbs::schema::Args),
    State(verbs::state::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let color = |terminal: bool| cli.format == Format::Human && terminal && no_color_is_unset();
    let (told, color) = (
        color(std::io::stdout().is_terminal()),
        color(std::io::stderr().is_terminal()),
    );
    let is_review = matches!(cli.verb, Verb::Diff(_));
    if !is_review && matches!(cli.format, Format::Markdown | Format::Github) {
        let error = anyhow::anyhow!("only `mcp-gen diff` has this format: take `human` or `json`");
        print(&mut std::io::stderr(), &Outcome::failed(&error).findings);
        return ExitCode::from(outcome::Status::Failed.code());
    }
    let (name, result) = match &cli.verb {
        Verb::New(args) => ("new", verbs::new::run(args, color)),
        Verb::Sync(args) => ("sync", verbs::sync::run(args, color)),
        Verb::Check(args) => ("check", verbs::check::run(args, color)),
        Verb::Auth(args) => ("auth", verbs::auth::run(args, color)),
        Verb::Describe(args) => ("describe", verbs::describe::run(args, color)),
        Verb::Diff(args) => ("diff", verbs::diff::run(args, cli.format, told)),
        Verb::Lock(args) => ("lock", verbs::lock::run(args, color)),
        Verb::Expand(args) => ("expand", verbs::expand::run(args, color)),
        Verb::Explain(args) => ("explain", verbs::explain::run(args)),
        Verb::Schema(args) => ("schema", verbs::schema::run(args, color)),
        Verb::State(args) => ("state", verbs::state::run(args)),
    };
    let outcome = result.unwrap_or_else(|error| Outcome::failed(&error));
    match cli.format {
        Format::Human | Format::Markdown | Format::Github => {
            print(&mut std::io::stderr(), &outcome.findings);
            print(&mut std::io::stdout(), &outcome.text);
        }
        Format::Json => print(&mut std::io::stdout(), &outcome.to_json(name)),
    }
    ExitCode::from(outcome.status.code())
}

/// <https://no-color.org>: set to anything but nothing.
fn no_color_is_unset() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// A reader that went away, as `head` does, is no failure of ours.
fn print(to: &mut dyn Write, text: &str) {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
