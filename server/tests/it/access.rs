//! Roles and rights over HTTP: what somebody may do, and how it is told. Which route asks which
//! right is `roles`'s.

use ouzel_api::{
    ErrorCode,
    access::{CreateRole, Explained, RoleRow},
    audit::AuditPage,
    groups::GroupList,
    live::{ClientFrame, ServerFrame, WantedTail},
    route,
    session::{Grant, Permission, Role},
    topics::TopicList,
};
use serde_json::json;

use crate::support::{
    app::{App, console, create_user, start},
    http::Client,
    kafka::{self, CLUSTER},
    socket::{Heard, Socket},
};

fn grant(permission: Permission, cluster: &str, resource: &str) -> Grant {
    let (cluster, resource) = (cluster.to_owned(), resource.to_owned());
    Grant { permissions: vec![permission], cluster, resource }
}

#[tokio::test]
async fn a_role_is_made_used_changed_and_removed_and_each_leaves_what_was_before() {
    let app = console().await;
    let administrator = app.administrator().await;
    let grants = vec![grant(Permission::ViewCluster, "prod", "*")];
    let role = CreateRole { name: "readers".to_owned(), grants };
    assert_eq!(administrator.post("/api/v1/roles", &role).await.status, 201);
    assert_eq!(administrator.post("/api/v1/roles", &role).await.code(), ErrorCode::Conflict);
    create_user(&administrator, "anna", "readers").await;
    let kept = administrator.delete("/api/v1/roles/readers").await;
    assert_eq!((kept.status, kept.code()), (409, ErrorCode::Conflict));
    let wider = json!({ "grants": [grant(Permission::ViewCluster, "*", "*")] });
    assert_eq!(administrator.put("/api/v1/roles/readers", &wider).await.status, 204);
    let roles: Vec<RoleRow> = administrator.get("/api/v1/roles").await.json();
    let made = roles.iter().find(|role| role.name == "readers").unwrap();
    assert_eq!((made.users, made.built_in, made.grants[0].cluster.as_str()), (1, false, "*"));
    let change = json!({ "role": "viewer", "disabled": false });
    assert_eq!(administrator.put("/api/v1/users/anna", &change).await.status, 204);
    assert_eq!(administrator.delete("/api/v1/roles/readers").await.status, 204);
    let page: AuditPage = administrator.get("/api/v1/audit?action=role.change").await.json();
    let detail: serde_json::Value =
        serde_json::from_str(page.rows[0].detail.as_ref().unwrap()).unwrap();
    assert_eq!(detail["before"][0]["cluster"], "prod");
    assert_eq!(detail["after"][0]["cluster"], "*");
    for (method, path) in [("PUT", "/api/v1/roles/viewer"), ("DELETE", "/api/v1/roles/viewer")] {
        let client = administrator.clone().with("content-type", "application/json");
        let reply = client.send(method, path, br#"{"grants":[]}"#).await;
        assert_eq!((reply.status, reply.code()), (409, ErrorCode::Conflict));
    }
    let nobody = json!({ "name": "bert", "role": "no-such-role" });
    assert_eq!(administrator.post("/api/v1/users", &nobody).await.code(), ErrorCode::Invalid);
}

#[tokio::test]
async fn what_somebody_may_do_and_why_is_told_before_it_is_tried() {
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_BROKERS", "127.0.0.1:1")]).await;
    let administrator = app.administrator().await;
    let grants = vec![
        grant(Permission::ReadMessages, "default", "orders-*"),
        grant(Permission::ViewCluster, "default", "*"),
    ];
    let role = CreateRole { name: "readers".to_owned(), grants };
    assert_eq!(administrator.post("/api/v1/roles", &role).await.status, 201);
    create_user(&administrator, "anna", "readers").await;
    let explain = async |query: &str| -> Explained {
        administrator.get(&format!("/api/v1/access/explain?user=anna{query}")).await.json()
    };
    let read = |explained: &Explained| {
        let right = Permission::ReadMessages;
        let found = explained.decisions.iter().find(|it| it.permission == right).unwrap();
        (found.allowed, found.rule.clone())
    };
    let told = explain("&cluster=default&resource=orders-eu").await;
    let rule = "role readers has read_messages on default/orders-*";
    assert_eq!(read(&told), (true, rule.to_owned()));
    let told = explain("&cluster=default&resource=payments").await;
    let rule = "role readers has read_messages, but not on default/payments";
    assert_eq!(read(&told), (false, rule.to_owned()));
    let told = explain("").await;
    assert!(!read(&told).0, "{told:?}");
    assert_eq!(told.decisions.len(), Permission::ALL.len());
    let unknown = administrator.get("/api/v1/access/explain?user=bert").await;
    assert_eq!(unknown.code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn what_a_body_names_is_decided_by_its_name() {
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_BROKERS", "127.0.0.1:1")]).await;
    let administrator = app.administrator().await;
    let role = CreateRole {
        name: "team".to_owned(),
        grants: vec![
            grant(Permission::CreateTopic, "default", "team-*"),
            grant(Permission::ReadMessages, "default", "team-*"),
        ],
    };
    assert_eq!(administrator.post("/api/v1/roles", &role).await.status, 201);
    let member = app.somebody_of("team").await;
    let make = async |name: &str| {
        member.post("/api/v1/clusters/default/topics", &json!({ "name": name })).await
    };
    let refused = make("orders").await;
    assert_eq!((refused.status, refused.code()), (403, ErrorCode::Forbidden));
    // Behind the door: there is no broker.
    assert_eq!(make("team-a").await.code(), ErrorCode::Unreachable);
    let page: AuditPage = administrator.get("/api/v1/audit?outcome=denied").await.json();
    let row = &page.rows[0];
    assert_eq!((row.action.as_str(), row.resource.as_deref()), ("topic.create", Some("orders")));
    assert_eq!(row.rule, "role team has create_topic, but not on default/orders");
    tail_is_refused(&app, &member).await;
    // Clusters that one may not see are not listed.
    let clusters: Vec<serde_json::Value> = member.get("/api/v1/clusters").await.json();
    assert!(clusters.is_empty(), "{clusters:?}");
}

#[tokio::test]
async fn each_row_of_a_list_says_what_the_role_may_not_do_there() {
    let app = start(&[]).await;
    let administrator = app.administrator().await;
    let mut members = Vec::new();
    for name in ["team-a", "orders"] {
        kafka::create(&administrator, name, 1).await;
        members.push(kafka::join(&app, &format!("{name}-readers"), name).await);
    }
    let role = CreateRole {
        name: "team".to_owned(),
        grants: vec![
            grant(Permission::ViewCluster, CLUSTER, "*"),
            grant(Permission::ReadMessages, CLUSTER, "*"),
            grant(Permission::DeleteTopic, CLUSTER, "team-*"),
            grant(Permission::DeleteGroup, CLUSTER, "team-*"),
        ],
    };
    assert_eq!(administrator.post("/api/v1/roles", &role).await.status, 201);
    let denied = async |client: &Client| {
        let topics: TopicList = client.get(&route::topics(CLUSTER)).await.json();
        let topics = topics.topics.into_iter().filter(|row| !row.internal);
        topics.map(|row| (row.name, row.denied)).collect::<Vec<_>>()
    };
    let named = |name: &str, denied: &[Permission]| (name.to_owned(), denied.to_vec());
    let member = app.somebody_of("team").await;
    // What the role may do nowhere is said once, by the session, and not in each row.
    let wanted = [named("orders", &[Permission::DeleteTopic]), named("team-a", &[])];
    assert_eq!(denied(&member).await, wanted);
    for client in [administrator, app.somebody(Role::Viewer).await] {
        assert_eq!(denied(&client).await, [named("orders", &[]), named("team-a", &[])]);
    }
    let has_both = |list: &GroupList| list.groups.len() == 2;
    let groups: GroupList = kafka::until(&member, &route::groups(CLUSTER), has_both).await;
    let groups: Vec<_> = groups.groups.into_iter().map(|row| (row.group, row.denied)).collect();
    let wanted =
        [named("orders-readers", &[Permission::DeleteGroup]), named("team-a-readers", &[])];
    assert_eq!(groups, wanted);
}

async fn tail_is_refused(app: &App, member: &Client) {
    let mut socket = Socket::open(app, member).await;
    let tail = ClientFrame::Tail(WantedTail {
        tail: 1,
        cluster: "default".to_owned(),
        topic: "orders".to_owned(),
        credits: 1,
        ..WantedTail::default()
    });
    socket.say(&tail).await;
    let Heard::Frame(ServerFrame::Stopped { error: Some(error), .. }) = socket.hear().await else {
        panic!("it is not refused");
    };
    assert_eq!(error.code, ErrorCode::Forbidden);
}

#[tokio::test]
async fn nothing_is_changed_on_a_cluster_that_is_read_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ouzel.toml");
    let text = "[clusters.museum]\nbrokers = [\"127.0.0.1:1\"]\nread_only = true\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let app = start(&[("OUZEL_KAFKA", "off"), ("OUZEL_CONFIG", file)]).await;
    let client = app.administrator().await;
    let clusters: serde_json::Value = client.get("/api/v1/clusters").await.json();
    assert_eq!(clusters[0]["read_only"], true);
    let made = client.post("/api/v1/clusters/museum/topics", &json!({ "name": "t" })).await;
    let deleted = client.delete("/api/v1/clusters/museum/topics/t").await;
    for reply in [made, deleted] {
        assert_eq!((reply.status, reply.code()), (403, ErrorCode::Forbidden));
        assert!(reply.text().contains("cluster museum is read-only"), "{}", reply.text());
    }
    let page: AuditPage = client.get("/api/v1/audit?outcome=denied").await.json();
    let acts: Vec<_> = page.rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(acts, ["topic.delete", "topic.create"]);
    // Looking is no change: what fails here is the broker that is not there.
    let topics = client.get("/api/v1/clusters/museum/topics").await;
    assert_eq!(topics.code(), ErrorCode::Unreachable);
}
