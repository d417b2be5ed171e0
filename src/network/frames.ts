import type { Stream } from '@libp2p/interface'
import { concatBytes } from '../codec/index.ts'
import { RpcError } from './errors.ts'
import { RPC_LIMITS } from './limits.ts'

export interface FrameReaderInit {
  /** Longest payload accepted; a longer announced length is refused before its bytes are read. */
  readonly maxBytes: number
  /** A frame that started must be whole after this time; none where a deadline exists elsewhere. */
  readonly frameTimeoutMs?: number
  /** Called in order, once per frame, in the same task as the bytes arrived. */
  readonly onFrame: (payload: Uint8Array) => void
  /** Called once, last. `RPC_CLOSED` when the stream ended between frames, `truncated: true` in the detail when inside one. */
  readonly onEnd: (error: RpcError) => void
}

type Bytes = Uint8Array<ArrayBufferLike>

/** Payload with its length in front, as an unsigned varint of at most four bytes (multiformats/unsigned-varint, minimal form). */
export function encodeFrame(payload: Bytes): Bytes {
  const prefix: number[] = []
  let rest = payload.length
  while (rest >= 0x80) {
    prefix.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  prefix.push(rest)
  return concatBytes(Uint8Array.from(prefix), payload)
}

/**
 * Cuts a byte sequence into frames as it arrives. Keeps at most one frame: whole frames are handed on at once, so a stream
 * never has to be paused (WebRTC streams cannot be).
 */
export class FrameParser {
  readonly #maxBytes: number
  #prefix: number[] = []
  /** Payload bytes still missing, or -1 while the prefix is being read. */
  #missing = -1
  #parts: Bytes[] = []

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** True while a frame has started and is not whole. */
  get partial(): boolean {
    return this.#missing >= 0 || this.#prefix.length > 0
  }

  /** Throws `RPC_TOO_LARGE` or `RPC_BAD_MESSAGE`; nothing after that can be trusted, so drop the stream. */
  push(bytes: Bytes): Bytes[] {
    const frames: Bytes[] = []
    let offset = 0
    while (offset < bytes.length || this.#missing === 0) {
      if (this.#missing < 0) {
        this.#readPrefix(bytes[offset++]!)
        continue
      }
      const part = bytes.subarray(offset, offset + this.#missing)
      offset += part.length
      this.#missing -= part.length
      if (part.length > 0) this.#parts.push(part)
      if (this.#missing > 0) break
      frames.push(concatBytes(...this.#parts))
      this.#parts = []
      this.#missing = -1
    }
    return frames
  }

  #readPrefix(byte: number): void {
    this.#prefix.push(byte)
    if ((byte & 0x80) !== 0) {
      if (this.#prefix.length < RPC_LIMITS.maxPrefixBytes) return
      throw new RpcError('RPC_TOO_LARGE', 'The length of a message takes too many bytes; the connection to this peer was dropped.')
    }
    if (byte === 0 && this.#prefix.length > 1) {
      throw new RpcError('RPC_BAD_MESSAGE', 'The length of a message is not in its shortest form; the stream was dropped.')
    }
    const length = this.#prefix.reduceRight((sum, part) => sum * 128 + (part & 0x7f), 0)
    if (length > this.#maxBytes) {
      throw new RpcError('RPC_TOO_LARGE', `The peer announced ${length} bytes; at most ${this.#maxBytes} are accepted.`, {
        length,
        limit: this.#maxBytes,
      })
    }
    this.#prefix = []
    this.#missing = length
  }
}

/** Reads frames off a stream until it ends or breaks the rules. Returns a function that stops listening. */
export function readFrames(stream: Stream, init: FrameReaderInit): () => void {
  const parser = new FrameParser(init.maxBytes)
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false

  function end(error: RpcError): void {
    if (ended) return
    ended = true
    stop()
    init.onEnd(error)
  }

  function watchFrame(): void {
    if (init.frameTimeoutMs === undefined) return
    if (!parser.partial) {
      clearTimeout(timer)
      timer = undefined
      return
    }
    timer ??= setTimeout(() => end(new RpcError('RPC_TIMEOUT', 'A message did not arrive whole in time.')), init.frameTimeoutMs)
  }

  function onMessage(event: { data: { subarray(): Bytes } }): void {
    try {
      for (const frame of parser.push(event.data.subarray())) if (!ended) init.onFrame(frame)
      if (!ended) watchFrame()
    } catch (error) {
      end(error instanceof RpcError ? error : new RpcError('RPC_CLOSED', 'The stream could not be read.', {}, { cause: error }))
    }
  }

  const onFinish = (): void => {
    end(new RpcError('RPC_CLOSED', 'The peer ended the stream.', { truncated: parser.partial }))
  }
  // a reset says that the peer or the connection went away, which may well be in the middle of a message: no offence
  const onClose = (event: { error?: Error }): void => {
    end(new RpcError('RPC_CLOSED', 'The stream was closed.', { truncated: parser.partial && event.error === undefined }))
  }

  function stop(): void {
    clearTimeout(timer)
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('remoteCloseWrite', onFinish)
    stream.removeEventListener('close', onClose)
  }

  stream.addEventListener('remoteCloseWrite', onFinish)
  stream.addEventListener('close', onClose)
  stream.addEventListener('message', onMessage)
  if (stream.status !== 'open') queueMicrotask(() => end(new RpcError('RPC_CLOSED', 'The stream was already closed.')))
  return stop
}

/**
 * Sends a frame; resolves when the stream can take more. `stream.onDrain()` resolves at once from its second use on
 * (@libp2p/utils 7.4), so this listens for the event itself.
 */
export async function writeFrame(stream: Stream, payload: Bytes, timeoutMs: number): Promise<void> {
  if (stream.send(encodeFrame(payload))) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onDrain = (): void => resolve()
  const onClose = (): void => reject(new RpcError('RPC_CLOSED', 'The stream was closed while a message was being sent.'))
  const timer = setTimeout(() => reject(new RpcError('RPC_TIMEOUT', 'The peer does not read what it asked for.')), timeoutMs)
  stream.addEventListener('drain', onDrain)
  stream.addEventListener('close', onClose)
  try {
    await promise
  } finally {
    clearTimeout(timer)
    stream.removeEventListener('drain', onDrain)
    stream.removeEventListener('close', onClose)
  }
}
