import { encodeCanonical } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { INTERFACE_VERSION } from '../../wasm/index.ts'
import type { ModuleCallInput } from '../../wasm/index.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import type { CallOrigin, CallStage, CallSubject } from './module-host.ts'

/** Digits of an action id that go into a trace id: enough to tell traces of one block apart. */
const TRACE_ID_DIGITS = 16

export function traceIdOf({ kind, id }: CallOrigin, instanceId: string): string {
  return `${kind}-${id.slice(0, TRACE_ID_DIGITS)}-${instanceId}`
}

/** What a module is given, as values. */
export function callInput(manifest: ModuleManifest, stage: CallStage, height: number, origin: CallOrigin, trace_id: string, subject: CallSubject): ModuleCallInput {
  const { module_id, version, limits } = manifest
  return {
    ctx: {
      v: INTERFACE_VERSION, module_id, module_version: version, trace_id, time: height, stage,
      origin: { kind: origin.kind, id: origin.id }, limits,
    },
    ...subject,
  }
}

/** The parts of an encoded input that are the same for every call of a module at one stage and height. */
interface Frame {
  readonly stage: CallStage
  readonly originKind: string
  /** From the head of `ctx` to the key of the origin's id. */
  readonly beforeId: Uint8Array
  /** From the origin's kind to the key of the trace id. */
  readonly betweenIds: Uint8Array
  /** From the module id to the end of `ctx`. */
  readonly afterTrace: Uint8Array
}

const MAP = 0xa0
const BYTES = 0x40
const TEXT = 0x60
const CTX_FIELDS = 8
const SUBJECT_FIELDS = ['event', 'state', 'action'] as const // in canonical order, after `ctx`

/**
 * Writes `callInput` in canonical CBOR, for modules of ABI 2. Two calls an action make this the most encoded message of all, and all but the ids and the
 * subject is the same every time: fragments made by the canonical encoder are copied together, keys in canonical order.
 */
export class CallInputEncoder {
  private readonly height: number
  private readonly frames = new Map<ModuleManifest, Frame[]>()

  constructor(height: number) {
    this.height = height
  }

  encode(manifest: ModuleManifest, stage: CallStage, origin: CallOrigin, trace: string, subject: CallSubject): Uint8Array {
    const { beforeId, betweenIds, afterTrace } = this.frame(manifest, stage, origin.kind)
    let size = 1 + beforeId.length + stringSize(origin.id.length) + betweenIds.length + stringSize(trace.length) + afterTrace.length
    let fields = 1
    for (const name of SUBJECT_FIELDS) {
      const bytes = subject[name]
      if (bytes === undefined) continue
      size += KEYS[name].length + stringSize(bytes.length)
      fields++
    }
    const input = new Uint8Array(size)
    input[0] = MAP + fields
    let at = put(input, 1, beforeId)
    at = putAscii(input, at, origin.id)
    at = put(input, at, betweenIds)
    at = putAscii(input, at, trace)
    at = put(input, at, afterTrace)
    for (const name of SUBJECT_FIELDS) {
      const bytes = subject[name]
      if (bytes === undefined) continue
      at = put(input, at, KEYS[name])
      at = putHead(input, at, BYTES, bytes.length)
      at = put(input, at, bytes)
    }
    return input
  }

  private frame(manifest: ModuleManifest, stage: CallStage, originKind: string): Frame {
    let known = this.frames.get(manifest)
    if (known === undefined) this.frames.set(manifest, (known = []))
    for (const frame of known) if (frame.stage === stage && frame.originKind === originKind) return frame
    const { module_id, version, limits } = manifest
    const frame: Frame = {
      stage, originKind,
      beforeId: fragments(key('ctx'), [MAP + CTX_FIELDS], field('v', INTERFACE_VERSION), field('time', this.height), field('stage', stage), field('limits', limits), key('origin'), [MAP + 2], key('id')),
      betweenIds: fragments(field('kind', originKind), key('trace_id')),
      afterTrace: fragments(field('module_id', module_id), field('module_version', version)),
    }
    known.push(frame)
    return frame
  }
}

// Each writes at `at` and returns where it stopped.

function put(target: Uint8Array, at: number, bytes: Uint8Array): number {
  target.set(bytes, at)
  return at + bytes.length
}

/** Ids are ASCII: one byte a character. */
function putAscii(target: Uint8Array, start: number, text: string): number {
  const { length } = text
  const at = putHead(target, start, TEXT, length)
  for (let i = 0; i < length; i++) target[at + i] = text.charCodeAt(i)
  return at + length
}

/** Head of a byte or text string (RFC 8949 §3), shortest form. */
function putHead(target: Uint8Array, start: number, major: number, length: number): number {
  let at = start
  if (length < 24) {
    target[at++] = major + length
  } else if (length < 0x100) {
    target[at++] = major + 24
    target[at++] = length
  } else if (length < 0x10000) {
    target[at++] = major + 25
    target[at++] = length >> 8
    target[at++] = length & 255
  } else {
    target[at++] = major + 26
    target[at++] = length >>> 24
    target[at++] = (length >> 16) & 255
    target[at++] = (length >> 8) & 255
    target[at++] = length & 255
  }
  return at
}

/** Bytes of a byte or ASCII text string with its head. */
function stringSize(length: number): number {
  return length + (length < 24 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5)
}

function key(name: string): Uint8Array {
  return encodeCanonical(name)
}

function field(name: string, value: Value): Uint8Array {
  return fragments(encodeCanonical(name), encodeCanonical(value))
}

function fragments(...parts: readonly ArrayLike<number>[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)))
}

const KEYS = { event: key('event'), state: key('state'), action: key('action') } as const

