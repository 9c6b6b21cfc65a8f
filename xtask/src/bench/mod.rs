//! `cargo xtask bench`: how fast Ouzel is on this machine, and against Apache Kafka in the same go.
//!
//! [`measures`] lists what is measured; `stand` holds the brokers, `xtask/load` is the client. The
//! codec and our own sockets are measured in `basics`. Compiled only on demand (feature `bench`),
//! because it is the one part of this tool that needs our own crates.

use std::{fs, path::PathBuf};

use crate::{
    problem::{Context, Problem, Result},
    server, shell,
    test::{browser_command, browser_needs},
    web::{self, Profile},
    workspace::Workspace,
};
use broker::{Kafka, Side};
use measures::{MEASURES, Measure};
use options::Options;
use stand::Stand;
use table::Taken;

mod basics;
mod broker;
mod connection;
mod first_ack;
mod measures;
mod options;
mod stand;
mod table;
mod topics;

/// What `--only` calls the measures without librdkafka.
const BASICS: &str = "basics";

/// What `--only` calls the console's pages in a browser; by name only, since they need one.
const PAGES: &str = "pages";

/// The client, a package and a program of this name.
const LOAD: &str = "ouzel-load";

pub fn run(workspace: &Workspace, words: &[&str]) -> Result<()> {
    let options = Options::read(words)?;
    if options.only.as_deref() == Some("list") {
        MEASURES.iter().for_each(|measure| println!("{:<14}{}", measure.name, measure.what));
        return Ok(());
    }
    if options.only.as_deref() == Some(PAGES) {
        return pages(workspace);
    }
    let folder = workspace.target.join("bench");
    clear(&folder)?;
    let mut stand = build(workspace, &options, folder)?;
    if options.wants(BASICS) {
        basics::run(&stand.ouzel, &stand.folder)?;
    }
    let wanted: Vec<_> = MEASURES.iter().filter(|measure| options.wants(measure.name)).collect();
    if !wanted.is_empty() {
        compare(&mut stand, &options, &wanted)?;
    }
    fs::remove_dir_all(&stand.folder).context(|| "removing what was measured".into())
}

/// First rows in Chromium, of release builds on both sides.
fn pages(workspace: &Workspace) -> Result<()> {
    browser_needs(workspace)?;
    web::build(workspace, Profile::Release)?;
    let ouzel = server::build_with(workspace, true, &[])?;
    let mut playwright = browser_command(workspace, "measures");
    shell::run(playwright.env("OUZEL_BINARY", ouzel).args(["--reporter", "line"]))
}

fn clear(folder: &PathBuf) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).context(|| format!("removing {}", folder.display()))?;
    }
    fs::create_dir_all(folder).context(|| format!("creating {}", folder.display()))
}

fn build(workspace: &Workspace, options: &Options, folder: PathBuf) -> Result<Stand> {
    let built = server::build_with(workspace, !options.debug, &[LOAD])?;
    let load = built.with_file_name(LOAD);
    // `OUZEL_BINARY` measures another build, perhaps an older one, with the same client.
    let named = workspace.ouzel_under_test();
    let ouzel = if named == workspace.ouzel(false) { built } else { named };
    let mut stand = Stand::new(ouzel, load, folder);
    stand.quick = options.quick;
    if options.against_kafka {
        stand.kafka = Some(Kafka::fetch(workspace)?);
    }
    Ok(stand)
}

fn compare(stand: &mut Stand, options: &Options, wanted: &[&'static Measure]) -> Result<()> {
    stand::settle();
    let yardstick = measures::append_and_sync(&stand.folder)?;
    let mut all: Vec<_> = wanted.iter().copied().map(Taken::new).collect();
    for round in 0..options.rounds() {
        for (measure, taken) in wanted.iter().zip(&mut all) {
            for side in sides(stand, round) {
                let figures = match ((measure.take)(stand, side), side) {
                    (Ok(figures), _) => figures,
                    // Not bearing it is a finding about them, and no reason to lose the others.
                    (Err(problem), Side::Kafka) => {
                        shell::say("bench", format!("{} kafka: {problem}", measure.name));
                        stand.give_up(side);
                        continue;
                    }
                    (Err(problem), Side::Ouzel) => return Err(problem),
                };
                let shown: Vec<_> = figures.iter().map(|figure| format!("{figure:.3}")).collect();
                let doing = format!("{} {}", measure.name, side.name());
                shell::say("bench", format!("{doing}: {}", shown.join("  ")));
                taken.add(side, figures);
            }
        }
    }
    stand.close()?;
    let (p50, p99) = yardstick;
    println!("a bare 4 KiB append with fdatasync: p50 {p50:.2} ms, p99 {p99:.2} ms");
    table::print(&all);
    if let Some(path) = &options.json {
        let text = format!("{:#}\n", table::json(&all, yardstick));
        fs::write(path, text).context(|| format!("writing {}", path.display()))?;
    }
    match table::missed(&all).as_slice() {
        [] => Ok(()),
        missed => Problem::stop(missed.join("\n")),
    }
}

/// Who is measured in this round; they take turns at being first.
fn sides(stand: &Stand, round: usize) -> Vec<Side> {
    match (&stand.kafka, round % 2) {
        (None, _) => vec![Side::Ouzel],
        (Some(_), 0) => vec![Side::Ouzel, Side::Kafka],
        (Some(_), _) => vec![Side::Kafka, Side::Ouzel],
    }
}
