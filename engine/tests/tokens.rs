//! Token ids as they are served against those of `tokenizers`, which trains.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::path::Path;

use proptest::prelude::*;
use relat_engine::bundle::Bundle;
use relat_engine::encoder::{SentenceEncoder, SentenceReader};
use relat_engine::logits::Outputs;
use relat_engine::reading::Catalogue;
use relat_engine::{Document, Taxonomy};
use relat_kernels::Kernels;

thread_local! {
    static SHIPPED: (SentenceEncoder, SentenceReader) = {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/default");
        let bundle = Bundle::open(&folder).unwrap();
        let encoder = SentenceEncoder::load(&bundle, Outputs(Catalogue::of(Taxonomy::shipped()))).unwrap();
        let reader = SentenceReader::new(&encoder, Kernels::fastest()).unwrap();
        (encoder, reader)
    };
}

fn assert_same(text: &str) {
    let Ok(document) = Document::new(text) else { return };
    SHIPPED.with(|(encoder, reader)| {
        let sentences = document.sentences().iter().map(|s| encoder.ids(document.sentence_text(s)).unwrap());
        let expected = encoder.windows(&sentences.collect::<Vec<_>>());
        // Windows do not show their ids: they spell the text.
        assert!(reader.windows(&document).unwrap() == expected, "{text:?}");
    });
}

#[test]
fn every_character_is_read_as_tokenizers_reads_it() {
    let ranges = ['\0'..='\u{24f}', '\u{300}'..='\u{370}', '\u{2000}'..='\u{2070}', '€'..='€', '▁'..='▁'];
    for c in ranges.into_iter().flatten() {
        for text in [format!("{c}"), format!("la{c}sa"), format!("a {c}{c} {c}"), format!("e{c}\u{301} x{c}")]
        {
            assert_same(&text);
        }
    }
}

#[test]
fn narratives_are_read_as_tokenizers_reads_them() {
    for text in [
        "Truca la Sra. Roca, 59 anys. Des del dia 3 fan nit a la furgoneta, aparcada darrere del parc.",
        "El marit es beu una ampolla de conyac diària. Fa dos anys va anar al CAS i ho va deixar córrer.",
        "També arrosseguen 14.000 € de dues targetes: col·lapse, qüestió, «a veure»… l’àvia —84a— no hi és.",
        "¿Y el niño? Señora de 1.ª visita; pingüino, año nº 3, ½ jornada. EMAIL: a_b@c.es (93 555 01 01)",
        "She can't pay the rent & sleeps at her aunt's — \"for now\"; the fiancé's naïve.\n\tNext visit 3/4.",
        "[CLS] i [SEP] no són paraules; тоже нет 🙂, 不是, ﬁ ǅ İ ŉ ſ ẞ.",
    ] {
        assert_same(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_as_tokenizers_reads_it(
        texts in prop::collection::vec("[a-zàèéíïóòúüçñ·' .,0-9A-ZÀ-Ý€¿¡«»\u{300}-\u{308}]{1,60}", 1..8),
        odd in prop::collection::vec("[\0-\u{24f}\u{300}-\u{36f}\u{2010}-\u{2027}]{1,30}", 1..8),
        any in ".{0,40}",
    ) {
        for text in texts.iter().chain(&odd) {
            assert_same(text);
        }
        assert_same(&any);
    }
}
