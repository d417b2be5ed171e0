import {
  blockHash, commitCertificateSchema, encodeCanonical, headerSchema, schema, toHex, validatorSetSchema, WORLD_ID,
} from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import type { WorldEvent } from '../world/index.ts'
import { AuditError } from './errors.ts'
import { filterSchema } from './filter.ts'
import { fromJson, toJson } from './json.ts'

export const AUDIT_FORMAT = 'agent-world/audit/v1'
/** One line: a genesis of 16 MiB as hex with room, or the one event of a block that takes all of its 16 MiB. */
export const MAX_LINE_CHARACTERS = 48 << 20

const metaSchema = schema.object({
  type: schema.literal('meta'),
  format: schema.literal(AUDIT_FORMAT),
  world_id: WORLD_ID,
  filter: filterSchema,
  /** First and last height looked at; of the first, events from `from_index` on: a page before this one may hold the others. */
  from: schema.int(1),
  from_index: schema.int(0),
  to: schema.int(1),
  /** A block of this file that a checkpoint from elsewhere may be held against; its line is there. */
  checkpoint: schema.object({ height: schema.int(1), block_hash: schema.fixedBytes(32) }),
  /** The validators who signed the first block line; later sets come with the block that announces them. */
  validators: validatorSetSchema,
  /** Binds the first validators to the world id. */
  genesis: schema.nullable(schema.anyValue()),
})

const blockSchema = schema.object({
  type: schema.literal('block'),
  header: headerSchema,
  certificate: commitCertificateSchema,
  /** The set that decides from the next height on, where it is another than this block's. */
  next_validators: schema.nullable(validatorSetSchema),
})

const eventSchema = schema.object({
  type: schema.literal('event'),
  height: schema.int(1),
  index: schema.int(0, 0xffff_ffff),
  id: schema.text(40),
  kind: schema.text(256),
  caused_by: schema.text(256),
  payload: schema.anyValue(),
  prev_hash: schema.fixedBytes(32),
  /** Of the events tree of the block line before it: how many leaves, and the sibling hashes from leaf to root, one after another. */
  proof: schema.object({ size: schema.int(1, 0xffff_ffff), siblings: schema.bytes(32 * 32) }),
})

const endSchema = schema.object({
  type: schema.literal('end'),
  /** Event lines of this file. */
  records: schema.int(0),
  /** Where to go on; null when the range is exhausted. */
  next_cursor: schema.nullable(schema.text(200)),
})

const lineSchema = schema.union('type', { meta: metaSchema, block: blockSchema, event: eventSchema, end: endSchema })

export type MetaLine = Infer<typeof metaSchema>
export type BlockLine = Infer<typeof blockSchema>
export type EventLine = Infer<typeof eventSchema>
export type EndLine = Infer<typeof endSchema>
/** An audit file: one meta line; block lines in ascending order, each followed by its events; one end line. */
export type AuditLine = MetaLine | BlockLine | EventLine | EndLine

/** One line of JSON without the line break; fields always stand in the same order. */
export function encodeLine(line: AuditLine): string {
  return JSON.stringify(toJson(lineSchema.parse(line as unknown as Value, '') as unknown as Value))
}

/** Strict inverse of `encodeLine`: a line that reads twice (a key given two times, a number with two spellings) is refused. Throws `LINE_MALFORMED`. */
export function decodeLine(encoded: string): AuditLine {
  let line: AuditLine
  try {
    line = lineSchema.parse(fromJson(JSON.parse(encoded)), '')
    encodeCanonical(line as unknown as Value)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new AuditError('LINE_MALFORMED', `This is not a line of an audit file: ${why}`, {}, { cause: error })
  }
  if (encodeLine(line) !== encoded) {
    throw new AuditError('LINE_MALFORMED', 'This line is not written the way audit files are: it was edited or formatted anew. Take the file as it was exported.')
  }
  return line
}

/** The event of a line as it is hashed. */
export function eventOf({ height, index, id, kind, caused_by, payload, prev_hash }: EventLine): WorldEvent {
  return { id, height, index, caused_by: caused_by as WorldEvent['caused_by'], kind, payload: payload as WorldEvent['payload'], prev_hash }
}

/** `world_id:height:hash`, the form a checkpoint is passed on in. */
export function checkpointText({ header }: Pick<BlockLine, 'header'>): string {
  return `${header.world_id}:${header.height}:${toHex(blockHash(header))}`
}
