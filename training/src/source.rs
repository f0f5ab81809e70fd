//! Where an encoder comes from: a folder in Hugging Face's form, or a repository of a hub at a pinned revision.

use std::fmt;
#[cfg(feature = "hub")]
use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Files of an encoder that are read.
const FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];

/// A folder, or `hub:owner/name@revision`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Source {
    /// A folder with `config.json`, `tokenizer.json` and `model.safetensors`.
    Folder(PathBuf),
    /// A model's repository.
    Hub(Repository),
}

/// A model's repository on a hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Person or organisation.
    pub owner: String,
    /// Name of the model.
    pub name: String,
    /// Commit, tag or branch.
    pub revision: String,
}

/// How a hub is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hub {
    /// Address in place of the usual one.
    pub endpoint: Option<String>,
    /// Folder of downloaded files in place of the usual one.
    pub cache: Option<PathBuf>,
    /// Use nothing but what was downloaded before.
    pub offline: bool,
}

impl Hub {
    /// As Hugging Face's own tools are set up: `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_CACHE`, `HF_TOKEN` and the token's file
    /// are read by the client; `HF_HUB_OFFLINE` is read here.
    #[must_use]
    pub fn from_environment() -> Self {
        let offline = std::env::var("HF_HUB_OFFLINE").unwrap_or_default();
        let offline = ["1", "on", "yes", "true"].contains(&offline.to_lowercase().as_str());
        Self { offline, ..Self::default() }
    }
}

impl Source {
    /// The same source with a revision that cannot move, downloaded if it has to be, and its folder.
    /// # Errors
    /// [`Error::Hub`] when the repository, revision or a file cannot be had.
    pub fn pin(&self, hub: &Hub) -> Result<(Self, PathBuf)> {
        match self {
            Self::Folder(folder) => Ok((self.clone(), folder.clone())),
            Self::Hub(repository) => {
                let (revision, folder) = download(repository, hub)?;
                Ok((Self::Hub(Repository { revision, ..repository.clone() }), folder))
            }
        }
    }

    /// The folder, after a download if it has to be.
    /// # Errors
    /// As [`Source::pin`].
    pub fn folder(&self) -> Result<PathBuf> {
        Ok(self.pin(&Hub::from_environment())?.1)
    }
}

#[cfg(feature = "hub")]
fn download(repository: &Repository, hub: &Hub) -> Result<(String, PathBuf)> {
    let failed = |reason: String| Error::Hub { source_name: repository.to_string(), reason };
    let mut client = hf_hub::HFClientBuilder::new();
    if let Some(endpoint) = &hub.endpoint {
        client = client.endpoint(endpoint);
    }
    if let Some(cache) = &hub.cache {
        client = client.cache_dir(cache);
    }
    let client = client.build_sync().map_err(|e| failed(e.to_string()))?;
    let model = client.model(&repository.owner, &repository.name);
    let mut revision = repository.revision.clone();
    let mut folder = PathBuf::new();
    for file in FILES {
        let path = model
            .download_file()
            .filename(file)
            .revision(revision)
            .local_files_only(hub.offline)
            .send()
            .map_err(|e| failed(format!("{file}: {e}")))?;
        // A file lies in `snapshots/COMMIT`: the others are asked for by that commit.
        folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        revision = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    }
    Ok((revision, folder))
}

#[cfg(not(feature = "hub"))]
fn download(repository: &Repository, _: &Hub) -> Result<(String, PathBuf)> {
    let reason = format!("built without the feature 'hub'; {} can be had by other means", FILES.join(", "));
    Err(Error::Hub { source_name: repository.to_string(), reason })
}

impl FromStr for Source {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let Some(rest) = text.strip_prefix("hub:") else { return Ok(Self::Folder(text.into())) };
        let (id, revision) = rest.split_once('@').unwrap_or((rest, "main"));
        let plain = |part: &str| {
            let known = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !part.is_empty() && part.chars().all(known) && !part.starts_with('.')
        };
        match id.split_once('/') {
            Some((owner, name)) if plain(owner) && plain(name) && !revision.is_empty() => {
                Ok(Self::Hub(Repository {
                    owner: owner.to_owned(),
                    name: name.to_owned(),
                    revision: revision.to_owned(),
                }))
            }
            _ => Err(Error::Hub {
                source_name: text.to_owned(),
                reason: "expected hub:owner/name or hub:owner/name@revision".to_owned(),
            }),
        }
    }
}

impl TryFrom<String> for Source {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        source.to_string()
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hub:{}/{}@{}", self.owner, self.name, self.revision)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Hub(repository) => repository.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_written_as_it_is_read() {
        for text in ["target/student", "/models/x@y", "hub:owner/name@main", "hub:a-b/c.d_e@0a1b"] {
            assert_eq!(text.parse::<Source>().unwrap().to_string(), text);
        }
        assert_eq!("hub:a/b".parse::<Source>().unwrap().to_string(), "hub:a/b@main");
    }

    #[test]
    fn what_is_no_repository_is_refused() {
        for text in
            ["hub:", "hub:name", "hub:/name", "hub:owner/", "hub:o/n@", "hub:../n", "hub:o/n/m", "hub:o/n o"]
        {
            assert!(text.parse::<Source>().unwrap_err().to_string().contains("hub:owner/name"), "{text}");
        }
    }
}
