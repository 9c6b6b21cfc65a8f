//! What each role may do: one table of those that are built in, and one function that decides.
//!
//! A role is a list of grants; what none of them covers is not allowed. A token that a role narrows
//! must be allowed by both.

use ouzel_api::session::{Asked, Grant, Permission, Role};

/// What was decided, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may be done.
    pub allowed: bool,
    /// Why, in words for the audit log and for whoever was refused.
    pub rule: String,
}

/// A role with what it allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The role's name.
    pub role: String,
    /// What it allows.
    pub grants: Vec<Grant>,
}

/// What somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// By the user's role.
    pub user: Granted,
    /// The name of the token that is used, and what it is narrowed to.
    pub token: Option<(String, Option<Granted>)>,
}

/// How much of what is asked must be covered, where nothing in particular is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breadth {
    /// Everything.
    All,
    /// Something: the handler asks again for each thing that the request names.
    Some,
}

/// The table of the built-in roles. What is not in it is not allowed.
pub fn grants(role: Role) -> &'static [Permission] {
    use Permission::*;
    match role {
        Role::Viewer => &[ViewCluster, ReadMessages],
        Role::Editor => &[
            ViewCluster,
            ReadMessages,
            ProduceMessages,
            CreateTopic,
            DeleteTopic,
            AlterTopic,
            DeleteRecords,
            ResetOffsets,
            DeleteGroup,
        ],
        Role::Administrator => Permission::ALL,
    }
}

impl Granted {
    /// The role of this name: a built-in one, else `made` by people, else one that allows nothing.
    pub fn of(role: String, made: Option<Vec<Grant>>) -> Granted {
        let grants = match built_in(&role) {
            Some(role) => vec![Grant::everywhere(grants(role))],
            None => made.unwrap_or_default(),
        };
        Granted { role, grants }
    }

    fn decide(&self, asked: &Asked<'_>, breadth: Breadth) -> Decision {
        let (role, right) = (&self.role, asked.permission.name());
        let covers = |grant: &&Grant| match breadth {
            Breadth::All => grant.covers(asked),
            Breadth::Some => grant.covers_some(asked),
        };
        let rule = match self.grants.iter().find(covers) {
            Some(grant) => {
                let rule = format!("role {role} has {right}{}", places(grant));
                return Decision { allowed: true, rule };
            }
            None if self.grants.iter().any(|it| it.permissions.contains(&asked.permission)) => {
                format!("role {role} has {right}, but not on {}", place(asked))
            }
            None => format!("role {role} lacks {right}"),
        };
        Decision { allowed: false, rule }
    }
}

impl Rights {
    /// What can be used somewhere, and where, for the page to show. Of a narrowed token it is what
    /// the narrowing role says; the server decides by both.
    pub fn shown(&self) -> &Granted {
        match &self.token {
            Some((_, Some(narrow))) => narrow,
            _ => &self.user,
        }
    }
}

/// The built-in role of this name.
pub fn built_in(name: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(name))
}

/// Whether somebody with these rights may do what is asked. Nothing else in the program decides
/// that.
pub fn decide(rights: &Rights, asked: &Asked<'_>, breadth: Breadth) -> Decision {
    let by_role = rights.user.decide(asked, breadth);
    let Some((token, narrow)) = &rights.token else { return by_role };
    let decision = match narrow {
        Some(narrow) if by_role.allowed => narrow.decide(asked, breadth),
        _ => by_role,
    };
    Decision { rule: format!("token {token}: {}", decision.rule), ..decision }
}

/// The rule of what anybody who is signed in may do.
pub fn signed_in() -> Decision {
    Decision { allowed: true, rule: "signed in".to_owned() }
}

/// Nobody may change a cluster that is read-only.
pub fn read_only(cluster: &str) -> Decision {
    Decision { allowed: false, rule: format!("cluster {cluster} is read-only") }
}

/// Nothing is done any more for somebody who asked for it a while ago and could not come now.
pub fn gone(user: &str, by_token: bool) -> Decision {
    let rule = match by_token {
        true => format!("the token of {user} by which it was asked for holds no longer"),
        false => format!("the account of {user} is disabled or deleted"),
    };
    Decision { allowed: false, rule }
}

/// Nothing may be done with a password that somebody else has seen.
pub fn must_change() -> Decision {
    let rule = "the first password must be changed before anything else".to_owned();
    Decision { allowed: false, rule }
}

