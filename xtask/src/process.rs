//! Running other programs: output in a log that is shown when they fail, a time limit, and nothing left behind.
//!
//! Every program gets a process group of its own, which ends with it: when its handle is dropped, when its time is up
//! and when xtask itself is told to stop.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::{repo, ui};

static GROUPS: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());
static SERVING: AtomicBool = AtomicBool::new(false);
static LOGS: AtomicU32 = AtomicU32::new(1);

fn groups() -> MutexGuard<'static, BTreeSet<u32>> {
    GROUPS
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn kill_group(pid: u32) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // Gone already is as good as killed.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Ends all programs and then xtask when it is told to stop.
pub fn stop_on_signals() -> Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            groups().iter().copied().for_each(kill_group);
            let code = if SERVING.load(Ordering::Relaxed) {
                0
            } else {
                128 + signal
            };
            std::process::exit(code);
        }
    });
    Ok(())
}

/// From now on being told to stop is the expected end.
pub fn stopping_is_success() {
    SERVING.store(true, Ordering::Relaxed);
}

/// A program that runs; dropping it ends it and all that it started.
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts a program without input, in a process group of its own.
    pub fn start(command: &mut Command) -> Result<Running> {
        let name = command.get_program().to_string_lossy().into_owned();
        // Locked over the start, so that a signal cannot come between start and registration.
        let mut groups = groups();
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start `{name}`"))?;
        groups.insert(child.id());
        Ok(Running { child })
    }

    /// The status, when it has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut groups = groups();
        // What it started may outlive it, so the group is ended even when the program itself has.
        kill_group(self.child.id());
        let _ = self.child.wait();
        groups.remove(&self.child.id());
    }
}

/// Runs a program as one step; its output goes to a log, the end of which is in the error when it fails.
pub fn run(title: &str, command: &mut Command, limit: Duration) -> Result<()> {
    run_logged(title, command, limit).map(drop)
}

/// The same, with the log.
pub fn run_logged(title: &str, command: &mut Command, limit: Duration) -> Result<PathBuf> {
    let step = ui::step(title);
    let note = |log: &Path| {
        if let Some(line) = tail(log, 1) {
            step.note(&line);
        }
    };
    match run_quietly(title, command, limit, Duration::from_millis(200), note) {
        Ok(log) => {
            step.done();
            Ok(log)
        }
        Err(error) => {
            step.failed();
            Err(error)
        }
    }
}

/// Runs a program without a line of its own and returns all that it wrote.
pub fn capture(title: &str, command: &mut Command, limit: Duration) -> Result<String> {
    let log = run_quietly(title, command, limit, Duration::from_millis(200), |_| {})?;
    Ok(fs::read_to_string(log)?)
}

/// What a program took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Took {
    /// Until it ended, to a few milliseconds.
    pub wall: Duration,
    /// Of processors, with all that it started and waited for, to some 10 ms. Only Linux says it.
    pub cpu: Option<Duration>,
}

/// Runs a program without a line of its own and says what it took. Nothing else of xtask may run meanwhile.
pub fn time(title: &str, command: &mut Command, limit: Duration) -> Result<Took> {
    let (started, before) = (Instant::now(), children_cpu());
    run_quietly(title, command, limit, Duration::from_millis(2), |_| {})?;
    Ok(Took {
        wall: started.elapsed(),
        cpu: children_cpu()
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before)),
    })
}

/// The processor time of all programs that have ended, and of theirs.
fn children_cpu() -> Option<Duration> {
    /// Ticks a second, in all that Linux shows to programs.
    const TICKS: u64 = 100;
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field may hold anything in its brackets; `cutime` and `cstime` are the 16th and 17th.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks()? + ticks()?) * 1000 / TICKS))
}

