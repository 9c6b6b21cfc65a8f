//! Two clients written for Node that share no code. The stories are in `xtask/clients/node/`.

use super::stage::Stage;
use crate::problem::Result;

pub fn kafkajs(stage: &Stage) -> Result<()> {
    stage.node("kafkajs.mjs").map(|_| ())
}

pub fn platformatic(stage: &Stage) -> Result<()> {
    stage.node("platformatic.mjs").map(|_| ())
}
