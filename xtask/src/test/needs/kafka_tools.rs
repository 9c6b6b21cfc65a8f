//! Apache Kafka's own tools, as Maven's jars in the cache folder.

use std::{fs, path::PathBuf, process::Command};

use sha2::{Digest, Sha256};

use crate::{
    problem::{Context, Result},
    shell,
    workspace::Workspace,
};

/// Oldest Java that Kafka 4's classes are compiled for.
const JAVA_MAJOR_MIN: u32 = 17;

/// Pinned, because Maven would otherwise take what it finds newest.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy-dependencies";

/// What Maven is asked for. The tools' jars are the broker's as well.
const POM: &str = "xtask/clients/kafka_tools/pom.xml";

/// Why this machine goes without them; a JVM is not installed for a test's sake.
pub fn missing() -> Option<String> {
    if shell::find("java").is_none() || shell::find("mvn").is_none() {
        return Some("no java and mvn".into());
    }
    match java_major() {
        Some(major) if major >= JAVA_MAJOR_MIN => None,
        _ => Some(format!("java is older than {JAVA_MAJOR_MIN}")),
    }
}

/// From `openjdk version "17.0.15" 2025-04-15`, which Java says as an error.
fn java_major() -> Option<u32> {
    let said = Command::new("java").arg("-version").output().ok()?.stderr;
    let text = String::from_utf8_lossy(&said).into_owned();
    text.split('"').nth(1)?.split(['.', '-']).next()?.parse().ok()
}

/// The folder of jars that the project's own list asks for; another list makes another folder.
pub fn jars(workspace: &Workspace) -> Result<PathBuf> {
    let pom = &workspace.root.join(POM);
    let text = fs::read(pom).context(|| format!("reading {}", pom.display()))?;
    let digest = Sha256::digest(&text);
    let key: String = digest[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = workspace.cache.join(format!("kafka-tools-{key}"));
    let complete = folder.join("complete");
    if complete.is_file() {
        return Ok(folder);
    }
    shell::say("needs", format!("Kafka's tools into {}", folder.display()));
    let mut maven = Command::new("mvn");
    maven.args(["--quiet", "--batch-mode", "--file"]).arg(pom).arg(COPY);
    maven.args([
        "-DincludeScope=runtime".to_owned(),
        format!("-DoutputDirectory={}", folder.display()),
    ]);
    shell::output(&mut maven)?;
    fs::write(&complete, "").context(|| format!("writing {}", complete.display()))?;
    Ok(folder)
}
