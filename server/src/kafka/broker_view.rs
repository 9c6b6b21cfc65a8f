//! Brokers as pages show them: the list, one broker with its folders and partitions, its settings.

use std::collections::{BTreeSet, HashMap};

use futures::future::join_all;
use ouzel_api::brokers::{
    BrokerConfig, BrokerList, BrokerPage, BrokerPartition, BrokerRow, BrokerSetting, Feature,
    Folder,
};
use ouzel_wire::messages::DescribeConfigsResourceResult;

use super::{
    AGE_MAX_LISTING, Cluster, KafkaError, LogDir, Metadata, Partition, TopicPartition,
    configs::{Detail, Resource, source},
    overview::count,
    topic_config::{kind, plain},
};
use crate::clock::now_ms;

/// Kafka's number for its own default among the places that a setting comes from.
const SOURCE_DEFAULT: i8 = 5;

/// What a broker told of its folders, or why not.
type Disk = Result<Vec<LogDir>, KafkaError>;

impl Cluster {
    /// The brokers, each asked for its disks at the same time: one that does not answer has its
    /// reason there, and all else.
    pub async fn broker_list(&self) -> Result<BrokerList, KafkaError> {
        let metadata = self.metadata(AGE_MAX_LISTING).await?;
        let rows = nodes(&metadata).into_iter().map(|node| {
            let metadata = &metadata;
            async move { row(metadata, node, &self.disk(metadata, node).await) }
        });
        Ok(BrokerList { brokers: join_all(rows).await, read_at_ms: metadata.read_at_ms })
    }

    /// One broker. What its disks cannot tell leaves their figures empty and nothing else.
    pub async fn broker_page(&self, node: i32) -> Result<BrokerPage, KafkaError> {
        let metadata = self.metadata(AGE_MAX_LISTING).await?;
        if !nodes(&metadata).contains(&node) {
            return Err(KafkaError::NoBroker { node });
        }
        let disk = self.disk(&metadata, node).await;
        let sizes = sizes(&disk);
        // Whoever told of its disks is connected; of another one no features are known either.
        let features = match (&disk, metadata.brokers.contains_key(&node)) {
            (Err(KafkaError::Unreachable { .. }), _) | (_, false) => Vec::new(),
            _ => self.broker(node).await.map(|it| it.features().to_vec()).unwrap_or_default(),
        };
        let feature = |(name, level)| Feature { name, level };
        Ok(BrokerPage {
            broker: row(&metadata, node, &disk),
            features: features.into_iter().map(feature).collect(),
            folders: disk.iter().flatten().map(folder).collect(),
            partitions: partitions(&metadata, node, &sizes),
            read_at_ms: now_ms(),
        })
    }

    /// All settings of a broker, asked of itself, by name.
    pub async fn broker_config(&self, node: i32) -> Result<BrokerConfig, KafkaError> {
        let metadata = self.metadata(AGE_MAX_LISTING).await?;
        if !nodes(&metadata).contains(&node) {
            return Err(KafkaError::NoBroker { node });
        }
        let told = self.described(Resource::Broker(node), Detail::InFull).await?;
        let settings = told.into_iter().map(setting).collect();
        Ok(BrokerConfig { settings, read_at_ms: now_ms() })
    }

    /// Nobody waits for a broker that the cluster does not list.
    async fn disk(&self, metadata: &Metadata, node: i32) -> Disk {
        match metadata.brokers.contains_key(&node) {
            true => self.log_dirs_of(node).await,
            false => Err(KafkaError::Untold {
                about: format!("the cluster does not list broker {node} now"),
            }),
        }
    }
}

/// The brokers that are listed, and those that replicas name.
fn nodes(metadata: &Metadata) -> BTreeSet<i32> {
    let replicas = all_partitions(metadata).flat_map(|(_, it)| it.replicas.iter().copied());
    metadata.brokers.keys().copied().chain(replicas).collect()
}

fn all_partitions(metadata: &Metadata) -> impl Iterator<Item = (&String, &Partition)> {
    metadata
        .topics
        .iter()
        .flat_map(|(name, topic)| topic.partitions.iter().map(move |partition| (name, partition)))
}

