//! What a handler says while it runs, as its client hears it, and on the way from another object.

use super::Level;
use crate::jsonrpc;
use crate::version::Version;
use crate::wire::quote;

/// What a handler says while it runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Emission {
    /// `notifications/progress`.
    Progress {
        /// How far, in the handler's units.
        progress: f64,
        /// Out of how many.
        total: Option<f64>,
        /// In words.
        message: Option<String>,
    },
    /// `notifications/message`.
    Log {
        /// How severe.
        level: Level,
        /// Who speaks.
        logger: Option<String>,
        /// Raw JSON.
        data: String,
    },
    /// Lets the client go, which comes back for the rest (SEP-1699).
    CloseStream,
}

impl Emission {
    /// One line that [`Emission::decode`] reads.
    pub fn encode(&self) -> String {
        let text = |text: &Option<String>| {
            let mut out = String::new();
            match text {
                Some(text) => quote(&mut out, text),
                None => out.push_str("null"),
            }
            out
        };
        match self {
            Emission::Progress {
                progress,
                total,
                message,
            } => {
                let total = total.and_then(number_text).unwrap_or("-".to_owned());
                let progress = number_text(*progress).unwrap_or("-".to_owned());
                ["p ", &progress, " ", &total, " ", &text(message)].concat()
            }
            Emission::Log {
                level,
                logger,
                data,
            } => {
                // Line ends of JSON are white space.
                let data = data.replace('\n', " ");
                format!("l {} [{},{data}]", level.as_str(), text(logger))
            }
            Emission::CloseStream => "c".to_owned(),
        }
    }

    /// Reads what [`Emission::encode`] wrote.
    pub fn decode(line: &str) -> Option<Emission> {
        let mut parts = line.splitn(2, ' ');
        let kind = parts.next()?;
        if kind == "c" {
            return Some(Emission::CloseStream);
        }
        let rest = parts.next()?;
        match kind {
            "p" => {
                let mut parts = rest.splitn(3, ' ');
                Some(Emission::Progress {
                    // What JSON has no number for is not sent, but it counts.
                    progress: match parts.next()? {
                        "-" => f64::NAN,
                        progress => serde_json::from_str(progress).ok()?,
                    },
                    total: match parts.next()? {
                        "-" => None,
                        total => Some(serde_json::from_str(total).ok()?),
                    },
                    message: serde_json::from_str(parts.next()?).ok()?,
                })
            }
            "l" => {
                let (level, rest) = rest.split_once(' ')?;
                let (logger, data): (Option<String>, &serde_json::value::RawValue) =
                    serde_json::from_str(rest).ok()?;
                Some(Emission::Log {
                    level: Level::parse(level)?,
                    logger,
                    data: data.get().to_owned(),
                })
            }
            _ => None,
        }
    }

    /// The same as a task says it that is at work; `None` for what a task does not say.
    pub(crate) fn status(&self) -> Option<String> {
        match self {
            Emission::Progress {
                message: Some(message),
                ..
            } => Some(message.clone()),
            Emission::Progress {
                progress, total, ..
            } => {
                let progress = number_text(*progress)?;
                Some(match total.and_then(number_text) {
                    Some(total) => [&*progress, " of ", &total].concat(),
                    None => progress,
                })
            }
            Emission::Log { .. } | Emission::CloseStream => None,
        }
    }

    /// The notification, if the client wants it.
    pub(crate) fn notification(
        &self,
        version: Version,
        progress_token: Option<&str>,
        least: Option<Level>,
    ) -> Option<String> {
        match self {
            Emission::Progress {
                progress,
                total,
                message,
            } => {
                let token = progress_token?;
                let mut params = ["{\"progressToken\":", token, ",\"progress\":"].concat();
                params.push_str(&number_text(*progress)?);
                if let Some(total) = total.and_then(number_text) {
                    params.push_str(",\"total\":");
                    params.push_str(&total);
                }
                if let Some(message) = message.as_ref().filter(|_| version.has_progress_messages())
                {
                    params.push_str(",\"message\":");
                    quote(&mut params, message);
                }
                params.push('}');
                Some(jsonrpc::notification("notifications/progress", &params))
            }
            Emission::Log {
                level,
                logger,
                data,
            } if least.is_some_and(|least| *level >= least) => {
                let mut params = ["{\"level\":\"", level.as_str(), "\""].concat();
                if let Some(logger) = logger {
                    params.push_str(",\"logger\":");
                    quote(&mut params, logger);
                }
                params.push_str(",\"data\":");
                params.push_str(data);
                params.push('}');
                Some(jsonrpc::notification("notifications/message", &params))
            }
            Emission::Log { .. } | Emission::CloseStream => None,
        }
    }
}

/// A number as JSON, whole ones without a fraction; `None` for what JSON has not.
fn number_text(value: f64) -> Option<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        return Some((value as i64).to_string());
    }
    serde_json::Number::from_f64(value).map(|number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Emission, Level};

    #[test]
    fn what_is_said_survives_the_way() {
        let progress = |total, message: Option<&str>| Emission::Progress {
            progress: 0.1,
            total,
            message: message.map(str::to_owned),
        };
        let log = |logger: Option<&str>| Emission::Log {
            level: Level::Alert,
            logger: logger.map(str::to_owned),
            data: "{\"a\": [1, \"b c\"]}".to_owned(),
        };
        for said in [
            progress(None, None),
            progress(Some(1e300), Some("a \"b\"\nc")),
            log(None),
            log(Some("x\ny")),
            Emission::CloseStream,
        ] {
            let line = said.encode();
            assert!(!line.contains('\n'), "{line}");
            assert_eq!(Emission::decode(&line), Some(said));
        }
        for broken in ["", "x", "p 1", "l info", "l none [null,1]"] {
            assert_eq!(Emission::decode(broken), None, "{broken}");
        }
    }
}
