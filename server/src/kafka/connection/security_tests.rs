//! TLS and SASL against a broker of a few lines: certificates that are believed and those that are
//! not, passwords that fit and those that do not.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use bytes::Bytes;
use ouzel_wire::{
    ApiKey, Reader,
    frame::{decode_request_header, encode_response},
    messages::{
        ApiVersion, ApiVersionsRequest, ApiVersionsResponse, SaslAuthenticateRequest,
        SaslAuthenticateResponse, SaslHandshakeRequest, SaslHandshakeResponse,
    },
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use ring::{digest, hmac, pbkdf2};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig, crypto::ring::default_provider, server::WebPkiClientVerifier,
    },
};

use super::Connection;
use crate::kafka::{
    Address, KafkaError,
    security::{Dialer, Identity, Mechanism, Sasl, Security, Tls},
};

const SALT: &[u8] = b"a salt of the broker";
const ROUNDS: u32 = 4096;
const PASSWORD: &str = "pencil";

/// An authority, and what it signs.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate for this name, and its key, both as PEM.
    fn sign(&self, name: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Identity { certificate, key: key.serialize_pem() }
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        roots
    }
}

/// What the broker does to whoever connects.
#[derive(Clone, Default)]
struct Rules {
    tls: Option<TlsAcceptor>,
    lifetime_ms: i64,
    /// Proves nothing in the end, as a broker that does not know the password would.
    lies: bool,
}

fn acceptor(own: &Identity, clients: Option<&Authority>) -> TlsAcceptor {
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let roots = Arc::new(authority.roots());
            let provider = Arc::new(default_provider());
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()))
}

/// A broker that keeps these rules for every connection.
async fn broker(rules: Rules) -> Address {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let rules = rules.clone();
            tokio::spawn(async move {
                match rules.tls.clone() {
                    None => serve(stream, rules).await,
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => serve(stream, rules).await,
                        Err(_) => None,
                    },
                }
            });
        }
    });
    Address { host: "localhost".to_owned(), port }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, rules: Rules) -> Option<()> {
    let mut scram = None;
    loop {
        let length = stream.read_i32().await.ok()?;
        let mut frame = vec![0; usize::try_from(length).ok()?];
        stream.read_exact(&mut frame).await.ok()?;
        let mut reader = Reader::new(Bytes::from(frame));
        let header = decode_request_header(&mut reader).ok()?;
        let (version, id) = (header.api_version, header.correlation_id);
        let told = match header.api_key {
            18 => encode_response::<ApiVersionsRequest>(version, id, &versions()).ok()?,
            17 => {
                let asked: SaslHandshakeRequest =
                    ouzel_wire::frame::decode_request(&mut reader, version).ok()?;
                let known = ["PLAIN", "SCRAM-SHA-256"].contains(&asked.mechanism.as_str());
                let mechanisms = vec!["PLAIN".to_owned(), "SCRAM-SHA-256".to_owned()];
                let error_code = if known { 0 } else { 33 };
                let offered = SaslHandshakeResponse {
                    error_code,
                    mechanisms,
                    ..SaslHandshakeResponse::default()
                };
                encode_response::<SaslHandshakeRequest>(version, id, &offered).ok()?
            }
            _ => {
                let asked: SaslAuthenticateRequest =
                    ouzel_wire::frame::decode_request(&mut reader, version).ok()?;
                let told = authenticate(&asked.auth_bytes, &mut scram, &rules);
                encode_response::<SaslAuthenticateRequest>(version, id, &told).ok()?
            }
        };
        for piece in told {
            stream.write_all(&piece).await.ok()?;
        }
        stream.flush().await.ok()?;
    }
}

fn versions() -> ApiVersionsResponse {
    let api = |key: ApiKey, max_version| ApiVersion {
        api_key: key as i16,
        min_version: 0,
        max_version,
        ..ApiVersion::default()
    };
    let api_keys = vec![
        api(ApiKey::SaslHandshake, 1),
        api(ApiKey::ApiVersions, 3),
        api(ApiKey::SaslAuthenticate, 2),
    ];
    ApiVersionsResponse { api_keys, ..ApiVersionsResponse::default() }
}

/// The broker's side of PLAIN and SCRAM-SHA-256; `talk` is what was said so far.
fn authenticate(
    token: &[u8],
    talk: &mut Option<(String, String)>,
    rules: &Rules,
) -> SaslAuthenticateResponse {
    let answer = |text: String| SaslAuthenticateResponse {
        auth_bytes: Bytes::from(text),
        session_lifetime_ms: rules.lifetime_ms,
        ..SaslAuthenticateResponse::default()
    };
    let refused = || SaslAuthenticateResponse {
        error_code: 58,
        error_message: Some("Authentication failed: invalid credentials".to_owned()),
        ..SaslAuthenticateResponse::default()
    };
    let token = std::str::from_utf8(token).unwrap();
    if let Some(said) = token.strip_prefix('\0') {
        return match said == format!("anna\0{PASSWORD}") {
            true => answer(String::new()),
            false => refused(),
        };
    }
    let Some((bare, challenge)) = talk.clone() else {
        let bare = token.strip_prefix("n,,").unwrap().to_owned();
        let nonce = bare.split("r=").nth(1).unwrap();
        let challenge = format!("r={nonce}more,s={},i={ROUNDS}", base64(SALT));
        *talk = Some((bare, challenge.clone()));
        return answer(challenge);
    };
    let (unproved, proof) = token.split_once(",p=").unwrap();
    let whole = format!("{bare},{challenge},{unproved}");
    let mut salted = [0; 32];
    let rounds = ROUNDS.try_into().unwrap();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, SALT, PASSWORD.as_bytes(), &mut salted);
    let sign = |key: &[u8], text: &[u8]| {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec()
    };
    let client_key = sign(&salted, b"Client Key");
    let stored = digest::digest(&digest::SHA256, &client_key);
    let signature = sign(stored.as_ref(), whole.as_bytes());
    let wanted: Vec<u8> = client_key.iter().zip(signature).map(|(a, b)| a ^ b).collect();
    if proof != base64(&wanted) {
        return refused();
    }
    let key = if rules.lies { b"another".to_vec() } else { sign(&salted, b"Server Key") };
    answer(format!("v={}", base64(&sign(&key, whole.as_bytes()))))
}

