//! The Ouzel console in the browser: mounts the app. Start reading at [`app::App`].

mod app;
mod ask;
mod cells;
mod client;
mod clusters;
mod confirm;
mod format;
mod keys;
mod leaving;
mod listing;
mod load;
mod location;
mod page;
mod prefs;
mod query;
mod rights;
mod route;
mod saved;
mod session;
mod setting;
mod shell;
mod ui;
mod views;

fn main() {
    // On any other machine there is no page to be on. Said like this, the compiler checks all of it
    // there and makes nothing of it, which is minutes of each build of the workspace.
    if cfg!(target_arch = "wasm32") {
        console_error_panic_hook::set_once();
        leptos::mount::mount_to_body(app::App);
    }
}
