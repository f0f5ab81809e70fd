//! Logits kept in a file, a narrative each.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use candle_core::{Device, Tensor};
use relat_engine::logits::{Logits, Outputs};

use crate::checkpoint;

/// Writes logits in their order, with what they depend on.
/// # Errors
/// If the file cannot be written.
pub fn save(path: &Path, logits: &[Logits], run: &str) -> anyhow::Result<()> {
    let mut tensors = BTreeMap::new();
    for (i, logits) in logits.iter().enumerate() {
        let shape = (logits.sentences(), logits.outputs.len());
        tensors.insert(format!("{i:06}"), Tensor::from_slice(&logits.values, shape, &Device::Cpu)?);
    }
    checkpoint::save(path, &tensors, HashMap::from([("run".to_owned(), run.to_owned())]))
}

/// Reads what [`save`] wrote: the logits and what they depend on.
/// # Errors
/// If the file cannot be read.
pub fn load(path: &Path, outputs: Outputs) -> anyhow::Result<(Vec<Logits>, String)> {
    let (tensors, metadata) = checkpoint::load(path)?;
    let logits = tensors
        .into_values()
        .map(|t| Ok(Logits { outputs, values: t.flatten_all()?.to_vec1::<f32>()? }))
        .collect::<anyhow::Result<_>>()?;
    Ok((logits, metadata.get("run").cloned().unwrap_or_default()))
}
