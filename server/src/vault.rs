//! Encryption of single fields: XChaCha20-Poly1305, with the id of the key in front and the field's place as additional
//! data, so that a sealed field opens only where it was written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use hmac::{Hmac, Mac};
use sha2::Sha256;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Why something was not sealed or opened. Nothing of it is told.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The key file cannot be read or written.
    #[error("the key file {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// The operating system's answer.
        #[source]
        source: std::io::Error,
    },
    /// A line that is not a key.
    #[error(
        "line {line} of the keys is not `ID BASE64`, with an id of letters, digits and hyphens and 32 bytes"
    )]
    Line {
        /// From 1.
        line: usize,
    },
    /// Two keys with one id.
    #[error("two keys are called {id}")]
    Twice {
        /// The id.
        id: String,
    },
    /// No key at all.
    #[error("there is no key in it: `relat key new FILE` makes one")]
    Empty,
    /// The key that sealed this is not at hand.
    #[error("the key {id} is not in the key file")]
    NoKey {
        /// Its id.
        id: String,
    },
    /// Not a sealed field, or one that was changed or moved.
    #[error("a sealed field was changed, moved or cut")]
    Broken,
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Random,
}

/// Where a field is: nothing sealed for one place opens in another.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Table.
    pub table: &'static str,
    /// Primary key of the row.
    pub row: &'a str,
    /// Column.
    pub field: &'static str,
}

impl Place<'_> {
    fn bytes(self) -> Vec<u8> {
        // Lengths first, so that no two places have the same bytes.
        [self.table, self.row, self.field]
            .iter()
            .flat_map(|part| {
                let length = u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes();
                length.into_iter().chain(part.bytes())
            })
            .collect()
    }
}

/// The keys: the first seals, all open.
pub struct Keyring {
    current: String,
    keys: BTreeMap<String, [u8; KEY_BYTES]>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("current", &self.current).finish_non_exhaustive()
    }
}

impl Keyring {
    /// A key that nobody keeps.
    /// # Errors
    /// [`Error::Random`].
    pub fn throwaway() -> Result<Self, Error> {
        let current = "throwaway".to_owned();
        Ok(Self { keys: BTreeMap::from([(current.clone(), random()?)]), current })
    }

    /// Reads keys, one `ID BASE64` a line; the first is the current one. Lines that begin with `#` are left out.
    /// # Errors
    /// [`Error::Line`], [`Error::Twice`], [`Error::Empty`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (mut current, mut keys) = (None, BTreeMap::new());
        for (i, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (id, key) = key_line(line).ok_or(Error::Line { line: i + 1 })?;
            if keys.insert(id.to_owned(), key).is_some() {
                return Err(Error::Twice { id: id.to_owned() });
            }
            current.get_or_insert_with(|| id.to_owned());
        }
        Ok(Self { current: current.ok_or(Error::Empty)?, keys })
    }

    /// Reads a key file.
    /// # Errors
    /// [`Error::File`], and those of [`Keyring::parse`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::parse(&std::fs::read_to_string(path).map_err(|source| file_error(path, source))?)
    }

    /// Puts a new key before those of a file, making the file when it is not there. Returns the new key's id.
    /// # Errors
    /// [`Error::File`], [`Error::Random`], and those of [`Keyring::parse`] for what is in the file.
    pub fn add_to_file(path: &Path) -> Result<String, Error> {
        let old = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(file_error(path, source)),
        };
        if !old.is_empty() {
            Self::parse(&old)?;
        }
        let id = format!("k{}", uuid::Uuid::now_v7().simple());
        let line = format!("{id} {}\n{old}", STANDARD.encode(random::<KEY_BYTES>()?));
        write_private(path, line.as_bytes()).map_err(|source| file_error(path, source))?;
        Ok(id)
    }

    /// Id of the key that seals.
    #[must_use]
    pub fn current(&self) -> &str {
        &self.current
    }

    /// True when a field was sealed with the current key.
    #[must_use]
    pub fn is_current(&self, sealed: &str) -> bool {
        sealed.split_once('.').is_some_and(|(id, _)| id == self.current)
    }

    /// Seals a field of a place.
    /// # Errors
    /// [`Error::Random`].
    pub fn seal(&self, place: Place<'_>, plain: &str) -> Result<String, Error> {
        let nonce: [u8; NONCE_BYTES] = random()?;
        let aad = place.bytes();
        let sealed = self
            .cipher(&self.current)?
            .encrypt(&nonce.into(), Payload { msg: plain.as_bytes(), aad: &aad })
            .map_err(|_| Error::Broken)?;
        Ok(format!("{}.{}", self.current, URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens what was sealed for this place.
    /// # Errors
    /// [`Error::NoKey`], [`Error::Broken`].
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<String, Error> {
        let (id, rest) = sealed.split_once('.').ok_or(Error::Broken)?;
        let bytes = URL_SAFE_NO_PAD.decode(rest).map_err(|_| Error::Broken)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(Error::Broken)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| Error::Broken)?;
        let aad = place.bytes();
        let plain = self
            .cipher(id)?
            .decrypt(&nonce.into(), Payload { msg: sealed, aad: &aad })
            .map_err(|_| Error::Broken)?;
        String::from_utf8(plain).map_err(|_| Error::Broken)
    }

    /// A fingerprint that tells two byte strings apart, and that nobody without the key can make from a guess.
    #[must_use]
    pub fn fingerprint(&self, parts: &[&[u8]]) -> String {
        format!("{}.{}", self.current, self.mac(&self.current, parts).unwrap_or_default())
    }

    /// True when a fingerprint is of these bytes, with whichever key it was made.
    #[must_use]
    pub fn matches(&self, fingerprint: &str, parts: &[&[u8]]) -> bool {
        let Some((id, made)) = fingerprint.split_once('.') else { return false };
        self.mac(id, parts).is_some_and(|mac| same(mac.as_bytes(), made.as_bytes()))
    }

    /// 32 bytes that belong to a key and a purpose; nothing when the key is not at hand.
    #[must_use]
    pub fn derive(&self, id: &str, purpose: &str) -> Option<[u8; 32]> {
        Some(hmac(self.keys.get(id)?, &[b"relat derive", purpose.as_bytes()]))
    }

    fn mac(&self, id: &str, parts: &[&[u8]]) -> Option<String> {
        Some(URL_SAFE_NO_PAD.encode(hmac(self.keys.get(id)?, parts)))
    }

    fn cipher(&self, id: &str) -> Result<XChaCha20Poly1305, Error> {
        let key = self.keys.get(id).ok_or_else(|| Error::NoKey { id: id.to_owned() })?;
        Ok(XChaCha20Poly1305::new(key.into()))
    }
}

fn hmac(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("BUG: HMAC refused a key");
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Compares without telling, by the time it takes, where two strings part.
#[must_use]
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differs, (x, y)| differs | (x ^ y)) == 0
}

