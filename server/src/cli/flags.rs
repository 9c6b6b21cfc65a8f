//! The flags of all settings, made from the table of settings.

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{SETTINGS, Scope, Setting};

/// Settings that were given as flags.
type Given = Vec<(&'static Setting, String)>;

/// The flags that every command takes.
#[derive(Debug)]
pub struct EverywhereFlags(pub Given);

/// The flags of what starts a broker.
#[derive(Debug)]
pub struct ServeFlags(pub Given);

/// The flags of what starts a console alone.
#[derive(Debug)]
pub struct ConsoleFlags(pub Given);

fn of(scopes: &[Scope]) -> impl Iterator<Item = (&'static Setting, &'static str)> {
    let in_scope = SETTINGS.iter().filter(move |setting| scopes.contains(&setting.scope));
    in_scope.filter_map(|setting| Some((setting, setting.flag?)))
}

fn add(command: Command, scopes: &[Scope]) -> Command {
    of(scopes).fold(command, |command, (setting, flag)| {
        let help = match setting.default {
            Some(default) if setting.key != "demo" => {
                format!("{} [default: {default}]", setting.help)
            }
            _ => setting.help.to_owned(),
        };
        let mut arg = Arg::new(flag).long(flag).help(help).value_name(setting.value_name);
        if setting.key == "demo" {
            // `--demo` alone is enough, and does not swallow a command that follows.
            arg = arg.num_args(0..=1).require_equals(true).default_missing_value("true");
        }
        // The last one wins, so that a script can add to what another has put together.
        command.arg(arg.overrides_with(flag).global(setting.scope == Scope::Everywhere))
    })
}

fn given(matches: &ArgMatches, scopes: &[Scope]) -> Given {
    let given = |(setting, flag)| Some((setting, matches.get_one::<String>(flag)?.clone()));
    of(scopes).filter_map(given).collect()
}

macro_rules! flags {
    ($name:ident, $scopes:expr) => {
        impl Args for $name {
            fn augment_args(command: Command) -> Command {
                add(command, $scopes)
            }

            fn augment_args_for_update(command: Command) -> Command {
                add(command, $scopes)
            }
        }

        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<$name, clap::Error> {
                Ok($name(given(matches, $scopes)))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                self.0 = given(matches, $scopes);
                Ok(())
            }
        }
    };
}

flags!(EverywhereFlags, &[Scope::Everywhere]);
flags!(ServeFlags, &[Scope::Serve, Scope::Broker]);
flags!(ConsoleFlags, &[Scope::Serve]);