fn base64(bytes: &[u8]) -> String {
    use ::base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(bytes)
}

fn sasl(mechanism: Mechanism, password: &str) -> Option<Sasl> {
    Some(Sasl { mechanism, user: "anna".to_owned(), password: password.to_owned() })
}

async fn open(address: &Address, security: Security) -> Result<Connection, KafkaError> {
    Connection::open(address, &Dialer::new(&security, None)).await
}

fn cause(opened: Result<Connection, KafkaError>) -> String {
    opened.map(|_| ()).unwrap_err().to_string()
}

#[tokio::test]
async fn tls_believes_its_own_authority_and_no_other() {
    let (ours, other) = (Authority::new(), Authority::new());
    let tls = Some(acceptor(&ours.sign("localhost"), None));
    let address = broker(Rules { tls, ..Rules::default() }).await;
    let with = |authority: &Authority| Security {
        tls: Some(Tls { ca: Some(authority.pem.clone()), identity: None }),
        sasl: None,
    };
    assert!(open(&address, with(&ours)).await.is_ok());
    let told = cause(open(&address, with(&other)).await);
    assert!(told.contains("TLS: invalid peer certificate"), "{told}");
    // Signed by the right one, but for another name.
    let tls = Some(acceptor(&ours.sign("elsewhere.example"), None));
    let address = broker(Rules { tls, ..Rules::default() }).await;
    let told = cause(open(&address, with(&ours)).await);
    assert!(told.contains("TLS: invalid peer certificate"), "{told}");
    // Nobody answers in the clear on such a port, and that is told as what it probably is.
    let told = cause(open(&address, Security::default()).await);
    assert!(told.contains("does this port want TLS?"), "{told}");
}

#[tokio::test]
async fn a_broker_that_wants_a_certificate_gets_it() {
    let (ours, other) = (Authority::new(), Authority::new());
    let tls = Some(acceptor(&ours.sign("localhost"), Some(&ours)));
    let address = broker(Rules { tls, ..Rules::default() }).await;
    let with =
        |identity| Security { tls: Some(Tls { ca: Some(ours.pem.clone()), identity }), sasl: None };
    assert!(open(&address, with(Some(ours.sign("console")))).await.is_ok());
    for wrong in [None, Some(other.sign("console"))] {
        assert!(open(&address, with(wrong)).await.is_err());
    }
}

#[tokio::test]
async fn each_mechanism_lets_the_right_password_in_alone() {
    let authority = Authority::new();
    let tls = Some(acceptor(&authority.sign("localhost"), None));
    let address = broker(Rules { tls, ..Rules::default() }).await;
    let tls = || Some(Tls { ca: Some(authority.pem.clone()), identity: None });
    for mechanism in [Mechanism::Plain, Mechanism::ScramSha256] {
        let right = Security { tls: tls(), sasl: sasl(mechanism, PASSWORD) };
        let opened = open(&address, right).await;
        assert!(opened.is_ok(), "{mechanism:?}: {}", cause(opened));
        let wrong = Security { tls: tls(), sasl: sasl(mechanism, "pen") };
        let told = cause(open(&address, wrong).await);
        assert!(told.contains("does not let the console in: Authentication failed"), "{told}");
    }
    let other = Security { tls: tls(), sasl: sasl(Mechanism::ScramSha512, PASSWORD) };
    let told = cause(open(&address, other).await);
    assert!(told.contains("does not take SCRAM-SHA-512, but PLAIN, SCRAM-SHA-256"), "{told}");
}

#[tokio::test]
async fn a_broker_that_cannot_prove_the_password_is_not_believed() {
    let address = broker(Rules { lies: true, ..Rules::default() }).await;
    let security = Security { tls: None, sasl: sasl(Mechanism::ScramSha256, PASSWORD) };
    let told = cause(open(&address, security).await);
    assert!(told.contains("does not know the password itself"), "{told}");
}

#[tokio::test]
async fn a_connection_whose_sign_in_ends_is_replaced_before_it_does() {
    let sasl = || sasl(Mechanism::Plain, PASSWORD);
    let address = broker(Rules { lifetime_ms: 1, ..Rules::default() }).await;
    let short = open(&address, Security { tls: None, sasl: sasl() }).await.unwrap();
    assert!(!short.is_open());
    let address = broker(Rules { lifetime_ms: 3_600_000, ..Rules::default() }).await;
    let long = open(&address, Security { tls: None, sasl: sasl() }).await.unwrap();
    assert!(long.is_open());
}
