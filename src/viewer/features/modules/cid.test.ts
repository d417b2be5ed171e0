import { expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../../../codec/index.ts'
import { cidOf } from './cid.ts'

// From the js implementation of multiformats: CID.createV1(raw.code, sha2-256 digest).
it.each([
  ['', 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'],
  ['hello world', 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'],
])('names "%s" as multiformats does', (text, cid) => {
  expect(cidOf(toHex(sha256(utf8Bytes(text))))).toBe(cid)
})
