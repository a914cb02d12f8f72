//! Kept sessions under chance: calls that speak and ask, answers, cancellations, connections that break and come back, objects that sleep,
//! alarms. Whatever their order, a client that resumes with the last id it saw ends with exactly what was said, in order, nothing lost or
//! doubled; every request is answered once; and when all is over, nothing is left.

mod common;
mod world;

use world::World;

#[test]
fn whatever_happens_each_message_arrives_once_and_nothing_is_left() {
    let seeds = std::env::var("MCP_AGENT_SEEDS").ok();
    let seeds = seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(100);
    for seed in 0..seeds {
        World::new(seed).live();
    }
}

#[test]
fn a_message_that_is_larger_than_a_row_is_kept_in_parts() {
    for seed in 0..6 {
        World::new(seed).large();
    }
}
