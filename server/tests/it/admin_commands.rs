//! Commands that change topics, groups and brokers, against a running broker.

use serde_json::{Value, json};

use rdkafka::Message;

use crate::support::{
    app::{App, start},
    command::{done, ouzel},
    kafka::join,
};

/// A topic of two partitions with three records in partition 0, and a group that has read two.
async fn prepared() -> App {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t", "-p", "2"], "").await;
    done(&app, &["topic", "produce", "t", "-p", "0"], "a\nb\nc\n").await;
    let member = ["topic", "consume", "t", "-g", "g", "-n", "2", "-f", "%v\\n"];
    assert_eq!(done(&app, &member, "").await, "a\nb\n");
    app
}

async fn told(app: &App, arguments: &[&str]) -> Value {
    let all = [arguments, &["--format", "json"]].concat();
    serde_json::from_str(&done(app, &all, "").await).unwrap()
}

/// Where the group stands in partition 0 of `t`.
async fn committed(app: &App) -> Value {
    let groups = told(app, &["group", "describe", "g"]).await;
    let partitions = groups[0]["partitions"].as_array().unwrap();
    let place = partitions.iter().find(|it| it["topic"] == "t" && it["partition"] == 0);
    place.map_or(Value::Null, |place| place["committed"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_are_added_to_what_there_is() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t", "u", "-p", "2"], "").await;
    let added = done(&app, &["topic", "add-partitions", "t", "u", "-n", "3"], "").await;
    assert_eq!(added, "TOPIC  STATUS\nt      OK\nu      OK\n");
    let listed = done(&app, &["topic", "list"], "").await;
    assert_eq!(listed, "NAME  PARTITIONS  REPLICAS\nt     5           1\nu     5           1\n");
    let (out, err, code) =
        ouzel(&app, &["topic", "add-partitions", "nowhere", "t", "--num", "1"], "").await;
    assert!(out.contains("nowhere  there is no topic `nowhere`") && out.contains("OK"), "{out}");
    assert_eq!((code, err.as_str()), (1, "error: 1 of 2 topics failed\n"));
    let (_, err, code) = ouzel(&app, &["topic", "add-partitions", "t", "-n", "0"], "").await;
    assert_eq!(code, 2, "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_topic_is_enlarged_by_force_only_and_not_by_our_broker() {
    let app = prepared().await;
    let asked = ["topic", "add-partitions", "__consumer_offsets", "-n", "1"];
    let (_, err, code) = ouzel(&app, &asked, "").await;
    assert!(code == 1 && err.contains("--force"), "{err}");
    let (out, _, code) = ouzel(&app, &[&asked[..], &["--force"]].concat(), "").await;
    assert!(code == 1 && out.contains("INVALID_TOPIC_EXCEPTION"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_trimmed_after_a_yes_and_not_before() {
    let app = prepared().await;
    let trim = ["topic", "trim-prefix", "t", "-o", "2", "-p", "0"];
    for answer in ["n\n", "", "what?\n"] {
        let (out, err, code) = ouzel(&app, &trim, answer).await;
        assert_eq!((out.as_str(), code), ("", 1));
        let plan = "TOPIC  PARTITION  PRIOR-START-OFFSET  NEW-START-OFFSET\n\
                    t      0          0                   2\n";
        assert!(err.contains(plan) && err.contains("nothing was deleted"), "{err}");
    }
    let rest = ["topic", "consume", "t", "-o", ":end", "-f", "%v\\n"];
    assert_eq!(done(&app, &rest, "").await, "a\nb\nc\n");
    let trimmed = done(&app, &trim, "y\n").await;
    assert_eq!(trimmed, "TOPIC  PARTITION  NEW-START-OFFSET  ERROR\nt      0          2\n");
    assert_eq!(done(&app, &rest, "").await, "c\n");
    let (out, err, code) =
        ouzel(&app, &["topic", "trim", "t", "-o", "9", "--no-confirm"], "").await;
    assert!(out.contains("t      0          -                 OFFSET_OUT_OF_RANGE"), "{out}");
    assert_eq!((code, err.as_str()), (1, "error: 2 of 2 partitions failed\n"));
    let (out, err, code) = ouzel(&app, &trim, "").await;
    assert_eq!((out, code), (trimmed, 0), "nobody is asked about nothing: {err}");
    assert!(err.contains("there is nothing to delete"), "{err}");
    let all = told(&app, &["topic", "trim-prefix", "t", "-o", "end", "--no-confirm"]).await;
    let wanted = json!([
        {"topic": "t", "partition": 0, "new_start_offset": 3, "error": null},
        {"topic": "t", "partition": 1, "new_start_offset": 0, "error": null},
    ]);
    assert_eq!(all, wanted);
    assert_eq!(done(&app, &rest, "").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_trimmed_by_time_and_by_file() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t", "-p", "1"], "").await;
    done(&app, &["topic", "produce", "t"], "a\nb\n").await;
    let stamps = ["topic", "consume", "t", "-o", ":end", "-f", "%d\\n"];
    let before = done(&app, &stamps, "").await;
    let later = before.lines().last().unwrap().parse::<i64>().unwrap() + 1;
    let nothing = ["topic", "trim-prefix", "t", "-o", "@1000000000", "--no-confirm"];
    assert!(done(&app, &nothing, "").await.ends_with("t      0          0\n"));
    let file = app.data().join("trims");
    std::fs::write(&file, "t 0 1\n").unwrap();
    let by_file = ["topic", "trim-prefix", "-f", file.to_str().unwrap(), "--no-confirm"];
    assert!(done(&app, &by_file, "").await.ends_with("t      0          1\n"));
    let by_time = format!("@{later}");
    let by_time = ["topic", "trim-prefix", "t", "-o", &by_time, "--no-confirm"];
    assert!(done(&app, &by_time, "").await.ends_with("t      0          2\n"), "none is as late");
    std::fs::write(&file, "t zero 1\n").unwrap();
    for (arguments, wanted) in [
        (&by_file[..], "`zero` is not a number"),
        (&["topic", "trim-prefix", "t", "--no-confirm"], "--offset"),
        (&["topic", "trim-prefix", "t", "-o", "start", "--no-confirm"], "an offset, `end`"),
        (&["topic", "trim-prefix", "t", "-o", "1", "-f", "x"], "cannot be used with"),
    ] {
        let (_, err, code) = ouzel(&app, arguments, "").await;
        assert!(code == 2 && err.contains(wanted), "{arguments:?}: {err}");
    }
    let (_, err, code) = ouzel(&app, &["topic", "trim", "t", "-o", "1", "-p", "7"], "").await;
    assert!(code == 1 && err.contains("no partition 7"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_moved_and_goes_on_from_there() {
    let app = prepared().await;
    let seek = done(&app, &["group", "seek", "g", "--to", "start"], "").await;
    let wanted = "TOPIC  PARTITION  PRIOR-OFFSET  CURRENT-OFFSET  ERROR\n\
                  t      0          2             0\n\
                  t      1          -             0\n";
    assert_eq!(seek, wanted);
    let member = ["topic", "consume", "t", "-g", "g", "-n", "1", "-f", "%v\\n"];
    assert_eq!(done(&app, &member, "").await, "a\n");
    done(&app, &["group", "seek", "g", "--to", "end"], "").await;
    assert_eq!(committed(&app).await, 3);
    done(&app, &["group", "seek", "g", "--to", "1000000000"], "").await;
    assert_eq!(committed(&app).await, 0, "the first record since 2001");
    let file = app.data().join("offsets");
    std::fs::write(&file, "t 0 2\n").unwrap();
    done(&app, &["group", "seek", "g", "--to-file", file.to_str().unwrap()], "").await;
    assert_eq!(committed(&app).await, 2);
    let follows = done(&app, &["group", "seek", "h", "--to-group", "g"], "").await;
    assert!(follows.contains("t      0          -             2"), "{follows}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_moved_into_new_topics_only_when_that_is_allowed_and_never_under_its_members() {
    let app = prepared().await;
    done(&app, &["topic", "create", "u", "-p", "1"], "").await;
    let into = ["group", "seek", "g", "--to", "start", "--topics", "u"];
    let (_, err, code) = ouzel(&app, &into, "").await;
    assert!(code == 1 && err.contains("--allow-new-topics"), "{err}");
    let allowed = told(&app, &[&into[..], &["--allow-new-topics"]].concat()).await;
    let wanted = json!([{
        "topic": "u", "partition": 0, "prior_offset": null, "current_offset": 0, "error": null,
    }]);
    assert_eq!(allowed, wanted);
    assert_eq!(committed(&app).await, 2, "other topics stay as they are");
    for (arguments, wanted) in [
        (&["group", "seek", "nobody", "--to", "start"][..], "there is no group `nobody`"),
        (
            &["group", "seek", "nobody", "--to", "end", "--topics", "u"],
            "there is no group `nobody`",
        ),
        (&["group", "seek", "g", "--to-group", "nobody"], "there is no group `nobody`"),
    ] {
        let (_, err, code) = ouzel(&app, arguments, "").await;
        assert!(code == 1 && err.contains(wanted), "{arguments:?}: {err}");
    }
    let (_, err, code) = ouzel(&app, &["group", "seek", "g"], "").await;
    assert!(code == 2 && err.contains("--to"), "{err}");
    let member = join(&app, "g", "t").await;
    let message = member.next().await.unwrap();
    assert_eq!(message.offset(), 2);
    let (_, err, code) = ouzel(&app, &["group", "seek", "g", "--to", "start"], "").await;
    assert!(code == 1 && err.contains("has members"), "{err}");
    let (out, _, code) = ouzel(&app, &["group", "delete", "g"], "").await;
    assert!(code == 1 && out.contains("NON_EMPTY_GROUP"), "{out}");
    let (out, _, code) = ouzel(&app, &["group", "offset-delete", "g", "-t", "t:0,1"], "").await;
    assert!(code == 1 && out.contains("GROUP_SUBSCRIBED_TO_TOPIC"), "{out}");
    let forgotten = done(&app, &["group", "offset-delete", "g", "-t", "u"], "").await;
    assert_eq!(forgotten, "TOPIC  PARTITION  STATUS\nu      0          OK\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_and_groups_are_deleted() {
    let app = prepared().await;
    let file = app.data().join("places");
    std::fs::write(&file, "t 0\n").unwrap();
    let by_file = ["group", "offset-delete", "g", "-f", file.to_str().unwrap()];
    let forgotten = done(&app, &by_file, "").await;
    assert_eq!(forgotten, "TOPIC  PARTITION  STATUS\nt      0          OK\n");
    let file = app.data().join("offsets");
    std::fs::write(&file, "t 0 1\n").unwrap();
    done(&app, &["group", "seek", "h", "--to-file", file.to_str().unwrap()], "").await;
    let (out, err, code) = ouzel(&app, &["group", "delete", "h", "nobody"], "").await;
    assert!(out.contains("h       OK") && out.contains("nobody  GROUP_ID_NOT_FOUND"), "{out}");
    assert_eq!((code, err.as_str()), (1, "error: 1 of 2 groups failed\n"));
    let listed = done(&app, &["group", "list"], "").await;
    assert!(!listed.contains("h "), "{listed}");
    for (arguments, wanted_code, wanted) in [
        (&["group", "offset-delete", "h", "-t", "t:0"][..], 1, "GROUP_ID_NOT_FOUND"),
        (&["group", "offset-delete", "h", "-t", "t"], 1, "committed nothing in `t`"),
        (&["group", "offset-delete", "h", "-t", "t:x"], 2, "`t:x` is not TOPIC"),
        (&["group", "offset-delete", "h"], 2, "--topic"),
    ] {
        let (_, err, code) = ouzel(&app, arguments, "").await;
        assert!(code == wanted_code && err.contains(wanted), "{arguments:?}: {err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_are_told_by_partition_and_added_up() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t", "-p", "2"], "").await;
    done(&app, &["topic", "create", "u", "-p", "1"], "").await;
    let plain = ["topic", "produce", "t", "-p", "1", "-z", "none"];
    done(&app, &plain, &"x".repeat(3000)).await;
    let rows = told(&app, &["cluster", "logdirs"]).await;
    let rows = rows.as_array().unwrap();
    let place = |row: &Value| (row["topic"].clone(), row["partition"].clone());
    let places: Vec<_> = rows.iter().map(place).collect();
    assert_eq!(places, [(json!("t"), json!(0)), (json!("t"), json!(1)), (json!("u"), json!(0))]);
    let size = rows[1]["size"].as_u64().unwrap();
    assert!(size > 3000 && rows[0]["size"] == 0, "{rows:?}");
    let dir = rows[0]["dir"].as_str().unwrap();
    assert!(dir.starts_with(app.data().to_str().unwrap()), "{dir}");

    let text = done(&app, &["cluster", "logdirs", "describe", "--topics", "t"], "").await;
    let wanted = format!(
        "BROKER  DIR{space}  TOPIC  PARTITION  SIZE\n\
         0       {dir}  t      0          0\n0       {dir}  t      1          {size}\n",
        space = " ".repeat(dir.len() - 3)
    );
    assert_eq!(text, wanted);
    let largest = told(&app, &["cluster", "logdirs", "--sort-by-size", "-b", "0"]).await;
    assert_eq!(largest[0]["size"], size);
    let into = |column| ["cluster", "logdirs", "--aggregate-into", column];
    let topics = told(&app, &into("topic")).await;
    assert_eq!((&topics[0]["size"], topics.as_array().unwrap().len()), (&json!(size), 2));
    let folders = told(&app, &into("dir")).await;
    assert!(folders[0]["usable"].as_u64() <= folders[0]["total"].as_u64(), "{folders}");
    assert!(folders[0]["usable"].as_u64() > Some(0), "{folders}");
    let human = done(&app, &[&into("broker")[..], &["-H"]].concat(), "").await;
    assert!(human.starts_with("BROKER  SIZE\n0       3."), "{human}");
    assert!(human.ends_with("KiB\n"), "{human}");
    let (_, err, code) = ouzel(&app, &["cluster", "logdirs", "-b", "7"], "").await;
    assert!(code == 1 && err.contains("no broker 7"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_result_can_be_had_as_yaml() {
    let app = start(&[]).await;
    let created = done(&app, &["topic", "create", "007", "--format", "yaml"], "").await;
    assert!(created.contains("status: OK"), "{created}");
    assert!(!created.contains("topic: 007\n"), "a name that looks like a number is quoted");
    let info = done(&app, &["cluster", "info", "--format", "yaml"], "").await;
    assert!(info.contains("is_controller: true") && info.contains("partitions: 1"), "{info}");
    let version = done(&app, &["version", "--format", "yaml"], "").await;
    let wanted = format!("version: \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(version.contains(&wanted), "no number but text: {version}");
}
