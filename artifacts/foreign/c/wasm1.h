/*
 * What a `wasm-1` module needs, without libc: memory, reading CBOR, writing CBOR.
 *
 * A module gets a fresh instance per call, so memory is only ever taken, never returned. Input that is malformed traps: the host
 * then treats the call as failed.
 */
#ifndef WASM1_H
#define WASM1_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef _Bool bool;

#define EXPORT(name) __attribute__((export_name(name)))
#define trap() __builtin_trap()
#define LENGTH(text) (sizeof(text) - 1)

enum { UINT = 0, BYTES = 2, TEXT = 3, LIST = 4, MAP = 5 };

typedef struct {
  const u8 *at;
  u32 length;
} slice;

/* --- memory --- */

extern u8 __heap_base; /* first byte after the data; the linker's name for it */
static u32 next;

/* Traps when the memory may not grow that far. */
EXPORT("alloc") u8 *alloc(u32 length) {
  const u32 page = 65536;
  u32 start = next ? next : ((u32)&__heap_base + 7) & ~7u;
  u64 end = (u64)start + length;
  u64 available = (u64)__builtin_wasm_memory_size(0) * page;
  if (end > 0xfffffff0u) trap();
  if (end > available && __builtin_wasm_memory_grow(0, (u32)((end - available + page - 1) / page)) == (unsigned long)-1) trap();
  next = ((u32)end + 7) & ~7u;
  return (u8 *)start;
}

static int compare(slice a, slice b) {
  u32 shorter = a.length < b.length ? a.length : b.length;
  for (u32 i = 0; i < shorter; i++) {
    if (a.at[i] != b.at[i]) return a.at[i] < b.at[i] ? -1 : 1;
  }
  return a.length == b.length ? 0 : a.length < b.length ? -1 : 1;
}

/* --- reading --- */

typedef struct {
  u32 major;
  u64 argument;
  slice rest; /* what comes after the head */
} head;

/* Initial byte and argument (RFC 8949 §3). Indefinite lengths, tags and floats trap. */
static head read_head(slice item) {
  if (item.length == 0) trap();
  u8 first = item.at[0];
  u32 major = first >> 5, info = first & 31;
  u32 size = info < 24 ? 0 : 1u << (info - 24);
  if (info > 27 || major == 6 || (major == 7 && size > 0) || item.length < 1 + size) trap();
  u64 argument = size ? 0 : info;
  for (u32 i = 1; i <= size; i++) argument = argument << 8 | item.at[i];
  return (head){major, argument, {item.at + 1 + size, item.length - 1 - size}};
}

static head expect(slice item, u32 major) {
  head found = read_head(item);
  if (found.major != major) trap();
  return found;
}

static slice drop(slice bytes, u64 count) {
  if (count > bytes.length) trap();
  return (slice){bytes.at + count, bytes.length - (u32)count};
}

/* What comes after an item. */
static slice after(slice item) {
  head found = read_head(item);
  if (found.major == BYTES || found.major == TEXT) return drop(found.rest, found.argument);
  slice rest = found.rest;
  u64 items = found.major == LIST ? found.argument : found.major == MAP ? found.argument * 2 : 0;
  for (u64 i = 0; i < items; i++) rest = after(rest);
  return rest;
}

/* The contents of a byte or text string. */
static slice string_of(slice item, u32 major) {
  head found = expect(item, major);
  drop(found.rest, found.argument);
  return (slice){found.rest.at, (u32)found.argument};
}

/* The value under a key of a map; of no bytes if there is none. */
static slice find(slice map, slice key) {
  head found = expect(map, MAP);
  slice rest = found.rest;
  for (u64 i = 0; i < found.argument; i++) {
    slice value = after(rest);
    if (compare(string_of(rest, TEXT), key) == 0) return value;
    rest = after(value);
  }
  return (slice){0, 0};
}

#define FIND(map, key) find(map, (slice){(const u8 *)(key), LENGTH(key)})

/* --- writing --- */

typedef struct {
  u8 *start;
  u32 length;
  u32 capacity;
} writer;

static writer writer_of(u32 capacity) {
  return (writer){alloc(capacity), 0, capacity};
}

static void put(writer *out, const u8 *bytes, u32 length) {
  if (length > out->capacity - out->length) trap();
  for (u32 i = 0; i < length; i++) out->start[out->length + i] = bytes[i];
  out->length += length;
}

static void put_head(writer *out, u32 major, u64 argument) {
  u32 size = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x100000000 ? 4 : 8;
  u8 bytes[9];
  bytes[0] = (u8)(major << 5 | (size == 0 ? (u32)argument : size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27));
  for (u32 i = 0; i < size; i++) bytes[1 + i] = (u8)(argument >> 8 * (size - 1 - i));
  put(out, bytes, 1 + size);
}

static void put_string(writer *out, u32 major, slice bytes) {
  put_head(out, major, bytes.length);
  put(out, bytes.at, bytes.length);
}

#define PUT_TEXT(out, text) put_string(out, TEXT, (slice){(const u8 *)(text), LENGTH(text)})

#endif
