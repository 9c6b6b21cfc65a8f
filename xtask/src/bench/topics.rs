//! Topics as a measurement needs them: made, led, listed in full, and gone again.

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use ouzel_wire::messages::{
    CreatableTopic, CreatableTopicConfig, CreateTopicsRequest, DeleteTopicState,
    DeleteTopicsRequest, MetadataRequest, MetadataRequestTopic, MetadataResponse,
};

use super::connection::Connection;
use crate::problem::{Problem, Result};

const CREATE_VERSION: i16 = 7;
const DELETE_VERSION: i16 = 6;
const METADATA_VERSION: i16 = 12;

/// Apache Kafka needs half a minute for ten thousand.
const LED_WITHIN: Duration = Duration::from_secs(180);

const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Topics in one request: far below Kafka's own limit, few enough for an answer in time.
const TOPICS_PER_REQUEST: usize = 500;

/// Setting and value.
pub type Config = (&'static str, &'static str);

/// Creates a topic and waits until all its partitions are led.
pub fn create(kafka: SocketAddr, name: &str, partitions: i32, configs: &[Config]) -> Result<()> {
    let mut connection = Connection::open(kafka)?;
    ask_to_create(&mut connection, vec![topic(name, partitions, configs)])?;
    wait_led(&mut connection, Some(name), partitions as usize)
}

/// Creates so many topics of one partition each and waits until all are led.
pub fn create_many(kafka: SocketAddr, names: &[String]) -> Result<()> {
    let mut connection = Connection::open(kafka)?;
    for names in names.chunks(TOPICS_PER_REQUEST) {
        let topics = names.iter().map(|name| topic(name, 1, &[])).collect();
        ask_to_create(&mut connection, topics)?;
    }
    wait_led(&mut connection, None, names.len())
}

fn topic(name: &str, partitions: i32, configs: &[Config]) -> CreatableTopic {
    let config = |(name, value): &Config| CreatableTopicConfig {
        name: (*name).into(),
        value: Some((*value).into()),
        ..Default::default()
    };
    CreatableTopic {
        name: name.into(),
        num_partitions: partitions,
        replication_factor: 1,
        configs: configs.iter().map(config).collect(),
        ..Default::default()
    }
}

fn ask_to_create(connection: &mut Connection, topics: Vec<CreatableTopic>) -> Result<()> {
    let request = CreateTopicsRequest { topics, timeout_ms: 60_000, ..Default::default() };
    let answer = connection.ask(CREATE_VERSION, &request)?;
    match answer.topics.iter().find(|topic| topic.error_code != 0) {
        None => Ok(()),
        Some(topic) => Problem::stop(format!(
            "creating {}: error {} {:?}",
            topic.name, topic.error_code, topic.error_message
        )),
    }
}

/// Deletes a topic; its files may go later.
pub fn delete(kafka: SocketAddr, name: &str) -> Result<()> {
    let state = DeleteTopicState { name: Some(name.into()), ..Default::default() };
    let request =
        DeleteTopicsRequest { topics: vec![state], timeout_ms: 60_000, ..Default::default() };
    let answer = Connection::open(kafka)?.ask(DELETE_VERSION, &request)?;
    match answer.responses.first().map(|topic| topic.error_code) {
        Some(0) => Ok(()),
        code => Problem::stop(format!("deleting {name}: error {code:?}")),
    }
}

/// Until at least so many partitions are led: of one topic, or of all.
fn wait_led(connection: &mut Connection, name: Option<&str>, partitions: usize) -> Result<()> {
    let deadline = Instant::now() + LED_WITHIN;
    loop {
        let answer = connection.ask(METADATA_VERSION, &metadata(name))?;
        if led(&answer) >= partitions {
            return Ok(());
        }
        if Instant::now() > deadline {
            let led = led(&answer);
            return Problem::stop(format!("only {led} of {partitions} partitions are led"));
        }
        thread::sleep(LOOK_EVERY);
    }
}

fn led(answer: &MetadataResponse) -> usize {
    let sound = answer.topics.iter().filter(|topic| topic.error_code == 0 && !topic.is_internal);
    let partitions = sound.flat_map(|topic| &topic.partitions);
    partitions.filter(|one| one.error_code == 0 && one.leader_id >= 0).count()
}

fn metadata(name: Option<&str>) -> MetadataRequest {
    let topic = |name: &str| MetadataRequestTopic { name: Some(name.into()), ..Default::default() };
    MetadataRequest {
        topics: name.map(|name| vec![topic(name)]),
        allow_auto_topic_creation: false,
        ..Default::default()
    }
}

/// How long the whole list of topics takes, until its last byte is here.
pub fn list_in_full(kafka: SocketAddr) -> Result<Duration> {
    let mut connection = Connection::open(kafka)?;
    let started = Instant::now();
    connection.send(METADATA_VERSION, &metadata(None))?;
    connection.receive_frame()?;
    Ok(started.elapsed())
}