fn row(metadata: &Metadata, node: i32, disk: &Disk) -> BrokerRow {
    let listed = metadata.brokers.get(&node);
    let here = || all_partitions(metadata).filter(move |(_, it)| it.replicas.contains(&node));
    let of = |test: fn(&Partition, i32) -> bool| {
        count(here().filter(|(_, partition)| test(partition, node)).count())
    };
    let room = |of: fn(&LogDir) -> Option<u64>| {
        let folders = disk.as_ref().ok()?;
        folders.iter().map(of).try_fold(0_u64, |sum, bytes| Some(sum.saturating_add(bytes?)))
    };
    BrokerRow {
        id: node,
        address: listed.map(|broker| broker.address.to_string()),
        rack: listed.and_then(|broker| broker.rack.clone()),
        controller: metadata.controller == Some(node),
        leads: of(|partition, node| partition.leader == Some(node)),
        follows: of(|partition, node| partition.leader != Some(node)),
        out_of_sync: of(|partition, node| !partition.in_sync.contains(&node)),
        size_bytes: room(held),
        total_bytes: room(|folder| folder.total_bytes).filter(|total| *total > 0),
        usable_bytes: room(|folder| folder.usable_bytes),
        disk_error: trouble(disk),
    }
}

/// Bytes of what lies in a folder that could be looked into.
fn held(folder: &LogDir) -> Option<u64> {
    Some(folder.partitions.as_ref().ok()?.iter().map(|(_, size)| size).sum())
}

/// Why the disk, or one of its folders, could not be looked at.
fn trouble(disk: &Disk) -> Option<String> {
    match disk {
        Err(error) => Some(error.to_string()),
        Ok(folders) => {
            folders.iter().find_map(|it| it.partitions.as_ref().err()).map(ToString::to_string)
        }
    }
}

/// A partition that is being moved lies in two folders; its copies count together.
fn sizes(disk: &Disk) -> HashMap<&TopicPartition, u64> {
    let mut sizes = HashMap::new();
    let folders = disk.iter().flatten();
    for (place, size) in folders.filter_map(|it| it.partitions.as_ref().ok()).flatten() {
        *sizes.entry(place).or_insert(0) += size;
    }
    sizes
}

fn folder(folder: &LogDir) -> Folder {
    let held = folder.partitions.as_deref().unwrap_or_default();
    Folder {
        path: folder.path.clone(),
        total_bytes: folder.total_bytes,
        usable_bytes: folder.usable_bytes,
        partitions: count(held.len()),
        size_bytes: held.iter().map(|(_, size)| size).sum(),
        error: folder.partitions.as_ref().err().map(KafkaError::reason),
    }
}

fn partitions(
    metadata: &Metadata,
    node: i32,
    sizes: &HashMap<&TopicPartition, u64>,
) -> Vec<BrokerPartition> {
    let here = all_partitions(metadata).filter(move |(_, it)| it.replicas.contains(&node));
    let partition = |(topic, partition): (&String, &Partition)| BrokerPartition {
        topic: topic.clone(),
        partition: partition.number,
        leads: partition.leader == Some(node),
        in_sync: partition.in_sync.contains(&node),
        size_bytes: sizes.get(&TopicPartition::new(topic, partition.number)).copied(),
    };
    here.map(partition).collect()
}

