//! The command line changes settings of a running broker.

use crate::support::{
    app::{App, start},
    process::{run, text},
};

/// Runs `ouzel` with these arguments; its output, error text and exit code.
async fn ouzel(app: &App, arguments: &[&str]) -> (String, String, i32) {
    let mut all = vec!["--brokers".to_owned(), app.kafka()];
    all.extend(arguments.iter().map(ToString::to_string));
    let folder = tempfile::tempdir().unwrap();
    let output = tokio::task::spawn_blocking(move || {
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        run(folder.path(), &all, "")
    });
    let output = output.await.unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

async fn done(app: &App, arguments: &[&str]) -> String {
    let (out, err, code) = ouzel(app, arguments).await;
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}

/// The value and source that a topic's description has for a key.
async fn of_topic(app: &App, key: &str) -> (String, String) {
    let told = done(app, &["topic", "describe", "t", "--format", "json"]).await;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let configs = told[0]["configs"].as_array().unwrap();
    let config = configs.iter().find(|config| config["name"] == key).unwrap();
    let word = |name: &str| config[name].as_str().unwrap().to_owned();
    (word("value"), word("source"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_s_settings_are_set_deleted_appended_and_subtracted() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t", "u"]).await;
    let alter = ["topic", "alter-config", "t", "u", "--set", "retention.ms=1000"];
    let list = ["--append", "cleanup.policy=compact", "-s", "segment.ms=5"];
    let told = done(&app, &[&alter[..], &list].concat()).await;
    assert_eq!(told, "TOPIC  STATUS\nt      OK\nu      OK\n");
    let own = |value: &str| (value.to_owned(), "DYNAMIC_TOPIC_CONFIG".to_owned());
    assert_eq!(of_topic(&app, "retention.ms").await, own("1000"));
    assert_eq!(of_topic(&app, "cleanup.policy").await, own("delete,compact"));
    let alter = ["topic", "alter-config", "t", "--delete", "retention.ms"];
    done(&app, &[&alter[..], &["--subtract", "cleanup.policy=delete"]].concat()).await;
    let default = ("604800000".to_owned(), "DEFAULT_CONFIG".to_owned());
    assert_eq!(of_topic(&app, "retention.ms").await, default);
    assert_eq!(of_topic(&app, "cleanup.policy").await, own("compact"));
    done(&app, &["topic", "alter-config", "t", "--set", "segment.ms=7", "--dry"]).await;
    assert_eq!(of_topic(&app, "segment.ms").await, own("5"), "a judgement changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn brokers_are_asked_and_told_as_rpk_does() {
    let app = start(&[]).await;
    assert_eq!(done(&app, &["cluster", "config", "get", "num.partitions"]).await, "1\n");
    let told = done(&app, &["cluster", "config", "set", "num.partitions", "3"]).await;
    assert_eq!(told, "1 setting of all brokers changed\n");
    done(&app, &["cluster", "config", "set", "log.retention.ms=5", "group.max.size=7"]).await;
    done(&app, &["topic", "create", "t"]).await;
    let wanted = ("5".to_owned(), "DYNAMIC_DEFAULT_BROKER_CONFIG".to_owned());
    assert_eq!(of_topic(&app, "retention.ms").await, wanted);
    done(&app, &["cluster", "config", "set", "log.retention.hours=2"]).await;
    assert_eq!(of_topic(&app, "retention.ms").await, wanted, "milliseconds win over hours");
    done(&app, &["cluster", "config", "reset", "log.retention.ms"]).await;
    let wanted = ("7200000".to_owned(), wanted.1);
    assert_eq!(of_topic(&app, "retention.ms").await, wanted);
    let none = done(&app, &["cluster", "config", "get", "log.retention.minutes"]).await;
    assert_eq!(none, "(none)\n");
    let info = done(&app, &["cluster", "info"]).await;
    assert!(info.contains("t     3"), "{info}");
    let listed = done(&app, &["cluster", "config", "list", "--filter", "num.partitions"]).await;
    let rows: Vec<Vec<&str>> =
        listed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["KEY", "VALUE", "SOURCE", "CHANGES"]);
    assert!(rows.contains(&vec!["num.partitions", "3", "DYNAMIC_DEFAULT_BROKER_CONFIG", "now"]));
    let fixed = ["offsets.topic.num.partitions", "16", "DEFAULT_CONFIG", "restart"];
    assert!(rows.contains(&fixed.to_vec()), "{listed}");
    done(&app, &["cluster", "config", "set", "num.partitions", ""]).await;
    let got = ["cluster", "config", "get", "num.partitions", "--format", "json"];
    let got: serde_json::Value = serde_json::from_str(&done(&app, &got).await).unwrap();
    assert_eq!((&got["value"], &got["source"]), (&"1".into(), &"DEFAULT_CONFIG".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_set_goes_to_standard_error_and_into_the_exit_code() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t"]).await;
    let alter = ["topic", "alter-config", "t", "nowhere", "--set", "retention.ms=1"];
    let (out, _, code) = ouzel(&app, &alter).await;
    assert!(out.contains("t        OK"), "{out}");
    assert!(out.contains("nowhere  UNKNOWN_TOPIC_OR_PARTITION"), "{out}");
    assert_eq!(code, 1);
    for (arguments, wanted_code, wanted) in [
        (&["topic", "alter-config", "t"][..], 2, "nothing to change"),
        (&["topic", "alter-config", "t", "--set", "retention.ms"], 2, "is not KEY=VALUE"),
        (&["cluster", "config", "get", "nonsense"], 1, "brokers have no setting `nonsense`"),
        (&["cluster", "config", "set", "node.id", "5"], 1, "`node.id` cannot be changed while"),
        (
            &["cluster", "config", "set", "num.partitions", "x"],
            1,
            "`x` is not a value of `num.partitions`: a whole number",
        ),
    ] {
        let (_, err, code) = ouzel(&app, arguments).await;
        assert_eq!(code, wanted_code, "{arguments:?}: {err}");
        assert!(err.contains(wanted), "{arguments:?}: {err}");
    }
}
