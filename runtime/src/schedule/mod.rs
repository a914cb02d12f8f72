//! What runs later: schedules.
//!
//! A schedule is three rows of the object whose state its handler works on (`plan.rs`). An object has one alarm, which schedules share with
//! whatever else asks for it (`alarm.rs`). What runs when it rings is in `object/schedules.rs`.

mod alarm;
mod arm;
mod cx;
mod due;
mod pending;
mod plan;
mod when;

pub(crate) use alarm::{OneAlarm, Sweep, sweep_now};
pub(crate) use arm::arm;
pub use cx::Scheduled;
pub use due::Due;
pub(crate) use pending::Pending;
pub(crate) use plan::{Plan, exported, payload_of, rows};
pub use when::When;
