//! Other people's programs, bounded: each has a time limit and is killed beyond it.

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::problem::{Context, Problem, Result};

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// kcat without its chatter. Its own defaults otherwise: they are what people use.
pub fn kcat(kafka: SocketAddr, arguments: &[&str]) -> Command {
    let mut command = Command::new("kcat");
    command.args(["-b", &kafka.to_string()]).args(arguments);
    command
}

/// Feeds `input`, waits for success within `limit`, and returns standard output.
pub fn finish(command: &mut Command, input: &str, limit: Duration) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
    let words = format!("{program} {}", args.join(" "));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(|| format!("starting {words}"))?;
    let stdin = child.stdin.take();
    let input = input.to_owned();
    // A client that ends early closes the pipe; its exit code tells the story better.
    let feeder = thread::spawn(move || stdin.map(|mut pipe| pipe.write_all(input.as_bytes())));
    let out = reader(child.stdout.take());
    let err = reader(child.stderr.take());
    let ended = wait(&mut child, limit);
    let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
    drop(feeder.join());
    match ended? {
        Some(true) => Ok(out),
        Some(false) => Problem::stop(format!("{words} failed\n{err}{out}")),
        None => Problem::stop(format!("{words}: stuck for {} s\n{err}", limit.as_secs())),
    }
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is what there is to show.
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Success or failure; none after the limit, and then the child is gone too.
pub fn wait(child: &mut Child, limit: Duration) -> Result<Option<bool>> {
    let deadline = Instant::now() + limit;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().context(|| "waiting".into())? {
            return Ok(Some(status.success()));
        }
        thread::sleep(LOOK_EVERY);
    }
    // Either fails only where the child ended in this instant.
    let _ = child.kill();
    let _ = child.wait();
    Ok(None)
}

/// Looks until `found` says so; `what` is what did not come.
pub fn eventually<T>(
    what: &str,
    limit: Duration,
    mut found: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(value) = found()? {
            return Ok(value);
        }
        if Instant::now() >= deadline {
            return Problem::stop(format!("{what}: not within {} s", limit.as_secs()));
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// A client that runs beside the test, with its output in files. Killed when it goes out of sight.
pub struct Background {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Background {
    pub fn start(command: &mut Command, folder: &Path, name: &str) -> Result<Background> {
        let out = folder.join(format!("{name}.out"));
        let err = folder.join(format!("{name}.err"));
        let file = |path: &Path| File::create(path).context(|| path.display().to_string());
        let child = command
            .stdin(Stdio::null())
            .stdout(file(&out)?)
            .stderr(file(&err)?)
            .spawn()
            .context(|| format!("starting {name}"))?;
        Ok(Background { child, out, err })
    }

    pub fn out(&self) -> String {
        fs::read_to_string(&self.out).unwrap_or_default()
    }

    pub fn err(&self) -> String {
        fs::read_to_string(&self.err).unwrap_or_default()
    }

    /// Asks it to end and waits until it has ended well.
    pub fn finish(&mut self, limit: Duration) -> Result<()> {
        match self.terminate(limit)? {
            true => Ok(()),
            false => Problem::stop(format!("a client failed at its end\n{}", self.err())),
        }
    }

    /// Asks it to end and waits until it has; tells whether it ended well.
    pub fn terminate(&mut self, limit: Duration) -> Result<bool> {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)
            .context(|| "sending SIGTERM".into())?;
        match wait(&mut self.child, limit)? {
            Some(well) => Ok(well),
            None => Problem::stop(format!("a client did not end\n{}", self.err())),
        }
    }

    /// Fails when it has ended although it should still run.
    pub fn check_alive(&mut self) -> Result<()> {
        match self.child.try_wait().context(|| "waiting".into())? {
            None => Ok(()),
            Some(status) => Problem::stop(format!("a client ended: {status}\n{}", self.err())),
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Fails with both values when they differ.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, wanted: T) -> Result<()> {
    if got == wanted {
        return Ok(());
    }
    Problem::stop(format!("{what}: got {got:?}, wanted {wanted:?}"))
}

/// Fails with these words when the condition does not hold.
pub fn holds(condition: bool, otherwise: impl FnOnce() -> String) -> Result<()> {
    if condition { Ok(()) } else { Problem::stop(otherwise()) }
}
