//! The one builder: a server in this process, on ports of its own, with a folder of its own.

use std::{collections::HashMap, net::SocketAddr, path::Path};

use ouzel::{
    audit::{Actor, Audit},
    auth::{Auth, account::NewPassword},
    config::{self, Config},
    db::Db,
    server::Server,
};
use ouzel_api::{access::FirstPassword, session::Role};
use tempfile::TempDir;

use super::http::{Client, Reply};

/// The first administrator's password in every test.
pub const PASSWORD: &str = "first light";

pub struct App {
    pub server: Server,
    pub folder: TempDir,
}

/// The configuration that these variables make.
pub fn config(variables: &[(&str, &str)]) -> Config {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    let values = config::collect(&[], |name| variables.get(name).map(|text| text.to_string()));
    config::parse(values.unwrap()).unwrap().config
}

/// Starts with these variables on top of what every test needs.
pub async fn start(variables: &[(&str, &str)]) -> App {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap().to_owned();
    let mut all = vec![
        ("OUZEL_DATA", data.as_str()),
        ("OUZEL_KAFKA", "127.0.0.1:0"),
        ("OUZEL_HTTP", "127.0.0.1:0"),
        ("OUZEL_ADMIN_PASSWORD", PASSWORD),
    ];
    all.extend(variables);
    // Scripts run in children of the binary, and this is not it.
    ouzel::script::use_program(env!("CARGO_BIN_EXE_ouzel"));
    let server = Server::start(config(&all)).await.unwrap();
    App { server, folder }
}

/// A console without a broker, for what needs no cluster.
pub async fn console() -> App {
    start(&[("OUZEL_KAFKA", "off")]).await
}

impl App {
    pub fn http(&self) -> SocketAddr {
        self.server.http.unwrap()
    }

    /// The broker in this process, as clients name it.
    pub fn kafka(&self) -> String {
        self.server.kafka.unwrap().to_string()
    }

    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    /// A client that is nobody yet.
    pub fn nobody(&self) -> Client {
        Client::new(self.http())
    }

    /// A client signed in as the first administrator.
    pub async fn administrator(&self) -> Client {
        self.sign_in("admin", PASSWORD).await
    }

    /// A client signed in as a user of this role, who is made for it.
    pub async fn somebody(&self, role: Role) -> Client {
        self.somebody_of(role.name()).await
    }

    /// A client signed in as a user of the role of this name, who is made for it.
    pub async fn somebody_of(&self, role: &str) -> Client {
        let name = format!("{role}-{}", uuid::Uuid::new_v4().simple());
        let db = Db::open(self.data()).await.unwrap();
        let limits = config(&[]).session;
        let auth = Auth::open(db.clone(), limits).await.unwrap();
        let who = Actor { user: "test".into(), address: "local".into(), rule: "test".into() };
        let audit = Audit::new(db.clone());
        let password = NewPassword::Own(PASSWORD.to_owned());
        auth.create_user(&audit, &who, (&name, role), password).await.unwrap();
        db.close().await;
        self.sign_in(&name, PASSWORD).await
    }

    pub async fn sign_in(&self, user: &str, password: &str) -> Client {
        let reply = try_sign_in(&self.nobody(), user, password).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let cookie = reply.header("set-cookie").unwrap();
        self.nobody().with("cookie", cookie.split(';').next().unwrap())
    }

    /// A program with an API token of whoever `owner` is signed in as.
    pub async fn token(&self, owner: &Client, role: Option<&str>) -> Client {
        let body = serde_json::json!({ "name": "test", "days": 1, "role": role });
        let reply = owner.post("/api/v1/me/tokens", &body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        let made: ouzel_api::access::NewToken = reply.json();
        self.nobody().with("authorization", &format!("Bearer {}", made.token))
    }

    /// Changes the database as somebody with the file in hand could.
    pub async fn tamper(&self, statements: &[&'static str]) {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(self.data().join(ouzel::db::FILE_NAME))
            .foreign_keys(false);
        let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
        for statement in statements {
            sqlx::query(*statement).execute(&pool).await.unwrap();
        }
        pool.close().await;
    }
}

/// One try.
pub async fn try_sign_in(client: &Client, user: &str, password: &str) -> Reply {
    let body = serde_json::json!({ "user": user, "password": password });
    client.post("/api/v1/session", &body).await
}

/// Makes a user of this role, as an administrator does.
pub async fn create_user(client: &Client, name: &str, role: &str) -> FirstPassword {
    let reply =
        client.post("/api/v1/users", &serde_json::json!({ "name": name, "role": role })).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}
