//! `cargo xtask bench --compile`: how long crates with many tools take to compile, beside the same tools with rmcp's macros, natively and in one run.

mod build;
mod crates;
mod prove;
mod report;

use std::fs;

use anyhow::Result;

use crate::{repo, ui};
use crates::{MANY, SIZES, Side};
use report::{Samples, Work};

/// Writes the crates, compiles them in turns, prints.
pub fn run(quick: bool) -> Result<()> {
    for side in Side::BOTH {
        side.write()?;
        build::fetch(side)?;
    }
    let mut samples = Samples::default();
    for side in Side::BOTH {
        let package = side.package(MANY);
        if quick {
            let step = ui::step(format!("{package} and its dependencies"));
            build::warm(side, MANY, "build")?;
            step.done();
        } else {
            let step = ui::step(format!("{package} and its dependencies, from nothing"));
            samples.add(MANY, Work::Whole, side, build::whole(side, MANY)?);
            step.done();
        }
    }
    let path = repo::out().join("bench-compile/results.json");
    let rounds = if quick { 3 } else { 5 };
    for tools in SIZES {
        let step = ui::step(format!("crates of {tools} tools, {rounds} rounds"));
        for side in Side::BOTH {
            step.note("the first time");
            for verb in ["check", "build"] {
                build::warm(side, tools, verb)?;
            }
            prove::works(side, tools, "said")?;
        }
        for round in 1..=rounds {
            step.note(&format!("round {round}"));
            self::round(round, tools, &mut samples)?;
        }
        step.done();
        // What is interrupted later has measured this much.
        fs::write(&path, serde_json::to_vec_pretty(&samples.json())?)?;
    }
    out!("{}", samples.table());
    out!("Every sample: {}", path.display());
    Ok(())
}

/// Each kind of work once on both sides, in turns: what the machine does meanwhile falls on both.
fn round(round: u32, tools: usize, samples: &mut Samples) -> Result<()> {
    let mut sides = Side::BOTH;
    if round.is_multiple_of(2) {
        sides.reverse();
    }
    for side in sides {
        samples.add(tools, Work::Clean, side, build::clean(side, tools)?);
    }
    for side in sides {
        let said = format!("built in round {round}");
        let took = build::edited(side, tools, "build", &said)?;
        samples.add(tools, Work::Build, side, took);
        // The edit has arrived in what was built.
        prove::works(side, tools, &said)?;
    }
    for side in sides {
        // Cleaning took what a check would have had from the last one.
        build::warm(side, tools, "check")?;
        let said = format!("checked in round {round}");
        let took = build::edited(side, tools, "check", &said)?;
        samples.add(tools, Work::Check, side, took);
    }
    Ok(())
}
