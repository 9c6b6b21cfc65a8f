//! Keys of Kafka's tiered storage (KIP-405).

use crate::cluster::Kind::{Boolean, Int, Long, Text};
use crate::cluster::Legal::{Any, AtLeast};
use crate::cluster::Setting;

use super::unserved;

pub const IDLE: &[&[Setting]] = &[unserved! {
    "Without effect here: there is no tiered storage here.",
    "remote.log.manager.copy.quota.window.num": Int = "11", AtLeast(1);
        "Windows over which the rate of copying to the remote store is measured."
    "remote.log.manager.copy.quota.window.size.seconds": Int = "1", AtLeast(1);
        "How long a window of the rate of copying is."
    "remote.log.manager.fetch.quota.window.num": Int = "11", AtLeast(1);
        "Windows over which the rate of reading is measured."
    "remote.log.manager.fetch.quota.window.size.seconds": Int = "1", AtLeast(1);
        "How long a window of the rate of reading is."
    "remote.log.manager.task.interval.ms": Long = "30000", AtLeast(1);
        "How often it is looked what is to be copied or removed."
    "remote.log.manager.thread.pool.size": Int = "2", AtLeast(1);
        "Threads that copy and remove."
    "remote.log.metadata.custom.metadata.max.bytes": Int = "128", AtLeast(0);
        "Most bytes that a store may add to what is known of a segment."
    "remote.log.metadata.manager.class.name": Text =
        "org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager",
        Any;
        "The class that knows which segments are in the remote store."
    "remote.log.metadata.manager.class.path": Text = "", Any;
        "Where the class is found that knows which segments are in the remote store."
    "remote.log.metadata.manager.impl.prefix": Text = "rlmm.config.", Any;
        "How the keys begin that are for the class that knows the remote segments."
    "remote.log.metadata.manager.listener.name": Text = "", Any;
        "The listener through which the class that knows the remote segments reaches brokers."
    "remote.log.reader.max.pending.tasks": Int = "100", AtLeast(1);
        "Reads of the remote store that may wait for a thread."
    "remote.log.storage.manager.class.name": Text = "", Any;
        "The class that speaks to the remote store."
    "remote.log.storage.manager.class.path": Text = "", Any;
        "Where the class that speaks to the remote store is found."
    "remote.log.storage.manager.impl.prefix": Text = "rsm.config.", Any;
        "How the keys begin that are for the class that speaks to the remote store."
}];

pub const KEPT: &[&[Setting]] = &[unserved! {
    "Kept and reported without effect: there is no tiered storage here.",
    "follower.fetch.last.tiered.offset.enable": Boolean = "false", Any;
        "Whether a new follower begins behind what lies in the remote store."
    "remote.fetch.max.wait.ms": Int = "500", AtLeast(1);
        "How long a Fetch waits for the remote store."
    "remote.list.offsets.request.timeout.ms": Long = "30000", AtLeast(1);
        "How long ListOffsets waits for the remote store."
    "remote.log.index.file.cache.total.size.bytes": Long = "1073741824", AtLeast(1);
        "Bytes of remote indexes that are kept here."
    "remote.log.manager.copier.thread.pool.size": Int = "10", AtLeast(1);
        "Threads that copy segments to the remote store."
    "remote.log.manager.copy.max.bytes.per.second": Long = "9223372036854775807", AtLeast(1);
        "How fast segments are copied to the remote store."
    "remote.log.manager.expiration.thread.pool.size": Int = "10", AtLeast(1);
        "Threads that remove old segments from the remote store."
    "remote.log.manager.fetch.max.bytes.per.second": Long = "9223372036854775807", AtLeast(1);
        "How fast the remote store is read."
    "remote.log.manager.follower.thread.pool.size": Int = "2", AtLeast(1);
        "Threads that do for followers what is to be done."
    "remote.log.reader.threads": Int = "10", AtLeast(1);
        "Threads that read the remote store."
}];
