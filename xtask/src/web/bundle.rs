//! Gathers what the browser loads and names each file by its content.
//!
//! A name with a hash in it never changes its meaning, so a browser may keep it for ever. The
//! server finds today's names in `manifest.json`; files find each other because every mention of
//! `/assets/<name>` in a script or style sheet is replaced by the hashed name on the way.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha384};

use super::{Profile, hex, inputs::files_under};
use crate::{
    problem::{Context, Problem, Result},
    shell,
    workspace::Workspace,
};

/// Where the server serves the folder, and so how files name each other.
const SERVED_AT: &str = "/assets/";

/// Hash digits in a file name: 40 bits, one chance in a million for a clash among 1,500 files.
const NAME_HASH_DIGITS: usize = 10;

/// What `dist/manifest.json` says.
#[derive(Serialize, Deserialize)]
pub struct Bundle {
    /// Fingerprint of what all this was made from.
    inputs: String,
    profile: String,
    /// Logical name (`app.js`, `boot.js`, `app.css`, `icons.svg`) to what is served.
    files: BTreeMap<String, Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    /// Below `/assets/`, hash included.
    path: String,
    bytes: u64,
    /// As in an `integrity` attribute.
    integrity: String,
}

impl Bundle {
    pub fn path_of(&self, name: &str) -> &str {
        &self.files[name].path
    }
}

/// The fingerprint in a finished `dist/`; none where there is no finished one.
pub fn inputs_of(dist: &Path) -> Option<String> {
    let text = fs::read_to_string(dist.join("manifest.json")).ok()?;
    let bundle: Bundle = serde_json::from_str(&text).ok()?;
    Some(bundle.inputs)
}

/// Writes glue, style sheet and assets into `dist`, and the manifest last.
pub fn assemble(
    workspace: &Workspace,
    profile: Profile,
    inputs: &str,
    glue: &Path,
    dist: &Path,
) -> Result<Bundle> {
    let mut sources = assets(&workspace.root.join("assets"))?;
    sources.extend(glue_files(glue)?);
    let mut naming = Naming { sources, dist, done: BTreeMap::new(), open: BTreeSet::new() };
    let names: Vec<String> = naming.sources.keys().cloned().collect();
    for name in &names {
        naming.name(name)?;
    }
    let bundle =
        Bundle { inputs: inputs.into(), profile: profile.cargo_name().into(), files: naming.done };
    let text = serde_json::to_string_pretty(&bundle).context(|| "writing the manifest".into())?;
    write(&dist.join("manifest.json"), text.as_bytes())?;
    shell::say("web", format!("{} files", bundle.files.len()));
    Ok(bundle)
}

/// Logical name to content. The sheets in `css/` become one, in the order of their names.
fn assets(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut sources = BTreeMap::new();
    let mut sheet = Vec::new();
    for file in files_under(folder)? {
        let name = relative(folder, &file);
        if !is_served(&name) {
            continue;
        }
        let content = read(&file)?;
        if name.starts_with("css/") && name.ends_with(".css") {
            sheet.extend_from_slice(&content);
            sheet.push(b'\n');
        } else {
            sources.insert(name, content);
        }
    }
    sources.insert("app.css".into(), sheet);
    Ok(sources)
}

/// What makes the assets lies beside them but is nothing for a browser: node's scripts (`.mjs`;
/// the browser's end in `.js`), a folder named `make`, notes, hidden files, npm's own files.
fn is_served(name: &str) -> bool {
    let hidden = |part: &str| part.starts_with('.') || matches!(part, "make" | "node_modules");
    let makers = [".md", ".mjs", "package.json", "package-lock.json"];
    !name.split('/').any(hidden) && !makers.iter().any(|ending| name.ends_with(ending))
}

/// wasm-bindgen's output. Snippets keep their names, because the glue imports them by path;
/// instead their folder carries the hash.
fn glue_files(glue: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for file in files_under(glue)? {
        files.insert(relative(glue, &file), read(&file)?);
    }
    let snippets: Vec<String> = files.keys().filter(|name| is_snippet(name)).cloned().collect();
    let mut hash = Sha256::new();
    for name in &snippets {
        hash.update(&files[name]);
    }
    let folder = format!("snippets-{}/", &hex(&hash.finalize())[..NAME_HASH_DIGITS]);
    for name in snippets {
        if let Some(content) = files.remove(&name) {
            files.insert(name.replacen("snippets/", &folder, 1), content);
        }
    }
    if let Some(script) = files.get_mut("app.js") {
        let text = String::from_utf8_lossy(script).replace("./snippets/", &format!("./{folder}"));
        *script = text.into_bytes();
    }
    Ok(files)
}

fn is_snippet(name: &str) -> bool {
    name.starts_with("snippets/") || name.starts_with("snippets-")
}

