//! Which instructions the encoder's kernels use: detected once, or forced by name.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

/// A way to do the arithmetic, named for the widest instructions that it needs.
///
/// All of them give the same bits: products of integers are exact, and the single-precision parts use one order of
/// operations with fused multiplications throughout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// Plain Rust, on any processor; the reference.
    Portable,
    /// AVX2 and FMA.
    Avx2,
    /// AVX2 with the 256-bit dot products of AVX-VNNI.
    AvxVnni,
    /// AVX-512 with VNNI.
    Avx512Vnni,
    /// AMX tiles for the linear layers, AVX-512 with VNNI for the rest.
    Amx,
}

impl Path {
    /// Every path, the slowest first.
    pub const ALL: [Self; 5] = [Self::Portable, Self::Avx2, Self::AvxVnni, Self::Avx512Vnni, Self::Amx];

    /// The name by which a path is forced.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::AvxVnni => "avxvnni",
            Self::Avx512Vnni => "vnni",
            Self::Amx => "amx",
        }
    }

    /// Whether this processor, under this operating system, has the instructions.
    #[must_use]
    pub fn is_supported(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => has_avx2(),
            #[cfg(target_arch = "x86_64")]
            Self::AvxVnni => has_avx2() && std::arch::is_x86_feature_detected!("avxvnni"),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => has_avx512_vnni(),
            #[cfg(target_arch = "x86_64")]
            Self::Amx => false,
            #[cfg(not(target_arch = "x86_64"))]
            _ => false,
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
}

#[cfg(target_arch = "x86_64")]
fn has_avx512_vnni() -> bool {
    has_avx2()
        && std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
        && std::arch::is_x86_feature_detected!("avx512dq")
        && std::arch::is_x86_feature_detected!("avx512vnni")
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(name: &str) -> Result<Self, PathError> {
        Self::ALL
            .into_iter()
            .find(|path| path.name() == name)
            .ok_or_else(|| PathError::Unknown { got: name.to_owned() })
    }
}

/// Why a path cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathError {
    /// No path has this name.
    Unknown {
        /// The name.
        got: String,
    },
    /// This processor lacks the instructions.
    Unsupported {
        /// The path.
        path: Path,
    },
    /// A path was chosen already, and used.
    Chosen {
        /// The path asked for.
        path: Path,
        /// The path in use.
        used: Path,
    },
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { got } => {
                let known = Path::ALL.map(Path::name).join(", ");
                write!(f, "no kernels are called '{got}', expected one of: {known}")
            }
            Self::Unsupported { path } => {
                write!(f, "this processor has not the instructions of the kernels '{path}'")
            }
            Self::Chosen { path, used } => {
                write!(f, "the kernels '{path}' were asked for after '{used}' had been chosen")
            }
        }
    }
}

impl std::error::Error for PathError {}

/// Proof that a path's instructions exist here: every kernel takes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kernels {
    path: Path,
}

static CHOSEN: OnceLock<Kernels> = OnceLock::new();

impl Kernels {
    /// The kernels of a path.
    /// # Errors
    /// [`PathError::Unsupported`].
    pub fn new(path: Path) -> Result<Self, PathError> {
        if path.is_supported() { Ok(Self { path }) } else { Err(PathError::Unsupported { path }) }
    }

    /// The fastest kernels that this processor has.
    #[must_use]
    pub fn fastest() -> Self {
        let path = Path::ALL.into_iter().rev().find(|path| path.is_supported());
        Self { path: path.unwrap_or(Path::Portable) }
    }

    /// The kernels of this process: those given to [`Self::force`], else the fastest.
    #[must_use]
    pub fn chosen() -> Self {
        *CHOSEN.get_or_init(Self::fastest)
    }

    /// Makes a path that of the whole process. To be called before a model is loaded.
    /// # Errors
    /// [`PathError::Unsupported`], [`PathError::Chosen`].
    pub fn force(path: Path) -> Result<(), PathError> {
        let used = *CHOSEN.get_or_init(|| Self::new(path).unwrap_or_else(|_| Self::fastest()));
        Self::new(path)?;
        if used.path == path { Ok(()) } else { Err(PathError::Chosen { path, used: used.path }) }
    }

    /// The path.
    #[must_use]
    pub fn path(self) -> Path {
        self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_by_its_name_and_no_other() {
        for path in Path::ALL {
            assert_eq!(path.name().parse(), Ok(path));
        }
        assert_eq!("sse9".parse::<Path>(), Err(PathError::Unknown { got: "sse9".to_owned() }));
    }

    #[test]
    fn what_is_not_supported_is_refused_and_the_fastest_is_the_last_that_is() {
        let mut last = Path::Portable;
        for path in Path::ALL {
            if path.is_supported() {
                assert_eq!(Kernels::new(path).map(Kernels::path), Ok(path));
                last = path;
            } else {
                assert_eq!(Kernels::new(path), Err(PathError::Unsupported { path }));
            }
        }
        assert_eq!(Kernels::fastest().path(), last);
    }
}
