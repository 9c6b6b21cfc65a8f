//! The server as a process: what it says, which port it takes, how it ends.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use crate::support::{
    DEADLINE,
    app::{PASSWORD, try_sign_in},
    http::Client,
    process::{Running, run, run_with, text},
};

/// Listens on ports of its own, with its data below `folder`.
fn start(folder: &std::path::Path, more: &[&str]) -> Running {
    let own = ["--http", "127.0.0.1:0", "--kafka", "127.0.0.1:0", "--data", "data"];
    Running::start(folder, &[&own, more].concat())
}

fn client(running: &Running) -> Client {
    Client::new(([127, 0, 0, 1], running.port("http")).into())
}

#[tokio::test]
async fn the_first_start_prints_a_password_that_signs_in_and_the_second_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(folder.path(), &[]);
    let said = running.said.join("\n");
    let address = format!("http://127.0.0.1:{}", running.port("http"));
    assert!(said.contains(&address), "{said}");
    let password = said.split("password ").nth(1).unwrap().lines().next().unwrap();
    assert!(said.contains("user admin"), "{said}");
    let data = folder.path().canonicalize().unwrap().join("data");
    let data = format!("Data       {}\n", data.display());
    assert!(said.contains(&data), "{said}");
    let reply = try_sign_in(&client(&running), "admin", password).await;
    assert_eq!(reply.status, 200, "{said}");
    assert_eq!(running.stop(), Some(0));

    let mut running = start(folder.path(), &[]);
    let said = running.said.join("\n");
    assert!(!said.contains("password"), "{said}");
    assert!(said.contains("ouzel user passwd admin --data ") && said.contains(&data), "{said}");
    let reply = try_sign_in(&client(&running), "admin", password).await;
    assert_eq!(reply.status, 200);
    assert_eq!(running.stop(), Some(0));
}

#[tokio::test]
async fn a_chosen_password_is_used_and_not_printed() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("admin_password = \"{PASSWORD}\"\n");
    std::fs::write(folder.path().join("ouzel.toml"), file).unwrap();
    let running = start(folder.path(), &[]);
    let said = running.said.join("\n");
    assert!(!said.contains(PASSWORD), "{said}");
    assert!(said.contains("user admin, with the password that was given"), "{said}");
    assert_eq!(try_sign_in(&client(&running), "admin", PASSWORD).await.status, 200);
}

#[test]
fn a_misspelt_variable_is_refused_and_its_value_is_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = ("OUZEL_ADMIN_PASSWROD", "first light");
    let output = run_with(folder.path(), &["config", "show"], wrong);
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert!(told.contains("did you mean `OUZEL_ADMIN_PASSWORD`?"), "{told}");
    assert!(!told.contains("first light"), "{told}");
    let empty = run_with(folder.path(), &["config", "show"], (wrong.0, ""));
    assert_eq!(empty.status.code(), Some(0), "{}", text(&empty.stderr));
}

#[test]
fn a_busy_port_is_named_with_its_flag() {
    let folder = tempfile::tempdir().unwrap();
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let port = holder.local_addr().unwrap().port().to_string();
    for (busy, other) in [("--http", "--kafka"), ("--kafka", "--http")] {
        let output = run(folder.path(), &[busy, &address, other, "127.0.0.1:0"], "");
        assert_eq!(output.status.code(), Some(1));
        let told = text(&output.stderr);
        let wanted =
            format!("error: port {port} of 127.0.0.1 is in use; choose another with {busy}");
        assert_eq!(told.lines().last(), Some(wanted.as_str()));
    }
}

#[test]
fn a_second_server_on_the_same_data_is_refused_with_the_pid_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = start(folder.path(), &[]);
    let own = ["--http", "127.0.0.1:0", "--kafka", "127.0.0.1:0", "--data", "data"];
    let output = run(folder.path(), &own, "");
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains(&format!("in use by process {}", first.pid())), "{told}");
    assert_eq!(first.stop(), Some(0));
}

#[test]
fn a_part_that_is_off_is_not_started_and_one_that_is_not_built_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(folder.path(), &["--kafka=off", "--admin", "127.0.0.1:0"]);
    assert!(running.said.last().unwrap().starts_with("ready kafka=off http=127.0.0.1:"));
    assert_eq!(running.stop(), Some(0));
    let output = run(folder.path(), &["--kafka", "off", "--http", "off"], "");
    assert!(text(&output.stderr).contains("nothing to start"), "{}", text(&output.stderr));
}

#[test]
fn the_console_runs_alone_beside_other_clusters() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["console", "--brokers", "127.0.0.1:1", "--http", "127.0.0.1:0"];
    let mut running = Running::start(folder.path(), &more);
    assert!(running.said.last().unwrap().starts_with("ready kafka=off "), "{:?}", running.said);
    assert_eq!(running.stop(), Some(0));
}

/// Ticks of processor time that a process has used, by itself and for it by the system.
#[cfg(target_os = "linux")]
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The name before it may hold spaces and brackets.
    let (_, after) = stat.rsplit_once(") ").unwrap();
    let of = |field: &str| field.parse::<u64>().unwrap();
    let mut fields = after.split(' ').skip(11);
    of(fields.next().unwrap()) + of(fields.next().unwrap())
}

/// Whoever polls, in however many threads, never rests for so long.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_nobody_asks_rests() {
    const WINDOW: Duration = Duration::from_secs(3);
    // Two in a hundred of one processor, at a hundred ticks a second.
    const TICKS_MAX: u64 = 6;
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(folder.path(), &[]);
    let kafka = format!("127.0.0.1:{}", running.port("kafka"));
    for topic in ["one", "two"] {
        let words = ["topic", "create", topic, "--partitions", "200", "--brokers", &kafka];
        let output = run(folder.path(), &words, "");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let deadline = Instant::now() + DEADLINE;
    let mut least = u64::MAX;
    while least > TICKS_MAX {
        assert!(Instant::now() < deadline, "at rest it uses {least} ticks in {WINDOW:?}");
        let before = ticks(running.pid());
        tokio::time::sleep(WINDOW).await;
        least = least.min(ticks(running.pid()) - before);
    }
    assert_eq!(running.stop(), Some(0));
}
