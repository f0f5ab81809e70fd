//! The encoder asks for no memory once it has read a text of the same length.
use std::path::Path;

use relat_engine::encoder::load_encoder;
use relat_kernels::Kernels;

#[test]
fn the_second_text_asks_for_no_memory() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/encoders/bert");
    let mut encoder = load_encoder(&folder).unwrap().quantised(Kernels::fastest()).unwrap();
    let ids: Vec<u32> = (0..2000).map(|i| 3 + i % 20).collect();
    let lengths = [40; 50];
    let mut out = vec![0.0; ids.len() * encoder.width()];
    // Threads that wait for each other ask for memory of their own.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for path in relat_kernels::Path::ALL {
        let Ok(kernels) = Kernels::new(path) else { continue };
        encoder = encoder.on(kernels);
        let mut read = || encoder.forward(&ids, &lengths, &mut out).unwrap();
        let counted = pool.install(|| {
            read();
            allocation_counter::measure(&mut read)
        });
        assert_eq!(counted.count_total, 0, "{path}: {counted:?}");
    }
}
