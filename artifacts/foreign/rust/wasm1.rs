//! What a `wasm-1` module needs, without `std` and without crates: memory, reading CBOR, writing CBOR.
//!
//! A module gets a fresh instance per call, so memory is only ever taken, never returned. Input that is malformed traps: the host
//! then treats the call as failed.

use core::slice;

const PAGE: usize = 65_536;

extern "C" {
    /// First byte after the data; the linker's name for it.
    static __heap_base: u8;
}

static mut NEXT: usize = 0;

pub fn trap() -> ! {
    core::arch::wasm32::unreachable()
}

#[panic_handler]
fn on_panic(_: &core::panic::PanicInfo) -> ! {
    trap()
}

/// The export the host asks for room with; ours too. Traps when the memory may not grow that far.
#[no_mangle]
pub extern "C" fn alloc(len: usize) -> *mut u8 {
    // One thread, and nobody else touches NEXT.
    unsafe {
        if NEXT == 0 {
            NEXT = (&__heap_base as *const u8 as usize + 7) & !7;
        }
        let start = NEXT;
        let end = match start.checked_add(len) {
            Some(end) if end <= usize::MAX - 7 => end,
            _ => trap(),
        };
        let available = core::arch::wasm32::memory_size(0) * PAGE;
        if end > available && core::arch::wasm32::memory_grow(0, (end - available + PAGE - 1) / PAGE) == usize::MAX {
            trap()
        }
        NEXT = (end + 7) & !7;
        start as *mut u8
    }
}

/// The input of a call, as the host placed it.
pub fn input(ptr: *const u8, len: usize) -> Item {
    Item { bytes: unsafe { slice::from_raw_parts(ptr, len) } }
}

const UINT: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;
const NULL: u8 = 0xf6;

/// One CBOR item at the start of `bytes`; what follows it is not looked at.
#[derive(Clone, Copy)]
pub struct Item {
    bytes: &'static [u8],
}

impl Item {
    pub fn of(bytes: &'static [u8]) -> Item {
        Item { bytes }
    }

    /// Major type, argument, and what comes after them (RFC 8949 §3). Indefinite lengths, tags and floats trap.
    fn head(self) -> (u8, u64, &'static [u8]) {
        let first = match self.bytes.first() {
            Some(first) => *first,
            None => trap(),
        };
        let size = match first & 31 {
            0..=23 => 0,
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => trap(),
        };
        let mut argument = if size == 0 { (first & 31) as u64 } else { 0 };
        for at in 1..=size {
            argument = argument << 8 | match self.bytes.get(at) {
                Some(byte) => *byte as u64,
                None => trap(),
            };
        }
        match self.bytes.get(1 + size..) {
            Some(rest) if first >> 5 <= MAP || (first >> 5 == 7 && size == 0) => (first >> 5, argument, rest),
            _ => trap(),
        }
    }

    fn of_major(self, major: u8) -> (u64, &'static [u8]) {
        match self.head() {
            (found, argument, rest) if found == major => (argument, rest),
            _ => trap(),
        }
    }

    /// What comes after this item. Nesting is bounded by the host's own decoder limits and by the call stack.
    fn after(self) -> &'static [u8] {
        let (major, argument, rest) = self.head();
        let items = match major {
            BYTES | TEXT => return split(rest, argument).1,
            LIST => argument,
            MAP => argument * 2,
            _ => return rest,
        };
        (0..items).fold(rest, |rest, _| Item::of(rest).after())
    }

    #[allow(dead_code)]
    pub fn is_null(self) -> bool {
        self.bytes.first() == Some(&NULL)
    }

    pub fn int(self) -> i64 {
        match self.head() {
            (UINT, value, _) if value <= i64::MAX as u64 => value as i64,
            (NEGATIVE, value, _) if value <= i64::MAX as u64 => -1 - value as i64,
            _ => trap(),
        }
    }

    pub fn text(self) -> &'static [u8] {
        let (length, rest) = self.of_major(TEXT);
        split(rest, length).0
    }

    /// A byte string: how `abi_version` 2 carries bytes.
    #[allow(dead_code)]
    pub fn bytes(self) -> &'static [u8] {
        let (length, rest) = self.of_major(BYTES);
        split(rest, length).0
    }

    /// A list of integers 0 … 255: how `abi_version` 1 carries bytes.
    #[allow(dead_code)]
    pub fn octets(self) -> &'static [u8] {
        let (count, mut rest) = self.of_major(LIST);
        if count > rest.len() as u64 {
            trap()
        }
        let octets = unsafe { slice::from_raw_parts_mut(alloc(count as usize), count as usize) };
        for octet in octets.iter_mut() {
            let item = Item::of(rest);
            *octet = match item.head() {
                (UINT, value, _) if value <= 255 => value as u8,
                _ => trap(),
            };
            rest = item.after();
        }
        octets
    }

    /// The value under a key of a map, in whatever order the keys are.
    pub fn find(self, key: &str) -> Option<Item> {
        let (pairs, mut rest) = self.of_major(MAP);
        for _ in 0..pairs {
            let name = Item::of(rest);
            let value = Item::of(name.after());
            if name.text() == key.as_bytes() {
                return Some(value);
            }
            rest = value.after();
        }
        None
    }

    pub fn field(self, key: &str) -> Item {
        match self.find(key) {
            Some(value) => value,
            None => trap(),
        }
    }
}

fn split(bytes: &'static [u8], length: u64) -> (&'static [u8], &'static [u8]) {
    if length > bytes.len() as u64 {
        trap()
    }
    bytes.split_at(length as usize)
}

/// Writes CBOR into room taken once; more than that traps.
pub struct Writer {
    start: *mut u8,
    length: usize,
    capacity: usize,
}

impl Writer {
    pub fn with_capacity(capacity: usize) -> Writer {
        Writer { start: alloc(capacity), length: 0, capacity }
    }

    pub fn written(&self) -> &'static [u8] {
        unsafe { slice::from_raw_parts(self.start, self.length) }
    }

    fn byte(&mut self, byte: u8) {
        if self.length == self.capacity {
            trap()
        }
        unsafe { *self.start.add(self.length) = byte }
        self.length += 1;
    }

    fn head(&mut self, major: u8, argument: u64) -> &mut Writer {
        let (info, size) = match argument {
            0..=23 => (argument as u8, 0),
            24..=0xff => (24, 1),
            0x100..=0xffff => (25, 2),
            0x1_0000..=0xffff_ffff => (26, 4),
            _ => (27, 8),
        };
        self.byte(major << 5 | info);
        for at in (0..size).rev() {
            self.byte((argument >> (8 * at)) as u8);
        }
        self
    }

    pub fn map(&mut self, pairs: u64) -> &mut Writer {
        self.head(MAP, pairs)
    }

    pub fn list(&mut self, items: u64) -> &mut Writer {
        self.head(LIST, items)
    }

    pub fn null(&mut self) -> &mut Writer {
        self.byte(NULL);
        self
    }

    pub fn int(&mut self, value: i64) -> &mut Writer {
        if value < 0 {
            self.head(NEGATIVE, !value as u64)
        } else {
            self.head(UINT, value as u64)
        }
    }

    pub fn text(&mut self, text: &str) -> &mut Writer {
        self.head(TEXT, text.len() as u64);
        for byte in text.bytes() {
            self.byte(byte);
        }
        self
    }

    /// Bytes as `abi_version` 1 carries them.
    #[allow(dead_code)]
    pub fn octets(&mut self, octets: &[u8]) -> &mut Writer {
        self.list(octets.len() as u64);
        for octet in octets {
            self.head(UINT, *octet as u64);
        }
        self
    }
}
