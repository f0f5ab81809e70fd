//! A whole model: what reads the sentences, and the heads that read the record.

use relat_kernels::Kernels;

use crate::bundle::Bundle;
use crate::document::Document;
use crate::encoder::window::Window;
use crate::encoder::{SentenceEncoder, SentenceReader};
use crate::error::{Error, Result};
use crate::heads::Heads;
use crate::linear::sentence::{ALONE, BESIDE, SentenceModel};
use crate::logits::{Logits, Mix, Outputs, Views};
use crate::memory::Memory;
use crate::reading::{Catalogue, Reading};

/// File of the heads within a bundle.
pub const HEADS: &str = "heads.json";
/// File of the weights between the two sentence models.
pub const MIX: &str = "mix.json";

/// Windows that an encoder reads at once: between two of these it is asked whether anybody still waits.
const AT_ONCE: usize = 4;

/// Whether anybody still waits for what is being computed.
pub type Waiting<'a> = &'a dyn Fn() -> bool;

/// A loaded model.
#[derive(Debug)]
pub struct Model {
    /// Logits of each sentence.
    pub sentences: Sentences,
    /// From the logits of all sentences to what the record tells.
    pub heads: Heads,
}

/// What reads the sentences.
#[derive(Debug)]
pub enum Sentences {
    /// Hashed n-grams alone.
    Ngrams(Box<SentenceModel>),
    /// Hashed n-grams beside an encoder.
    Joint(Box<Joint>),
}

/// Two sentence models whose logits are added up.
#[derive(Debug)]
pub struct Joint {
    /// Hashed n-grams.
    pub ngrams: SentenceModel,
    /// An encoder that reads each sentence in its context.
    pub encoder: Context,
    /// Their weights.
    pub mix: Mix,
}

/// An encoder that reads each sentence in its context.
#[derive(Debug)]
pub enum Context {
    /// Single precision on candle: as it was trained.
    Reference(SentenceEncoder),
    /// Bytes, on the kernels of this processor.
    Quantised(SentenceReader),
}

impl Context {
    /// Windows of a document.
    /// # Errors
    /// [`crate::Error::Encoder`]; a defect of the tokenizer's file.
    pub fn windows(&self, document: &Document) -> Result<Vec<Window>> {
        Ok(match self {
            Self::Reference(encoder) => {
                let sentences = document.sentences().iter();
                let ids = sentences.map(|s| encoder.ids(document.sentence_text(s)));
                encoder.windows(&ids.collect::<std::result::Result<Vec<_>, _>>()?)
            }
            Self::Quantised(reader) => reader.windows(document)?,
        })
    }

    /// Logits of every sentence of the windows of one document.
    /// # Errors
    /// [`crate::Error::Encoder`]; a defect, or memory that ran out.
    pub fn read(&self, windows: &[Window]) -> Result<Logits> {
        self.read_while(windows, &|| true)
    }

    /// As [`Self::read`], as long as somebody waits.
    /// # Errors
    /// [`Error::Cancelled`], and as [`Self::read`].
    pub fn read_while(&self, windows: &[Window], waiting: Waiting<'_>) -> Result<Logits> {
        self.recall(windows, None, waiting)
    }

    fn recall(&self, windows: &[Window], memory: Option<&Memory>, waiting: Waiting<'_>) -> Result<Logits> {
        match self {
            // Its last bits may depend on what is read beside a window, so that it is always read whole.
            Self::Reference(encoder) => Ok(encoder.read(windows)?),
            Self::Quantised(reader) => {
                let mut parts = windows.chunks(AT_ONCE);
                let mut logits = reader.recall(parts.next().unwrap_or_default(), memory)?;
                for part in parts {
                    if !waiting() {
                        return Err(Error::Cancelled);
                    }
                    logits.take_in(&reader.recall(part, memory)?);
                }
                Ok(logits)
            }
        }
    }

    /// What serves an encoder: bytes.
    /// # Errors
    /// [`crate::Error::Encoder`] if memory runs out.
    pub fn serving(encoder: &SentenceEncoder) -> Result<Self> {
        Ok(Self::Quantised(SentenceReader::new(encoder, Kernels::chosen())?))
    }
}

/// The kind of a model, as a manifest names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// [`Sentences::Ngrams`].
    Ngrams,
    /// [`Sentences::Joint`].
    Joint,
}

impl Architecture {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Ngrams, Self::Joint];

    /// The name in a manifest.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ngrams => "ngrams",
            Self::Joint => "encoder+ngrams",
        }
    }
}

impl Sentences {
    /// The encoder's windows of a document; none without an encoder.
    /// # Errors
    /// [`crate::Error::Encoder`]; a defect of the tokenizer's file.
    pub fn windows(&self, document: &Document) -> Result<Vec<Window>> {
        match self {
            Self::Ngrams(_) => Ok(Vec::new()),
            Self::Joint(joint) => joint.encoder.windows(document),
        }
    }

    /// Logits of every sentence of a document, whose [`Self::windows`] are known.
    /// # Errors
    /// [`crate::Error::Encoder`]; a defect, or memory that ran out.
    pub fn logits(&self, document: &Document, windows: &[Window]) -> Result<Views> {
        self.recall(document, windows, (None, &|| true))
    }

    /// [`Self::logits`] as long as somebody waits, of which what this model's memory has is not read again; the answer is
    /// the same. [`Error::Cancelled`] when nobody waits.
    pub(crate) fn recall(
        &self,
        document: &Document,
        windows: &[Window],
        (memory, waiting): (Option<&Memory>, Waiting<'_>),
    ) -> Result<Views> {
        Ok(match self {
            Self::Ngrams(model) => Views::alone(model.recall(document, memory)),
            Self::Joint(joint) => {
                let Joint { ngrams, encoder, mix } = &**joint;
                let context = encoder.recall(windows, memory, waiting)?;
                Views::joint(ngrams.recall(document, memory), context, mix)
            }
        })
    }

    /// How many [`Views::all`] the heads read.
    #[must_use]
    pub fn views(&self) -> usize {
        match self {
            Self::Ngrams(_) => 1,
            Self::Joint(_) => 3,
        }
    }
}

impl Model {
    /// Reads the model's files from an opened bundle.
    /// # Errors
    /// [`crate::Error::Bundle`] and [`crate::Error::Encoder`] name the file and, for a tensor, its expected and found
    /// shape.
    pub fn load(bundle: &Bundle, architecture: Architecture, catalogue: Catalogue) -> Result<Self> {
        let sentences = match architecture {
            Architecture::Ngrams => {
                Sentences::Ngrams(Box::new(SentenceModel::load(bundle, ALONE, catalogue)?))
            }
            Architecture::Joint => Sentences::Joint(Box::new(Joint {
                ngrams: SentenceModel::load(bundle, BESIDE, catalogue)?,
                encoder: Context::serving(&SentenceEncoder::load(bundle, Outputs(catalogue))?)?,
                mix: bundle.json(MIX)?,
            })),
        };
        let heads: Heads = bundle.json(HEADS)?;
        heads.check(catalogue, sentences.views()).map_err(|reason| bundle.error(HEADS, reason))?;
        Ok(Self { sentences, heads })
    }

    /// Reads a document.
    /// # Errors
    /// As [`Sentences::logits`].
    pub fn read(&self, document: &Document) -> Result<Reading> {
        let windows = self.sentences.windows(document)?;
        Ok(self.heads.read(&self.sentences.logits(document, &windows)?))
    }
}
