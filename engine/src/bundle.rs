//! A bundle: a folder that is a whole model, with a manifest that says what is in it. The engine's only input.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Name of the manifest within a bundle.
pub const MANIFEST: &str = "manifest.json";

/// What a bundle is and what its files must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the bundle format.
    pub format: u32,
    /// Name of the model.
    pub name: String,
    /// Version of the model.
    pub version: String,
    /// Kind of model, such as `ngrams`.
    pub architecture: String,
    /// SPDX licence of the weights.
    pub licence: String,
    /// Version of the taxonomy whose codes the outputs are.
    pub taxonomy: String,
    /// Version of the thresholds.
    pub thresholds: String,
    /// sha256 of the training data, hexadecimal.
    pub data_sha256: String,
    /// Seed of the training.
    pub seed: u64,
    /// Main figures, measured on writers that the model had not seen.
    pub metrics: BTreeMap<String, f64>,
    /// sha256 of each file, hexadecimal, by name.
    pub files: BTreeMap<String, String>,
}

/// The format that this engine reads.
pub const FORMAT: u32 = 1;

/// An opened bundle: every file read once and checked against the manifest.
#[derive(Debug)]
pub struct Bundle {
    dir: PathBuf,
    manifest: Manifest,
    sha256: String,
    files: BTreeMap<String, Vec<u8>>,
}

/// sha256 of some bytes, hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

impl Bundle {
    /// Opens a folder and checks every file.
    /// # Errors
    /// [`Error::Io`], [`Error::Bundle`] for a manifest that is not one or of another format, [`Error::BundleHash`] for
    /// a file that is not what the manifest says. Nothing is loaded then.
    pub fn open(dir: &Path) -> Result<Self> {
        let manifest_path = dir.join(MANIFEST);
        let bytes = read(&manifest_path)?;
        let manifest: Manifest = parse(&manifest_path, &bytes)?;
        if manifest.format != FORMAT {
            return Err(Error::Bundle {
                path: manifest_path,
                reason: format!("bundle format {}; this engine reads format {FORMAT}", manifest.format),
            });
        }
        let mut files = BTreeMap::new();
        for (name, expected) in &manifest.files {
            let path = dir.join(name);
            if Path::new(name).components().count() != 1 || name.starts_with('.') {
                return Err(Error::Bundle {
                    path,
                    reason: "a bundle's files lie in its own folder".to_owned(),
                });
            }
            let contents = read(&path)?;
            let got = sha256_hex(&contents);
            if got != *expected {
                return Err(Error::BundleHash { path, expected: expected.clone(), got });
            }
            files.insert(name.clone(), contents);
        }
        Ok(Self { dir: dir.to_owned(), sha256: sha256_hex(&bytes), manifest, files })
    }

    /// What the bundle says of itself.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// sha256 of the manifest, hexadecimal: stands for every byte of the bundle.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Path of a file of the bundle, for error messages.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Contents of a file.
    /// # Errors
    /// [`Error::Bundle`] when the manifest does not list it.
    pub fn file(&self, name: &str) -> Result<&[u8]> {
        self.files
            .get(name)
            .map(Vec::as_slice)
            .ok_or_else(|| self.error(name, "the manifest does not list it"))
    }

    /// A JSON file.
    /// # Errors
    /// [`Error::Bundle`] when it is missing or not of the type.
    pub fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        parse(&self.path(name), self.file(name)?)
    }

    /// An error about a file of this bundle.
    #[must_use]
    pub fn error(&self, name: &str, reason: impl Into<String>) -> Error {
        Error::Bundle { path: self.path(name), reason: reason.into() }
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })
}

fn parse<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes)
        .map_err(|e| Error::Bundle { path: path.to_owned(), reason: format!("not what it should be: {e}") })
}

/// Writes the files of a bundle and, last, its manifest with their digests; a bundle cut short has no manifest.
/// # Errors
/// [`Error::Io`].
pub fn write(dir: &Path, mut manifest: Manifest, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Io { path, source }
    };
    std::fs::create_dir_all(dir).map_err(io(dir))?;
    let manifest_path = dir.join(MANIFEST);
    match std::fs::remove_file(&manifest_path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(&manifest_path)(e)),
        _ => {}
    }
    manifest.files.clear();
    for (name, contents) in files {
        let path = dir.join(name);
        std::fs::write(&path, contents).map_err(io(&path))?;
        manifest.files.insert(name.clone(), sha256_hex(contents));
    }
    let mut text = serde_json::to_vec_pretty(&manifest)
        .map_err(|e| Error::Bundle { path: manifest_path.clone(), reason: e.to_string() })?;
    text.push(b'\n');
    std::fs::write(&manifest_path, text).map_err(io(&manifest_path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        Manifest {
            format: FORMAT,
            name: "t".to_owned(),
            version: "1".to_owned(),
            architecture: "ngrams".to_owned(),
            licence: "CC-BY-4.0".to_owned(),
            taxonomy: "1".to_owned(),
            thresholds: "1".to_owned(),
            data_sha256: String::new(),
            seed: 1,
            metrics: BTreeMap::new(),
            files: BTreeMap::new(),
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let files = BTreeMap::from([("a.bin".to_owned(), vec![1, 2, 3])]);
        write(dir.path(), manifest(), &files).unwrap();
        let bundle = Bundle::open(dir.path()).unwrap();
        assert_eq!(bundle.file("a.bin").unwrap(), [1, 2, 3]);
        assert_eq!(bundle.file("b.bin").unwrap_err().code(), "bundle");
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let files = BTreeMap::from([("a.bin".to_owned(), vec![0; 16])]);
        write(dir.path(), manifest(), &files).unwrap();
        for bit in 0..128 {
            let mut bytes = vec![0u8; 16];
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(dir.path().join("a.bin"), bytes).unwrap();
            assert_eq!(Bundle::open(dir.path()).unwrap_err().code(), "bundle_hash");
        }
        std::fs::remove_file(dir.path().join("a.bin")).unwrap();
        assert_eq!(Bundle::open(dir.path()).unwrap_err().code(), "io");
    }

    #[test]
    fn a_manifest_cannot_point_out_of_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), manifest(), &BTreeMap::new()).unwrap();
        let path = dir.path().join(MANIFEST);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"files\": {}", "\"files\": {\"../x\": \"00\"}")).unwrap();
        assert_eq!(Bundle::open(dir.path()).unwrap_err().code(), "bundle");
    }

    #[test]
    fn another_format_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), Manifest { format: FORMAT + 1, ..manifest() }, &BTreeMap::new()).unwrap();
        assert_eq!(Bundle::open(dir.path()).unwrap_err().code(), "bundle");
    }
}
