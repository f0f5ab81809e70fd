//! Identity tokens: signature, issuer, audience, time and nonce (OpenID Connect Core, 3.1.3.7).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Error;

/// Seconds by which clocks may differ.
const SKEW: i64 = 120;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Who gives it.
    pub issuer: &'a str,
    /// Whom it is for.
    pub client: &'a str,
    /// What was sent along.
    pub nonce: &'a str,
    /// Seconds since 1970.
    pub now: i64,
}

/// The provider's keys (RFC 7517).
#[derive(Debug, Deserialize)]
pub struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    /// Extensions that have to be understood (RFC 7515, 4.1.11); none is.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    nonce: Option<String>,
}

/// The subject of a token that holds.
/// # Errors
/// [`Error::Token`], [`Error::Malformed`].
pub fn verify(token: &str, keys: &Keys, expected: Expected<'_>) -> Result<String, Error> {
    let mut parts = token.split('.');
    let (Some(head), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Error::Malformed("identity token"));
    };
    let Head { alg, kid, crit } = json(head)?;
    if crit.is_some() {
        return Err(Error::Token("it wants an extension understood"));
    }
    let signed = format!("{head}.{claims}");
    let signature = bytes(signature)?;
    let fits = |key: &&Key| kid.is_none() || key.kid.is_none() || key.kid == kid;
    let signs = |key: &&Key| key.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
    let mut keys = keys.keys.iter().filter(signs).filter(fits);
    if !keys.any(|key| key.signed(&alg, signed.as_bytes(), &signature)) {
        return Err(Error::Token("its signature is of none of the provider's keys"));
    }
    let claims: Claims = json(claims)?;
    let is_for_us = match &claims.aud {
        Audience::One(one) => one == expected.client,
        // Of several, the one that it was given to must be said.
        Audience::Several(several) => {
            let listed = several.iter().any(|one| one == expected.client);
            listed && (several.len() == 1 || claims.azp.as_deref() == Some(expected.client))
        }
    };
    let checks = [
        (claims.iss == expected.issuer, "another issuer"),
        (is_for_us && claims.azp.as_deref().is_none_or(|azp| azp == expected.client), "another audience"),
        (claims.exp > expected.now - SKEW, "its time is over"),
        (claims.nonce.as_deref() == Some(expected.nonce), "another sign-in's"),
        (!claims.sub.is_empty() && claims.sub.len() <= 255, "no subject"),
    ];
    match checks.into_iter().find(|(holds, _)| !holds) {
        Some((_, reason)) => Err(Error::Token(reason)),
        None => Ok(claims.sub),
    }
}

impl Key {
    /// Whether it made a signature. The algorithm is that of the key's kind: a token does not choose among kinds, and neither
    /// `none` nor a shared secret is one.
    fn signed(&self, alg: &str, message: &[u8], signature: &[u8]) -> bool {
        if self.alg.as_deref().is_some_and(|own| own != alg) {
            return false;
        }
        let part = |part: &Option<String>| part.as_deref().and_then(|part| bytes(part).ok());
        match (self.kty.as_str(), alg) {
            ("RSA", "RS256") => {
                let (Some(n), Some(e)) = (part(&self.n), part(&self.e)) else { return false };
                let key = RsaPublicKeyComponents { n: &n, e: &e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            ("EC", "ES256") if self.crv.as_deref() == Some("P-256") => {
                let (Some(x), Some(y)) = (part(&self.x), part(&self.y)) else { return false };
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}

fn bytes(part: &str) -> Result<Vec<u8>, Error> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Error::Malformed("identity token"))
}

fn json<T: DeserializeOwned>(part: &str) -> Result<T, Error> {
    serde_json::from_slice(&bytes(part)?).map_err(|_| Error::Malformed("identity token"))
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    struct Signer {
        pair: EcdsaKeyPair,
        random: SystemRandom,
    }

    impl Signer {
        fn new() -> Self {
            let random = SystemRandom::new();
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
                .unwrap();
            Self { pair, random }
        }

        fn key(&self) -> Value {
            let point = self.pair.public_key().as_ref();
            let (x, y) = point.get(1..).unwrap().split_at(32);
            let part = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
            json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": part(x), "y": part(y) })
        }

        fn keys(&self) -> Keys {
            serde_json::from_value(json!({ "keys": [self.key()] })).unwrap()
        }

        fn token(&self, head: &Value, claims: &Value) -> String {
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", part(head), part(claims));
            let signature = self.pair.sign(&self.random, signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn claims() -> Value {
        json!({ "iss": "https://id.example", "sub": "somebody", "aud": "relat", "exp": NOW + 60, "nonce": "n" })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    #[test]
    fn a_token_holds_for_its_issuer_client_time_and_sign_in_only() {
        let (signer, other) = (Signer::new(), Signer::new());
        let expected = Expected { issuer: "https://id.example", client: "relat", nonce: "n", now: NOW };
        let head = json!({ "alg": "ES256", "kid": "k" });
        let read = |claims: &Value| verify(&signer.token(&head, claims), &signer.keys(), expected).ok();
        let taken = Some("somebody".to_owned());
        assert_eq!(read(&claims()), taken);
        assert_eq!(read(&with("aud", json!(["relat"]))), taken);
        let mut several = with("aud", json!(["other", "relat"]));
        assert_eq!(read(&several), None, "help: of several, one must be said");
        several["azp"] = json!("relat");
        assert_eq!(read(&several), taken);
        for (name, value) in [
            ("iss", json!("https://evil.example")),
            ("aud", json!("other")),
            ("aud", json!([])),
            ("azp", json!("other")),
            ("exp", json!(NOW - 600)),
            ("nonce", json!("other")),
            ("nonce", Value::Null),
            ("sub", json!("")),
        ] {
            assert_eq!(read(&with(name, value.clone())), None, "help: {name} {value}");
        }
        // Not signed, signed by another, by another kind of key, or changed afterwards.
        for head in [
            json!({ "alg": "none" }),
            json!({ "alg": "HS256" }),
            json!({ "alg": "RS256", "kid": "k" }),
            json!({ "alg": "ES256", "kid": "other" }),
            json!({ "alg": "ES256", "crit": ["b64"], "b64": false }),
        ] {
            assert!(
                verify(&signer.token(&head, &claims()), &signer.keys(), expected).is_err(),
                "help: {head}"
            );
        }
        assert!(verify(&other.token(&head, &claims()), &signer.keys(), expected).is_err());
        for (name, value) in [("use", "enc"), ("alg", "RS256"), ("crv", "P-384"), ("kty", "oct")] {
            let mut keys = signer.key();
            keys[name] = json!(value);
            let keys: Keys = serde_json::from_value(json!({ "keys": [keys] })).unwrap();
            assert!(verify(&signer.token(&head, &claims()), &keys, expected).is_err(), "help: {name}");
        }
        let token = signer.token(&head, &claims());
        let (start, end) = token.rsplit_once('.').unwrap();
        let forged = URL_SAFE_NO_PAD.encode(with("sub", json!("admin")).to_string());
        let head = start.split('.').next().unwrap();
        assert!(verify(&format!("{head}.{forged}.{end}"), &signer.keys(), expected).is_err());
        for odd in ["", "a", "a.b", "a.b.c", "a.b.c.d", "..", &format!("{token}.")] {
            assert!(verify(odd, &signer.keys(), expected).is_err(), "help: {odd}");
        }
    }
}
