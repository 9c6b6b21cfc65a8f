//! Accounts from their first password to their end, on a database of their own.
#![allow(clippy::unwrap_used)]
use std::{net::IpAddr, time::Duration};

use super::*;
use crate::{auth::SignInError, config::SessionLimits, db::testing::database};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

async fn auth() -> (tempfile::TempDir, Auth, Audit) {
    let (folder, db) = database().await;
    let (idle, absolute) = (Duration::from_secs(60), Duration::from_secs(3600));
    let auth = Auth::open(db.clone(), SessionLimits { idle, absolute }).await.unwrap();
    (folder, auth, Audit::new(db))
}

#[tokio::test]
async fn the_first_administrator_is_made_once_with_a_password_that_works() {
    let (_folder, auth, audit) = auth().await;
    let first = auth.ensure_administrator(&audit, None).await.unwrap();
    let First::MadeUp(password) = first else { panic!("{first:?}") };
    let again = auth.ensure_administrator(&audit, Some("other one")).await.unwrap();
    assert_eq!(again, First::Before);
    let signed_in = auth.sign_in(FIRST, password, HERE).await.unwrap();
    assert_eq!(signed_in.viewer.rights.user.role, Role::Administrator.name());
    // Whoever started it has seen the password, and so has its log.
    assert!(signed_in.viewer.must_change);
    let wrong = auth.sign_in(FIRST, "other one".to_owned(), HERE).await.unwrap_err();
    assert!(matches!(wrong, SignInError::WrongCredentials));
}

#[tokio::test]
async fn a_chosen_password_is_not_repeated_and_must_be_a_real_one() {
    let (_folder, auth, audit) = auth().await;
    let short = auth.ensure_administrator(&audit, Some("x")).await.unwrap_err();
    assert!(matches!(short, AccountError::Password(PasswordError::TooShort)), "{short}");
    let first = auth.ensure_administrator(&audit, Some("long enough")).await.unwrap();
    assert_eq!(first, First::Given);
    assert!(auth.sign_in(FIRST, "long enough".to_owned(), HERE).await.is_ok());
}

#[tokio::test]
async fn a_new_password_ends_what_the_old_one_began() {
    let (_folder, auth, audit) = auth().await;
    auth.ensure_administrator(&audit, Some("long enough")).await.unwrap();
    let token = auth.sign_in(FIRST, "long enough".to_owned(), HERE).await.unwrap().token;
    let viewer = auth.viewer(&token, HERE).await.unwrap().unwrap();
    let new = NewPassword::Own("another one".to_owned());
    auth.set_password(&audit, &viewer.actor, FIRST, new).await.unwrap();
    assert_eq!(auth.viewer(&token, HERE).await.unwrap(), None);
    let old = auth.sign_in(FIRST, "long enough".to_owned(), HERE).await;
    assert!(matches!(old, Err(SignInError::WrongCredentials)));
    let unknown = NewPassword::Own("long enough".to_owned());
    let unknown = auth.set_password(&audit, &viewer.actor, "bert", unknown);
    assert!(matches!(unknown.await.unwrap_err(), AccountError::Unknown(_)));
}

#[tokio::test]
async fn names_are_plain_and_taken_once() {
    let (_folder, auth, audit) = auth().await;
    let who = Actor { user: "t".into(), address: "local".into(), rule: "test".into() };
    let make = async |name: &str| {
        let password = NewPassword::Own("long enough".to_owned());
        auth.create_user(&audit, &who, (name, Role::Viewer.name()), password).await
    };
    make("anna@example.com").await.unwrap();
    assert!(matches!(make("Anna@example.com").await, Err(AccountError::Exists(_))));
    for name in ["", "a b", "ä", "<b>"] {
        assert!(matches!(make(name).await, Err(AccountError::Name)), "{name}");
    }
}

#[tokio::test]
async fn whoever_waits_for_the_end_of_a_session_hears_of_a_sign_out() {
    let (_folder, auth, audit) = auth().await;
    auth.ensure_administrator(&audit, Some("long enough")).await.unwrap();
    let viewer = auth.sign_in(FIRST, "long enough".to_owned(), HERE).await.unwrap().viewer;
    let waiting = tokio::spawn({
        let (auth, viewer) = (auth.clone(), viewer.clone());
        async move { auth.session_ended(&viewer).await }
    });
    while auth.0.ended.receiver_count() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(auth.end_session(viewer.session().unwrap()).await.unwrap());
    tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_person_changes_the_password_and_stays_signed_in_here_alone() {
    let (_folder, auth, audit) = auth().await;
    auth.ensure_administrator(&audit, Some("long enough")).await.unwrap();
    let sign_in = async || auth.sign_in(FIRST, "long enough".to_owned(), HERE).await.unwrap();
    let (here, elsewhere) = (sign_in().await, sign_in().await);
    let change = async |old: &str, new: &str| {
        auth.change_password(&audit, &here.viewer, old.to_owned(), new.to_owned()).await
    };
    let wrong = change("wrong one", "another one").await.unwrap_err();
    assert!(matches!(wrong, AccountError::WrongPassword), "{wrong}");
    let same = change("long enough", "long enough").await.unwrap_err();
    assert!(matches!(same, AccountError::SamePassword), "{same}");
    change("long enough", "another one").await.unwrap();
    assert!(auth.viewer(&here.token, HERE).await.unwrap().is_some());
    assert!(auth.viewer(&elsewhere.token, HERE).await.unwrap().is_none());
}
