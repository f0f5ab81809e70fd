//! A client of OpenID Connect: authorization code with PKCE, and nothing else of the standard. It reaches one provider,
//! which the operator named, and only while somebody signs in.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use clap::Args;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ureq::http::{StatusCode, Uri};
use ureq::tls::{PemItem, RootCerts, TlsConfig};

use crate::config::Secret;
use crate::vault;

mod token;

pub use token::{Expected, verify};

/// Longest answer of a provider.
const MAX_ANSWER: u64 = 1 << 20;
/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Settings of signing in by a provider of identities.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Let people sign in by this provider (OpenID Connect), too: its address, without `/.well-known/…`.
    #[arg(long, env = "RELAT_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// Name of this service at the provider.
    #[arg(long, env = "RELAT_OIDC_CLIENT", value_name = "ID")]
    pub oidc_client: Option<String>,
    /// Secret of this service at the provider, if it has one. Rather by environment: other users see a program's arguments.
    #[arg(long, env = "RELAT_OIDC_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub oidc_secret: Option<Secret>,
    /// Certificates, in PEM, that the provider's is signed with, instead of those of the web.
    #[arg(long, env = "RELAT_OIDC_CA", value_name = "FILE")]
    pub oidc_ca: Option<PathBuf>,
    /// Where browsers reach this service, such as `https://relat.example`.
    #[arg(long, env = "RELAT_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
}

