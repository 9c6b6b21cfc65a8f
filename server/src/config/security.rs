//! How a cluster of the file is spoken to: by TLS, signed in. Secrets are referred to, by a file or
//! a variable, and read when the cluster is connected to; the configuration never holds one.

use std::{fmt, fs, path::PathBuf};

use ouzel_api::cluster_settings::SaslMechanism;

/// A certificate with all those between it and its authority, a key or a password is far below.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// How the brokers of one cluster are spoken to: by default in the clear and as nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecurityConfig {
    /// By TLS.
    pub tls: Option<TlsConfig>,
    /// Signed in.
    pub sasl: Option<SaslConfig>,
}

/// Whose certificates are believed, and which one is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsConfig {
    /// Where the authorities stand that sign brokers; the system's own if nowhere.
    pub ca: Option<Reference>,
    /// Where the certificate that is shown stands, and where its key.
    pub identity: Option<(Reference, Reference)>,
}

/// Who signs in, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaslConfig {
    /// How.
    pub mechanism: SaslMechanism,
    /// Who.
    pub user: String,
    /// Where the password stands.
    pub password: Reference,
}

/// Where a text stands that is not in the configuration itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// In this file.
    File(PathBuf),
    /// In this environment variable.
    Variable(String),
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::File(path) => write!(f, "{}", path.display()),
            Reference::Variable(name) => write!(f, "${name}"),
        }
    }
}

impl Reference {
    /// The text now, or why there is none.
    pub fn read(&self) -> Result<String, String> {
        let failed = |why: String| format!("{self} cannot be read: {why}");
        let text = match self {
            Reference::Variable(name) => {
                std::env::var(name).map_err(|error| failed(error.to_string()))?
            }
            Reference::File(path) => {
                let size = fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
                if size > SECRET_BYTES_MAX {
                    return Err(failed(format!("it is larger than {SECRET_BYTES_MAX} bytes")));
                }
                fs::read_to_string(path).map_err(|error| failed(error.to_string()))?
            }
        };
        // Editors end a file with a line break that is no part of a password.
        match text.trim_end_matches(['\r', '\n']) {
            "" => Err(failed("it is empty".to_owned())),
            text => Ok(text.to_owned()),
        }
    }
}

/// What the keys of one cluster's table say. `get` finds the text of a key.
pub fn security(get: impl Fn(&str) -> Option<String>) -> Result<SecurityConfig, String> {
    let file = |key: &str| get(key).map(|path| Reference::File(path.into()));
    let secret = |name: &str| {
        let from_file = file(&format!("{name}_file"));
        let variable = get(&format!("{name}_env")).map(Reference::Variable);
        match (from_file, variable) {
            (Some(_), Some(_)) => Err(format!("`{name}_file` and `{name}_env` say both where")),
            (file, variable) => Ok(file.or(variable)),
        }
    };
    let tls = TlsConfig {
        ca: file("tls_ca_file"),
        identity: both(
            (file("tls_certificate_file"), secret("tls_key")?),
            "`tls_certificate_file` and `tls_key_file` or `tls_key_env` come together",
        )?,
    };
    let tls = match (get("tls").as_deref(), tls == TlsConfig::default()) {
        (Some("true"), _) | (None, false) => Some(tls),
        (Some("false") | None, true) => None,
        (Some("false"), false) => return Err("`tls` is false beside other keys of TLS".to_owned()),
        (Some(other), _) => return Err(format!("`tls` is `{other}`, not `true` or `false`")),
    };
    let together = "`sasl_mechanism`, `sasl_user` and `sasl_password_file` or \
                    `sasl_password_env` come together";
    let user = both((get("sasl_user"), secret("sasl_password")?), together)?;
    let mechanism = get("sasl_mechanism").map(|text| mechanism(&text)).transpose()?;
    let sasl = both((mechanism, user), together)?;
    let sasl = sasl.map(|(mechanism, (user, password))| SaslConfig { mechanism, user, password });
    Ok(SecurityConfig { tls, sasl })
}

/// Both or neither.
fn both<A, B>(pair: (Option<A>, Option<B>), told: &str) -> Result<Option<(A, B)>, String> {
    match pair {
        (Some(one), Some(other)) => Ok(Some((one, other))),
        (None, None) => Ok(None),
        _ => Err(told.to_owned()),
    }
}

fn mechanism(text: &str) -> Result<SaslMechanism, String> {
    match text.to_ascii_uppercase().as_str() {
        "PLAIN" => Ok(SaslMechanism::Plain),
        "SCRAM-SHA-256" => Ok(SaslMechanism::ScramSha256),
        "SCRAM-SHA-512" => Ok(SaslMechanism::ScramSha512),
        _ => {
            Err(format!("`sasl_mechanism` is `{text}`, not PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(keys: &[(&str, &str)]) -> Result<SecurityConfig, String> {
        security(|key| keys.iter().find(|(it, _)| *it == key).map(|(_, text)| (*text).to_owned()))
    }

    #[test]
    fn tls_is_spoken_where_any_of_its_keys_is_given() {
        assert_eq!(of(&[]), Ok(SecurityConfig::default()));
        assert_eq!(of(&[("tls", "true")]).unwrap().tls, Some(TlsConfig::default()));
        let tls = of(&[("tls_ca_file", "ca.pem")]).unwrap().tls.unwrap();
        assert_eq!((tls.ca, tls.identity), (Some(Reference::File("ca.pem".into())), None));
        assert!(of(&[("tls", "false"), ("tls_ca_file", "ca.pem")]).is_err());
        assert!(of(&[("tls_certificate_file", "cert.pem")]).unwrap_err().contains("together"));
        let tls = of(&[("tls_certificate_file", "cert.pem"), ("tls_key_env", "KEY")]).unwrap().tls;
        let wanted = (Reference::File("cert.pem".into()), Reference::Variable("KEY".to_owned()));
        assert_eq!(tls.unwrap().identity, Some(wanted));
    }

    #[test]
    fn signing_in_takes_all_of_its_keys_and_one_place_for_the_password() {
        let user = [("sasl_mechanism", "scram-sha-512"), ("sasl_user", "anna")];
        let with = |more: &[(&'static str, &'static str)]| of(&[&user[..], more].concat());
        let sasl = with(&[("sasl_password_env", "PW")]).unwrap().sasl.unwrap();
        assert_eq!(sasl.mechanism, SaslMechanism::ScramSha512);
        assert_eq!(sasl.password, Reference::Variable("PW".to_owned()));
        assert!(with(&[]).unwrap_err().contains("together"));
        let twice = [("sasl_password_env", "PW"), ("sasl_password_file", "pw")];
        assert!(with(&twice).unwrap_err().contains("both"));
        let unknown =
            [("sasl_mechanism", "GSSAPI"), ("sasl_user", "a"), ("sasl_password_env", "P")];
        assert!(of(&unknown).unwrap_err().contains("GSSAPI"));
    }

    #[test]
    fn a_secret_that_cannot_be_read_is_told_by_its_place_and_a_line_break_is_none_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        let there = Reference::File(path.clone());
        assert!(there.read().unwrap_err().contains("password cannot be read"));
        fs::write(&path, "hush\r\n").unwrap();
        assert_eq!(there.read().unwrap(), "hush");
        fs::write(&path, "\n").unwrap();
        assert!(there.read().unwrap_err().contains("empty"));
        let missing = Reference::Variable("A_VARIABLE_THAT_NOBODY_SETS".to_owned());
        assert!(missing.read().unwrap_err().starts_with("$A_VARIABLE_THAT_NOBODY_SETS"));
    }
}
