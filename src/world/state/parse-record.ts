import { CodecError, schema, validatorSetSchema } from '../../codec/index.ts'
import type { Schema, Value } from '../../codec/index.ts'
import { MAX_MODULE_OUTPUT_BYTES } from '../module-manifest.ts'
import { PARTS } from '../parts.ts'
import { agentRecordSchema, asteroidRecordSchema, configRecordSchema, headRecordSchema, moduleInstanceRecordSchema, moduleRecordSchema, overdueSchema, recentBlockSchema, schedulePageSchema, signerRecordSchema, treasurySchema, validatorRecordSchema } from './records.ts'

const RECORD_SCHEMAS: readonly (readonly [RegExp, Schema<unknown>])[] = [
  [/^agent\/[0-9a-f]{32}$/, agentRecordSchema],
  [/^asteroid\/[0-9]{4,5}$/, asteroidRecordSchema],
  [/^schedule\/[1-9][0-9]*(\/[1-9][0-9]*)?$/, schedulePageSchema],
  [/^schedule\/overdue$/, overdueSchema],
  [/^validator\/[a-z0-9][a-z0-9-]{0,63}$/, validatorRecordSchema],
  [/^validators\/(current|next)$/, validatorSetSchema],
  [/^signer\/[a-z0-9][a-z0-9._-]{0,63}$/, signerRecordSchema],
  [/^module\/[a-z0-9_.]+$/, moduleRecordSchema],
  [/^module_instance\/[a-z0-9_.]+#[1-9][0-9]{0,3}$/, moduleInstanceRecordSchema],
  [/^module_state\/[a-z0-9_.]+#[1-9][0-9]{0,3}$/, schema.bytes(MAX_MODULE_OUTPUT_BYTES)],
  [/^world\/recent\/[0-9]{1,2}$/, recentBlockSchema],
  [/^world\/config$/, configRecordSchema],
  [/^world\/head$/, headRecordSchema],
  [/^treasury$/, treasurySchema],
  ...PARTS.flatMap(({ records }) => records),
]

/** The record under `key`, checked against the shape that key has. Throws `SCHEMA_MISMATCH`; unknown keys are refused. */
export function parseRecord(key: string, value: Value): Value {
  for (const [pattern, shape] of RECORD_SCHEMAS) if (pattern.test(key)) return shape.parse(value, key) as Value
  throw new CodecError('SCHEMA_MISMATCH', `"${key.slice(0, 80)}" is no key of the state.`, { path: key.slice(0, 80) })
}
