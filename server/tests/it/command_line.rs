//! Commands that end by themselves.

use crate::support::{
    app::{console, try_sign_in},
    process::{run, text},
};

#[test]
fn an_unknown_key_is_an_error_with_its_line_and_the_nearest_known_key() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ouzel.toml"), "demo = true\nhtpp = \"off\"\n").unwrap();
    let output = run(folder.path(), &[], "");
    assert_eq!(output.status.code(), Some(2));
    let told = text(&output.stderr);
    assert_eq!(told, "error: ouzel.toml:2: unknown key `htpp`; did you mean `http`?\n");
    assert!(!folder.path().join("ouzel-data").exists(), "nothing was started");
}

#[test]
fn config_show_tells_every_value_with_its_source_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = "kafka = \"off\"\nadmin_password = \"very secret\"\n\
                [clusters.prod]\nbrokers = [\"a:9092\"]\n";
    std::fs::write(folder.path().join("ouzel.toml"), file).unwrap();
    let arguments = ["--http", "127.0.0.1:1234", "config", "show"];
    let told = text(&run(folder.path(), &arguments, "").stdout);
    let line = |key: &str| {
        let line = told.lines().find(|line| line.starts_with(&format!("{key} ")));
        line.unwrap_or_else(|| panic!("no `{key}` in {told}")).split_whitespace().skip(1)
    };
    assert!(line("kafka").eq(["off", "ouzel.toml:1"]), "{told}");
    assert!(line("http").eq(["127.0.0.1:1234", "--http"]), "{told}");
    assert!(line("data").eq(["./ouzel-data", "default"]), "{told}");
    assert!(line("clusters.prod.brokers").eq(["a:9092", "ouzel.toml:4"]), "{told}");
    assert!(line("admin_password").eq(["(hidden)", "ouzel.toml:2"]), "{told}");
    assert!(!told.contains("very secret"));
    let json = run(folder.path(), &["config", "show", "--format", "json"], "").stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert!(json.as_array().unwrap().iter().any(|one| one["key"] == "session.idle_minutes"));
    assert!(!json.to_string().contains("very secret"));
}

#[test]
fn a_wrong_flag_or_value_ends_with_2_and_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, wanted) in [
        (&["--htpp", "off"][..], "--http"),
        (&["--http", "8080"], "http = `8080` (--http): expected"),
        (&["--config", "nowhere.toml"], "nowhere.toml"),
        (&["console"], "--brokers HOST:PORT"),
    ] {
        let output = run(folder.path(), arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(wanted), "{}", text(&output.stderr));
    }
}

#[tokio::test]
async fn users_are_made_and_passwords_set_beside_a_running_server() {
    let app = console().await;
    let data = app.data().to_str().unwrap();
    let ouzel = |arguments: &[&str], input: &str| {
        run(app.data(), &[&["--data", data], arguments].concat(), input)
    };
    let made = ouzel(&["user", "create", "anna", "--role", "viewer"], "correct horse\n");
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    assert!(!text(&made.stdout).contains("correct horse"));
    app.sign_in("anna", "correct horse").await;

    let set = ouzel(&["user", "passwd", "anna", "--format", "json"], "");
    let set: serde_json::Value = serde_json::from_slice(&set.stdout).unwrap();
    app.sign_in("anna", set["password"].as_str().unwrap()).await;
    assert_eq!(try_sign_in(&app.nobody(), "anna", "correct horse").await.status, 401);

    let list = text(&ouzel(&["user", "list"], "").stdout);
    assert_eq!(
        list.split_whitespace().collect::<Vec<_>>(),
        ["USER", "ROLE", "STATE", "admin", "administrator", "active", "anna", "viewer", "active"]
    );
    for (arguments, input, told) in [
        (&["user", "create", "anna", "--role", "editor"][..], "correct horse", "already"),
        (&["user", "passwd", "bert"], "correct horse", "no user `bert`"),
        (&["user", "delete", "bert"], "", "no user `bert`"),
        (&["user", "set-role", "anna", "king"], "", "no role `king`"),
        (&["user", "passwd", "anna"], "short", "at least 8"),
    ] {
        let output = ouzel(arguments, input);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
}

#[tokio::test]
async fn users_get_roles_are_shut_out_and_deleted_beside_a_running_server() {
    let app = console().await;
    let data = app.data().to_str().unwrap();
    let ouzel = |arguments: &[&str]| {
        let output = run(app.data(), &[&["--data", data], arguments].concat(), "correct horse\n");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    ouzel(&["user", "create", "anna", "--role", "viewer"]);
    let anna = app.sign_in("anna", "correct horse").await;
    ouzel(&["user", "set-role", "anna", "editor"]);
    assert!(ouzel(&["user", "list"]).contains("editor"));
    ouzel(&["user", "disable", "anna"]);
    assert!(ouzel(&["user", "list"]).contains("shut out"));
    assert_eq!(anna.get("/api/v1/session").await.status, 401);
    assert_eq!(try_sign_in(&app.nobody(), "anna", "correct horse").await.status, 401);
    ouzel(&["user", "enable", "anna"]);
    app.sign_in("anna", "correct horse").await;
    ouzel(&["user", "delete", "anna"]);
    assert!(!ouzel(&["user", "list"]).contains("anna"));
    let last = run(app.data(), &["--data", data, "user", "delete", "admin"], "");
    assert_eq!(last.status.code(), Some(1));
    assert!(text(&last.stderr).contains("last administrator"), "{}", text(&last.stderr));
}

#[test]
fn a_command_does_not_make_a_data_folder_out_of_a_wrong_path() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["user", "list", "--data", "typo"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--data"), "{}", text(&output.stderr));
    assert!(!folder.path().join("typo").exists());
}

#[test]
fn the_version_is_told_to_people_and_to_programs() {
    let folder = tempfile::tempdir().unwrap();
    let told = text(&run(folder.path(), &["version"], "").stdout);
    assert!(told.starts_with(&format!("ouzel {}", env!("CARGO_PKG_VERSION"))), "{told}");
    let json = run(folder.path(), &["version", "--format", "json"], "").stdout;
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn shells_and_man_are_taught_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = text(&run(folder.path(), &["completions", shell], "").stdout);
        for word in ["trim-prefix", "offset-delete", "logdirs", "--brokers"] {
            let word = word.trim_start_matches('-');
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
    assert_eq!(run(folder.path(), &["completions", "sh"], "").status.code(), Some(2));
    let first = text(&run(folder.path(), &["man"], "").stdout);
    assert!(first.contains(".TH OUZEL 1") && first.contains("ouzel\\-topic(1)"), "{first}");
    let written = run(folder.path(), &["man", "--out", "man1"], "");
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    let page = std::fs::read_to_string(folder.path().join("man1/ouzel-topic-trim-prefix.1"));
    assert!(page.unwrap().contains("no\\-confirm"));
    let pages = std::fs::read_dir(folder.path().join("man1")).unwrap().count();
    assert!(pages > 20, "{pages} pages");
}
