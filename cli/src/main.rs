//! `mcp-gen` makes mcp-agent projects and keeps what follows from their declarations up to date.
//!
//! One verb, one file under `verbs`. A verb says what came out as an [`outcome::Outcome`]; only this file prints and exits.

mod address;
mod declaration;
mod describe;
mod findings;
mod live;
mod outcome;
mod remote;
mod runtime;
mod sources;
mod sql;
mod verbs;
mod write;

use clap::{Parser, Subcommand, ValueEnum};
use outcome::Outcome;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Makes mcp-agent projects and keeps what follows from their declarations up to date.
#[derive(Parser)]
#[command(
    name = "mcp-gen",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 ok, 1 findings, 2 could not."
)]
struct Cli {
    /// For people, or one JSON object on stdout for machines.
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Human,
    Json,
}

#[derive(Subcommand)]
enum Verb {
    New(verbs::new::Args),
    Sync(verbs::sync::Args),
    Check(verbs::check::Args),
    Auth(verbs::auth::Args),
    Describe(verbs::describe::Args),
    Expand(verbs::expand::Args),
    Explain(verbs::explain::Args),
    Schema(verbs::schema::Args),
    State(verbs::state::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let color =
        cli.format == Format::Human && std::io::stderr().is_terminal() && no_color_is_unset();
    let (name, result) = match &cli.verb {
        Verb::New(args) => ("new", verbs::new::run(args, color)),
        Verb::Sync(args) => ("sync", verbs::sync::run(args, color)),
        Verb::Check(args) => ("check", verbs::check::run(args, color)),
        Verb::Auth(args) => ("auth", verbs::auth::run(args, color)),
        Verb::Describe(args) => ("describe", verbs::describe::run(args, color)),
        Verb::Expand(args) => ("expand", verbs::expand::run(args, color)),
        Verb::Explain(args) => ("explain", verbs::explain::run(args)),
        Verb::Schema(args) => ("schema", verbs::schema::run(args)),
        Verb::State(args) => ("state", verbs::state::run(args)),
    };
    let outcome = result.unwrap_or_else(|error| Outcome::failed(&error));
    match cli.format {
        Format::Human => {
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
