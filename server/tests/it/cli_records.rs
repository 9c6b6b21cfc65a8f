//! `topic consume` and `topic produce` with the flags that say which records, and how.

use serde_json::{Value, json};

use crate::support::{
    app::{App, start},
    command::{done, ouzel},
};

/// 2021-03-24.
const MARCH_24: i64 = 1_616_544_000_000;

/// Topics `a` and `b` with a record at each hour of 2021-03-24 in a partition of its own.
async fn prepared() -> App {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "a", "b", "-p", "1"], "").await;
    for topic in ["a", "b"] {
        let lines = (0..24).map(|hour| format!("{} {topic}{hour}\n", MARCH_24 + hour * 3_600_000));
        let input: String = lines.collect();
        done(&app, &["topic", "produce", topic, "-f", "%d %v\\n"], &input).await;
    }
    app
}

async fn values(app: &App, more: &[&str]) -> Vec<String> {
    let read = ["topic", "consume", "-f", "%v\\n"];
    let out = done(app, &[&read[..], more].concat(), "").await;
    let mut values: Vec<String> = out.lines().map(str::to_owned).collect();
    values.sort();
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn offsets_and_times_bound_what_is_read() {
    let app = prepared().await;
    for (offset, wanted) in [
        ("3:5", &["a3", "a4"][..]),
        (":2", &["a0", "a1"]),
        ("23:end", &["a23"]),
        ("-1:end", &["a23"]),
        ("@2021-03-24:2h", &["a0", "a1"]),
        ("@2021-03-24T22:00:00Z:2021-03-25", &["a22", "a23"]),
        ("@2021-03-24T04:00:00+02:00:1h", &["a2"]),
        ("@1616544000000:1616547600000", &["a0"]),
        ("@2021-03-25:end", &[]),
        ("@-1h:end", &[]),
        ("30:40", &[]),
    ] {
        assert_eq!(values(&app, &["a", "-o", offset]).await, wanted, "{offset}");
    }
    assert_eq!(values(&app, &["a", "-o", "@:-1h"]).await.len(), 24);
    for (wrong, told) in [
        ("5:3", "`5:3` stops before it begins"),
        ("@2021-03-25:2021-03-24", "stops before it begins"),
        ("@2021-13-01", "is not start, end"),
    ] {
        let (_, err, code) = ouzel(&app, &["topic", "consume", "a", "-o", wrong], "").await;
        assert!(code == 2 && err.contains(told), "{wrong}: {err}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_topics_are_read_together_also_by_expression_and_as_a_group() {
    let app = prepared().await;
    let wanted = ["a0", "a1", "b0", "b1"];
    assert_eq!(values(&app, &["a", "b", "-o", ":2"]).await, wanted);
    assert_eq!(values(&app, &["-r", "[ab]", "-o", ":2", "--read-committed"]).await, wanted);
    let small = ["-r", "a|b", "-o", ":end", "--fetch-max-bytes", "1024"];
    assert_eq!(values(&app, &small).await.len(), 48);
    for balancer in ["range", "cooperative-sticky"] {
        let member = ["a", "b", "-g", balancer, "-b", balancer, "-n", "48"];
        assert_eq!(values(&app, &member).await.len(), 48, "{balancer}");
    }
    let (_, err, code) = ouzel(&app, &["topic", "consume", "-r", "c"], "").await;
    assert_eq!((code, err.as_str()), (1, "error: no topic's name fits c\n"));
    let (_, err, code) = ouzel(&app, &["topic", "consume", "a", "-b", "range"], "").await;
    assert!(code == 2 && err.contains("--group"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_leaves_values_out_or_stands_on_one_line() {
    let app = prepared().await;
    let read = ["topic", "consume", "a", "-o", "10:11"];
    let line =
        done(&app, &[&read[..], &["--meta-only", "--pretty-print=false"]].concat(), "").await;
    let timestamp = MARCH_24 + 10 * 3_600_000;
    let wanted = json!({"topic": "a", "key": null, "value_size": 3, "timestamp": timestamp,
                        "partition": 0, "offset": 10});
    assert_eq!(line.lines().count(), 1, "{line}");
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), wanted);
    let (_, err, code) = ouzel(&app, &[&read[..], &["--meta-only", "-f", "%v"]].concat(), "").await;
    assert!(code == 2 && err.contains("-f json"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_format_shapes_what_it_prints() {
    let app = prepared().await;
    let produce = ["topic", "produce", "b", "-k", "key", "-H", "x:1", "-H", "y:2", "-o", "%i\\n"];
    assert_eq!(done(&app, &produce, "v\nw\n").await, "1\n2\n");
    let format = "%i %k{hex} %v{base64} %H %h{%k=%v;} %o{hex16} %{%d{strftime[%Y]}%}\\n";
    let out = done(&app, &["topic", "consume", "b", "-o", "24:26", "-f", format], "").await;
    assert!(out.starts_with("1 6b6579 dg== 2 x=1;y=2; 0018 {20"), "{out}");
    assert!(out.ends_with("}\n"), "{out}");
    assert!(out.contains("\n2 6b6579 dw== 2 x=1;y=2; 0019 {"), "{out}");
    let (_, err, code) = ouzel(&app, &["topic", "consume", "b", "-f", "%v{big8}"], "").await;
    assert!(code == 2 && err.contains("`%v{big8}` is unknown"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn acks_patience_size_and_new_topics_are_the_producer_s_to_say() {
    let app = start(&[]).await;
    done(&app, &["topic", "create", "t", "-p", "1"], "").await;
    for acks in ["-1", "all", "1", "0"] {
        let produce = ["topic", "produce", "t", "--acks", acks, "--delivery-timeout", "20s"];
        done(&app, &produce, &format!("{acks}\n")).await;
    }
    let read = ["topic", "consume", "t", "-n", "4", "-f", "%v\\n"];
    assert_eq!(done(&app, &read, "").await, "-1\nall\n1\n0\n");
    let small = ["topic", "produce", "t", "--max-message-bytes", "1000"];
    let (_, err, code) = ouzel(&app, &small, &"x".repeat(2000)).await;
    assert!(code == 1 && err.contains("Message size too large"), "{err}");
    let (_, err, code) = ouzel(&app, &["topic", "produce", "new"], "v\n").await;
    assert!(code == 1 && err.contains("there is no topic `new`"), "{err}");
    let new = ["topic", "produce", "new", "--allow-auto-topic-creation"];
    assert_eq!(done(&app, &new, "v\n").await, "Produced to partition 0 at offset 0.\n");
    for wrong in [["--acks", "2"], ["--delivery-timeout", "1ms"], ["--max-message-bytes", "5"]] {
        let (_, err, code) =
            ouzel(&app, &[&["topic", "produce", "t"][..], &wrong].concat(), "").await;
        assert_eq!(code, 2, "{wrong:?}: {err}");
    }
}
