//! `cargo xtask`: set-up, demo, test and bench of this repository. Every subcommand sets up what it needs.

/// `println!` for results: a reader that has gone away is no reason to panic.
macro_rules! out {
    ($($text:tt)*) => { $crate::ui::print(format_args!($($text)*)) };
}

mod bench;
mod cache;
mod compile_bench;
mod demo;
mod doctor;
mod env;
mod files;
mod fuzz;
mod lab;
mod page;
mod process;
mod repo;
mod serve;
mod setup;
mod test;
mod ui;
mod worker;
mod workerd;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand};

use worker::Profile;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Set-up, demo, test and bench of this repository",
    disable_version_flag = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the main path: declare, generate, build, serve, and real clients that call
    Demo {
        /// End when the clients have been served, instead of serving on
        #[arg(long)]
        once: bool,
    },
    /// Check everything that CI checks
    Test {
        /// Only this step (may be repeated)
        #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(test::names()))]
        only: Vec<String>,
        /// Of the step `e2e`, only the files with this in their names, and the agents that these need (may be repeated)
        #[arg(long, value_name = "PART")]
        file: Vec<String>,
    },
    /// Measure speed, as ratios to floors in plain JavaScript and to peers, and size
    Bench {
        /// Fewer and shorter rounds
        #[arg(long)]
        quick: bool,
        /// Only these rows of docs/bench.md, with commas between
        #[arg(long, value_name = "ROWS")]
        only: Option<String>,
        /// Instead: how long crates of 1, 10 and 100 tools take to compile, beside the same with rmcp's macros
        #[arg(long, conflicts_with_all = ["only", "rest"])]
        compile: bool,
        /// More arguments for tests/bench/run.mjs
        #[arg(last = true)]
        rest: Vec<String>,
    },
    /// Fuzz the protocol; needs a nightly Rust and a C++ compiler
    Fuzz {
        /// How long for each target
        #[arg(long, value_name = "N", default_value_t = 20)]
        seconds: u64,
        /// Only this target (may be repeated)
        #[arg(value_parser = PossibleValuesParser::new(fuzz::TARGETS))]
        target: Vec<String>,
    },
    /// Say which tools are found or missing, and how to get them; install nothing
    Doctor,
    /// Print the variables for building Workers by hand: eval "$(cargo xtask env)"
    Env,
    /// Build a project and serve it in workerd
    Serve {
        /// The project's folder
        project: PathBuf,
        /// Compile as for deployment
        #[arg(long)]
        release: bool,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = process::stop_on_signals().and_then(|()| match arguments.command {
        Command::Demo { once } => demo::run(once),
        Command::Test { only, file } => test::run(&only, file),
        Command::Bench {
            quick,
            compile: true,
            ..
        } => compile_bench::run(quick),
        Command::Bench {
            quick, only, rest, ..
        } => bench::run(quick, only.as_deref(), &rest),
        Command::Fuzz { seconds, target } => fuzz::run(&target, seconds),
        Command::Doctor => doctor::run(),
        Command::Env => env::run(),
        Command::Serve { project, release } => serve::run(
            &project,
            if release {
                Profile::Release
            } else {
                Profile::Dev
            },
        ),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
