//! `[schedules.*]`.

use super::cron::check_cron;
use super::state::{check_event_access, check_kept};
use super::tool::check_item_name;
use super::{Cx, handler};
use crate::diag::{Address, Code};
use crate::model::{Access, Schedule};
use crate::read::raw::RawSchedule;

/// How often a run is tried when `attempts` is not declared.
const DEFAULT_ATTEMPTS: u32 = 5;

/// The most attempts: each waits longer than the one before, and the last of these waits for hours.
const MAX_ATTEMPTS: u32 = 20;

/// What is due is kept in the object of the state, so that there is one.
pub(super) fn check_schedules(cx: &mut Cx<'_>) -> Vec<Schedule> {
    let at = Address::root().key("schedules");
    let declared = cx.raw.schedules.iter().flatten();
    let schedules: Vec<_> = declared
        .map(|(name, raw)| check_schedule(cx, &at.key(name), name, raw))
        .collect();
    if let Some(first) = schedules.first() {
        check_kept(
            cx,
            &at.key(&first.name),
            "what is due is kept with the state",
        );
    }
    schedules
}

fn check_schedule(cx: &mut Cx<'_>, at: &Address, name: &str, raw: &RawSchedule) -> Schedule {
    check_item_name(cx, at, "schedule", name);
    if let Some(cron) = &raw.cron {
        check_cron(cx, &at.key("cron"), cron);
    }
    let words = [
        ("write", Access::Write),
        ("read", Access::Read),
        ("none", Access::None),
    ];
    Schedule {
        name: name.to_owned(),
        method: handler::check_method(cx, at, name),
        description: raw.description.clone(),
        cron: raw.cron.clone(),
        attempts: check_attempts(cx, &at.key("attempts"), raw.attempts),
        access: check_event_access(cx, &at.key("state"), raw.state.as_deref(), &words),
    }
}

fn check_attempts(cx: &mut Cx<'_>, at: &Address, raw: Option<i64>) -> u32 {
    let Some(attempts) = raw else {
        return DEFAULT_ATTEMPTS;
    };
    let legal = u32::try_from(attempts)
        .ok()
        .filter(|attempts| (1..=MAX_ATTEMPTS).contains(attempts));
    legal.unwrap_or_else(|| {
        cx.report(
            Code::OutOfBounds,
            at,
            format!("`{attempts}` is out of bounds"),
        )
        .help(format!("from 1, tried once, to {MAX_ATTEMPTS}"));
        DEFAULT_ATTEMPTS
    })
}
