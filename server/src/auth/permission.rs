//! What each role may do: one table, and one function that reads it.

use ouzel_api::session::{Permission, Role};

/// What was decided, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// Why, in words for the audit log and for whoever was refused.
    pub rule: String,
}

/// The table. What is not in it is not allowed.
pub fn grants(role: Role) -> &'static [Permission] {
    use Permission::*;
    match role {
        Role::Viewer => &[ViewCluster, ReadMessages],
        Role::Editor => &[ViewCluster, ReadMessages, CreateTopic, DeleteTopic],
        Role::Administrator => &[ViewCluster, ReadMessages, CreateTopic, DeleteTopic, ReadAudit],
    }
}

/// Whether somebody with `role` may do what needs `permission`. Nothing else in the program
/// decides that.
pub fn decide(role: Role, permission: Permission) -> Decision {
    let (role_name, permission_name) = (role.name(), permission.name());
    match grants(role).contains(&permission) {
        true => Decision { allowed: true, rule: format!("role {role_name} has {permission_name}") },
        false => {
            Decision { allowed: false, rule: format!("role {role_name} lacks {permission_name}") }
        }
    }
}

/// The rule of what anybody who is signed in may do.
pub fn signed_in() -> Decision {
    Decision { allowed: true, rule: "signed in".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_all_that_the_roles_below_it_may() {
        let roles = [Role::Viewer, Role::Editor, Role::Administrator];
        for pair in roles.windows(2) {
            for permission in grants(pair[0]) {
                assert!(decide(pair[1], *permission).allowed, "{pair:?} {permission:?}");
            }
            assert!(grants(pair[0]).len() < grants(pair[1]).len());
        }
    }

    #[test]
    fn a_refusal_names_what_is_missing() {
        let decision = decide(Role::Viewer, Permission::DeleteTopic);
        assert!(!decision.allowed);
        assert_eq!(decision.rule, "role viewer lacks delete_topic");
    }
}