/// Where a grant holds; nothing to say if that is everywhere.
fn places(grant: &Grant) -> String {
    match (grant.cluster.as_str(), grant.resource.as_str()) {
        ("*", "*") => String::new(),
        (cluster, resource) => format!(" on {cluster}/{resource}"),
    }
}

fn place(asked: &Asked<'_>) -> String {
    match (asked.cluster, asked.resource) {
        (None, None) => "every cluster".to_owned(),
        (None, Some(resource)) => format!("{resource} of every cluster"),
        (Some(cluster), None) => format!("all of {cluster}"),
        (Some(cluster), Some(resource)) => format!("{cluster}/{resource}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(role: Role) -> Rights {
        Rights { user: Granted::of(role.name().to_owned(), None), token: None }
    }

    fn made(name: &str, permission: Permission, cluster: &str, resource: &str) -> Granted {
        let (cluster, resource) = (cluster.to_owned(), resource.to_owned());
        let grant = Grant { permissions: vec![permission], cluster, resource };
        Granted::of(name.to_owned(), Some(vec![grant]))
    }

    #[test]
    fn each_role_may_do_all_that_the_roles_below_it_may() {
        let roles = [Role::Viewer, Role::Editor, Role::Administrator];
        for pair in roles.windows(2) {
            for permission in grants(pair[0]) {
                let asked = Asked::new(*permission);
                let decision = decide(&rights(pair[1]), &asked, Breadth::All);
                assert!(decision.allowed, "{pair:?} {permission:?}");
            }
            assert!(grants(pair[0]).len() < grants(pair[1]).len());
        }
    }

    #[test]
    fn a_refusal_names_what_is_missing() {
        let asked = Asked::new(Permission::DeleteTopic).on("prod").to("orders");
        let decision = decide(&rights(Role::Viewer), &asked, Breadth::All);
        assert!(!decision.allowed);
        assert_eq!(decision.rule, "role viewer lacks delete_topic");
        let elsewhere = made("ops", Permission::DeleteTopic, "dev", "*");
        let decision = decide(&Rights { user: elsewhere, token: None }, &asked, Breadth::All);
        assert!(!decision.allowed);
        assert_eq!(decision.rule, "role ops has delete_topic, but not on prod/orders");
    }

    #[test]
    fn what_names_nothing_needs_everything_unless_it_is_asked_again() {
        let user = made("ops", Permission::CreateTopic, "prod", "team-*");
        let rights = Rights { user, token: None };
        let asked = Asked::new(Permission::CreateTopic).on("prod");
        assert!(!decide(&rights, &asked, Breadth::All).allowed);
        let decision = decide(&rights, &asked, Breadth::Some);
        assert!(decision.allowed);
        assert_eq!(decision.rule, "role ops has create_topic on prod/team-*");
        assert!(!decide(&rights, &asked.to("orders"), Breadth::Some).allowed);
        assert!(decide(&rights, &asked.to("team-a"), Breadth::All).allowed);
    }

    #[test]
    fn a_token_may_do_what_its_owner_and_its_role_both_allow() {
        let narrow = made("reader", Permission::ReadMessages, "*", "*");
        let token = Some(("ci".to_owned(), Some(narrow)));
        let read = Asked::new(Permission::ReadMessages).on("prod").to("orders");
        let owner = Rights { token: token.clone(), ..rights(Role::Editor) };
        let decision = decide(&owner, &read, Breadth::All);
        assert!(decision.allowed);
        assert_eq!(decision.rule, "token ci: role reader has read_messages");
        let create = Asked::new(Permission::CreateTopic).on("prod").to("orders");
        let decision = decide(&owner, &create, Breadth::All);
        assert_eq!(decision.rule, "token ci: role reader lacks create_topic");
        let nobody = Granted::of("gone".to_owned(), None);
        let decision = decide(&Rights { user: nobody, token }, &read, Breadth::All);
        assert_eq!(
            (decision.allowed, decision.rule.as_str()),
            (false, "token ci: role gone lacks read_messages",)
        );
    }

    #[test]
    fn a_made_role_cannot_pass_for_a_built_in_one() {
        let grants = vec![Grant::everywhere(Permission::ALL)];
        let viewer = Granted::of("Viewer".to_owned(), Some(grants));
        let rights = Rights { user: viewer, token: None };
        assert!(!decide(&rights, &Asked::new(Permission::ReadAudit), Breadth::All).allowed);
    }
}
