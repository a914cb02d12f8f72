//! What a person sees: one line a step, alive on a terminal, plain elsewhere (CI logs keep every line).

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// A step that is under way. Says how long it took when it ends.
pub struct Step {
    title: String,
    started: Instant,
    bar: Option<ProgressBar>,
    ended: bool,
}

/// Starts a step.
pub fn step(title: impl Into<String>) -> Step {
    let title = title.into();
    let bar = std::io::stderr().is_terminal().then(|| {
        let style =
            ProgressStyle::with_template("{spinner} {prefix} {elapsed:.dim} {wide_msg:.dim}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::new_spinner()
            .with_style(style)
            .with_prefix(title.clone());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    });
    if bar.is_none() {
        eprintln!("   … {title}");
    }
    Step {
        title,
        started: Instant::now(),
        bar,
        ended: false,
    }
}

impl Step {
    /// Shows the last line of what a command says; lost where there is no terminal (the log has it).
    pub fn note(&self, line: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(line.trim().to_owned());
        }
    }

    /// Ends the step well.
    pub fn done(mut self) -> Duration {
        self.end("ok");
        self.started.elapsed()
    }

    /// Ends the step badly.
    pub fn failed(mut self) {
        self.end("FAILED");
    }

    fn end(&mut self, word: &str) {
        self.ended = true;
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        eprintln!(
            "{word:>6} {} ({})",
            self.title,
            seconds(self.started.elapsed())
        );
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.ended {
            self.end("FAILED");
        }
    }
}

/// Prints a line of a command's result. A reader that has gone away (`| head`) is no error.
pub fn print(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A time as people read it.
pub fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole >= 60 {
        format!("{} min {:02} s", whole / 60, whole % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