/// Random bytes of the operating system.
/// # Errors
/// [`Error::Random`].
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// A secret of 256 bits that can stand in a header or a link.
/// # Errors
/// [`Error::Random`].
pub fn token() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What is kept of a secret that has 256 random bits: nobody can guess it from its digest.
#[must_use]
pub fn digest(secret: &str) -> String {
    use sha2::Digest;
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

fn key_line(line: &str) -> Option<(&str, [u8; KEY_BYTES])> {
    let (id, key) = line.trim().split_once(' ')?;
    let named = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let key = STANDARD.decode(key.trim()).ok()?.try_into().ok()?;
    named.then_some((id, key))
}

fn file_error(path: &Path, source: std::io::Error) -> Error {
    Error::File { path: path.display().to_string(), source }
}

/// Writes a file that only its owner may read, and puts it in place whole.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let beside = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place { table: "narratives", row: "7", field: "text" };

    #[test]
    fn what_is_sealed_opens_in_its_place_and_in_no_other() {
        let keys = Keyring::throwaway().unwrap();
        for plain in ["", "a", "Fa tres mesos que no paga.", &"é".repeat(100_000)] {
            let sealed = keys.seal(PLACE, plain).unwrap();
            assert_eq!(keys.open(PLACE, &sealed).unwrap(), plain);
            assert!(plain.len() < 2 || !sealed.contains(plain));
            for place in [
                Place { row: "8", ..PLACE },
                Place { field: "name", ..PLACE },
                Place { table: "narratives7", row: "", ..PLACE },
            ] {
                assert!(matches!(keys.open(place, &sealed), Err(Error::Broken)));
            }
        }
        assert_ne!(keys.seal(PLACE, "a").unwrap(), keys.seal(PLACE, "a").unwrap());
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let keys = Keyring::throwaway().unwrap();
        let sealed = keys.seal(PLACE, "no paga").unwrap();
        for i in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[i] = if bytes[i] == b'A' { b'B' } else { b'A' };
            assert!(keys.open(PLACE, std::str::from_utf8(&bytes).unwrap()).is_err(), "help: byte {i}");
            assert!(keys.open(PLACE, sealed.get(..i).unwrap()).is_err(), "help: cut at {i}");
        }
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys");
        let first = Keyring::add_to_file(&path).unwrap();
        let before = Keyring::read(&path).unwrap();
        let sealed = before.seal(PLACE, "no paga").unwrap();
        let made = before.fingerprint(&[b"a", b"b"]);
        let second = Keyring::add_to_file(&path).unwrap();
        let after = Keyring::read(&path).unwrap();
        assert_eq!((before.current(), after.current()), (first.as_str(), second.as_str()));
        assert_eq!(after.open(PLACE, &sealed).unwrap(), "no paga");
        assert!(!after.is_current(&sealed) && after.is_current(&after.seal(PLACE, "no paga").unwrap()));
        assert!(after.matches(&made, &[b"a", b"b"]) && !after.matches(&made, &[b"ab", b""]));
        assert!(
            !format!("{after:?}")
                .contains(std::fs::read_to_string(&path).unwrap().split(' ').nth(1).unwrap())
        );
        let alone = Keyring::parse(std::fs::read_to_string(&path).unwrap().lines().next().unwrap()).unwrap();
        assert!(matches!(alone.open(PLACE, &sealed), Err(Error::NoKey { .. })));
        #[cfg(unix)]
        {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_not_a_key_file_says_where() {
        let key = STANDARD.encode([7; 32]);
        let check = |text: String, expect: &str| {
            assert!(Keyring::parse(&text).unwrap_err().to_string().contains(expect), "help: {text}");
        };
        check(String::new(), "relat key new");
        check(format!("# old\na {key}\nb {}", STANDARD.encode([7; 31])), "line 3");
        check(format!("a.b {key}"), "line 1");
        check(format!("a {key}\na {key}"), "called a");
    }
}
