//! Keeps the odometer of the world: how far all agents together have moved. Called after every `move_agent`.
//!
//! Interface: `abi_version` 1, as the earlier system's Rust SDK speaks it: byte fields (`action`, `state`, `new_state`) are lists of
//! integers, keys stand in the order the structs declare them, absent fields are null, `output_bytes` is declared.
//! Reducer (`reduce`), return form struct pointer: the host hands in eight bytes for ptr and len.

#![no_std]

#[path = "wasm1.rs"]
mod wasm1;

use wasm1::{input, trap, Item, Writer};

/// A milestone is emitted whenever the total passes a multiple of this: 100 km.
const MILESTONE_CM: i64 = 10_000_000;
const STATE_BYTES: usize = 96;
const OUTPUT_BYTES: usize = 512;

#[repr(C)]
pub struct Slice {
    ptr: *const u8,
    len: usize,
}

struct Odometer {
    total_cm: i64,
    moves: i64,
    longest_cm: i64,
}

impl Odometer {
    fn decode(state: Option<Item>) -> Odometer {
        match state {
            Some(state) if !state.is_null() => {
                let fields = Item::of(state.octets());
                Odometer { total_cm: fields.field("total_cm").int(), moves: fields.field("moves").int(), longest_cm: fields.field("longest_cm").int() }
            }
            _ => Odometer { total_cm: 0, moves: 0, longest_cm: 0 },
        }
    }

    fn encode(&self) -> &'static [u8] {
        let mut out = Writer::with_capacity(STATE_BYTES);
        out.map(3).text("total_cm").int(self.total_cm).text("moves").int(self.moves).text("longest_cm").int(self.longest_cm);
        out.written()
    }

    fn add(&self, distance_cm: i64) -> Odometer {
        match self.total_cm.checked_add(distance_cm) {
            Some(total_cm) => Odometer { total_cm, moves: self.moves + 1, longest_cm: self.longest_cm.max(distance_cm) },
            None => trap(),
        }
    }
}

#[no_mangle]
pub extern "C" fn reduce(out: *mut Slice, ptr: *const u8, len: usize) {
    let call = input(ptr, len);
    let told = Item::of(call.field("action").octets());
    let distance_cm = told.field("facts").field("distance_cm").int();
    if distance_cm < 0 {
        trap()
    }
    let before = Odometer::decode(call.find("state"));
    let after = before.add(distance_cm);
    let passed = after.total_cm / MILESTONE_CM > before.total_cm / MILESTONE_CM;
    let written = encode(&after, passed);
    unsafe { *out = Slice { ptr: written.as_ptr(), len: written.len() } }
}

fn encode(odometer: &Odometer, milestone: bool) -> &'static [u8] {
    let state = odometer.encode();
    let mut out = Writer::with_capacity(OUTPUT_BYTES);
    out.map(5).text("new_state").octets(state).text("effects").list(0).text("emits").list(milestone as u64);
    if milestone {
        out.map(2).text("kind").text("odometer.milestone").text("payload").map(2);
        out.text("total_cm").int(odometer.total_cm).text("moves").int(odometer.moves);
    }
    out.text("tick_lifecycle").null().text("output_bytes").int(state.len() as i64);
    out.written()
}
