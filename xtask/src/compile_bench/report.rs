//! What was measured, as a table and as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::crates::{MANY, RMCP, SIZES, Side};
use crate::process::Took;

/// What is done with a crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Cargo builds everything from nothing.
    Whole,
    /// Cargo builds the crate, whose dependencies are built.
    Clean,
    /// Cargo builds it again after an edit of one tool's body.
    Build,
    /// Cargo checks it again after such an edit.
    Check,
}

impl Work {
    const ALL: [Work; 4] = [Work::Whole, Work::Clean, Work::Build, Work::Check];

    fn title(self) -> &'static str {
        match self {
            Work::Whole => "clean, with dependencies",
            Work::Clean => "clean",
            Work::Build => "after an edit",
            Work::Check => "after an edit, check",
        }
    }

    /// The largest ratio to rmcp that is good. What dependencies take is no matter of the macros, and is built once.
    fn goal(self, tools: usize) -> Option<f64> {
        match self {
            Work::Clean if tools == MANY => Some(1.0),
            Work::Build if tools == MANY => Some(0.7),
            _ => None,
        }
    }
}

/// Every sample.
#[derive(Default)]
pub struct Samples(BTreeMap<(usize, Work, Side), Vec<Took>>);

impl Samples {
    pub fn add(&mut self, tools: usize, work: Work, side: Side, took: Took) {
        self.0.entry((tools, work, side)).or_default().push(took);
    }

    /// The medians of both sides, ours first, in seconds.
    fn medians(
        &self,
        tools: usize,
        work: Work,
        of: fn(&Took) -> Option<Duration>,
    ) -> Option<[f64; 2]> {
        let one = |side| {
            let samples = self.0.get(&(tools, work, side))?;
            median(samples.iter().filter_map(of).collect())
        };
        Some([one(Side::Ours)?, one(Side::Rmcp)?])
    }

    /// The table.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{:>5}  {:<24}  {:>7}  {:>7}  {:>5}  {:>5}  {:<3}  goal\n",
            "tools", "cargo", "ours s", "rmcp s", "ratio", "cpu", "met"
        );
        for tools in SIZES {
            for work in Work::ALL {
                let Some([ours, rmcp]) = self.medians(tools, work, |it| Some(it.wall)) else {
                    continue;
                };
                let ratio = ours / rmcp;
                let cpu = self
                    .medians(tools, work, |it| it.cpu)
                    .map_or(String::new(), |[ours, rmcp]| format!("{:.2}", ours / rmcp));
                let (met, goal) = match work.goal(tools) {
                    Some(most) if ratio <= most => ("yes", format!("at most {most:.1}")),
                    Some(most) => ("no", format!("at most {most:.1}")),
                    None => ("", String::new()),
                };
                let title = work.title();
                let line = format!(
                    "{tools:>5}  {title:<24}  {ours:>7.2}  {rmcp:>7.2}  {ratio:>5.2}  {cpu:>5}  {met:<3}  {goal}"
                );
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        text
    }

    /// Every sample in seconds, for who wants to look closer.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .0
            .iter()
            .map(|((tools, work, side), all)| {
                let wall: Vec<_> = all.iter().map(|it| it.wall.as_secs_f64()).collect();
                let cpu: Vec<_> = all.iter().map(|it| it.cpu.map(|it| it.as_secs_f64())).collect();
                json!({ "tools": tools, "work": work.title(), "side": side.name(), "wall": wall, "cpu": cpu })
            })
            .collect();
        json!({ "rmcp": RMCP, "samples": rows })
    }
}

/// In seconds.
fn median(mut all: Vec<Duration>) -> Option<f64> {
    all.sort_unstable();
    let last = all.len().checked_sub(1)?;
    let (low, high) = (all.get(last / 2)?, all.get(all.len() / 2)?);
    Some((*low + *high).as_secs_f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MANY, Samples, Side, Took, Work};

    fn took(wall_ms: u64) -> Took {
        Took {
            wall: Duration::from_millis(wall_ms),
            cpu: None,
        }
    }

    #[test]
    fn a_goal_is_met_by_the_ratio_of_medians() {
        let mut samples = Samples::default();
        for (ours, rmcp) in [(900, 1000), (10, 5000), (690, 1000)] {
            samples.add(MANY, Work::Build, Side::Ours, took(ours));
            samples.add(MANY, Work::Build, Side::Rmcp, took(rmcp));
        }
        samples.add(MANY, Work::Clean, Side::Ours, took(1100));
        samples.add(MANY, Work::Clean, Side::Rmcp, took(1000));
        let table = samples.table();
        let lines: Vec<Vec<&str>> = table
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(
            lines[1][..6],
            ["100", "clean", "1.10", "1.00", "1.10", "no"]
        );
        assert_eq!(lines[2][4..8], ["0.69", "1.00", "0.69", "yes"]);
    }
}