/// Runs a program whose output is the user's to see.
pub fn show(command: &mut Command, limit: Duration) -> Result<ExitStatus> {
    let started = Instant::now();
    let mut running = Running::start(command.stdin(Stdio::null()))?;
    loop {
        if let Some(status) = running.ended()? {
            return Ok(status);
        }
        if started.elapsed() > limit {
            bail!(
                "`{}` not finished after {}, ended",
                command.get_program().to_string_lossy(),
                ui::seconds(limit)
            );
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runs a program and returns its standard output, trimmed; nothing when it cannot be run or fails. For questions such as `rustc -V`.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A new log file, and its path.
pub fn log_file(title: &str) -> Result<(File, PathBuf)> {
    let folder = repo::out().join("logs");
    fs::create_dir_all(&folder)?;
    let name: String = title
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(60)
        .collect();
    let path = folder.join(format!(
        "{}-{:02}-{name}.log",
        std::process::id(),
        LOGS.fetch_add(1, Ordering::Relaxed)
    ));
    Ok((File::create(&path)?, path))
}

fn run_quietly(
    title: &str,
    command: &mut Command,
    limit: Duration,
    longest_pause: Duration,
    mut note: impl FnMut(&Path),
) -> Result<PathBuf> {
    let (log, path) = log_file(title)?;
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    let started = Instant::now();
    let mut running = Running::start(command)?;
    let mut pause = Duration::from_millis(2);
    let status = loop {
        if let Some(status) = running.ended()? {
            break status;
        }
        if started.elapsed() > limit {
            drop(running);
            let after = ui::seconds(limit);
            let what = format!("{title}: not finished after {after}, ended.");
            return Err(Failure::new(what, command, path).into());
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(longest_pause);
        note(&path);
    };
    if !status.success() {
        return Err(Failure::new(format!("{title}: {status}"), command, path).into());
    }
    Ok(path)
}

/// The error of a program that did not end well: it shows the end of its log.
#[derive(Debug)]
pub struct Failure {
    /// Which program, and how it ended.
    pub what: String,
    /// How it was called, as far as that is short.
    pub command: String,
    /// All that it wrote.
    pub log: PathBuf,
}

impl Failure {
    fn new(what: String, command: &Command, log: PathBuf) -> Self {
        const WORDS: usize = 12;
        let mut words: Vec<_> = std::iter::once(command.get_program())
            .chain(command.get_args())
            .map(OsStr::to_string_lossy)
            .collect();
        let more = words.len().saturating_sub(WORDS);
        if more > 1 {
            words.truncate(WORDS);
            words.push(format!("… and {more} more").into());
        }
        let command = words.join(" ");
        Self { what, command, log }
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = tail(&self.log, 300).unwrap_or_default();
        let (what, command, log) = (&self.what, &self.command, self.log.display());
        writeln!(f, "{what}")?;
        for line in errors(&tail) {
            writeln!(f, "  {line}")?;
        }
        write!(f, "$ {command}\n{tail}\nthe whole log: {log}")
    }
}

/// The lines of a log that say what went wrong, so that they are seen also where its end is cut off.
fn errors(log: &str) -> impl Iterator<Item = &str> {
    const SHOWN: usize = 10;
    let says = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("error") || line.contains("No space left") || line.contains("SIGKILL")
    };
    log.lines().filter(says).take(SHOWN)
}

/// The last lines of a log.
pub fn tail(path: &Path, lines: usize) -> Option<String> {
    const ENOUGH: u64 = 64 * 1024;
    let mut file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(if lines == 1 {
        512
    } else {
        ENOUGH
    })))
    .ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    // A progress bar rewrites its line with carriage returns; only its last state is of interest.
    let all: Vec<&str> = text
        .lines()
        .map(|line| {
            line.rsplit('\r')
                .find(|part| !part.is_empty())
                .unwrap_or("")
        })
        .collect();
    Some(all[all.len().saturating_sub(lines)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::{Running, capture, time};

    #[test]
    fn what_fails_shows_its_output() {
        let error = capture(
            "try",
            Command::new("sh").args(["-c", "echo seen; exit 3"]),
            Duration::from_secs(10),
        )
        .expect_err("it exits with 3")
        .to_string();
        assert!(
            error.contains("exit status: 3") && error.contains("seen"),
            "{error}"
        );
    }

    #[test]
    fn what_fails_says_its_errors_first() {
        let script = "seq 50; echo 'error: linking failed'; seq 50; exit 1";
        let error = capture(
            "try",
            Command::new("sh").args(["-c", script]),
            Duration::from_secs(10),
        )
        .expect_err("it exits with 1")
        .to_string();
        let second = error.lines().nth(1);
        assert_eq!(second, Some("  error: linking failed"), "{error}");
    }

    #[test]
    fn what_a_program_took_is_of_it_and_of_what_it_started() -> anyhow::Result<()> {
        let work = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; true";
        let took = time(
            "try",
            Command::new("sh").args(["-c", work]),
            Duration::from_secs(60),
        )?;
        if let Some(cpu) = took.cpu {
            assert!(
                cpu >= Duration::from_millis(20) && cpu <= took.wall * 2,
                "{took:?}"
            );
        }
        Ok(())
    }

    #[test]
    fn what_hangs_is_ended() {
        let started = Instant::now();
        let error = capture(
            "try",
            Command::new("sleep").arg("60"),
            Duration::from_millis(50),
        )
        .expect_err("it sleeps for longer")
        .to_string();
        assert!(
            error.contains("not finished after") && started.elapsed() < Duration::from_secs(10),
            "{error}"
        );
    }

    #[test]
    fn the_whole_group_ends_with_its_handle() -> anyhow::Result<()> {
        let (mut reader, writer) = std::io::pipe()?;
        let running = {
            let mut command = Command::new("sh");
            command
                .args(["-c", "sleep 60 & sleep 60"])
                .stdin(Stdio::null())
                .stdout(writer);
            Running::start(&mut command)?
        };
        drop(running);
        // The pipe ends when the last process that holds it does, the one in the background included.
        assert_eq!(std::io::Read::read(&mut reader, &mut [0])?, 0);
        Ok(())
    }
}
