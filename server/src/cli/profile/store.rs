//! The file that keeps profiles: `ouzel/profiles.toml` in the user's configuration folder.
//!
//! It is the user's own, and may be edited by hand. It is written whole, beside the old one, and
//! takes its place: whoever reads it meanwhile sees one or the other.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Failure, Options};
use crate::config::HostPort;

/// More than this is not a list of clusters.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Longest name: it is typed, and a column of a table.
const NAME_CHARS_MAX: usize = 64;

/// A cluster of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What it is, in the user's words.
    #[serde(default)]
    pub description: String,
    /// Where it is, each `HOST:PORT`.
    pub brokers: Vec<String>,
    /// How it is spoken to, if not in the clear and as nobody.
    #[serde(default, skip_serializing_if = "Options::is_empty")]
    pub options: Options,
}

/// Invariant: `current` names one of `profiles`; [`Store::current`] holds a file to it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profiles {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// All profiles, and where they are kept.
pub struct Store {
    /// None where the system names no folder for it.
    path: Option<PathBuf>,
    kept: Profiles,
}

impl Profile {
    pub fn new(description: String, brokers: &[HostPort], options: Options) -> Profile {
        let brokers = brokers.iter().map(ToString::to_string).collect();
        Profile { description, brokers, options }
    }

    /// Its brokers and options, as far as the file can be believed; else what is wrong with them.
    pub fn cluster(&self) -> Result<(Vec<HostPort>, Options), String> {
        self.options.check().map_err(|wrong| format!("its options: {wrong}"))?;
        if self.brokers.is_empty() {
            return Err("it names no broker".to_owned());
        }
        let brokers = HostPort::list(&self.brokers.join(","));
        let brokers = brokers.map_err(|wrong| format!("its brokers: {wrong}"))?;
        Ok((brokers, self.options.clone()))
    }
}

impl Store {
    /// What is kept; nothing where there is no file yet.
    pub fn read() -> Result<Store, Failure> {
        let path = path(|name| env::var_os(name).map(PathBuf::from));
        let kept = path.as_deref().map_or(Ok(Profiles::default()), read)?;
        Ok(Store { path, kept })
    }

    pub fn profile(&self, name: &str) -> Result<&Profile, Failure> {
        let known = self.kept.profiles.get(name);
        known.ok_or_else(|| Failure::Failed(format!("there is no profile `{name}`")))
    }

    /// A profile with the file that holds it, for whoever has to mend it.
    pub fn told(&self, name: &str) -> String {
        match &self.path {
            Some(path) => format!("profile `{name}` ({})", path.display()),
            None => format!("profile `{name}`"),
        }
    }

    pub fn all(&self) -> impl Iterator<Item = (&String, &Profile)> {
        self.kept.profiles.iter()
    }

    /// The one in use, if it is there.
    pub fn current(&self) -> Option<&str> {
        let current = self.kept.current.as_deref();
        current.filter(|name| self.kept.profiles.contains_key(*name))
    }

    /// Adds a profile and puts it to use.
    pub fn add(&mut self, name: &str, profile: Profile) -> Result<(), Failure> {
        let is_odd = |c: char| c.is_whitespace() || c.is_control();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.contains(is_odd) {
            return Err(Failure::Usage(format!(
                "a profile's name is 1 to {NAME_CHARS_MAX} characters without spaces"
            )));
        }
        if self.kept.profiles.contains_key(name) {
            return Err(Failure::Failed(format!("there is a profile `{name}` already")));
        }
        self.kept.profiles.insert(name.to_owned(), profile);
        self.choose(name)
    }

    pub fn choose(&mut self, name: &str) -> Result<(), Failure> {
        self.profile(name)?;
        self.kept.current = Some(name.to_owned());
        Ok(())
    }

    /// Says whether it was the one in use.
    pub fn delete(&mut self, name: &str) -> Result<bool, Failure> {
        self.profile(name)?;
        self.kept.profiles.remove(name);
        let was_current = self.kept.current.as_deref() == Some(name);
        self.kept.current.take_if(|_| was_current);
        Ok(was_current)
    }

