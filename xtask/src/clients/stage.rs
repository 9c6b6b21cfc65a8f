//! The server that most scenarios share, and what they need to reach it.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    problem::{Context, Problem, Result},
    server::process::{Launch, Ouzel},
    test,
    workspace::Workspace,
};

use super::tools;

/// A client command that takes longer is stuck: the slowest moves some 20,000 records.
pub const CLIENT_LIMIT: Duration = Duration::from_secs(90);

/// The name of its data folder.
const SHARED: &str = "shared";

pub struct Stage {
    pub server: Ouzel,
    binary: PathBuf,
    python: PathBuf,
    scripts: PathBuf,
    folder: PathBuf,
}

impl Stage {
    pub fn set(workspace: &Workspace) -> Result<Stage> {
        let python = test::client_needs(workspace)?;
        let binary = workspace.ouzel_under_test();
        if !binary.is_file() {
            return Problem::stop(format!("{} is not built", binary.display()));
        }
        // Kept after a failure, so that logs and segments can be looked at.
        let folder = workspace.target.join("clients");
        if folder.exists() {
            fs::remove_dir_all(&folder).context(|| format!("removing {}", folder.display()))?;
        }
        let data = new_folder(&folder, SHARED)?;
        let server = launch(&binary, &data, any_port()).start()?;
        form_groups_at_once(&binary, server.kafka)?;
        let scripts = workspace.root.join("xtask/clients");
        Ok(Stage { server, binary, python, scripts, folder })
    }

    /// An empty data folder for a server of a scenario's own.
    pub fn data(&self, name: &str) -> Result<PathBuf> {
        new_folder(&self.folder, name)
    }

    /// The data folder of the server that is shared.
    pub fn shared_data(&self) -> PathBuf {
        self.folder.join(SHARED)
    }

    pub fn start(&self, data: &Path, kafka: SocketAddr) -> Result<Ouzel> {
        self.launch(data, kafka).start()
    }

    pub fn launch<'a>(&'a self, data: &'a Path, kafka: SocketAddr) -> Launch<'a> {
        launch(&self.binary, data, kafka)
    }

    /// kcat against the shared server; it must succeed, and its standard output is returned.
    pub fn kcat(&self, arguments: &[&str], input: &str) -> Result<String> {
        tools::finish(&mut tools::kcat(self.server.kafka, arguments), input, CLIENT_LIMIT)
    }

    /// Our own command line against `kafka`; it must succeed, and its standard output is returned.
    pub fn ouzel(&self, kafka: SocketAddr, arguments: &[&str], input: &str) -> Result<String> {
        ouzel(&self.binary, kafka, arguments, input)
    }

    /// One of the scripts in `xtask/clients/`: its first argument is the server's address.
    pub fn script(&self, name: &str, kafka: SocketAddr, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.python);
        command.arg("-u").arg(self.scripts.join(name)).arg(kafka.to_string()).args(arguments);
        command
    }

    /// As [`Stage::finish`], for a script in `xtask/clients/node/`.
    pub fn node(&self, name: &str) -> Result<String> {
        let folder = self.scripts.join("node");
        test::node_client_needs(&folder)?;
        let mut command = Command::new("node");
        command.arg(folder.join(name)).arg(self.server.kafka.to_string());
        tools::finish(&mut command, "", CLIENT_LIMIT)
    }

    /// Runs a script to its end; it must succeed, and its standard output is returned.
    pub fn finish(&self, name: &str, arguments: &[&str]) -> Result<String> {
        tools::finish(&mut self.script(name, self.server.kafka, arguments), "", CLIENT_LIMIT)
    }

    pub fn create_topic(&self, kafka: SocketAddr, topic: &str, partitions: u32) -> Result<()> {
        let partitions = partitions.to_string();
        let mut script = self.script("create_topic.py", kafka, &[topic, &partitions]);
        tools::finish(&mut script, "", CLIENT_LIMIT).map(|_| ())
    }
}

/// An empty group waits 3 s for company, which is a broker's own rule and has its own tests; here
/// some hundred groups begin.
fn form_groups_at_once(binary: &Path, kafka: SocketAddr) -> Result<()> {
    let at_once = ["cluster", "config", "set", "group.initial.rebalance.delay.ms=0"];
    ouzel(binary, kafka, &at_once, "").map(|_| ())
}

fn ouzel(binary: &Path, kafka: SocketAddr, arguments: &[&str], input: &str) -> Result<String> {
    let mut ouzel = Command::new(binary);
    ouzel.args(arguments).arg("--brokers").arg(kafka.to_string());
    tools::finish(&mut ouzel, input, CLIENT_LIMIT)
}

fn launch<'a>(binary: &'a Path, data: &'a Path, kafka: SocketAddr) -> Launch<'a> {
    Launch { binary, data, kafka, settings: &[] }
}

pub fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn new_folder(parent: &Path, name: &str) -> Result<PathBuf> {
    let folder = parent.join(name);
    fs::create_dir_all(&folder).context(|| format!("creating {}", folder.display()))?;
    Ok(folder)
}
