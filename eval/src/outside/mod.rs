//! Data annotated by others, English only, mapped to our codes where a mapping makes sense.

mod data;
mod mapping;
mod run;

pub use data::{Dataset, Item, OutsideError, read_dir};
pub use mapping::{Class, Mapping};
pub use run::{ClassReport, ItemResult, Judged, OutsideReport, read, run};
