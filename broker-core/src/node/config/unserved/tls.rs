//! Keys of Kafka's TLS.

use crate::cluster::Kind::{Boolean, Class, List, Password, Text};
use crate::cluster::Legal::{Any, OneOf};
use crate::cluster::Setting;

use super::unserved;

pub const IDLE: &[&[Setting]] = &[unserved! {
    "Without effect here: there is no TLS yet.",
    "ssl.allow.dn.changes": Boolean = "false", Any;
        "Whether a new certificate may name somebody else."
    "ssl.allow.san.changes": Boolean = "false", Any;
        "Whether a new certificate may stand for other hosts."
    "ssl.cipher.suites": List = "", Any;
        "The ciphers that are offered; the platform's, if none are named."
    "ssl.client.auth": Text = "none", OneOf(&["required", "requested", "none"]);
        "Whether clients show a certificate of their own."
    "ssl.enabled.protocols": List = "TLSv1.2,TLSv1.3", Any;
        "The versions of TLS that are spoken."
    "ssl.endpoint.identification.algorithm": Text = "https", Any;
        "How a server's name is compared with its certificate; an empty word compares nothing."
    "ssl.engine.factory.class": Class = "", Any;
        "The class that makes the engines of connections."
    "ssl.key.password": Password = "", Any;
        "The password of the private key."
    "ssl.keymanager.algorithm": Text = "SunX509", Any;
        "How the platform finds its own keys."
    "ssl.keystore.certificate.chain": Password = "", Any;
        "The broker's certificates, as text."
    "ssl.keystore.key": Password = "", Any;
        "The broker's private key, as text."
    "ssl.keystore.location": Text = "", Any;
        "The file with the broker's key and certificates."
    "ssl.keystore.password": Password = "", Any;
        "The password of the file with the broker's key."
    "ssl.keystore.type": Text = "JKS", Any;
        "The format of the file with the broker's key."
    "ssl.principal.mapping.rules": Text = "DEFAULT", Any;
        "How a certificate's name becomes a user's."
    "ssl.protocol": Text = "TLSv1.3", Any;
        "The version of TLS that a connection begins with."
    "ssl.provider": Text = "", Any;
        "Whose implementation is used."
    "ssl.secure.random.implementation": Text = "", Any;
        "Where random numbers come from."
    "ssl.trustmanager.algorithm": Text = "PKIX", Any;
        "How the platform judges certificates."
    "ssl.truststore.certificates": Password = "", Any;
        "Certificates of those who are trusted, as text."
    "ssl.truststore.location": Text = "", Any;
        "The file with the certificates of those who are trusted."
    "ssl.truststore.password": Password = "", Any;
        "The password of the file with trusted certificates."
    "ssl.truststore.type": Text = "JKS", Any;
        "The format of the file with trusted certificates."
}];
