//! The arguments of a program that serves over stdio.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Asked {
    /// Serve, with the state in this file if there is one.
    Serve(Option<PathBuf>),
    /// Say how this program is called, which is known by this name.
    Help(String),
}

/// Reads the arguments, of which the first is the program.
pub fn read(mut args: impl Iterator<Item = OsString>) -> Result<Asked, String> {
    let program = args.next().unwrap_or_default();
    let mut state = None;
    while let Some(arg) = args.next() {
        let file = match arg.to_str() {
            Some("--help" | "-h") => {
                let name = Path::new(&program).file_name().unwrap_or(&program);
                return Ok(Asked::Help(name.to_string_lossy().into_owned()));
            }
            Some("--state") => args.next(),
            Some(known) if known.starts_with("--state=") => Some(known["--state=".len()..].into()),
            _ => return Err(format!("unknown argument `{}`", arg.to_string_lossy())),
        };
        let file = file.filter(|file| !file.is_empty());
        let file = file.ok_or("`--state` needs the name of a file")?;
        if state.replace(PathBuf::from(file)).is_some() {
            return Err("`--state` is there twice".to_owned());
        }
    }
    Ok(Asked::Serve(state))
}

/// What `--help` prints.
pub fn help(program: &str) -> String {
    format!(
        "\
An MCP server over stdio: one JSON-RPC message a line on stdin and stdout, logs on stderr.

Usage: {program} [--state FILE]

Options:
  --state FILE  keep the state in this SQLite file, which is made if it is not there; else it lasts as long as the process
  -h, --help    print this
"
    )
}

#[cfg(test)]
mod tests {
    use super::{Asked, read};

    fn asked(args: &[&str]) -> Result<Asked, String> {
        let program = ["/bin/agent"];
        read(program.iter().chain(args).map(Into::into))
    }

    #[test]
    fn arguments_are_read() {
        assert_eq!(asked(&[]), Ok(Asked::Serve(None)));
        let file = || Ok(Asked::Serve(Some("a b.db".into())));
        assert_eq!(asked(&["--state", "a b.db"]), file());
        assert_eq!(asked(&["--state=a b.db"]), file());
        assert_eq!(asked(&["-h"]), Ok(Asked::Help("agent".to_owned())));
        for wrong in [
            &["--port"][..],
            &["file"],
            &["--state"],
            &["--state="],
            &["--state", "a", "--state", "b"],
        ] {
            asked(wrong).expect_err("it is wrong");
        }
    }
}