/// Gives names in the order in which files mention each other.
struct Naming<'a> {
    sources: BTreeMap<String, Vec<u8>>,
    dist: &'a Path,
    done: BTreeMap<String, Entry>,
    /// Files whose mentions are being looked up, to notice a circle.
    open: BTreeSet<String>,
}

impl Naming<'_> {
    fn name(&mut self, name: &str) -> Result<()> {
        if self.done.contains_key(name) {
            return Ok(());
        }
        if !self.open.insert(name.to_owned()) {
            return Problem::stop(format!(
                "assets/{name} mentions itself by way of others, so it cannot have a hashed name"
            ));
        }
        let content = self.with_hashed_mentions(name)?;
        let path = if is_snippet(name) { name.to_owned() } else { hashed_name(name, &content) };
        write(&self.dist.join(&path), &content)?;
        let integrity = format!("sha384-{}", BASE64_STANDARD.encode(Sha384::digest(&content)));
        let entry = Entry { path, bytes: content.len() as u64, integrity };
        self.done.insert(name.to_owned(), entry);
        Ok(())
    }

    /// The content, with every `/assets/<name>` of a known file replaced by its hashed name.
    fn with_hashed_mentions(&mut self, name: &str) -> Result<Vec<u8>> {
        let content = self.sources[name].clone();
        if !(name.ends_with(".css") || name.ends_with(".js")) {
            return Ok(content);
        }
        let Ok(mut text) = String::from_utf8(content) else {
            return Problem::stop(format!("assets/{name} is not UTF-8"));
        };
        let mut others: Vec<String> = self.sources.keys().cloned().collect();
        // Longest first: `/assets/a.js.map` must not be taken for `/assets/a.js`.
        others.sort_by_key(|other| std::cmp::Reverse(other.len()));
        for other in others {
            let mention = format!("{SERVED_AT}{other}");
            if text.contains(&mention) {
                self.name(&other)?;
                let hashed = format!("{SERVED_AT}{}", self.done[&other].path);
                text = text.replace(&mention, &hashed);
            }
        }
        Ok(text.into_bytes())
    }
}

/// `vendor/uplot.js` → `vendor/uplot-0123456789.js`.
fn hashed_name(name: &str, content: &[u8]) -> String {
    let hash = &hex(&Sha256::digest(content))[..NAME_HASH_DIGITS];
    let (folder, file) = name.rsplit_once('/').map_or(("", name), |(folder, file)| (folder, file));
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let dot = if extension.is_empty() { "" } else { "." };
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{stem}-{hash}{dot}{extension}")
}

fn relative(folder: &Path, file: &Path) -> String {
    file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned()
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).context(|| format!("reading {}", file.display()))
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    let folder: PathBuf = path.parent().map(Path::to_owned).unwrap_or_default();
    fs::create_dir_all(&folder).context(|| format!("creating {}", folder.display()))?;
    fs::write(path, content).context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn named(files: &[(&str, &str)]) -> Result<BTreeMap<String, Entry>> {
        let dist = tempfile::tempdir().unwrap();
        let sources = files.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
        let mut naming =
            Naming { sources, dist: dist.path(), done: BTreeMap::new(), open: BTreeSet::new() };
        for (name, _) in files {
            naming.name(name)?;
        }
        Ok(naming.done)
    }

    #[test]
    fn a_change_in_an_imported_file_renames_those_that_import_it() {
        let boot = ("boot.js", "import '/assets/vendor/plot.js';");
        let before = named(&[boot, ("vendor/plot.js", "1")]).unwrap();
        let after = named(&[boot, ("vendor/plot.js", "2")]).unwrap();
        assert_ne!(before["vendor/plot.js"].path, after["vendor/plot.js"].path);
        assert_ne!(before["boot.js"].path, after["boot.js"].path);
    }

    #[test]
    fn files_that_mention_each_other_are_refused() {
        let refused = named(&[("a.js", "'/assets/b.js'"), ("b.js", "'/assets/a.js'")]);
        assert!(refused.err().unwrap().to_string().contains("mentions itself"));
    }

    #[test]
    fn a_hash_stands_before_the_extension() {
        assert!(hashed_name("vendor/uplot.js", b"x").starts_with("vendor/uplot-"));
        assert!(hashed_name("vendor/uplot.js", b"x").ends_with(".js"));
        assert!(hashed_name("LICENSE", b"x").starts_with("LICENSE-"));
    }

    #[test]
    fn what_makes_an_asset_is_not_served() {
        for name in
            ["make/build.js", "icons.mjs", "vendor/README.md", ".eslintrc", "make/package.json"]
        {
            assert!(!is_served(name), "{name}");
        }
        assert!(is_served("vendor/uplot.LICENSE.txt"));
    }
}
