//! Keys of how Kafka's clients and brokers sign in.

use crate::cluster::Kind::{Boolean, Class, Double, Int, List, Long, Password, Short, Text};
use crate::cluster::Legal::{Any, AtLeast, OneOf, Within};
use crate::cluster::Setting;

use super::unserved;

pub const IDLE: &[&[Setting]] = &[unserved! {
    "Without effect here: clients do not sign in yet.",
    "connection.failed.authentication.delay.ms": Int = "100", AtLeast(0);
        "How long a client that failed to sign in waits for its refusal."
    "delegation.token.expiry.check.interval.ms": Long = "3600000", AtLeast(1);
        "How often tokens that are too old are looked for."
    "delegation.token.expiry.time.ms": Long = "86400000", AtLeast(1);
        "How long a token holds until it must be renewed."
    "delegation.token.max.lifetime.ms": Long = "604800000", AtLeast(1);
        "How long a token holds at most, however often it is renewed."
    "delegation.token.secret.key": Password = "", Any;
        "The secret with which tokens are made and judged."
    "principal.builder.class": Class =
        "org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder", Any;
        "The class that tells from a connection who its client is."
    "sasl.client.callback.handler.class": Class = "", Any;
        "The class that answers for the broker when it signs in elsewhere."
    "sasl.jaas.config": Password = "", Any;
        "What a mechanism needs to know, in the words of JAAS."
    "sasl.kerberos.kinit.cmd": Text = "/usr/bin/kinit", Any;
        "The command that gets a ticket."
    "sasl.kerberos.min.time.before.relogin": Long = "60000", Any;
        "Milliseconds between two attempts to renew a ticket."
    "sasl.kerberos.principal.to.local.rules": List = "DEFAULT", Any;
        "How a principal of Kerberos becomes a user's name."
    "sasl.kerberos.service.name": Text = "", Any;
        "The name of the broker's service."
    "sasl.kerberos.ticket.renew.jitter": Double = "0.05", Any;
        "The part of the time to a ticket's renewal that is left to chance."
    "sasl.kerberos.ticket.renew.window.factor": Double = "0.8", Any;
        "The part of a ticket's life after which it is renewed."
    "sasl.login.callback.handler.class": Class = "", Any;
        "The class that answers a mechanism's questions at a login."
    "sasl.login.class": Class = "", Any;
        "The class that logs in."
    "sasl.login.connect.timeout.ms": Int = "", Any;
        "How long a login waits for a connection."
    "sasl.login.read.timeout.ms": Int = "", Any;
        "How long a login waits for an answer."
    "sasl.login.refresh.buffer.seconds": Short = "300", Any;
        "How long before its end a token is renewed at the latest."
    "sasl.login.refresh.min.period.seconds": Short = "60", Any;
        "How long a token is kept before it is renewed."
    "sasl.login.refresh.window.factor": Double = "0.8", Any;
        "The part of a token's life after which it is renewed."
    "sasl.login.refresh.window.jitter": Double = "0.05", Any;
        "The part of the time to a token's renewal that is left to chance."
    "sasl.login.retry.backoff.max.ms": Long = "10000", Any;
        "The longest pause between two attempts of a login."
    "sasl.login.retry.backoff.ms": Long = "100", Any;
        "The first pause between two attempts of a login."
    "sasl.mechanism.controller.protocol": Text = "GSSAPI", Any;
        "How brokers sign in at the controller."
    "sasl.mechanism.inter.broker.protocol": Text = "GSSAPI", Any;
        "How brokers sign in at each other."
    "sasl.oauthbearer.allow.unverified.audience": Boolean = "false", Any;
        "Whether a token that names no audience is taken."
    "sasl.oauthbearer.allow.unverified.issuer": Boolean = "false", Any;
        "Whether a token that names no issuer is taken."
    "sasl.oauthbearer.assertion.algorithm": Text = "RS256", OneOf(&["ES256", "RS256"]);
        "How an assertion is signed."
    "sasl.oauthbearer.assertion.claim.aud": Text = "", Any;
        "The audience that an assertion names."
    "sasl.oauthbearer.assertion.claim.exp.seconds": Int = "300", Within(0, 86_400);
        "How long an assertion holds."
    "sasl.oauthbearer.assertion.claim.iss": Text = "", Any;
        "The issuer that an assertion names."
    "sasl.oauthbearer.assertion.claim.jti.include": Boolean = "false", Any;
        "Whether each assertion has a number of its own."
    "sasl.oauthbearer.assertion.claim.nbf.seconds": Int = "60", Within(0, 3600);
        "How long before its making an assertion holds."
    "sasl.oauthbearer.assertion.claim.sub": Text = "", Any;
        "The subject that an assertion names."
    "sasl.oauthbearer.assertion.file": Text = "", Any;
        "A file with an assertion that is ready."
    "sasl.oauthbearer.assertion.private.key.file": Text = "", Any;
        "The file with the key that signs assertions."
    "sasl.oauthbearer.assertion.private.key.passphrase": Password = "", Any;
        "The password of the key that signs assertions."
    "sasl.oauthbearer.assertion.template.file": Text = "", Any;
        "A file with what all assertions have in common."
    "sasl.oauthbearer.client.credentials.client.id": Text = "", Any;
        "The name under which a token is asked for."
    "sasl.oauthbearer.client.credentials.client.secret": Password = "", Any;
        "The secret with which a token is asked for."
    "sasl.oauthbearer.clock.skew.seconds": Int = "30", Any;
        "How far clocks may differ when a token is judged."
    "sasl.oauthbearer.expected.audience": List = "", Any;
        "Audiences of which a token names one."
    "sasl.oauthbearer.expected.issuer": Text = "", Any;
        "The issuer that a token names."
    "sasl.oauthbearer.jwks.endpoint.refresh.ms": Long = "3600000", Any;
        "How often the keys that tokens are signed with are fetched."
    "sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms": Long = "10000", Any;
        "The longest pause between two attempts to fetch the keys that tokens are signed with."
    "sasl.oauthbearer.jwks.endpoint.retry.backoff.ms": Long = "100", Any;
        "The first pause between two attempts to fetch the keys that tokens are signed with."
    "sasl.oauthbearer.jwks.endpoint.url": Text = "", Any;
        "Where the keys are that tokens are signed with."
    "sasl.oauthbearer.jwt.retriever.class": Class =
        "org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever", Any;
        "The class that gets tokens."
    "sasl.oauthbearer.jwt.validator.class": Class =
        "org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator", Any;
        "The class that judges tokens."
    "sasl.oauthbearer.scope": Text = "", Any;
        "The scope of which a token is asked for."
    "sasl.oauthbearer.scope.claim.name": Text = "scope", Any;
        "Where in a token its scope stands."
    "sasl.oauthbearer.sub.claim.name": Text = "sub", Any;
        "Where in a token its subject stands."
    "sasl.oauthbearer.token.endpoint.url": Text = "", Any;
        "Where tokens are asked for."
    "sasl.server.callback.handler.class": Class = "", Any;
        "The class that answers a mechanism's questions about clients."
    "sasl.server.max.receive.size": Int = "524288", Any;
        "Most bytes that a client may send before it has signed in."
}];
