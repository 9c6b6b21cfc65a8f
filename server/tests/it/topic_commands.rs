//! The command line against a running broker.

use crate::support::{
    app::start,
    command::{done, ouzel},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_produced_is_consumed_as_the_format_says() {
    let app = start(&[]).await;
    let created = done(&app, &["topic", "create", "t", "-p", "1"], "").await;
    assert_eq!(created, "TOPIC  STATUS\nt      OK\n");
    let format = ["topic", "produce", "t", "-f", "%k:%v\\n", "-H", "a:b", "-z", "zstd", "-Z"];
    let told = done(&app, &format, "k1:{\"total\": 12.50}\nk2:\nk3:last").await;
    let wanted = (0..3).map(|n| format!("Produced to partition 0 at offset {n}.\n"));
    assert_eq!(told, wanted.collect::<String>());
    let lines = ["topic", "consume", "t", "-o", ":end", "-f", "%p %o %k=%v [%h]\\n"];
    let wanted = "0 0 k1={\"total\": 12.50} [a=b]\n0 1 k2= [a=b]\n0 2 k3=last [a=b]\n";
    assert_eq!(done(&app, &lines, "").await, wanted);
    let unbounded = ["topic", "consume", "t", "-o", ":end", "-n", "0", "-f", "%o\\n"];
    assert_eq!(done(&app, &unbounded, "").await, "0\n1\n2\n", "0 stands for no bound");
    let last = done(&app, &["topic", "consume", "t", "-o", "-1", "-n", "1"], "").await;
    let last: serde_json::Value = serde_json::from_str(&last).unwrap();
    assert_eq!((&last["key"], &last["offset"]), (&"k3".into(), &2.into()));
    let second = ["topic", "consume", "t", "-o", "1:end", "-n", "1"];
    let second: serde_json::Value = serde_json::from_str(&done(&app, &second, "").await).unwrap();
    assert!(second["value"].is_null(), "an empty value with -Z is a tombstone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_commits_what_was_printed_and_no_more() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t", "-p", "1"], "").await;
    done(&app, &["topic", "produce", "t"], "a\nb\nc\nd\n").await;
    let member = ["topic", "consume", "t", "-g", "readers", "-n", "2", "-f", "%v\\n"];
    assert_eq!(done(&app, &member, "").await, "a\nb\n");
    assert_eq!(done(&app, &member, "").await, "c\nd\n");
    let described = done(&app, &["group", "describe", "readers"], "").await;
    assert!(described.contains("TOTAL-LAG    0"), "{described}");
    let listed = done(&app, &["group", "list", "--format", "json"], "").await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["group"], "readers");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_go_to_standard_error_and_into_the_exit_code() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t"], "").await;
    let (out, _, code) = ouzel(&app, &["topic", "create", "t", "u"], "").await;
    assert!(out.contains("t      TOPIC_ALREADY_EXISTS") && out.contains("u      OK"), "{out}");
    assert_eq!(code, 1);
    for (arguments, wanted_code, wanted) in [
        (&["topic", "create", "../x"][..], 1, "1 of 1 topics failed"),
        (&["topic", "consume", "nowhere"], 1, "there is no topic `nowhere`"),
        (&["topic", "produce", "nowhere"], 1, "there is no topic `nowhere`"),
        (&["topic", "consume", "t", "-o", "soon"], 2, "`soon` is not start"),
        (&["topic", "consume", "t", "-f", "%q"], 2, "`%q` is unknown"),
        (&["topic", "produce", "t", "-f", "%v"], 2, "must end in text"),
        (&["group", "describe", "nobody"], 1, "there is no group `nobody`"),
        (&["topic", "list", "-X", "brokers=127.0.0.1:1"], 1, "127.0.0.1:1 cannot be reached"),
    ] {
        let (_, err, code) = ouzel(&app, arguments, "").await;
        assert_eq!(code, wanted_code, "{arguments:?}: {err}");
        assert!(err.contains(wanted), "{arguments:?}: {err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_and_the_cluster_are_described_for_people_and_for_programs() {
    let app = start(&[]).await;
    let create = ["topic", "create", "t", "-p", "3", "-c", "cleanup.policy=compact"];
    done(&app, &create, "").await;
    let described = done(&app, &["topic", "describe", "t"], "").await;
    for wanted in ["PARTITIONS  3", "cleanup.policy", "compact", "DYNAMIC_TOPIC_CONFIG"] {
        assert!(described.contains(wanted), "{described}");
    }
    let info = done(&app, &["cluster", "info"], "").await;
    assert!(info.starts_with("CLUSTER\n=======\n") && info.contains("t     3"), "{info}");
    let info = done(&app, &["cluster", "info", "--format", "json"], "").await;
    let info: serde_json::Value = serde_json::from_str(&info).unwrap();
    assert_eq!(info["topics"][0]["partitions"], 3);
    let deleted = done(&app, &["topic", "delete", "t"], "").await;
    assert_eq!(deleted, "TOPIC  STATUS\nt      OK\n");
    assert_eq!(done(&app, &["topic", "list"], "").await, "NAME  PARTITIONS  REPLICAS\n");
}
