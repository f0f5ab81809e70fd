//! BERT, DistilBERT and XLM-RoBERTa: summed embeddings, then layers that normalise after each residual.

use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::{Tensor, Var};
use relat_kernels::Kernels;

use super::ops::{self, LayerShape, Part, RowSink};
use super::quantised::{PostNorm, QuantisedEncoder};
use super::{Architecture, Batch, EncoderConfig, EncoderError, Mode, Weights};

/// Names of a layer's tensors in BERT's checkpoints, in the order in which the layer stores them.
const LAYER_TENSORS: [(&str, Part); 16] = [
    ("attention.self.query.weight", Part::QkvWeight),
    ("attention.self.key.weight", Part::QkvWeight),
    ("attention.self.value.weight", Part::QkvWeight),
    ("attention.self.query.bias", Part::QkvBias),
    ("attention.self.key.bias", Part::QkvBias),
    ("attention.self.value.bias", Part::QkvBias),
    ("attention.output.dense.weight", Part::OutWeight),
    ("attention.output.dense.bias", Part::OutBias),
    ("attention.output.LayerNorm.weight", Part::AttentionNormWeight),
    ("attention.output.LayerNorm.bias", Part::AttentionNormBias),
    ("intermediate.dense.weight", Part::UpWeight),
    ("intermediate.dense.bias", Part::UpBias),
    ("output.dense.weight", Part::DownWeight),
    ("output.dense.bias", Part::DownBias),
    ("output.LayerNorm.weight", Part::FinalNormWeight),
    ("output.LayerNorm.bias", Part::FinalNormBias),
];

/// The same for DistilBERT.
const DISTIL_TENSORS: [(&str, Part); 16] = [
    ("attention.q_lin.weight", Part::QkvWeight),
    ("attention.k_lin.weight", Part::QkvWeight),
    ("attention.v_lin.weight", Part::QkvWeight),
    ("attention.q_lin.bias", Part::QkvBias),
    ("attention.k_lin.bias", Part::QkvBias),
    ("attention.v_lin.bias", Part::QkvBias),
    ("attention.out_lin.weight", Part::OutWeight),
    ("attention.out_lin.bias", Part::OutBias),
    ("sa_layer_norm.weight", Part::AttentionNormWeight),
    ("sa_layer_norm.bias", Part::AttentionNormBias),
    ("ffn.lin1.weight", Part::UpWeight),
    ("ffn.lin1.bias", Part::UpBias),
    ("ffn.lin2.weight", Part::DownWeight),
    ("ffn.lin2.bias", Part::DownBias),
    ("output_layer_norm.weight", Part::FinalNormWeight),
    ("output_layer_norm.bias", Part::FinalNormBias),
];

/// Name of layer `i`'s tensors in a checkpoint, with the part that each belongs to.
fn layer_tensors(architecture: Architecture, i: usize) -> Vec<(String, Part)> {
    let (prefix, names) = match architecture {
        Architecture::DistilBert => ("transformer.layer", DISTIL_TENSORS),
        Architecture::Bert | Architecture::XlmRoberta | Architecture::ModernBert => {
            ("encoder.layer", LAYER_TENSORS)
        }
    };
    names.iter().map(|(name, part)| (format!("{prefix}.{i}.{name}"), *part)).collect()
}

/// An encoder of BERT's kind. Its parameters are variables, so that the same struct is trained and read with.
#[derive(Debug)]
pub(super) struct Bert {
    config: EncoderConfig,
    words: Var,
    words_gradient: RowSink,
    positions: Var,
    types: Option<Var>,
    norm_weight: Var,
    norm_bias: Var,
    layers: Vec<Var>,
}

impl Bert {
    /// Takes all of its tensors from `weights`.
    /// # Errors
    /// [`EncoderError`] naming the tensor that is missing, left over or of another shape.
    pub(super) fn load(config: EncoderConfig, mut weights: Weights) -> Result<Self, EncoderError> {
        for prefix in ["bert.", "distilbert.", "roberta."] {
            weights.strip_prefix(prefix);
        }
        let heads =
            ["pooler.", "cls.", "classifier.", "lm_head.", "vocab_", "pre_classifier.", "qa_outputs."];
        for unused in heads.iter().chain(&["embeddings.position_ids"]) {
            weights.ignore(unused);
        }
        let h = config.hidden_size;
        let take = |name: &str, shape: &[usize]| -> Result<Var, EncoderError> {
            Ok(Var::from_tensor(&weights.take(name, shape)?)?)
        };
        let words = take("embeddings.word_embeddings.weight", &[config.vocab_size, h])?;
        let positions = take("embeddings.position_embeddings.weight", &[config.max_position_embeddings, h])?;
        let types = match config.type_vocab_size {
            0 => None,
            n => Some(take("embeddings.token_type_embeddings.weight", &[n, h])?),
        };
        let norm_weight = take("embeddings.LayerNorm.weight", &[h])?;
        let norm_bias = take("embeddings.LayerNorm.bias", &[h])?;
        let mut layers = Vec::with_capacity(config.num_hidden_layers);
        for i in 0..config.num_hidden_layers {
            let parts = layer_tensors(config.model_type, i)
                .iter()
                .map(|(name, part)| Ok(weights.take(name, &tensor_shape(&config, *part))?.flatten_all()?))
                .collect::<Result<Vec<_>, EncoderError>>()?;
            layers.push(Var::from_tensor(&Tensor::cat(&parts, 0)?)?);
        }
        weights.finish()?;
        let words_gradient = RowSink::default();
        Ok(Self { config, words, words_gradient, positions, types, norm_weight, norm_bias, layers })
    }

