//! Commands that take several names, or expressions for them, and print some of what there is.

use crate::support::{
    app::{App, start},
    command::{done, ouzel},
    kafka::join,
};

/// Topics `orders`, `orders-late` and `payments`, of two partitions each.
async fn prepared() -> App {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "orders", "orders-late", "payments", "-p", "2"], "").await;
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_described_by_sections_several_at_once_and_by_expression() {
    let app = prepared().await;
    let one = done(&app, &["topic", "describe", "orders"], "").await;
    assert!(one.starts_with("SUMMARY\n=======\nNAME        orders\n"), "{one}");
    assert!(one.contains("\n\nCONFIGS\n=======\nKEY") && !one.contains("HIGH-WATERMARK"), "{one}");
    let partitions = done(&app, &["topic", "describe", "orders", "payments", "-p"], "").await;
    let table = "PARTITION  LEADER  EPOCH  REPLICAS  LOG-START-OFFSET  HIGH-WATERMARK\n\
                 0          0       0      [0]       0                 0\n\
                 1          0       0      [0]       0                 0\n";
    assert_eq!(partitions, format!("{table}\n{table}"), "one section needs no name");
    let all = done(&app, &["topic", "describe", "orders", "-a"], "").await;
    for section in ["SUMMARY\n=", "CONFIGS\n=", "PARTITIONS\n="] {
        assert!(all.contains(section), "{all}");
    }
    let like = done(&app, &["topic", "describe", "-r", "orders.*", "-s"], "").await;
    assert_eq!(like.matches("NAME  ").count(), 2, "{like}");
    let (_, err, code) = ouzel(&app, &["topic", "describe", "-r", "order"], "").await;
    assert_eq!((code, err.as_str()), (1, "error: no topic's name fits order\n"));
    let (_, err, code) = ouzel(&app, &["topic", "describe", "-r", "("], "").await;
    assert!(code == 2 && err.contains("is no regular expression"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_what_would_become_of_topics_and_creates_none() {
    let app = prepared().await;
    let (out, _, code) = ouzel(&app, &["topic", "create", "new", "orders", "-d"], "").await;
    assert!(out.contains("new     OK") && out.contains("TOPIC_ALREADY_EXISTS"), "{out}");
    assert_eq!(code, 1);
    let (_, err, code) = ouzel(&app, &["topic", "list", "new"], "").await;
    assert!(code == 1 && err.contains("there is no topic `new`"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_exists_already_is_as_good_as_a_new_one_where_that_is_said() {
    let app = prepared().await;
    let create = ["topic", "create", "orders", "new", "-p", "1", "--if-not-exists"];
    let made = "TOPIC   STATUS\norders  OK\nnew     OK\n";
    assert_eq!(done(&app, &create, "").await, made);
    assert_eq!(done(&app, &create, "").await, made);
    let listed = done(&app, &["topic", "list", "orders"], "").await;
    assert!(listed.contains("orders  2 "), "it was left as it was: {listed}");
    let wrong = ["topic", "create", "no/name", "--if-not-exists"];
    let (out, _, code) = ouzel(&app, &wrong, "").await;
    assert!(code == 1 && out.contains("INVALID_TOPIC_EXCEPTION"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fits_an_expression_is_deleted_after_a_yes_or_without_a_question() {
    let app = prepared().await;
    let delete = ["topic", "delete", "-r", "orders.*"];
    let (_, err, code) = ouzel(&app, &delete, "n\n").await;
    assert!(err.starts_with("orders\norders-late\n\nDelete these 2 topics"), "{err}");
    assert!(code == 1 && err.contains("nothing was deleted"), "{err}");
    let deleted = done(&app, &delete, "y\n").await;
    assert_eq!(deleted, "TOPIC        STATUS\norders       OK\norders-late  OK\n");
    let (_, err, _) = ouzel(&app, &delete, "").await;
    assert!(err.contains("no topic's name fits orders.*"), "{err}");
    done(&app, &["topic", "delete", "-r", "pay.*", "--yes"], "").await;
    assert_eq!(done(&app, &["topic", "list"], "").await, "NAME  PARTITIONS  REPLICAS\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_listed_partition_by_partition() {
    let app = prepared().await;
    let listed = done(&app, &["topic", "list", "-d", "-r", "orders"], "").await;
    let wanted = "orders, 2 partitions, 1 replicas\n    \
                  PARTITION  LEADER  EPOCH  REPLICAS  IN-SYNC\n    \
                  0          0       0      [0]       [0]\n    \
                  1          0       0      [0]       [0]\n";
    assert_eq!(listed, wanted);
    let listed = done(&app, &["topic", "list", "-d", "payments", "--format", "json"], "").await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed[0]["partitions"][1]["leader"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cluster_is_printed_by_sections() {
    let app = prepared().await;
    done(&app, &["topic", "produce", "orders"], "a\n").await;
    done(&app, &["topic", "consume", "orders", "-g", "g", "-n", "1"], "").await;
    let id = done(&app, &["cluster", "info", "-c"], "").await;
    assert_eq!(id.lines().count(), 1, "{id}");
    let brokers = done(&app, &["cluster", "info", "-b"], "").await;
    assert!(brokers.starts_with("ID  ") && !brokers.contains("orders"), "{brokers}");
    let topics = done(&app, &["cluster", "info", "-t"], "").await;
    assert!(topics.starts_with("NAME  ") && !topics.contains("__consumer_offsets"), "{topics}");
    let internal = done(&app, &["cluster", "info", "-bti"], "").await;
    assert!(internal.starts_with("BROKERS\n=") && internal.contains("__consumer_offsets"));
    let detailed = done(&app, &["cluster", "info", "-d"], "").await;
    assert!(detailed.contains("payments, 2 partitions, 1 replicas\n    PARTITION"), "{detailed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_listed_by_state_and_described_by_expression_with_instance_ids() {
    let app = prepared().await;
    done(&app, &["topic", "produce", "orders", "-p", "0"], "a\nb\n").await;
    let read = ["topic", "consume", "orders", "-n", "2", "-g", "past"];
    done(&app, &[&read[..], &["-b", "cooperative-sticky"]].concat(), "").await;
    let member = join(&app, "present", "orders").await;
    member.next().await.unwrap();
    let listed = done(&app, &["group", "list"], "").await;
    assert!(listed.starts_with("BROKER  GROUP    STATE   MEMBERS  TOTAL-LAG\n0  "), "{listed}");
    let stable = done(&app, &["group", "list", "-s", "stable"], "").await;
    assert!(stable.contains("present") && !stable.contains("past"), "{stable}");
    let both = done(&app, &["group", "list", "--states", "Stable,Empty"], "").await;
    assert_eq!(both.lines().count(), 3, "{both}");
    let (_, err, code) = ouzel(&app, &["group", "list", "-s", "idle"], "").await;
    assert!(code == 2 && err.contains("PreparingRebalance"), "{err}");
    let past = done(&app, &["group", "describe", "-r", "pa.*", "-s"], "").await;
    assert!(past.starts_with("GROUP        past\n") && !past.contains("PARTITION"), "{past}");
    let commits = done(&app, &["group", "describe", "present", "-c", "-i"], "").await;
    assert!(commits.starts_with("TOPIC ") && commits.contains("INSTANCE-ID"), "{commits}");
    let (_, err, code) = ouzel(&app, &["group", "describe", "-r", "nobody"], "").await;
    assert_eq!((code, err.as_str()), (1, "error: no group's name fits nobody\n"));
    member.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_brokers_get_their_defaults_again() {
    let app = start(&[]).await;
    done(&app, &["cluster", "config", "set", "log.retention.ms", "5000"], "").await;
    let get = ["cluster", "config", "get", "log.retention.ms"];
    assert_eq!(done(&app, &get, "").await, "5000\n");
    let reset = done(&app, &["cluster", "config", "reset", "log.retention.ms"], "").await;
    assert_eq!(reset, "1 setting of all brokers reset\n");
    assert_ne!(done(&app, &get, "").await, "5000\n");
}
