//! How many times as long one thing takes as another, asked in turn: what else the machine does slows both.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Bencher, Criterion, Throughput};

/// Measures a ratio of two times, in [`compare`].
#[derive(Debug)]
pub(crate) struct Ratio;

impl Measurement for Ratio {
    type Intermediate = ();
    type Value = f64;

    fn start(&self) {}

    fn end(&self, (): ()) -> f64 {
        0.0
    }

    fn add(&self, a: &f64, b: &f64) -> f64 {
        a + b
    }

    fn zero(&self) -> f64 {
        0.0
    }

    fn to_f64(&self, value: &f64) -> f64 {
        *value
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self
    }
}

impl ValueFormatter for Ratio {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        "times"
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "times"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "times"
    }
}

/// Criterion, measuring ratios.
pub(crate) fn criterion() -> Criterion<Ratio> {
    Criterion::default().with_measurement(Ratio).configure_from_args()
}

/// Measures how many times as long `this` takes as `reference`, one after the other in each iteration.
pub(crate) fn compare<A, B>(
    bencher: &mut Bencher<'_, Ratio>,
    mut this: impl FnMut() -> A,
    mut reference: impl FnMut() -> B,
) {
    let time = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        f();
        start.elapsed()
    };
    bencher.iter_custom(|iterations| {
        let (mut of_this, mut of_reference) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..iterations {
            of_this += time(&mut || drop(black_box(this())));
            of_reference += time(&mut || drop(black_box(reference())));
        }
        // Criterion divides by the number of iterations.
        of_this.as_secs_f64() / of_reference.as_secs_f64() * f64::from(u32::try_from(iterations).unwrap_or(1))
    });
}
