//! The command line against the broker of a test.

use super::{
    app::App,
    process::{run, text},
};

/// Runs `ouzel` with these arguments and this input; its output, error text and exit code.
pub async fn ouzel(app: &App, arguments: &[&str], input: &str) -> (String, String, i32) {
    let brokers = app.kafka();
    let mut all = vec!["--brokers".to_owned(), brokers];
    all.extend(arguments.iter().map(ToString::to_string));
    let input = input.to_owned();
    let folder = tempfile::tempdir().unwrap();
    let output = tokio::task::spawn_blocking(move || {
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        run(folder.path(), &all, &input)
    });
    let output = output.await.unwrap();
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
}

/// The output of a command that must succeed.
pub async fn done(app: &App, arguments: &[&str], input: &str) -> String {
    let (out, err, code) = ouzel(app, arguments, input).await;
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}
