//! What is declared to run at its times, in an object that has the state.

use super::plan::{Plan, rows};
use crate::agent::Agent;
use crate::host::{self, Host};
use mcp_agent_cron::Cron;
use mcp_agent_protocol::RowsError;

/// Begins the ids of declared schedules. Nobody else's id has such a letter.
pub const DECLARED: &str = "cron:";

/// Makes the rows of what is declared as it is declared now. Once in a life of the object is enough: another release is another life.
pub fn arm<A: Agent>(host: &dyn Host) {
    if let Err(error) = arm_all::<A>(host) {
        host::log(&error.to_string());
    }
    // An alarm that failed too often does not come again by itself.
    host.wake_for_schedules(0);
}

fn arm_all<A: Agent>(host: &dyn Host) -> Result<(), RowsError> {
    let declared = || {
        let all = A::EVENTS.schedules.iter();
        all.filter_map(|it| Some((it.name, it.cron?)))
    };
    let known = rows::all(host, DECLARED)?;
    for (id, plan) in &known {
        let same = |(name, cron)| plan.handler == name && plan.cron.as_deref() == Some(cron);
        if !declared().any(same) {
            rows::remove(host, id)?;
        }
    }
    for (name, cron) in declared() {
        let id = [DECLARED, name].concat();
        let same = |plan: &Plan| plan.cron.as_deref() == Some(cron);
        if known.iter().any(|(it, plan)| *it == id && same(plan)) {
            continue;
        }
        let next = Cron::parse(cron).map(|cron| cron.next(host.now_ms()));
        match next {
            Ok(Some(due_ms)) => {
                let plan = Plan::new(name, due_ms, Some(cron.to_owned()));
                rows::put(host, &id, &plan)?;
            }
            Ok(None) => host::log(&format!("the schedule `{name}`: `{cron}` never comes")),
            Err(error) => host::log(&format!("the schedule `{name}`: {error}")),
        }
    }
    Ok(())
}
