import { sha256, toHex, utf8Bytes } from '../codec/index.ts'

/** Bytes of the hash in an id. */
const ID_BYTES = 8

/** Id of something an action makes: the same on every node, different for every action. `nonce` is that of the action. */
export function newId(prefix: string, actor: string, nonce: number): string {
  return `${prefix}/${toHex(sha256(utf8Bytes(`${prefix} ${actor} ${nonce}`)).subarray(0, ID_BYTES))}`
}