    pub(super) fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// Token states `(t, h)`.
    pub(super) fn forward(&self, batch: &Batch, mode: Mode) -> Result<Tensor, EncoderError> {
        let sink = (mode == Mode::Train).then(|| self.words_gradient.clone());
        let words = ops::lookup(&self.words, batch.ids().to_vec(), sink)?;
        let positions = ops::lookup(&self.positions, batch.positions(self.config.first_position()), None)?;
        let mut sum = words.add(&positions)?; // (t, h)
        if let Some(types) = &self.types {
            sum = sum.add(&ops::lookup(types, vec![0; batch.ids().len()], None)?)?;
        }
        let shape = self.layer_shape();
        let mut states = ops::layer_norm(&sum, &self.norm_weight, &self.norm_bias, shape.eps)?;
        let lengths: Arc<[usize]> = batch.lengths().into();
        for layer in &self.layers {
            states =
                ops::transformer_layer(&states, layer, shape, Arc::clone(&lengths), mode == Mode::Train)?;
        }
        Ok(states)
    }

    fn layer_shape(&self) -> LayerShape {
        let eps = self.config.eps();
        LayerShape {
            hidden: self.config.hidden_size,
            intermediate: self.config.intermediate_size,
            heads: self.config.num_attention_heads,
            eps,
        }
    }

    /// The same encoder in bytes.
    /// # Errors
    /// [`EncoderError::Tensor`] if memory runs out.
    pub(super) fn quantised(&self, kernels: Kernels) -> Result<QuantisedEncoder, EncoderError> {
        let numbers = PostNorm {
            words: ops::to_vec(&self.words)?,
            positions: ops::to_vec(&self.positions)?,
            types: self.types.as_ref().map(|types| ops::to_vec(types)).transpose()?.unwrap_or_default(),
            norm: [ops::to_vec(&self.norm_weight)?, ops::to_vec(&self.norm_bias)?],
            shape: self.layer_shape(),
            first_position: usize::try_from(self.config.first_position()).unwrap_or(usize::MAX),
            max_tokens: self.config.max_tokens(),
        };
        Ok(numbers.quantise(kernels, self.layers.iter().map(|layer| ops::to_vec(layer)))?)
    }

    pub(super) fn words(&self) -> &Var {
        &self.words
    }

    pub(super) fn words_gradient(&self) -> &RowSink {
        &self.words_gradient
    }

    fn embeddings(&self) -> Vec<(String, Var)> {
        let mut all = vec![
            ("embeddings.position_embeddings.weight".to_owned(), self.positions.clone()),
            ("embeddings.LayerNorm.weight".to_owned(), self.norm_weight.clone()),
            ("embeddings.LayerNorm.bias".to_owned(), self.norm_bias.clone()),
        ];
        if let Some(types) = &self.types {
            all.push(("embeddings.token_type_embeddings.weight".to_owned(), types.clone()));
        }
        all
    }

    pub(super) fn variables(&self) -> Vec<(String, Var)> {
        let layers = self.layers.iter().enumerate();
        let layers = layers.map(|(i, layer)| (format!("encoder.layer.{i}"), layer.clone()));
        self.embeddings().into_iter().chain(layers).collect()
    }

    pub(super) fn tensors(&self) -> Result<BTreeMap<String, Tensor>, EncoderError> {
        let mut all: BTreeMap<_, _> =
            self.embeddings().into_iter().map(|(name, var)| (name, var.as_detached_tensor())).collect();
        all.insert("embeddings.word_embeddings.weight".to_owned(), self.words.as_detached_tensor());
        for (i, layer) in self.layers.iter().enumerate() {
            let mut from = 0;
            for (name, part) in layer_tensors(self.config.model_type, i) {
                let shape = tensor_shape(&self.config, part);
                let size = shape.iter().product();
                let tensor = layer.as_detached_tensor().narrow(0, from, size)?.reshape(shape)?;
                all.insert(name, tensor);
                from += size;
            }
        }
        Ok(all)
    }
}

/// Shape of one checkpoint tensor; the three of [`Part::QkvWeight`] and [`Part::QkvBias`] are stored apart.
fn tensor_shape(config: &EncoderConfig, part: Part) -> Vec<usize> {
    let (h, f) = (config.hidden_size, config.intermediate_size);
    match part {
        Part::QkvWeight | Part::OutWeight => vec![h, h],
        Part::UpWeight => vec![f, h],
        Part::DownWeight => vec![h, f],
        Part::UpBias => vec![f],
        Part::QkvBias
        | Part::OutBias
        | Part::AttentionNormWeight
        | Part::AttentionNormBias
        | Part::DownBias
        | Part::FinalNormWeight
        | Part::FinalNormBias => vec![h],
    }
}
