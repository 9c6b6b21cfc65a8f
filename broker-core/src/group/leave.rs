//! LeaveGroup: one or many members go, by id or by static name.

use super::effect::{Effect, Env};
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
        env: Env<'_>,
        out: &mut Vec<Effect>,
    ) -> Result<(), GroupError> {
        if self.reserved.remove(&leaver.member_id).is_some() {
            self.complete_join_if_all_are_here(env, out);
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
        self.remove(&member_id, env, out);
        self.complete_join_if_all_are_here(env, out);
        self.check();
        Ok(())
    }
}