    pub fn write(&self) -> Result<(), Failure> {
        let Some(path) = &self.path else {
            let told = "there is no folder for profiles: neither XDG_CONFIG_HOME nor HOME is set";
            return Err(Failure::Failed(told.to_owned()));
        };
        let text = toml_edit::ser::to_string_pretty(&self.kept).map_err(Failure::of)?;
        let failed =
            |error: io::Error| Failure::of(format!("cannot write {}: {error}", path.display()));
        replace(path, &text).map_err(failed)
    }
}

/// By the rules of the XDG Base Directory Specification.
fn path(env: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    // A relative path there is to be ignored.
    let configured = env("XDG_CONFIG_HOME").filter(|folder| folder.is_absolute());
    let home = || env("HOME").filter(|home| home.is_absolute()).map(|home| home.join(".config"));
    Some(configured.or_else(home)?.join("ouzel").join("profiles.toml"))
}

fn read(path: &Path) -> Result<Profiles, Failure> {
    let wrong = |why: String| Failure::Usage(format!("{}: {why}", path.display()));
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Profiles::default()),
        Ok(found) if found.len() > FILE_BYTES_MAX => {
            return Err(wrong(format!("it is larger than {FILE_BYTES_MAX} bytes")));
        }
        _ => {}
    }
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    toml_edit::de::from_str(&text).map_err(|error| wrong(error.to_string().trim().to_owned()))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().expect("a profile file lies in a folder");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let new = path.with_extension("toml.new");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn store(folder: &Path) -> Store {
        let path = folder.join("ouzel").join("profiles.toml");
        Store { kept: read(&path).unwrap(), path: Some(path) }
    }

    fn profile(brokers: &str) -> Profile {
        let options = Options::read(&["tls.ca=ca.pem".to_owned()], "-s").unwrap();
        let brokers = HostPort::list(brokers).unwrap();
        Profile::new("its \"own\" words".to_owned(), &brokers, options)
    }

    #[test]
    fn what_is_kept_is_there_again_and_only_for_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mut first = store(folder.path());
        first.add("prod", profile("a:1,[::1]:2")).unwrap();
        first.add("test", profile("b:1")).unwrap();
        first.choose("prod").unwrap();
        first.write().unwrap();
        let mut again = store(folder.path());
        assert_eq!(again.current(), Some("prod"));
        assert_eq!(again.profile("prod").unwrap(), &profile("a:1,[::1]:2"));
        let mode = fs::metadata(again.path.as_ref().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(again.delete("prod").unwrap());
        again.write().unwrap();
        assert_eq!(store(folder.path()).current(), None);
        assert!(!store(folder.path()).delete("test").unwrap());
    }

    #[test]
    fn names_are_given_once_and_a_file_by_hand_is_not_believed_blindly() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store(folder.path());
        store.add("prod", profile("a:1")).unwrap();
        for name in ["prod", "", "a b", &"x".repeat(65)] {
            store.add(name, profile("a:1")).unwrap_err();
        }
        store.choose("nosuch").unwrap_err();
        let file = folder.path().join("by-hand.toml");
        fs::write(&file, "current = \"gone\"\n[profiles.x]\nbrokers = [\"a\"]\n").unwrap();
        let by_hand = Store { kept: read(&file).unwrap(), path: Some(file.clone()) };
        assert_eq!(by_hand.current(), None);
        by_hand.profile("x").unwrap().cluster().unwrap_err();
        fs::write(&file, "[profiles.x]\nbrokers = [\"a:1\"]\noptions = { user = \"a\" }\n")
            .unwrap();
        let Err(told) = read(&file).unwrap().profiles["x"].cluster() else {
            panic!("it was believed");
        };
        assert!(told.contains("`user`"), "{told}");
        fs::write(&file, "[profiles.x]\nbroker = \"a:1\"\n").unwrap();
        let Err(Failure::Usage(told)) = read(&file) else { panic!("it was believed") };
        assert!(told.contains("by-hand.toml: ") && told.contains("broker"), "{told}");
    }

    #[test]
    fn the_folder_is_the_users_own_wherever_that_is() {
        let with = |xdg: Option<&str>, home: Option<&str>| {
            path(|name| if name == "HOME" { home } else { xdg }.map(PathBuf::from))
        };
        let file = |path: &str| Some(PathBuf::from(path));
        assert_eq!(with(Some("/x"), Some("/h")), file("/x/ouzel/profiles.toml"));
        assert_eq!(with(Some("x"), Some("/h")), file("/h/.config/ouzel/profiles.toml"));
        assert_eq!(with(None, None), None);
    }
}
