//! Who asks, and what they may do: the one table of rights.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use uuid::Uuid;

use super::Error;
use crate::state::AppState;
use crate::store::{Key, Person, Reach, Role, Scope};

/// Name of the session's cookie. The prefix has browsers take it only with `Secure`, for this host and for `/`.
pub(super) const COOKIE: &str = "__Host-relat";

/// Something that a route needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Score a text that is not kept.
    Assess,
    /// Read cases and interviews.
    Read,
    /// Add cases and interviews, and decide.
    Write,
    /// Take what is kept of a person, or erase it.
    Person,
    /// Take decisions without text.
    Export,
    /// See figures, which tell of nobody alone.
    Figures,
    /// Read the audit.
    Audit,
    /// Keep people, centres and keys.
    Manage,
}

impl Right {
    /// The roles that have it.
    const fn roles(self) -> &'static [Role] {
        match self {
            Self::Assess | Self::Read | Self::Write => &[Role::Worker, Role::Supervisor],
            Self::Person => &[Role::Supervisor],
            Self::Export | Self::Figures => &[Role::Supervisor, Role::Data, Role::Ethics],
            Self::Audit => &[Role::Ethics, Role::Admin],
            Self::Manage => &[Role::Admin],
        }
    }

    /// The scope of a program's key that gives it, if any: a program does not decide, nor read narratives.
    const fn scope(self) -> Option<Scope> {
        match self {
            Self::Assess => Some(Scope::Assess),
            Self::Export => Some(Scope::Export),
            Self::Audit => Some(Scope::Audit),
            Self::Read | Self::Write | Self::Person | Self::Figures | Self::Manage => None,
        }
    }

    /// Whether it is about people's files, which no role sees beyond its own centre.
    const fn is_of_a_centre(self) -> bool {
        matches!(self, Self::Read | Self::Write | Self::Person)
    }
}

/// Who asks.
#[derive(Debug, Clone)]
pub(super) enum Caller {
    /// A person who has signed in.
    Person(Box<Person>),
    /// A program with a key.
    Program(Box<Key>),
}

/// A right that somebody has.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    /// As the audit names them.
    pub(super) actor: String,
    /// Whose data they see.
    pub(super) reach: Reach,
    /// The person; of a program, nobody.
    pub(super) person: Option<Uuid>,
}

impl Grant {
    /// The person who decides.
    pub(super) fn person(&self) -> Result<Uuid, Error> {
        self.person.ok_or(Error::Forbidden)
    }
}

impl Caller {
    /// As the audit names them.
    pub(super) fn actor(&self) -> String {
        match self {
            Self::Person(person) => format!("person:{}", person.id),
            Self::Program(key) => format!("key:{}", key.id),
        }
    }

    /// The right, if the caller has it.
    pub(super) fn may(&self, right: Right) -> Result<Grant, Error> {
        let (has, centre, person) = match self {
            Self::Person(p) => (p.roles.iter().any(|r| right.roles().contains(r)), p.centre, Some(p.id)),
            Self::Program(key) => (right.scope().is_some_and(|s| key.scopes.contains(&s)), key.centre, None),
        };
        let reach = match centre {
            Some(centre) => Reach::Centre(centre),
            None if right.is_of_a_centre() => return Err(Error::Forbidden),
            None => Reach::All,
        };
        if has { Ok(Grant { actor: self.actor(), reach, person }) } else { Err(Error::Forbidden) }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Error> {
        if let Some(secret) = bearer(&parts.headers) {
            let key = state.store.key(secret).await?.ok_or(Error::Unauthenticated)?;
            state.rates.take(&key)?;
            return Ok(Self::Program(Box::new(key)));
        }
        let person = match (cookie(&parts.headers), &state.demo) {
            (Some(token), _) => state.store.session(token).await?,
            (None, Some(person)) => Some(person.as_ref().clone()),
            (None, None) => None,
        };
        let person = person.ok_or(Error::Unauthenticated)?;
        // A browser sends the cookie whoever asks it to; what another site asks for is not done.
        if is_from_elsewhere(&parts.method, &parts.headers) {
            return Err(Error::CrossSite);
        }
        Ok(Self::Person(Box::new(person)))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(secret.trim())
}

/// The session's token.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    named_cookie(headers, COOKIE)
}

/// A cookie by its name.
pub(super) fn named_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs =
        headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// Whether another site makes a browser ask for a change, as Fetch Metadata and `Origin` tell. Programs send neither.
pub(super) fn is_from_elsewhere(method: &Method, headers: &HeaderMap) -> bool {
    if [Method::GET, Method::HEAD, Method::OPTIONS].contains(method) {
        return false;
    }
    let get = |name: &str| headers.get(name).map(|v| v.to_str().unwrap_or("unreadable"));
    match (get("sec-fetch-site"), get("origin")) {
        (Some(site), _) => site != "same-origin" && site != "none",
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) != get("host"),
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    #[test]
    fn another_site_changes_nothing_and_reads_what_anybody_reads() {
        let check = |method: Method, pairs: &[(&'static str, &'static str)], expect: bool| {
            let pairs = pairs.iter().map(|(n, v)| (HeaderName::from_static(n), v.parse().unwrap()));
            let headers: HeaderMap = pairs.collect();
            assert_eq!(is_from_elsewhere(&method, &headers), expect, "help: {method} {headers:?}");
        };
        check(Method::POST, &[("sec-fetch-site", "cross-site")], true);
        check(Method::POST, &[("sec-fetch-site", "same-site"), ("origin", "http://a"), ("host", "a")], true);
        check(Method::POST, &[("sec-fetch-site", "same-origin")], false);
        check(Method::DELETE, &[("origin", "https://evil.example"), ("host", "relat.example")], true);
        check(Method::POST, &[("origin", "null"), ("host", "relat.example")], true);
        check(Method::POST, &[("origin", "https://relat.example"), ("host", "relat.example")], false);
        check(Method::POST, &[], false);
        check(Method::GET, &[("sec-fetch-site", "cross-site")], false);
    }
}
