/*
 * Counts what every agent does: a reducer called after actions, whatever their kind.
 *
 * Interface: abi_version 2, reducer (`reduce`), return form multi-value (ptr, len).
 * State: a map of agent id to the number of its actions, keys in canonical order. An agent that reaches 10, 100, 1,000 … actions
 * is announced with `activity.milestone`.
 */
#include "wasm1.h"

enum {
  MAX_AGENTS = 256,       /* more are not taken in: every call reads and writes all of them */
  MAX_AGENT_ID_BYTES = 64,
  OUTPUT_OVERHEAD = 256,  /* everything in an output besides the state */
};

typedef struct {
  u8 *state;
  u32 state_length;
  u64 calls; /* of this agent; 0 if it was not taken in */
} tally;

/* One entry of the state: the key as encoded, which is what canonical order compares, and its count. */
static void put_entry(writer *out, slice agent, u64 calls) {
  put_string(out, TEXT, agent);
  put_head(out, UINT, calls);
}

static bool comes_before(slice a, slice b) {
  return a.length != b.length ? a.length < b.length : compare(a, b) < 0;
}

/* A copy of the state with one more action of this agent. */
static tally count(slice state, slice agent) {
  static const u8 empty = MAP << 5;
  if (state.length == 0) state = (slice){&empty, 1};
  head map = expect(state, MAP);
  writer entries = writer_of(state.length + MAX_AGENT_ID_BYTES + 16);
  u64 calls = 0, size = 0;
  slice rest = map.rest;
  bool room = map.argument < MAX_AGENTS;
  for (u64 i = 0; i < map.argument; i++) {
    slice known = string_of(rest, TEXT);
    slice value = after(rest);
    u64 known_calls = expect(value, UINT).argument;
    if (compare(known, agent) == 0) {
      calls = ++known_calls;
    } else if (calls == 0 && room && comes_before(agent, known)) {
      put_entry(&entries, agent, calls = 1);
      size++;
    }
    put_entry(&entries, known, known_calls);
    size++;
    rest = after(value);
  }
  if (calls == 0 && room) {
    put_entry(&entries, agent, calls = 1);
    size++;
  }
  writer out = writer_of(entries.length + 9);
  put_head(&out, MAP, size);
  put(&out, entries.start, entries.length);
  return (tally){out.start, out.length, calls};
}

static bool is_milestone(u64 calls) {
  if (calls < 10) return 0;
  while (calls % 10 == 0) calls /= 10;
  return calls == 1;
}

EXPORT("reduce") slice reduce(const u8 *input, u32 length) {
  slice call = {input, length};
  slice action = string_of(FIND(call, "action"), BYTES);
  slice agent = string_of(FIND(action, "actor"), TEXT);
  if (agent.length > MAX_AGENT_ID_BYTES) trap();
  slice state = FIND(call, "state");
  tally counted = count(state.length == 0 ? state : string_of(state, BYTES), agent);

  bool milestone = is_milestone(counted.calls);
  writer out = writer_of(counted.state_length + OUTPUT_OVERHEAD);
  put_head(&out, MAP, 3);
  PUT_TEXT(&out, "emits");
  put_head(&out, LIST, milestone);
  if (milestone) {
    put_head(&out, MAP, 2);
    PUT_TEXT(&out, "kind");
    PUT_TEXT(&out, "activity.milestone");
    PUT_TEXT(&out, "payload");
    put_head(&out, MAP, 2);
    PUT_TEXT(&out, "agent");
    put_string(&out, TEXT, agent);
    PUT_TEXT(&out, "actions");
    put_head(&out, UINT, counted.calls);
  }
  PUT_TEXT(&out, "effects");
  put_head(&out, LIST, 0);
  PUT_TEXT(&out, "new_state");
  put_string(&out, BYTES, (slice){counted.state, counted.state_length});
  return (slice){out.start, out.length};
}
