//! Rules for every text file: nothing of somebody's machine gets into the repository.

use super::Findings;

/// Folders at the root of somebody's machine. Written without their slashes, because this file
/// is read by the same rule.
const MACHINE_FOLDERS: [&str; 4] = ["home", "root", "tmp", "work"];

/// Hosts from which packages come; lock files name them unless told otherwise, and then a
/// machine behind a mirror cannot use the lock file. Split for the same reason.
const REGISTRY_HOSTS: [(&str, &str); 5] = [
    ("registry.npmjs", ".org"),
    ("files.pythonhosted", ".org"),
    ("static.crates", ".io"),
    ("index.crates", ".io"),
    ("deb.debian", ".org"),
];

/// Tests may name what they like after `tests_from`, the index of their first line.
pub fn check(findings: &mut Findings, lines: &[&str], tests_from: usize) {
    for (index, line) in lines.iter().enumerate().take(tests_from) {
        for (name, domain) in REGISTRY_HOSTS {
            let host = format!("{name}{domain}");
            if line.contains(&host) {
                findings.add(index + 1, format!("names the registry host {host}"));
            }
        }
        for folder in MACHINE_FOLDERS {
            if names_folder(line, folder) {
                findings.add(index + 1, format!("names the machine path /{folder}/"));
            }
        }
    }
}

/// `/folder/` at the start of a path: `assets/work/x` is a path of ours.
fn names_folder(line: &str, folder: &str) -> bool {
    let path = format!("/{folder}/");
    line.match_indices(&path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}' | ')'))
    })
}

#[cfg(test)]
mod tests {
    use crate::tidy::tests::broken;

    #[test]
    fn machine_paths_and_registry_hosts_are_found_in_any_text() {
        assert_eq!(
            broken("README.md", "run /root/x\nor ./work/x\n"),
            ["1: names the machine path /root/"]
        );
        let lock = "\"resolved\": \"https://registry.npmjs.org/x\"";
        assert_eq!(broken("playwright/package-lock.json", lock).len(), 1);
    }
}