/// Why somebody cannot be signed in. Nothing of a token or of a person is in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A provider without what it needs.
    #[error("--oidc-issuer, --oidc-client and --public-url go together")]
    Incomplete,
    /// An address that is neither https nor of this machine.
    #[error("{0} must be https (or http on this machine)")]
    Address(&'static str),
    /// The certificates cannot be read.
    #[error("the certificates in --oidc-ca cannot be read")]
    Certificates,
    /// The provider does not answer, or answers an error.
    #[error("the provider's {0} does not answer as it should")]
    Unreachable(&'static str),
    /// The provider answers something else than the standard says.
    #[error("the provider's {0} is not what the standard says")]
    Malformed(&'static str),
    /// The identity token is not for this sign-in.
    #[error("the identity token is not taken: {0}")]
    Token(&'static str),
    /// No randomness.
    #[error(transparent)]
    Vault(#[from] vault::Error),
}

/// One sign-in, from its beginning to its end; sealed into a cookie meanwhile.
#[derive(Serialize, Deserialize)]
pub struct Flow {
    /// Comes back with the answer: whoever began is who ends.
    pub state: String,
    /// Comes back within the token.
    pub nonce: String,
    /// Proves to the provider that who asks for the token is who asked for the code (RFC 7636).
    pub verifier: String,
    /// A one-time link, when the identity is to be linked to its person.
    pub invitation: Option<String>,
    /// Until when it can end, seconds since 1970.
    pub until: i64,
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Flow").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Who somebody is at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// Their name there, which is never given to anybody else.
    pub subject: String,
}

/// A provider.
#[derive(Clone)]
pub struct Provider {
    agent: ureq::Agent,
    issuer: String,
    client: String,
    secret: Option<Secret>,
    redirect: String,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Provider {
    /// The provider that is set, if any. Nothing is asked of it yet.
    /// # Errors
    /// [`Error::Incomplete`], [`Error::Address`], [`Error::Certificates`].
    pub fn new(settings: &Settings) -> Result<Option<Self>, Error> {
        let (issuer, client, public) =
            match (&settings.oidc_issuer, &settings.oidc_client, &settings.public_url) {
                (Some(issuer), Some(client), Some(public)) => (issuer, client, public),
                (None, None, _) => return Ok(None),
                _ => return Err(Error::Incomplete),
            };
        safe(issuer, "--oidc-issuer")?;
        safe(public, "--public-url")?;
        let roots = match &settings.oidc_ca {
            None => RootCerts::WebPki,
            Some(path) => {
                let pem = std::fs::read(path).map_err(|_| Error::Certificates)?;
                let mut certificates = Vec::new();
                for item in ureq::tls::parse_pem(&pem) {
                    if let PemItem::Certificate(certificate) = item.map_err(|_| Error::Certificates)? {
                        certificates.push(certificate);
                    }
                }
                RootCerts::Specific(Arc::new(certificates))
            }
        };
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .proxy(None)
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .build()
            .into();
        Ok(Some(Self {
            agent,
            issuer: issuer.clone(),
            client: client.clone(),
            secret: settings.oidc_secret.clone(),
            redirect: format!("{}/oidc/callback", public.trim_end_matches('/')),
        }))
    }

    /// Its address, which is its name in what it signs.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Where a browser is sent to, and what comes back from there has to fit. It waits for the provider.
    /// # Errors
    /// [`Error`].
    pub fn begin(&self, invitation: Option<String>, until: i64) -> Result<(String, Flow), Error> {
        let flow = Flow {
            state: vault::token()?,
            nonce: vault::token()?,
            verifier: vault::token()?,
            invitation,
            until,
        };
        let mut address = self.metadata()?.authorization_endpoint;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(flow.verifier.as_bytes()));
        let query = [
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", &self.client),
            ("redirect_uri", &self.redirect),
            ("state", &flow.state),
            ("nonce", &flow.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        address.push(if address.contains('?') { '&' } else { '?' });
        let query: Vec<String> =
            query.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        address.push_str(&query.join("&"));
        Ok((address, flow))
    }

    /// Who came back, by the code that they brought. It waits for the provider. `now`: seconds since 1970.
    /// # Errors
    /// [`Error`].
    pub fn end(&self, code: &str, flow: &Flow, now: i64) -> Result<Identity, Error> {
        let metadata = self.metadata()?;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("code_verifier", &flow.verifier),
        ];
        let mut request = self.agent.post(&metadata.token_endpoint).header("accept", "application/json");
        match &self.secret {
            Some(secret) => {
                let pair = format!("{}:{}", escaped(&self.client), escaped(secret.reveal()));
                request = request.header("authorization", format!("Basic {}", STANDARD.encode(pair)));
            }
            None => form.push(("client_id", &self.client)),
        }
        let answer = request.send_form(form).map_err(|_| Error::Unreachable("token endpoint"))?;
        let Tokens { id_token } = read(answer, "token endpoint")?;
        let keys = self.get(&metadata.jwks_uri, "keys")?;
        let expected = Expected { issuer: &self.issuer, client: &self.client, nonce: &flow.nonce, now };
        let subject = verify(&id_token, &keys, expected)?;
        Ok(Identity { issuer: self.issuer.clone(), subject })
    }

    fn metadata(&self) -> Result<Metadata, Error> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let metadata: Metadata = self.get(&address, "configuration")?;
        if metadata.issuer != self.issuer {
            return Err(Error::Malformed("configuration"));
        }
        for endpoint in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
            safe(endpoint, "the provider's endpoints")?;
        }
        Ok(metadata)
    }

    fn get<T: DeserializeOwned>(&self, address: &str, what: &'static str) -> Result<T, Error> {
        read(self.agent.get(address).call().map_err(|_| Error::Unreachable(what))?, what)
    }
}

fn read<T: DeserializeOwned>(
    mut answer: ureq::http::Response<ureq::Body>,
    what: &'static str,
) -> Result<T, Error> {
    // A redirect is not followed; what stands beside it is no answer.
    if answer.status() != StatusCode::OK {
        return Err(Error::Unreachable(what));
    }
    let text = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_string();
    serde_json::from_str(&text.map_err(|_| Error::Unreachable(what))?).map_err(|_| Error::Malformed(what))
}

/// Whether an address can be asked without others reading along.
fn safe(address: &str, what: &'static str) -> Result<(), Error> {
    let uri: Uri = address.parse().map_err(|_| Error::Address(what))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(Error::Address(what));
    };
    let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&authority.host());
    let is_safe = scheme == "https" || (scheme == "http" && is_here);
    // A name before the host is read differently by different readers, and a fragment would swallow the query.
    let is_plain = !authority.as_str().contains('@') && !address.contains('#');
    if is_safe && is_plain { Ok(()) } else { Err(Error::Address(what)) }
}

/// A value as it stands in a query or a form.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for good in ["https://id.example/a", "http://127.0.0.1:3000/x", "http://localhost", "http://[::1]:9"]
        {
            assert!(safe(good, "it").is_ok(), "help: {good}");
        }
        for bad in [
            "http://id.example",
            "ftp://a",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil/",
            "http://127.0.0.1:80@evil.example/",
            "https://id.example@evil.example/",
            "http://127.0.0.1\\@evil.example/",
            "https://id.example/#here",
            "https://",
            "/oidc",
            "",
        ] {
            assert!(safe(bad, "it").is_err(), "help: {bad}");
        }
    }

    #[test]
    fn a_value_is_escaped_byte_by_byte() {
        assert_eq!(escaped("aZ9-._~"), "aZ9-._~");
        assert_eq!(escaped("a b&c=é/"), "a%20b%26c%3D%C3%A9%2F");
    }
}
