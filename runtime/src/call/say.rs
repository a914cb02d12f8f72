//! What a client hears of a call before its answer: progress and logs.

use super::Call;
use mcp_agent_protocol::{Emission, Level};
use serde::Serialize;

impl Call {
    /// `notifications/progress`: how far the call is, out of `total` where that is known. Nothing is sent to a client that has not asked
    /// for it (`progressToken`), and nothing that is not further than what was sent before.
    pub fn progress(&self, progress: f64, total: Option<f64>, message: Option<&str>) {
        if let Some(live) = &self.0
            && live.advances(progress)
        {
            live.say(Emission::Progress {
                progress,
                total,
                message: message.map(str::to_owned),
            });
        }
    }

    /// `notifications/message`: a line of the call's log, of any JSON. Sent to a client that wants this level: `info` and worse, until
    /// it says otherwise (`logging/setLevel`). No secret belongs in it.
    pub fn log(&self, level: Level, data: impl Serialize) {
        self.write(level, None, &data);
    }

    /// The same, with the name of who speaks.
    pub fn log_as(&self, logger: &str, level: Level, data: impl Serialize) {
        self.write(level, Some(logger), &data);
    }

    /// Lets the client go while the call goes on (SEP-1699): it comes back for the rest with `Last-Event-ID`, after `transport.retry`.
    /// Without effect where the client could not come back: over HTTP+SSE, and before 2025-11-25.
    pub fn close_stream(&self) {
        if let Some(live) = &self.0 {
            live.say(Emission::CloseStream);
        }
    }

    fn write(&self, level: Level, logger: Option<&str>, data: &impl Serialize) {
        let Some(live) = &self.0 else { return };
        match serde_json::to_string(data) {
            Ok(data) => live.say(Emission::Log {
                level,
                logger: logger.map(str::to_owned),
                data,
            }),
            Err(error) => crate::host::log(&format!("a log message does not serialise: {error}")),
        }
    }
}
