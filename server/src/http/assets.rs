//! The page's style, scripts and icon, compiled in.

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::Error;
use super::extract::Path;
use crate::state::AppState;
use crate::words::{self, INTERFACE};

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const FONT: &str = "font/woff2";

/// Name, media type and contents.
const FILES: [(&str, &str, &[u8]); 24] = [
    ("api.css", CSS, include_bytes!("../../assets/api.css")),
    ("relat.css", CSS, include_bytes!("../../assets/relat.css")),
    ("scratch.css", CSS, include_bytes!("../../assets/scratch.css")),
    ("admin.css", CSS, include_bytes!("../../assets/admin.css")),
    ("figures.css", CSS, include_bytes!("../../assets/figures.css")),
    ("case.css", CSS, include_bytes!("../../assets/case.css")),
    ("print.js", JS, include_bytes!("../../assets/print.js")),
    ("intake.css", CSS, include_bytes!("../../assets/intake.css")),
    ("intake.js", JS, include_bytes!("../../assets/intake.js")),
    ("outbox.js", JS, include_bytes!("../../assets/outbox.js")),
    ("checklist.js", JS, include_bytes!("../../assets/checklist.js")),
    ("files.js", JS, include_bytes!("../../assets/files.js")),
    ("cards.js", JS, include_bytes!("../../assets/cards.js")),
    ("editor.js", JS, include_bytes!("../../assets/editor.js")),
    ("matrix.js", JS, include_bytes!("../../assets/matrix.js")),
    ("say.js", JS, include_bytes!("../../assets/say.js")),
    ("shell.js", JS, include_bytes!("../../assets/shell.js")),
    ("scratch.js", JS, include_bytes!("../../assets/scratch.js")),
    ("mirror.js", JS, include_bytes!("../../assets/mirror.js")),
    ("reader.js", JS, include_bytes!("../../assets/reader.js")),
    ("spans.js", JS, include_bytes!("../../assets/spans.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../../assets/icon.svg")),
    ("source-sans-3.woff2", FONT, include_bytes!("../../assets/fonts/source-sans-3.woff2")),
    ("source-serif-4.woff2", FONT, include_bytes!("../../assets/fonts/source-serif-4.woff2")),
];

/// Names this build's files: modules import one another by relative paths, so that they are cached for ever under a
/// folder that changes with any of them.
static BUILD: LazyLock<String> = LazyLock::new(|| {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    FILES.hash(&mut hasher);
    INTERFACE.map(words::module).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
});

/// The folder of the files in this build.
pub(super) fn folder() -> String {
    format!("/assets/{}", *BUILD)
}

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/assets/{build}/{name}", get(file))
}

async fn file(Path((build, name)): Path<(String, String)>) -> Result<Response, Error> {
    let cache = if build == *BUILD { "public, max-age=31536000, immutable" } else { "no-cache" };
    let answer = |media_type: &'static str, contents: Bytes| {
        ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, cache)], contents).into_response()
    };
    if let Some((_, media_type, contents)) = FILES.iter().find(|(n, ..)| *n == name) {
        return Ok(answer(media_type, Bytes::from_static(contents)));
    }
    let language =
        INTERFACE.into_iter().find(|&language| name == format!("words.{}.js", words::tag(language)));
    Ok(answer(JS, words::module(language.ok_or(Error::NotFound)?).into()))
}
