import { concatBytes, sha256, utf8Bytes } from '../../codec/index.ts'

const LABEL = utf8Bytes('agent-world/scripted-agent/v1')

/** The secret seed of one scripted agent: `sha256(label ‖ master ‖ u32be index)`. `master` has 32 bytes. */
export function agentSeed(master: Uint8Array, index: number): Uint8Array {
  return sha256(concatBytes(LABEL, master, Uint8Array.of(index >>> 24, index >>> 16, index >>> 8, index)))
}
