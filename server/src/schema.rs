//! The engine's types in the document of the API: references to what `Assessment::schema` describes, which
//! `http::openapi` puts there.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Declares types that stand for the engine's of the same name.
macro_rules! of_the_engine {
    ($($name:ident)*) => {$(
        #[doc = concat!("The engine's `", stringify!($name), "`.")]
        #[derive(Debug)]
        pub(crate) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                RefOr::Ref(Ref::from_schema_name(stringify!($name)))
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )*};
}

of_the_engine! { Assessment Language Status VerificationStatus Versions }

/// A text to be read.
#[derive(Debug)]
pub(crate) enum Narrative {}

impl PartialSchema for Narrative {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A text with something in it, of no more bytes and characters than the service is set to take.",
            ))
            .min_length(Some(1))
            // What the engine does not take for blank.
            .pattern(Some(r"[^\s\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2060\ufeff]"));
        RefOr::T(Schema::Object(text.build()))
    }
}

impl ToSchema for Narrative {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Narrative")
    }
}
