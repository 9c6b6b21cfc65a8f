//! Apache Kafka, as its own scripts start it: one process that is broker and controller (KRaft),
//! a heap of 1 GB, G1.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use super::free_address;
use crate::{
    problem::{Context, Problem, Result},
    shell,
    test::kafka_tools,
    workspace::Workspace,
};

/// As `kafka-server-start.sh` and `kafka-run-class.sh` have them, the heap of the comparison first.
const JVM: [&str; 10] = [
    "-Xms1g",
    "-Xmx1g",
    "-server",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-XX:MaxInlineLevel=15",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/// Any will do; brokers of different runs never meet.
const CLUSTER_ID: &str = "b3V6ZWwtYmVuY2gtMTIzNA";

/// Apache Kafka's jars on this machine.
pub struct Kafka {
    jars: PathBuf,
}

impl Kafka {
    /// Finds them, or fetches them by Maven.
    pub fn fetch(workspace: &Workspace) -> Result<Kafka> {
        if let Some(why) = kafka_tools::missing() {
            return Problem::stop(format!("Apache Kafka cannot be measured here: {why}"));
        }
        let jars = kafka_tools::jars(workspace)?;
        Ok(Kafka { jars })
    }

    /// A broker on a formatted folder.
    pub fn command(&self, data: &Path, address: SocketAddr) -> Result<Command> {
        let properties = write_properties(data, address)?;
        let mut command = self.java("kafka.Kafka");
        command.arg(properties);
        Ok(command)
    }

    /// Gives an empty folder its identity, without which the broker does not start.
    pub fn format(&self, data: &Path) -> Result<()> {
        fs::create_dir_all(data).context(|| format!("creating {}", data.display()))?;
        let properties = write_properties(data, free_address()?)?;
        let mut format = self.java("kafka.tools.StorageTool");
        format.args(["format", "--cluster-id", CLUSTER_ID, "--config"]).arg(properties);
        shell::output(&mut format).map(|_| ())
    }

    fn java(&self, class: &str) -> Command {
        let mut java = Command::new("java");
        java.args(JVM).arg("-classpath").arg(self.jars.join("*")).arg(class);
        java
    }
}

fn write_properties(data: &Path, address: SocketAddr) -> Result<PathBuf> {
    let path = data.with_extension("properties");
    let controller = free_address()?;
    let folder = data.join("logs");
    let text = format!(
        "process.roles=broker,controller\n\
         node.id=1\n\
         controller.quorum.voters=1@{controller}\n\
         listeners=PLAINTEXT://{address},CONTROLLER://{controller}\n\
         advertised.listeners=PLAINTEXT://{address}\n\
         controller.listener.names=CONTROLLER\n\
         log.dirs={}\n\
         offsets.topic.replication.factor=1\n\
         transaction.state.log.replication.factor=1\n\
         transaction.state.log.min.isr=1\n\
         group.initial.rebalance.delay.ms=0\n\
         log.segment.delete.delay.ms=1000\n",
        folder.display()
    );
    fs::write(&path, text).context(|| format!("writing {}", path.display()))?;
    Ok(path)
}
