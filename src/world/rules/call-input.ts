import { encodeCanonical } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { INTERFACE_VERSION } from '../../wasm/index.ts'
import type { ModuleCallInput } from '../../wasm/index.ts'
import type { ModuleManifest, ModuleStage } from '../module-manifest.ts'
import type { CallOrigin, CallSubject } from './module-host.ts'

/** Digits of an action id that go into a trace id: enough to tell traces of one block apart. */
const TRACE_ID_DIGITS = 16

export function traceIdOf({ kind, id }: CallOrigin, moduleId: string): string {
  return `${kind}-${id.slice(0, TRACE_ID_DIGITS)}-${moduleId}`
}

/** What a module is given, as values. */
export function callInput(manifest: ModuleManifest, stage: ModuleStage, height: number, origin: CallOrigin, subject: CallSubject): ModuleCallInput {
  const { module_id, version, limits } = manifest
  return {
    ctx: {
      v: INTERFACE_VERSION, module_id, module_version: version, trace_id: traceIdOf(origin, module_id), time: height, stage,
      origin: { kind: origin.kind, id: origin.id }, limits,
    },
    ...subject,
  }
}

/** The parts of an encoded input that are the same for every call of a module at one stage and height. */
interface Frame {
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
const LONGEST_HEAD = 5

/**
 * Writes `callInput` in canonical CBOR. Two calls an action make this the most encoded message of all, and all but the ids and the
 * subject is the same every time: fragments made by the canonical encoder are copied together, keys in canonical order.
 */
export class CallInputEncoder {
  private readonly height: number
  private readonly frames = new Map<string, Frame>()
  private buffer = new Uint8Array(4096)
  private at = 0

  constructor(height: number) {
    this.height = height
  }

  encode(manifest: ModuleManifest, stage: ModuleStage, origin: CallOrigin, trace: string, subject: CallSubject): Uint8Array {
    const frame = this.frame(manifest, stage, origin.kind)
    const fields = SUBJECT_FIELDS.filter((name) => subject[name] !== undefined)
    this.reserve(frame, origin.id.length + trace.length, fields.reduce((size, name) => size + subject[name]!.length, 0))
    this.buffer[this.at++] = MAP + 1 + fields.length
    this.put(frame.beforeId)
    this.putAscii(origin.id)
    this.put(frame.betweenIds)
    this.putAscii(trace)
    this.put(frame.afterTrace)
    for (const name of fields) {
      this.put(KEYS[name])
      this.putHead(BYTES, subject[name]!.length)
      this.put(subject[name]!)
    }
    return this.buffer.slice(0, this.at)
  }

  private frame(manifest: ModuleManifest, stage: ModuleStage, originKind: string): Frame {
    const name = `${manifest.module_id} ${stage} ${originKind}`
    const known = this.frames.get(name)
    if (known !== undefined) return known
    const { module_id, version, limits } = manifest
    const frame: Frame = {
      beforeId: fragments(key('ctx'), [MAP + CTX_FIELDS], field('v', INTERFACE_VERSION), field('time', this.height), field('stage', stage), field('limits', limits), key('origin'), [MAP + 2], key('id')),
      betweenIds: fragments(field('kind', originKind), key('trace_id')),
      afterTrace: fragments(field('module_id', module_id), field('module_version', version)),
    }
    this.frames.set(name, frame)
    return frame
  }

  private reserve({ beforeId, betweenIds, afterTrace }: Frame, ids: number, subject: number): void {
    const needed = 1 + beforeId.length + betweenIds.length + afterTrace.length + ids + subject + 16 * LONGEST_HEAD
    if (needed > this.buffer.length) this.buffer = new Uint8Array(2 * needed)
    this.at = 0
  }

  private put(bytes: ArrayLike<number>): void {
    this.buffer.set(bytes, this.at)
    this.at += bytes.length
  }

  /** Ids are ASCII: one byte a character. */
  private putAscii(text: string): void {
    this.putHead(TEXT, text.length)
    for (let i = 0; i < text.length; i++) this.buffer[this.at++] = text.charCodeAt(i)
  }

  /** Head of a byte or text string (RFC 8949 §3), shortest form. */
  private putHead(major: number, length: number): void {
    const { buffer } = this
    if (length < 24) buffer[this.at++] = major + length
    else if (length < 0x100) this.put([major + 24, length])
    else if (length < 0x10000) this.put([major + 25, length >> 8, length & 255])
    else this.put([major + 26, (length >>> 24) & 255, (length >> 16) & 255, (length >> 8) & 255, length & 255])
  }
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

