//! The engine's types in the document of the API: references to what `Assessment::schema` describes, which
//! `http::openapi` puts there.

use std::borrow::Cow;

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
