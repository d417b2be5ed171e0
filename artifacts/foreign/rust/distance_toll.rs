//! A rule for `move_agent` that makes far moves dear: the toll grows with the square of the distance band.
//!
//! Interface: `abi_version` 2, pure (`call`), return form packed i64: ptr in the low 32 bits, len in the high ones.

#![no_std]

#[path = "wasm1.rs"]
mod wasm1;

use wasm1::{input, trap, Item, Writer};

/// Width of a band: 10 km.
const BAND_CM: i64 = 1_000_000;
/// The belt is 100 km wide; nothing in it is farther apart than this.
const LAST_BAND: i64 = 99;
const OUTPUT_BYTES: usize = 256;

#[no_mangle]
pub extern "C" fn call(ptr: *const u8, len: usize) -> u64 {
    let judged = Item::of(input(ptr, len).field("action").bytes());
    if judged.field("action").field("kind").text() != b"move_agent" {
        trap()
    }
    let facts = judged.field("facts");
    let toll = match toll(facts.field("distance_cm").int()) {
        Some(toll) => toll,
        None => return decide("deny", 0, Some("OUT_OF_TOLL_BANDS")),
    };
    if toll > facts.field("electricity").int() {
        return decide("deny", 0, Some("TOLL_EXCEEDS_ELECTRICITY"));
    }
    decide("allow", toll, None)
}

/// Units of electricity: 1 in the first band, 4 in the second, 9 in the third, and so on.
fn toll(distance_cm: i64) -> Option<i64> {
    if distance_cm < 0 {
        trap()
    }
    let band = distance_cm / BAND_CM;
    if band > LAST_BAND { None } else { Some((band + 1) * (band + 1)) }
}

/// The output with one `rule.decision`; keys in canonical order.
fn decide(verdict: &str, electricity: i64, note: Option<&str>) -> u64 {
    let mut out = Writer::with_capacity(OUTPUT_BYTES);
    out.map(2).text("emits").list(1).map(2).text("kind").text("rule.decision").text("payload").map(4);
    out.text("cost").map((electricity != 0) as u64);
    if electricity != 0 {
        out.text("electricity").int(electricity);
    }
    out.text("notes").list(note.is_some() as u64);
    if let Some(note) = note {
        out.text(note);
    }
    out.text("verdict").text(verdict).text("override_action").null();
    out.text("effects").list(0);
    let written = out.written();
    (written.len() as u64) << 32 | written.as_ptr() as u64
}
