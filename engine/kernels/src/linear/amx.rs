//! Linear layers on AMX tiles, by assembly: the intrinsics are not stable.
//!
//! Tiles 0 to 3 hold sums of 32 rows and 32 outputs, tiles 4 and 5 activations, tiles 6 and 7 weights.

use std::arch::asm;
use std::sync::LazyLock;

use super::{Activations, Job, Linear, Then};
use crate::aligned::LINE;
use crate::simd::avx512::Avx512;
use crate::simd::{Isa, LANES};

/// Rows of a tile.
const TILE: usize = 16;
/// Rows of a block: bytes are there for a multiple of these.
pub(crate) const ROWS: usize = 2 * TILE;

/// Whether the processor has tiles of bytes, and the operating system lends them to this process.
pub(crate) static GRANTED: LazyLock<bool> = LazyLock::new(|| detected() && granted());

/// AMX-TILE and AMX-INT8, and registers that the operating system saves.
fn detected() -> bool {
    const TILE_AND_INT8: u32 = 1 << 24 | 1 << 25;
    const OSXSAVE: u32 = 1 << 27;
    const TILE_STATE: u64 = 1 << 17 | 1 << 18;
    let (most, first) = (std::arch::x86_64::__cpuid(0).eax, std::arch::x86_64::__cpuid(1));
    if most < 7 || first.ecx & OSXSAVE == 0 {
        return false;
    }
    if std::arch::x86_64::__cpuid_count(7, 0).edx & TILE_AND_INT8 != TILE_AND_INT8 {
        return false;
    }
    // SAFETY: OSXSAVE says that the instruction is there and allowed.
    let saved = unsafe {
        let (low, high): (u32, u32);
        asm!("xgetbv", in("ecx") 0, out("eax") low, out("edx") high, options(nomem, nostack));
        u64::from(high) << 32 | u64::from(low)
    };
    saved & TILE_STATE == TILE_STATE
}

/// Asks Linux for the tiles, once a process: `arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)`.
#[cfg(target_os = "linux")]
fn granted() -> bool {
    let mut result: i64 = 158;
    // SAFETY: system call 158 of Linux on x86-64 with these arguments writes no memory of the process; it clobbers rcx
    // and r11.
    unsafe {
        asm!("syscall", inout("rax") result, in("rdi") 0x1023, in("rsi") 18, out("rcx") _, out("r11") _,
            options(nostack));
    }
    result == 0
}

#[cfg(not(target_os = "linux"))]
fn granted() -> bool {
    false
}

/// What `ldtilecfg` reads: eight tiles of 16 rows of 64 bytes.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start: u8,
    reserved: [u8; 14],
    bytes: [u16; 16],
    rows: [u8; 16],
}

static SHAPES: Shapes = Shapes {
    palette: 1,
    start: 0,
    reserved: [0; 14],
    bytes: [64, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0, 0, 0, 0, 0, 0],
    rows: [16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0],
};

/// Sums of a block, rows of 32.
#[repr(C, align(64))]
struct Sums([[[i32; LANES]; 2]; ROWS]);

/// # Safety
/// [`GRANTED`] must be true and the processor have AVX-512 with VNNI.
#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
pub(super) unsafe fn product(isa: Avx512, x: &Activations, linear: &Linear, then: Then, out: &mut [f32]) {
    let (rows, panels) = super::check(x, linear, out);
    assert!(x.bytes.len() >= rows.next_multiple_of(ROWS) * x.stride, "rows that do not fill tiles");
    let panel_bytes = x.stride * LANES;
    let mut sums = Sums([[[0; LANES]; 2]; ROWS]);
    // SAFETY: the tiles were granted; SHAPES is a configuration of palette 1.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &raw const SHAPES, options(nostack, readonly)) };
    for panel in (0..panels).step_by(2) {
        // The last of an odd number of panels is done twice and taken once.
        let second = (panel + 1).min(panels - 1);
        for row in (0..rows).step_by(ROWS) {
            // SAFETY: activations of 32 rows from `row` on are there, as the assertion says, in rows of `stride` bytes;
            // a panel has `panel_bytes` bytes, 1,024 for each 64 inputs; sums are 32 rows of 128 bytes. The tiles named
            // are given up, and nothing else is written.
            unsafe {
                let a = x.bytes.as_ptr().add(row * x.stride);
                let w = linear.weights.as_ptr();
                let to = sums.0.as_mut_ptr().cast::<i32>();
                asm!(
                    "tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3",
                    "2:",
                    "tileloadd tmm4, [{a0} + {stride}*1]", "tileloadd tmm6, [{w0} + {line}*1]",
                    "tileloadd tmm5, [{a1} + {stride}*1]", "tileloadd tmm7, [{w1} + {line}*1]",
                    "tdpbusd tmm0, tmm4, tmm6", "tdpbusd tmm1, tmm4, tmm7",
                    "tdpbusd tmm2, tmm5, tmm6", "tdpbusd tmm3, tmm5, tmm7",
                    "add {a0}, 64", "add {a1}, 64", "add {w0}, 1024", "add {w1}, 1024",
                    "dec {steps}", "jnz 2b",
                    "tilestored [{to} + {wide}*1], tmm0", "tilestored [{to} + {wide}*1 + 64], tmm1",
                    "tilestored [{below} + {wide}*1], tmm2", "tilestored [{below} + {wide}*1 + 64], tmm3",
                    a0 = inout(reg) a => _,
                    a1 = inout(reg) a.add(TILE * x.stride) => _,
                    w0 = inout(reg) w.add(panel * panel_bytes) => _,
                    w1 = inout(reg) w.add(second * panel_bytes) => _,
                    steps = inout(reg) x.stride / LINE => _,
                    stride = in(reg) x.stride,
                    line = in(reg) LINE,
                    wide = in(reg) 2 * LINE,
                    to = in(reg) to,
                    below = in(reg) to.add(TILE * 2 * LANES),
                    out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                    out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
                    options(nostack),
                );
            }
            let tall = ROWS.min(rows - row);
            for (j, panel) in (panel..panels.min(panel + 2)).enumerate() {
                let job = Job { isa, x, linear, then, row, panel };
                for (i, sums) in sums.0.iter().take(tall).enumerate() {
                    job.finish(i, 0, isa.load_i(&sums[j]), out);
                }
            }
        }
    }
    // SAFETY: gives the tiles' registers back.
    unsafe { asm!("tilerelease", options(nomem, nostack)) };
}
