//! Roles that people make: made, changed, removed, each with its row.

use ouzel_api::{
    access::{GRANTS_MAX, NAME_CHARS_MAX, PATTERN_BYTES_MAX, RoleRow},
    pattern,
    session::{Grant, Role, Scope},
};
use serde_json::json;

use super::{
    AccountError, Auth,
    permission::{Granted, built_in, grants},
};
use crate::{
    audit::{Action, Actor, Audit, Kind},
    clock,
    db::{self, DbError, roles::Kept},
};

impl Auth {
    /// All roles, those that are built in first.
    pub async fn roles(&self) -> Result<Vec<RoleRow>, DbError> {
        let users = db::users::list(&self.0.db).await?;
        let having = |name: &str| {
            let having = users.iter().filter(|user| user.role.eq_ignore_ascii_case(name)).count();
            u32::try_from(having).unwrap_or(u32::MAX)
        };
        let fixed = Role::ALL.into_iter().map(|role| RoleRow {
            name: role.name().to_owned(),
            built_in: true,
            grants: vec![Grant::everywhere(grants(role))],
            users: having(role.name()),
            changed_ms: None,
        });
        let made = db::roles::list(&self.0.db).await?.into_iter().map(|role| RoleRow {
            users: having(&role.name),
            name: role.name,
            built_in: false,
            grants: role.grants,
            changed_ms: Some(role.changed_ms),
        });
        Ok(fixed.chain(made).collect())
    }

    /// The role of this name, if there is one.
    pub async fn role(&self, name: &str) -> Result<Option<Granted>, DbError> {
        if built_in(name).is_some() {
            return Ok(Some(Granted::of(name.to_owned(), None)));
        }
        let role = db::roles::by_name(&self.0.db, name).await?;
        Ok(role.map(|role| Granted::of(role.name, Some(role.grants))))
    }

    /// Fails if a role is named and there is none.
    pub(super) async fn expect_role(&self, name: Option<&str>) -> Result<(), AccountError> {
        match name {
            Some(name) if self.role(name).await?.is_none() => {
                Err(AccountError::NoRole(name.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// Makes a role.
    pub async fn create_role(
        &self,
        audit: &Audit,
        who: &Actor,
        name: &str,
        grants: &[Grant],
    ) -> Result<(), AccountError> {
        check_name(name)?;
        check(grants)?;
        let action = Action::new(Kind::CreateRole).to(name).with(json!({ "after": grants }));
        let make = async {
            match db::roles::create(&self.0.db, name, grants, clock::now_ms()).await {
                Err(DbError::Exists) => Err(AccountError::RoleExists(name.to_owned())),
                made => Ok(made?),
            }
        };
        audit.record(who, action, make).await
    }

    /// Changes what a role allows, for all who have it, from their next request on.
    pub async fn change_role(
        &self,
        audit: &Audit,
        who: &Actor,
        name: &str,
        grants: &[Grant],
    ) -> Result<(), AccountError> {
        check(grants)?;
        let before = self.made_role(name).await?;
        let action = Action::new(Kind::ChangeRole).to(name);
        let action = action.changing(json!(before.grants), json!(grants));
        let change = async {
            match db::roles::change(&self.0.db, name, grants, clock::now_ms()).await? {
                true => Ok(()),
                false => Err(AccountError::NoRole(name.to_owned())),
            }
        };
        audit.record(who, action, change).await
    }

    /// Removes a role that nobody has.
    pub async fn delete_role(
        &self,
        audit: &Audit,
        who: &Actor,
        name: &str,
    ) -> Result<(), AccountError> {
        let before = self.made_role(name).await?;
        let detail = json!({ "before": before.grants });
        let action = Action::new(Kind::DeleteRole).to(name).with(detail);
        let delete = async {
            match db::roles::delete(&self.0.db, name).await? {
                Ok(()) => Ok(()),
                Err(Kept::Unknown) => Err(AccountError::NoRole(name.to_owned())),
                Err(Kept::Used(times)) => {
                    Err(AccountError::RoleUsed { role: name.to_owned(), times })
                }
            }
        };
        audit.record(who, action, delete).await
    }

    async fn made_role(&self, name: &str) -> Result<db::roles::Role, AccountError> {
        if built_in(name).is_some() {
            return Err(AccountError::BuiltIn(name.to_owned()));
        }
        let role = db::roles::by_name(&self.0.db, name).await?;
        role.ok_or_else(|| AccountError::NoRole(name.to_owned()))
    }
}

fn check_name(name: &str) -> Result<(), AccountError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if built_in(name).is_some() {
        return Err(AccountError::BuiltIn(name.to_owned()));
    }
    match (1..=NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(legal) {
        true => Ok(()),
        false => Err(AccountError::RoleName),
    }
}

/// A grant that could never allow anything is a mistake, and is told.
fn check(grants: &[Grant]) -> Result<(), AccountError> {
    let wrong = |line: usize, problem: String| AccountError::Grant { line: line + 1, problem };
    if grants.len() > GRANTS_MAX {
        return Err(wrong(GRANTS_MAX, format!("a role has at most {GRANTS_MAX} lines")));
    }
    for (line, grant) in grants.iter().enumerate() {
        if grant.permissions.is_empty() {
            return Err(wrong(line, "it names no right".to_owned()));
        }
        for (what, text) in [("cluster", &grant.cluster), ("resource", &grant.resource)] {
            if !(1..=PATTERN_BYTES_MAX).contains(&text.len()) {
                let told = format!("its {what} is a pattern of 1 to {PATTERN_BYTES_MAX} bytes");
                return Err(wrong(line, told));
            }
        }
        let console = grant.permissions.iter().find(|it| it.scope() == Scope::Console);
        if let Some(right) = console.filter(|_| grant.cluster != pattern::ALL) {
            let told = format!("{} is about the whole console: its cluster is `*`", right.name());
            return Err(wrong(line, told));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ouzel_api::session::Permission;

    use super::*;

    #[test]
    fn a_grant_that_could_allow_nothing_is_told_with_its_line() {
        let good = Grant::everywhere(&[Permission::ReadMessages]);
        let line = |grant: Grant| match check(&[good.clone(), grant]) {
            Err(AccountError::Grant { line, .. }) => Some(line),
            _ => None,
        };
        assert_eq!(line(good.clone()), None);
        assert_eq!(line(Grant { permissions: Vec::new(), ..good.clone() }), Some(2));
        assert_eq!(line(Grant { cluster: String::new(), ..good.clone() }), Some(2));
        let narrow = Grant { permissions: vec![Permission::ReadAudit], ..good.clone() };
        assert_eq!(line(Grant { cluster: "prod".to_owned(), ..narrow }), Some(2));
    }

    #[test]
    fn the_names_of_built_in_roles_are_taken() {
        assert!(matches!(check_name("Viewer"), Err(AccountError::BuiltIn(_))));
        assert!(matches!(check_name("a b"), Err(AccountError::RoleName)));
        assert!(check_name("team-a.readers").is_ok());
    }
}
