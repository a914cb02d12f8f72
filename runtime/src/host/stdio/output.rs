//! Where messages go.

use std::io::{self, Write};

/// The standard output, for messages alone. What else the process prints goes to the standard error from now on, where the platform has
/// a way to do that.
///
/// # Errors
/// When it is closed.
pub fn claim() -> io::Result<impl Write> {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd;
        let own = io::stdout().as_fd().try_clone_to_owned()?;
        rustix::stdio::dup2_stdout(io::stderr())?;
        Ok(std::fs::File::from(own))
    }
    #[cfg(not(unix))]
    Ok(io::stdout())
}

/// A message as a line: whatever line ends are in it are white space between its values, for in JSON's strings they are escaped.
pub fn line(message: &str) -> String {
    let mut line = message.trim().replace(['\n', '\r'], " ");
    line.push('\n');
    line
}
