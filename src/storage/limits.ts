/** One commit: a full block (2 MiB) with its certificates; as much as the strict decoder takes. */
export const MAX_COMMIT_BYTES = 4 << 20
/** Events or receipts of one block: 5,000 actions with a few hundred bytes each, with room. */
export const MAX_RECORDS_BYTES = 16 << 20
/** UTF-8 bytes of a state key: names and paths, not data. */
export const MAX_STATE_KEY_BYTES = 512
/** One state value; what is larger belongs in a blob. */
export const MAX_STATE_VALUE_BYTES = 1 << 20
/** State changes of one block: bounds the transaction. */
export const MAX_BLOCK_WRITES = 200_000
/** One blob: a module artifact, a source package, a snapshot chunk. Held in memory whole while it is hashed. */
export const MAX_BLOB_BYTES = 16 << 20
/** Blobs that may come with one block. */
export const MAX_BLOCK_BLOBS = 64
/** Owners that may pin one blob. */
export const MAX_PINS = 64
/** Characters of a pin's owner. */
export const MAX_PIN_CHARACTERS = 80
/** Chunks of one snapshot: 64 GiB at the largest chunk, more than a tab could hold. */
export const MAX_SNAPSHOT_CHUNKS = 4096
/** A snapshot's manifest: its chunk list and the header with certificate it rests on. */
export const MAX_MANIFEST_BYTES = 4 << 20
/** One record of the votes-WAL: a vote, a lock or a proposal with its block. */
export const MAX_WAL_RECORD_BYTES = 4 << 20
/** Records of the votes-WAL: thousands of rounds of one height; older heights are pruned. */
export const MAX_WAL_RECORDS = 100_000
/** A value of the key/value table for settings and small notes. */
export const MAX_META_BYTES = 64 << 10
/** Blocks of one range answer. */
export const MAX_RANGE_BLOCKS = 1000
/** State entries per read while iterating: about a megabyte of small entries, so the worker stays responsive. */
export const STATE_BATCH_ENTRIES = 1000
/** Bytes of state written per transaction while a snapshot streams in. */
export const STATE_BATCH_BYTES = 4 << 20
