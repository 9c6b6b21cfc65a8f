//! `cargo xtask shots`: a photograph of every page, in both themes and two widths, for people to
//! look at. What is photographed is said in `playwright/photographs/`, not here.

use crate::{
    problem::Result,
    server, shell,
    test::{browser_command, browser_needs},
    web::{self, Profile},
    workspace::Workspace,
};

pub fn run(workspace: &Workspace) -> Result<()> {
    browser_needs(workspace)?;
    web::build(workspace, Profile::Dev)?;
    server::build_under_test(workspace)?;
    shell::run(browser_command(workspace, "shots").args(["--reporter", "list"]))?;
    shell::say("shots", "playwright/shots/");
    Ok(())
}
