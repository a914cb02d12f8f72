//! `cargo xtask`: set-up, demo, test and bench of this repository. Every subcommand sets up what it needs.

mod cache;
mod env;
mod process;
mod repo;
mod serve;
mod setup;
mod ui;
mod worker;
mod workerd;

use std::path::PathBuf;
use std::process::ExitCode;

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
