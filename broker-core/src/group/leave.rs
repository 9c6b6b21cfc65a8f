//! LeaveGroup: one or many members go, by id or by static name.

use crate::config::GroupConfig;

use super::effect::{Effect, Now};
use super::error::GroupError;
use super::state::{Group, unknown};

/// Who leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaver {
    /// May be empty when the static name says it all, as administrators send it.
    pub member_id: String,
    /// Static name.
    pub instance_id: Option<String>,
}

impl Group {
    /// Lets one member go; the rest rebalance.
    pub fn leave(
        &mut self,
        leaver: &Leaver,
        now: Now,
        config: &GroupConfig,
        out: &mut Vec<Effect>,
    ) -> Result<(), GroupError> {
        if self.reserved.remove(&leaver.member_id).is_some() {
            self.complete_join_if_all_are_here(now, config, out);
            return Ok(());
        }
        let member_id = match (&leaver.instance_id, leaver.member_id.as_str()) {
            (Some(instance), "") => {
                self.statics.get(instance).cloned().ok_or_else(|| unknown(instance))?
            }
            (instance, id) => {
                self.known(id, instance.as_deref())?;
                id.to_owned()
            }
        };
        self.remove(&member_id, now, config, out);
        self.complete_join_if_all_are_here(now, config, out);
        self.check();
        Ok(())
    }
}
