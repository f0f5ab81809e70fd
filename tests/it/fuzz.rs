//! The fuzzer's laws over the inputs that are kept in `fuzz/corpus`, and over changes of them: the same changes in each run.
//! `fuzz/run.sh` looks for new ones.

use std::path::PathBuf;

use crate::support::root;

#[path = "../../fuzz/laws.rs"]
mod laws;

/// Changed inputs of each law; the service's, which go through its routes and its store, are fewer.
const CHANGED: usize = 20_000;
const CHANGED_BODIES: usize = 600;

/// Longest changed input, bytes.
const LONGEST: usize = 4096;

/// Pieces that these formats have, and that texts break at.
const PIECES: [&[u8]; 20] = [
    b"\"",
    b"\\",
    b"\\ud83d",
    b"{\"",
    b"}]",
    b"null",
    b"-1",
    b"1e999",
    b"\n",
    b"\r\n",
    b" || ",
    b"@ id=",
    b"= income:",
    b"> ",
    b"# ",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xe2\x80\xa8",
    b"...",
    b"\0",
];

fn kept(target: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(root().join("fuzz/corpus").join(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let kept: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(!kept.is_empty(), "help: nothing is kept for {target}");
    kept
}

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct Numbers(u64);

impl Numbers {
    /// A number below `n`, which is not 0.
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }

    /// A place in or at the end of some bytes.
    fn place(&mut self, bytes: &[u8]) -> usize {
        self.below(bytes.len() + 1)
    }
}

/// One of the inputs, changed one to eight times as libFuzzer changes them.
fn changed(kept: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut input = kept[numbers.below(kept.len())].clone();
    for _ in 0..=numbers.below(8) {
        let (a, b) = (numbers.place(&input), numbers.place(&input));
        let (from, to) = (a.min(b), a.max(b));
        match numbers.below(6) {
            0 => drop(input.drain(from..to.min(from + 16))),
            1 => drop(input.splice(from..from, PIECES[numbers.below(PIECES.len())].iter().copied())),
            2 => drop(input.splice(from..to, PIECES[numbers.below(PIECES.len())].iter().copied())),
            3 => {
                let other = &kept[numbers.below(kept.len())];
                let cut = numbers.place(other);
                input.truncate(from);
                input.extend_from_slice(&other[cut..]);
            }
            4 => {
                let again = input[from..to].to_vec();
                drop(input.splice(to..to, again));
            }
            _ => {
                if let Some(byte) = input.get_mut(from) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
        }
        input.truncate(LONGEST);
    }
    input
}

fn holds(target: &str, n: usize, law: impl Fn(&[u8])) {
    let kept = kept(target);
    kept.iter().for_each(|input| law(input));
    let mut numbers = Numbers(n as u64);
    for i in 0..n {
        let input = changed(&kept, &mut numbers);
        let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(&input)));
        assert!(told.is_ok(), "help: change {i} breaks it, keep it: {:?}", String::from_utf8_lossy(&input));
    }
}

#[test]
fn sentences_cover_any_text() {
    holds("segment", CHANGED, laws::segment);
}

#[test]
fn a_decision_that_is_taken_is_written_as_it_was_read() {
    holds("decision", CHANGED, laws::decision);
}

#[test]
fn what_annotators_write_is_kept_or_refused_with_its_line() {
    holds("import", CHANGED, laws::import);
}

#[test]
fn any_body_is_answered_and_is_nobodys_fault_but_its_own() {
    let api = laws::Api::new();
    holds("body", CHANGED_BODIES, |bytes| api.body(bytes));
}
