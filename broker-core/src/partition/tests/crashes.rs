//! Whatever is done and whenever the power is cut: nothing acknowledged is lost, nothing is
//! there twice or out of order. With the broker's own threads, and so never twice the same;
//! `faults` tells stories that can be told again.

use proptest::prelude::*;

use super::super::*;
use super::support::*;

#[derive(Debug, Clone)]
enum Step {
    /// Appends batches of so many records and waits for the last one.
    Append(Vec<u8>),
    /// Appends them without waiting.
    Submit(Vec<u8>),
    Close,
    CloseAll,
    Kill,
    PowerCut(u64),
    Retain,
    DeleteBefore(u8),
    /// The next sync of a log fails; then a restart.
    FailSync,
    /// The disk is full after so many bytes; then a restart with room.
    FillDisk(u16),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let batches = || prop::collection::vec(1..6u8, 1..6);
    let step = prop_oneof![
        4 => batches().prop_map(Step::Append),
        3 => batches().prop_map(Step::Submit),
        1 => Just(Step::Close),
        1 => Just(Step::CloseAll),
        1 => Just(Step::Kill),
        3 => any::<u64>().prop_map(Step::PowerCut),
        1 => Just(Step::Retain),
        1 => any::<u8>().prop_map(Step::DeleteBefore),
        1 => Just(Step::FailSync),
        1 => (0..400u16).prop_map(Step::FillDisk),
    ];
    prop::collection::vec(step, 1..14)
}

/// What must be true of the partition.
#[derive(Default)]
struct Model {
    /// The value at each offset, ever written in this life or acknowledged in one before.
    written: Vec<String>,
    /// So many of them are acknowledged.
    acknowledged: usize,
    start: i64,
    values_made: usize,
}

impl Model {
    fn batch(&mut self, records: u8) -> bytes::Bytes {
        let made = self.values_made..self.values_made + usize::from(records);
        self.values_made = made.end;
        let values: Vec<String> = made.map(|n| format!("value {n}")).collect();
        let bytes = batch(&values.iter().map(String::as_str).collect::<Vec<_>>());
        self.written.extend(values);
        bytes
    }

    /// After a restart: a prefix is there, with all that was acknowledged.
    fn check(&mut self, partition: &PartitionHandle) {
        let offsets = partition.offsets();
        assert_eq!(offsets.high_watermark, offsets.log_end);
        let there = offsets.log_end as usize;
        assert!(there >= self.acknowledged, "{there} of {} acknowledged", self.acknowledged);
        assert!(there <= self.written.len());
        assert!(offsets.log_start >= self.start, "{} came back", self.start);
        self.written.truncate(there);
        (self.acknowledged, self.start) = (there, offsets.log_start);
        let expected = (offsets.log_start..).zip(&self.written[offsets.log_start as usize..]);
        let read = read_from(partition, offsets.log_start);
        assert_eq!(read, expected.map(|(o, v)| (o, v.clone())).collect::<Vec<_>>());
    }
}

struct Run {
    node: Node,
    partition: PartitionHandle,
    model: Model,
}

impl Run {
    async fn step(&mut self, step: Step) {
        match step {
            Step::Append(batches) => {
                if let Some(pending) = self.submit(&batches) {
                    soon(pending).await.unwrap();
                    self.model.acknowledged = self.model.written.len();
                }
            }
            Step::Submit(batches) => drop(self.submit(&batches)),
            Step::Close | Step::CloseAll => {
                let one = matches!(step, Step::Close);
                let all = || close_all(&self.node.env, std::slice::from_ref(&self.partition));
                if one {
                    self.partition.close().unwrap()
                } else {
                    all().unwrap()
                }
                self.model.acknowledged = self.model.written.len();
                self.reopen();
            }
            Step::Kill => self.reopen(),
            Step::PowerCut(seed) => {
                self.node = self.node.after_power_cut(seed);
                self.reopen();
            }
            Step::Retain => {
                self.partition.retain(NOW_MS).unwrap();
                self.model.start = self.partition.offsets().log_start;
            }
            Step::FailSync => {
                // What is on its way must not take the failure in its place.
                self.step_settled().await;
                self.node.disk.fail_sync(".log");
                self.break_and_restart().await;
            }
            Step::FillDisk(room) => {
                self.step_settled().await;
                self.node.disk.set_room(room.into());
                self.fill_and_go_on().await;
            }
            Step::DeleteBefore(part) => {
                let upto = self.partition.offsets().high_watermark * i64::from(part) / 255;
                self.model.start = self.partition.delete_before(upto).unwrap();
            }
        }
    }

    /// Waits until nothing is on its way.
    async fn step_settled(&mut self) {
        let pending = self.submit(&[1]).unwrap();
        soon(pending).await.unwrap();
        self.model.acknowledged = self.model.written.len();
    }

    /// Appends until the partition has stopped, or three batches were acknowledged after all.
    async fn break_and_restart(&mut self) {
        for records in [2, 3, 4] {
            let bytes = self.model.batch(records);
            match soon(self.partition.append(bytes, Origin::Client)).await {
                Ok(_) => self.model.acknowledged = self.model.written.len(),
                Err(error) => {
                    assert_eq!(error, AppendError::Stopped);
                    break;
                }
            }
        }
        self.reopen();
    }

    /// Appends until the disk is full, and once more when it has room again.
    async fn fill_and_go_on(&mut self) {
        for records in [2, 3, 4, 5] {
            let before = self.model.written.len();
            let bytes = self.model.batch(records);
            match soon(self.partition.append(bytes, Origin::Client)).await {
                Ok(_) => self.model.acknowledged = self.model.written.len(),
                Err(error) => {
                    assert_eq!(error, AppendError::DiskFull);
                    self.model.written.truncate(before);
                }
            }
        }
        self.node.disk.set_room(usize::MAX);
        self.step_settled().await;
    }

    fn submit(&mut self, batches: &[u8]) -> Option<PendingAppend> {
        let submit = |records: &u8| {
            let bytes = self.model.batch(*records);
            self.partition.submit(bytes, Origin::Client).unwrap()
        };
        batches.iter().map(submit).last()
    }

    fn reopen(&mut self) {
        // A killed process writes nothing more; here its rounds may still run, so they go first.
        self.node = self.node.after_kill();
        self.partition = self.node.open(config());
        self.model.check(&self.partition);
    }
}

fn config() -> LogConfig {
    LogConfig { segment_bytes: 700, retention_bytes: Some(2000), ..small_segments() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn nothing_acknowledged_is_lost_and_order_is_kept(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let node = Node::new();
            let partition = node.open(config());
            let mut run = Run { node, partition, model: Model::default() };
            for step in steps {
                run.step(step).await;
            }
            run.reopen();
        });
    }
}
