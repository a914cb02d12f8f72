//! When something is to run.

use mcp_agent_cron::Cron;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last millisecond of the year 9999: later than that is a mistake.
const LAST_MS: u64 = 253_402_300_799_999;

/// When a schedule runs: see [`Cx::schedule`](crate::Cx::schedule).
///
/// ```
/// use mcp_agent::When;
/// use std::time::{Duration, UNIX_EPOCH};
///
/// assert_eq!(When::from(Duration::from_secs(60)), When::In(Duration::from_secs(60)));
/// assert_eq!(When::from(UNIX_EPOCH + Duration::from_secs(2)), When::At(2_000));
/// assert_eq!(When::from("0 9 * * MON-FRI"), When::Cron("0 9 * * MON-FRI".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Once, after this time.
    In(Duration),
    /// Once, at this time, in milliseconds since the Unix epoch. What is past is due at once.
    At(u64),
    /// Again and again: a cron expression of five fields (minute, hour, day of the month, month, day of the week), in UTC.
    Cron(String),
}

impl From<Duration> for When {
    fn from(after: Duration) -> Self {
        Self::In(after)
    }
}

impl From<SystemTime> for When {
    fn from(at: SystemTime) -> Self {
        let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::At(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

impl From<&str> for When {
    fn from(cron: &str) -> Self {
        Self::Cron(cron.to_owned())
    }
}

impl When {
    /// The first time, and the expression of the times after it. The error says what is wrong.
    pub(super) fn first(self, now_ms: u64) -> Result<(u64, Option<String>), String> {
        let (due_ms, cron) = match self {
            Self::In(after) => {
                let after_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
                (now_ms.saturating_add(after_ms), None)
            }
            Self::At(at_ms) => (at_ms, None),
            Self::Cron(cron) => {
                let next = Cron::parse(&cron)?.next(now_ms);
                let next = next.ok_or_else(|| format!("`{cron}` never comes"))?;
                (next, Some(cron))
            }
        };
        if due_ms > LAST_MS {
            return Err("a schedule cannot be later than the year 9999".to_owned());
        }
        Ok((due_ms, cron))
    }
}
