//! Who may import whom inside a crate: the layers of ARCHITECTURE.md, held.
//!
//! A module here is a folder or file directly under `src/`. Its line in `table` lists the modules
//! that it may name; any other import points upwards or sideways on a request's path, and adding
//! one is a decision of its own (and a commit of its own).

use super::{Findings, source::Source};

mod table;

/// A module, and those that it may name.
type Layer = (&'static str, &'static [&'static str]);

/// Modules that lie directly under one folder.
struct Layered {
    folder: &'static str,
    /// The folder as a path in code.
    path: &'static str,
    layers: &'static [Layer],
}

/// Crates that only some modules of ours may name: changing one of them then stays a small change.
struct Foreign {
    folder: &'static str,
    word: &'static str,
    modules: &'static [&'static str],
}

pub fn check(findings: &mut Findings, source: &Source) {
    for layered in table::LAYERED {
        check_layers(findings, source, layered);
    }
    for foreign in table::FOREIGN {
        check_foreign(findings, source, foreign);
    }
}

/// The file's path below a folder and its module there; `main` and `lib` see everything.
fn place(source: &Source, folder: &str) -> Option<(String, String)> {
    let path = source.path.to_string_lossy();
    let inside = path.strip_prefix(folder)?.strip_prefix('/')?.to_owned();
    let module = inside.split(['/', '.']).next().unwrap_or("").to_owned();
    (!matches!(module.as_str(), "main" | "lib" | "mod")).then_some((inside, module))
}

fn check_layers(findings: &mut Findings, source: &Source, layered: &Layered) {
    let Some((inside, module)) = place(source, layered.folder) else { return };
    let Some((_, allowed)) = layered.layers.iter().find(|(name, _)| *name == module) else {
        findings.add(1, format!("`{module}` has no line in the table (tidy/imports/table.rs)"));
        return;
    };
    let roots = [format!("{}::", layered.path), "super::".repeat(depth(&inside))];
    for (line, named) in named_modules(source, &roots) {
        let known = layered.layers.iter().any(|(name, _)| *name == named);
        if known && named != module && !allowed.contains(&named.as_str()) {
            findings.add(line, format!("`{module}` may not import `{named}`"));
        }
    }
}

fn check_foreign(findings: &mut Findings, source: &Source, foreign: &Foreign) {
    let Some((_, module)) = place(source, foreign.folder) else { return };
    if foreign.modules.contains(&module.as_str()) {
        return;
    }
    let path = format!("{}::", foreign.word);
    for (line, code) in source.code_lines() {
        let named = code.match_indices(&path).any(|(at, _)| {
            !code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_')
        });
        if named {
            findings.add(line, format!("`{module}` may not name {}", foreign.word));
        }
    }
}

/// How many `super::` lead from this file to the crate's root.
fn depth(inside: &str) -> usize {
    let parts = inside.split('/').count();
    if inside.ends_with("/mod.rs") { parts - 1 } else { parts }
}

/// The modules under the root that the code before the tests names, with the line of each.
fn named_modules(source: &Source, roots: &[String]) -> Vec<(usize, String)> {
    let code: String = source.code_lines().map(|(_, line)| format!("{line}\n")).collect();
    let mut named = Vec::new();
    for root in roots {
        for (at, _) in code.match_indices(root.as_str()) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '$')) {
                continue;
            }
            let line = code[..at].matches('\n').count() + 1;
            let rest = &code[at + root.len()..];
            named.extend(first_names(rest).into_iter().map(|(more, name)| (line + more, name)));
        }
    }
    named
}

/// `a::b` names `a`; `{a, b::{c, d}}` names `a` and `b`, each some lines further down.
fn first_names(rest: &str) -> Vec<(usize, String)> {
    let Some(group) = rest.strip_prefix('{') else { return vec![(0, first_word(rest))] };
    let (mut depth, mut start, mut names) = (0_i32, 0, Vec::new());
    for (at, c) in group.char_indices() {
        let ends = depth == 0 && matches!(c, ',' | '}');
        if ends {
            let part = &group[start..at];
            let lead = part.len() - part.trim_start().len();
            let line = group[..start + lead].matches('\n').count();
            names.push((line, first_word(part.trim_start())));
            start = at + 1;
        }
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            _ => {}
        }
    }
    names.retain(|(_, name)| !name.is_empty());
    names
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[cfg(test)]
mod tests {
    use crate::tidy::tests::broken;

    #[test]
    fn an_import_upwards_is_found_in_each_form() {
        for (text, line) in [
            ("//! x\nuse crate::test;\n", 2),
            ("//! x\nuse crate::{\n    problem::{Context, Result},\n    test,\n};\n", 4),
            ("//! x\nfn a() {\n    crate::test::run();\n}\n", 3),
            ("//! x\nuse super::test;\n", 2),
        ] {
            let wanted = format!("{line}: `shell` may not import `test`");
            assert_eq!(broken("xtask/src/shell.rs", text), [wanted], "{text}");
        }
        let deeper = "//! x\nuse super::super::test;\nuse super::other;\n";
        assert_eq!(broken("xtask/src/shell/a.rs", deeper).len(), 1);
    }

    #[test]
    fn tests_comments_and_macros_may_name_anything() {
        let text = "//! crate::test\n// crate::test\n#[cfg(test)]\nuse crate::test;\n";
        assert_eq!(broken("xtask/src/shell.rs", text), Vec::<String>::new());
    }

    #[test]
    fn a_foreign_crate_stays_where_it_belongs() {
        let text = "//! x\nuse sqlx::Row;\n";
        assert_eq!(broken("server/src/db/users.rs", text), Vec::<String>::new());
        assert_eq!(broken("server/src/kafka/a.rs", text), ["2: `kafka` may not name sqlx"]);
    }

    #[test]
    fn pages_do_not_import_pages() {
        let text = "//! x\nuse crate::page::topics;\n";
        let found = broken("frontend/src/page/groups/a.rs", text);
        assert_eq!(found, ["2: `groups` may not import `topics`"]);
    }

    #[test]
    fn a_new_module_needs_a_line_in_the_table() {
        assert_eq!(broken("xtask/src/novel.rs", "//! x\n").len(), 1);
        assert_eq!(broken("xtask/src/main.rs", "//! x\nuse crate::test;\n").len(), 0);
    }
}
