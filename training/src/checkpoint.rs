//! Files that are either the old ones or the new ones, whatever stops the program.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

use candle_core::{Device, Tensor};

/// Writes a file under another name, forces it to disk and then gives it its name.
/// # Errors
/// The operating system's.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("tmp");
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    let mut file = std::fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    path.parent().map_or(Ok(()), |dir| std::fs::File::open(dir)?.sync_all())
}

/// Under which the metadata stand in a file.
const PAIRS: &str = "pairs";

/// Saves tensors with string metadata as one safetensors file.
/// # Errors
/// If the tensors cannot be serialised or the file cannot be written.
pub fn save(
    path: &Path,
    tensors: &BTreeMap<String, Tensor>,
    metadata: HashMap<String, String>,
) -> anyhow::Result<()> {
    // One entry of sorted pairs: the order of a hash map's would differ from run to run, and so would the bytes.
    let sorted: BTreeMap<String, String> = metadata.into_iter().collect();
    let packed = HashMap::from([(PAIRS.to_owned(), serde_json::to_string(&sorted)?)]);
    let bytes = safetensors::serialize(tensors, Some(packed))?;
    Ok(write_atomically(path, &bytes)?)
}

/// Reads what [`save`] wrote.
/// # Errors
/// If the file cannot be read or is not one of safetensors.
pub fn load(path: &Path) -> anyhow::Result<(BTreeMap<String, Tensor>, HashMap<String, String>)> {
    let bytes = std::fs::read(path)?;
    let (_, header) = safetensors::SafeTensors::read_metadata(&bytes)?;
    let mut metadata = header.metadata().clone().unwrap_or_default();
    if let Some(pairs) = metadata.remove(PAIRS) {
        metadata = serde_json::from_str(&pairs)?;
    }
    let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)?;
    Ok((tensors.into_iter().collect(), metadata))
}
