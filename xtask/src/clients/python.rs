//! confluent-kafka (librdkafka), kafka-python and aiokafka. The stories are in
//! `xtask/clients/*.py`; a script that ends well has kept its promise, and says why when not.

use super::stage::Stage;
use crate::problem::Result;

pub fn idempotent(stage: &Stage) -> Result<()> {
    stage.create_topic(stage.server.kafka, "idempotent", 4)?;
    stage.finish("idempotent.py", &["idempotent", "20000"]).map(|_| ())
}

pub fn crashed_consumer(stage: &Stage) -> Result<()> {
    stage.create_topic(stage.server.kafka, "taken-over", 4)?;
    stage.finish("crashed_consumer.py", &["taken-over"]).map(|_| ())
}

pub fn confluent_admin(stage: &Stage) -> Result<()> {
    stage.finish("confluent_admin.py", &[]).map(|_| ())
}

pub fn kafka_python(stage: &Stage) -> Result<()> {
    stage.finish("kafka_python.py", &[]).map(|_| ())
}

pub fn async_client(stage: &Stage) -> Result<()> {
    stage.finish("async_client.py", &[]).map(|_| ())
}
