//! The order of steps from a text to an assessment.

use std::path::Path;

use crate::assessment::{Assessment, Versions};
use crate::bundle::Bundle;
use crate::decode::{Thresholds, decode};
use crate::document::Document;
use crate::encoder::window::Window;
use crate::error::Result;
use crate::memory::Memory;
use crate::model::{Architecture, Model, Waiting};
use crate::reading::{Catalogue, Reading};
use crate::taxonomy::Taxonomy;

/// File of the thresholds within a bundle.
pub const THRESHOLDS: &str = "thresholds.json";

/// A loaded model with all it takes to assess a text. Cheap to share between threads behind an `Arc`.
#[derive(Debug)]
pub struct Pipeline {
    model: Model,
    thresholds: Thresholds,
    taxonomy: &'static Taxonomy,
    versions: Versions,
    memory: Option<Memory>,
}

/// A text on its way between the two halves of [`Pipeline::assess`]; only the pipeline that prepared it may read it.
#[derive(Debug)]
pub struct Prepared {
    document: Document,
    windows: Vec<Window>,
}

impl Pipeline {
    /// Loads a bundle.
    /// # Errors
    /// [`crate::Error::Io`], [`crate::Error::Bundle`], [`crate::Error::BundleHash`]: the file and what is wrong with
    /// it. Nothing is loaded then.
    pub fn load(dir: &Path) -> Result<Self> {
        let bundle = Bundle::open(dir)?;
        let taxonomy = Taxonomy::shipped();
        let manifest = bundle.manifest();
        if manifest.taxonomy != taxonomy.version() {
            let reason = format!("made for taxonomy {}, this is {}", manifest.taxonomy, taxonomy.version());
            return Err(bundle.error(crate::bundle::MANIFEST, reason));
        }
        let Some(architecture) = Architecture::ALL.into_iter().find(|a| a.name() == manifest.architecture)
        else {
            let known = Architecture::ALL.map(Architecture::name).join("' or '");
            let reason = format!("architecture '{}', expected '{known}'", manifest.architecture);
            return Err(bundle.error(crate::bundle::MANIFEST, reason));
        };
        let model = Model::load(&bundle, architecture, Catalogue::of(taxonomy))?;
        let thresholds: Thresholds = bundle.json(THRESHOLDS)?;
        thresholds.check(taxonomy).map_err(|reason| bundle.error(THRESHOLDS, reason))?;
        let versions = Versions {
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            model: format!("{} {}", manifest.name, manifest.version),
            model_sha256: bundle.sha256().to_owned(),
            taxonomy: taxonomy.version().to_owned(),
            thresholds: manifest.thresholds.clone(),
            catalogue: taxonomy.version().to_owned(),
        };
        Ok(Self { model, thresholds, taxonomy, versions, memory: None })
    }

    /// A pipeline of a model in memory, such as one that is being measured while it is trained.
    #[must_use]
    pub fn new(model: Model, thresholds: Thresholds, versions: Versions) -> Self {
        Self { model, thresholds, taxonomy: Taxonomy::shipped(), versions, memory: None }
    }

    /// Remembers what it read of recent texts, so that of a text that changes only what changed is read again: sentences
    /// with a changed neighbour by the n-grams, windows with a changed sentence by the encoder. Every answer is bit for bit
    /// what it would be without.
    #[must_use]
    pub fn remembering(self, memory: Memory) -> Self {
        Self { memory: Some(memory), ..self }
    }

    /// Assesses a text.
    /// # Errors
    /// [`crate::Error::EmptyText`], and as [`Self::read`].
    pub fn assess(&self, text: &str) -> Result<Assessment> {
        self.infer(&self.prepare(text)?, &|| true)
    }

    /// The first half of [`Self::assess`]: sentences, their languages and the encoder's tokens.
    /// # Errors
    /// [`crate::Error::EmptyText`], and [`crate::Error::Encoder`] for a defect of the tokenizer's file.
    pub fn prepare(&self, text: &str) -> Result<Prepared> {
        let document = Document::new(text)?;
        let windows = self.model.sentences.windows(&document)?;
        Ok(Prepared { document, windows })
    }

    /// The second half of [`Self::assess`]: everything that the model computes, as long as somebody waits for it.
    /// # Errors
    /// [`crate::Error::Cancelled`] when nobody did, and as [`Self::read`].
    pub fn infer(
        &self,
        Prepared { document, windows }: &Prepared,
        waiting: Waiting<'_>,
    ) -> Result<Assessment> {
        let views = self.model.sentences.recall(document, windows, (self.memory.as_ref(), waiting))?;
        let reading = self.model.heads.read(&views);
        Ok(decode(document, &reading, &self.thresholds, self.taxonomy, &self.versions))
    }

    /// Assesses a text whose sentences are known.
    /// # Errors
    /// As [`Self::read`].
    pub fn assess_document(&self, document: &Document) -> Result<Assessment> {
        let reading = self.read(document)?;
        Ok(decode(document, &reading, &self.thresholds, self.taxonomy, &self.versions))
    }

    /// The probabilities behind an assessment.
    /// # Errors
    /// [`crate::Error::Encoder`]; a defect, or memory that ran out.
    pub fn read(&self, document: &Document) -> Result<Reading> {
        self.model.read(document)
    }

    /// What it remembers, if it does.
    #[must_use]
    pub fn memory(&self) -> Option<&Memory> {
        self.memory.as_ref()
    }

    /// Versions of all that makes an assessment.
    #[must_use]
    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// The code lists.
    #[must_use]
    pub fn taxonomy(&self) -> &'static Taxonomy {
        self.taxonomy
    }
}
