//! The tensors of a checkpoint, each asked for once by name and shape.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};

use super::{EncoderError, ops};

/// Named tensors of a file, of which an architecture takes all.
#[derive(Debug)]
pub struct Weights {
    path: PathBuf,
    tensors: RefCell<BTreeMap<String, Tensor>>,
}

impl Weights {
    /// Reads `path`, a safetensors file, as f32 numbers on the CPU.
    /// # Errors
    /// [`EncoderError::Io`], [`EncoderError::Weights`].
    pub fn load(path: &Path) -> Result<Self, EncoderError> {
        let bytes =
            std::fs::read(path).map_err(|source| EncoderError::Io { path: path.to_owned(), source })?;
        let broken = |source| EncoderError::Weights { path: path.to_owned(), source };
        let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).map_err(broken)?;
        let tensors = tensors.into_iter().collect::<BTreeMap<_, _>>();
        Ok(Self { path: path.to_owned(), tensors: RefCell::new(tensors) })
    }

    /// Tensors made here; `origin` is what errors name as their file.
    #[must_use]
    pub fn from_tensors(origin: &Path, tensors: BTreeMap<String, Tensor>) -> Self {
        Self { path: origin.to_owned(), tensors: RefCell::new(tensors) }
    }

    /// Removes `prefix` from the names that begin with it: some tools save an encoder inside a larger model.
    pub fn strip_prefix(&mut self, prefix: &str) {
        let tensors = std::mem::take(self.tensors.get_mut());
        *self.tensors.get_mut() = tensors
            .into_iter()
            .map(|(name, tensor)| (name.strip_prefix(prefix).unwrap_or(&name).to_owned(), tensor))
            .collect();
    }

    /// Drops the tensors whose name begins with `prefix`: heads that the encoder has no use for.
    pub fn ignore(&mut self, prefix: &str) {
        self.tensors.get_mut().retain(|name, _| !name.starts_with(prefix));
    }

    /// Takes the tensor `name`.
    /// # Errors
    /// [`EncoderError::MissingTensor`], [`EncoderError::TensorShape`], [`EncoderError::TensorType`],
    /// [`EncoderError::NotFinite`].
    pub fn take(&self, name: &str, expected: &[usize]) -> Result<Tensor, EncoderError> {
        let Some(tensor) = self.tensors.borrow_mut().remove(name) else {
            return Err(EncoderError::MissingTensor {
                path: self.path.clone(),
                tensor: name.to_owned(),
                expected: expected.to_vec(),
            });
        };
        if tensor.dims() != expected {
            return Err(EncoderError::TensorShape {
                path: self.path.clone(),
                tensor: name.to_owned(),
                expected: expected.to_vec(),
                got: tensor.dims().to_vec(),
            });
        }
        let (path, shape) = (self.path.clone(), expected.to_vec());
        if !tensor.dtype().is_float() {
            return Err(EncoderError::TensorType {
                path,
                tensor: name.to_owned(),
                shape,
                got: tensor.dtype().as_str(),
            });
        }
        let tensor = tensor.to_dtype(DType::F32)?;
        // Half-precision numbers are finite where theirs are; a double may be too large for single precision.
        if !ops::with_numbers(&tensor, |numbers| numbers.iter().all(|x| x.is_finite()))? {
            return Err(EncoderError::NotFinite { path, tensor: name.to_owned(), shape });
        }
        Ok(tensor)
    }

    /// To be called last: every tensor must have been taken.
    /// # Errors
    /// [`EncoderError::ExtraTensor`], with the first that was not.
    pub fn finish(self) -> Result<(), EncoderError> {
        match self.tensors.into_inner().pop_first() {
            None => Ok(()),
            Some((tensor, value)) => {
                Err(EncoderError::ExtraTensor { path: self.path, tensor, got: value.dims().to_vec() })
            }
        }
    }
}