fn setting(told: DescribeConfigsResourceResult) -> BrokerSetting {
    let default = told.synonyms.into_iter().find(|synonym| synonym.source == SOURCE_DEFAULT);
    let shown = |value: Option<String>| value.filter(|_| !told.is_sensitive);
    BrokerSetting {
        value: shown(told.value),
        default: shown(default.and_then(|default| default.value)),
        source: source(told.config_source).to_owned(),
        kind: kind(told.config_type),
        sensitive: told.is_sensitive,
        read_only: told.read_only,
        documentation: told.documentation.map(|text| plain(&text)).filter(|it| !it.is_empty()),
        name: told.name,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ouzel_wire::messages::{
        DescribeConfigsResourceResult, DescribeConfigsSynonym, MetadataResponse,
        MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
    };

    use super::*;

    /// Brokers 1 and 2 are listed; 3 is only named by replicas. It has fallen behind on `t-0`.
    fn metadata() -> Metadata {
        let broker = |node_id| MetadataResponseBroker {
            node_id,
            host: "h".to_owned(),
            port: 9092,
            ..MetadataResponseBroker::default()
        };
        let partition = |partition_index, leader_id, isr_nodes: &[i32]| MetadataResponsePartition {
            partition_index,
            leader_id,
            replica_nodes: vec![1, 3],
            isr_nodes: isr_nodes.to_vec(),
            ..MetadataResponsePartition::default()
        };
        let topic = MetadataResponseTopic {
            name: Some("t".to_owned()),
            partitions: vec![partition(0, 1, &[1]), partition(1, -1, &[1, 3])],
            ..MetadataResponseTopic::default()
        };
        Metadata::new(MetadataResponse {
            brokers: vec![broker(1), broker(2)],
            controller_id: 2,
            topics: vec![topic],
            ..MetadataResponse::default()
        })
    }

    fn log_dir(partitions: Result<Vec<(TopicPartition, u64)>, KafkaError>) -> LogDir {
        let path = "/data".to_owned();
        LogDir { path, total_bytes: Some(100), usable_bytes: Some(40), partitions }
    }

    #[test]
    fn a_broker_that_only_replicas_name_is_there_and_has_no_address() {
        let metadata = metadata();
        assert_eq!(nodes(&metadata).into_iter().collect::<Vec<_>>(), [1, 2, 3]);
        let disk: Disk = Err(KafkaError::Untold { about: "not listed".to_owned() });
        let gone = row(&metadata, 3, &disk);
        assert_eq!((gone.address, gone.leads, gone.follows, gone.out_of_sync), (None, 0, 2, 1));
        assert_eq!((gone.size_bytes, gone.disk_error.as_deref()), (None, Some("not listed")));
    }

    #[test]
    fn what_a_broker_leads_follows_and_holds_is_counted() {
        let metadata = metadata();
        let held = vec![(TopicPartition::new("t", 0), 7), (TopicPartition::new("t", 1), 5)];
        let disk: Disk = Ok(vec![log_dir(Ok(held))]);
        let one = row(&metadata, 1, &disk);
        // Of the partition without a leader it only holds a copy.
        assert_eq!((one.leads, one.follows, one.out_of_sync), (1, 1, 0));
        assert_eq!((one.size_bytes, one.usable_bytes, one.disk_error), (Some(12), Some(40), None));
        assert_eq!(one.address.as_deref(), Some("h:9092"));
        let held = partitions(&metadata, 1, &sizes(&disk));
        let told: Vec<_> = held.iter().map(|it| (it.partition, it.leads, it.size_bytes)).collect();
        assert_eq!(told, [(0, true, Some(7)), (1, false, Some(5))]);
        assert!(row(&metadata, 2, &disk).controller);
    }

    #[test]
    fn a_folder_that_cannot_be_read_makes_the_sum_unknown_and_says_why() {
        let broken = || log_dir(Err(KafkaError::refused("reading", 56, None)));
        let whole = log_dir(Ok(vec![(TopicPartition::new("t", 0), 7)]));
        let disk: Disk = Ok(vec![whole, broken()]);
        let row = row(&metadata(), 1, &disk);
        assert_eq!(row.size_bytes, None);
        assert!(row.disk_error.unwrap().contains("KAFKA_STORAGE_ERROR"));
        assert!(folder(&broken()).error.unwrap().contains("KAFKA_STORAGE_ERROR"));
        assert_eq!(sizes(&disk).len(), 1);
    }

    #[test]
    fn a_setting_has_kafkas_default_beside_it_and_a_secret_leaves_no_trace() {
        let told = |is_sensitive| DescribeConfigsResourceResult {
            name: "ssl.key.password".to_owned(),
            value: Some("hush".to_owned()),
            config_source: 4,
            is_sensitive,
            synonyms: [(4, "hush"), (5, "none")]
                .map(|(source, value)| DescribeConfigsSynonym {
                    value: Some(value.to_owned()),
                    source,
                    ..Default::default()
                })
                .to_vec(),
            ..Default::default()
        };
        let open = setting(told(false));
        let values = (open.value.as_deref(), open.default.as_deref());
        assert_eq!((values, &*open.source), ((Some("hush"), Some("none")), "STATIC_BROKER_CONFIG"));
        let secret = setting(told(true));
        assert_eq!((secret.value, secret.default, secret.sensitive), (None, None, true));
    }
}
