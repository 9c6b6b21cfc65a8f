//! Clusters under names of one's own.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{
    app::{App, start},
    command::done,
    process::{run, text},
};

/// A command in `folder`, which holds its profiles too.
async fn ouzel(folder: &Path, arguments: &[&str]) -> (String, String, i32) {
    let folder = folder.to_owned();
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let run = move || run(&folder, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), "");
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

async fn with_topic(name: &str) -> App {
    let app = start(&[]).await;
    done(&app, &["topic", "create", name], "").await;
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_speak_to_the_profile_in_use_or_to_the_one_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (with_topic("one").await, with_topic("two").await);
    let (one, two) = (first.kafka(), second.kafka());
    let create = ["profile", "create", "first", "-d", "the one", "--brokers", &one];
    let (out, err, code) = ouzel(folder.path(), &create).await;
    assert_eq!((out.as_str(), code), ("Profile `first` was created, and is in use.\n", 0), "{err}");
    let set = format!("brokers={two}");
    ouzel(folder.path(), &["profile", "create", "second", "--set", &set]).await;
    let topics = async |more: &[&str]| {
        let (out, err, code) =
            ouzel(folder.path(), &[&["topic", "list", "--format", "json"], more].concat()).await;
        assert_eq!(code, 0, "{err}");
        serde_json::from_str::<Value>(&out).unwrap()[0]["name"].clone()
    };
    assert_eq!(topics(&[]).await, "two");
    assert_eq!(topics(&["--profile", "first"]).await, "one");
    assert_eq!(topics(&["--brokers", &one]).await, "one", "a flag says it for this once");
    let before = ["--profile", "first", "topic", "list", "--format", "json"];
    for arguments in [&before[..], &["topic", "--profile", "first", "list", "--format", "json"]] {
        let (out, err, code) = ouzel(folder.path(), arguments).await;
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("\"one\""), "as in rpk, before the command: {out}");
    }
    ouzel(folder.path(), &["profile", "use", "first"]).await;
    assert_eq!(topics(&[]).await, "one");
    assert_eq!(ouzel(folder.path(), &["profile", "current"]).await.0, "first\n");
    let (listed, ..) = ouzel(folder.path(), &["profile", "list", "--format", "json"]).await;
    let wanted = json!([
        {"name": "first", "description": "the one", "brokers": [one], "current": true},
        {"name": "second", "description": "", "brokers": [two], "current": false},
    ]);
    assert_eq!(serde_json::from_str::<Value>(&listed).unwrap(), wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_with_a_profile_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let there = ["profile", "create", "p", "--brokers", "127.0.0.1:1"];
    assert_eq!(ouzel(folder.path(), &there).await.2, 0);
    for (arguments, wanted_code, wanted) in [
        (&there[..], 1, "there is a profile `p` already"),
        (&["profile", "create", "q"], 2, "--brokers HOST:PORT"),
        (&["profile", "create", "q", "--set", "tls=on"], 2, "known are brokers, tls.enabled"),
        (&["profile", "use", "nosuch"], 1, "there is no profile `nosuch`"),
        (&["profile", "delete", "nosuch"], 1, "there is no profile `nosuch`"),
        (&["topic", "list", "--profile", "nosuch"], 1, "there is no profile `nosuch`"),
        (&["topic", "list", "--profile", "p", "--brokers", "a:1"], 2, "name a cluster each"),
        (&["--profile", "p", "topic", "list", "--cluster", "c"], 2, "name a cluster each"),
        (&["--profile", "p", "user", "list"], 2, "--profile is for commands that speak to a"),
        (&["user", "list", "--cluster", "c"], 2, "--cluster is for commands that speak to a"),
        (&["--profile", "p"], 2, "--profile is for commands that speak to a cluster"),
        (&["console", "--kafka", "off"], 2, "unexpected argument '--kafka'"),
    ] {
        let (_, err, code) = ouzel(folder.path(), arguments).await;
        assert!(code == wanted_code && err.contains(wanted), "{arguments:?}: {code} {err}");
    }
    let (out, ..) = ouzel(folder.path(), &["profile", "delete", "p"]).await;
    assert_eq!(out, "Profile `p` was deleted; no profile is in use now.\n");
    let (_, err, code) = ouzel(folder.path(), &["profile", "current"]).await;
    assert_eq!((err.as_str(), code), ("error: no profile is in use\n", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_profile_is_told_with_its_name_and_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let set = ["profile", "create", "p", "--brokers", "127.0.0.1:1", "-s", "tls.ca=nosuch.pem"];
    assert_eq!(ouzel(folder.path(), &set).await.2, 0);
    let told = async |arguments: &[&str]| {
        let (_, err, code) = ouzel(folder.path(), arguments).await;
        assert_ne!(code, 0);
        assert!(!err.contains("command-line"), "{err}");
        err
    };
    let err = told(&["topic", "list"]).await;
    assert!(err.starts_with("error: profile `p` (") && err.contains("profiles.toml): "), "{err}");
    assert!(err.contains("nosuch.pem"), "{err}");
    let err = told(&["topic", "list", "-X", "tls.ca=other.pem"]).await;
    assert!(err.starts_with("error: -X with profile `p` (") && err.contains("other.pem"), "{err}");
    let err = told(&["topic", "list", "-X", "brokers=a:1", "-X", "tls.ca=other.pem"]).await;
    assert!(err.starts_with("error: -X: ") && err.contains("other.pem"), "{err}");
    // By hand, anything can be written there.
    let file = folder.path().join("ouzel").join("profiles.toml");
    std::fs::write(&file, "current = \"p\"\n[profiles.p]\nbrokers = []\n").unwrap();
    let err = told(&["topic", "list"]).await;
    let wanted = format!("error: profile `p` ({}): it names no broker\n", file.display());
    assert_eq!(err, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_listed_by_name_and_by_expression() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "orders", "orders-eu", "payments"], "").await;
    let names = async |arguments: &[&str]| {
        let out = done(&app, &[&["topic", "list"], arguments].concat(), "").await;
        let names = out.lines().skip(1).filter_map(|line| line.split_whitespace().next());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(&["payments", "orders"]).await, ["orders", "payments"]);
    assert_eq!(names(&["-r", "orders.*"]).await, ["orders", "orders-eu"]);
    assert_eq!(names(&["-r", "order", "pay.*s"]).await, ["payments"], "a whole name");
    let (out, err, code) =
        crate::support::command::ouzel(&app, &["topic", "list", "orders", "nosuch"], "").await;
    assert!(out.contains("orders "), "what is there is shown: {out}");
    assert_eq!((err.as_str(), code), ("error: there is no topic `nosuch`\n", 1));
    for wrong in [&["topic", "list", "-r", "("][..], &["topic", "list", "-r"]] {
        assert_eq!(crate::support::command::ouzel(&app, wrong, "").await.2, 2, "{wrong:?}");
    }
}
