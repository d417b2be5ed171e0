import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readNodeFile, secretFile, writeNodeFile } from './node-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'aw-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const valid = { role: 'validator', validator_id: 'validator-1', genesis: '../genesis.cbor', listen: ['/ip4/127.0.0.1/tcp/1/ws'], bootstrap: [], block_interval_ms: 1000 } as const

function written(text: string): string {
  const directory = mkdtempSync(join(folder, 'n-'))
  writeFileSync(join(directory, 'node.json'), text)
  return directory
}

describe('node.json', () => {
  it('is read as it was written', () => {
    const directory = join(folder, 'valid')
    writeNodeFile(directory, valid)
    expect(readNodeFile(directory)).toEqual(valid)
    const fetching = { ...valid, effects: { http_allow: ['https://api.example.org'] } }
    writeNodeFile(directory, fetching)
    expect(readNodeFile(directory)).toEqual(fetching)
  })

  it('missing, is named with what to do', () => {
    expect(() => readNodeFile(join(folder, 'nowhere'))).toThrowError(expect.objectContaining({ code: 'CONFIG_MISSING', message: expect.stringContaining('npm start') as string }))
  })

  it.each([
    ['not JSON', '{', 'JSON'],
    ['no object', '7', '(file)'],
    ['unknown role', JSON.stringify({ ...valid, role: 'king' }), '"role"'],
    ['a validator without id', JSON.stringify({ ...valid, validator_id: null }), '"validator_id"'],
    ['a gateway with an id', JSON.stringify({ ...valid, role: 'gateway' }), '"validator_id"'],
    ['no genesis', JSON.stringify({ ...valid, genesis: '' }), '"genesis"'],
    ['addresses that are none', JSON.stringify({ ...valid, bootstrap: ['localhost:1'] }), '"bootstrap"'],
    ['listen of another kind', JSON.stringify({ ...valid, listen: 'x' }), '"listen"'],
    ['effects of another kind', JSON.stringify({ ...valid, effects: { http_allow: 'x' } }), '"effects"'],
    ['effects that are not known', JSON.stringify({ ...valid, effects: { http_allow: [], ftp_allow: [] } }), '"effects"'],
    ['a block interval out of range', JSON.stringify({ ...valid, block_interval_ms: 1 }), '"block_interval_ms"'],
  ])('with %s is refused by name', (_, text, named) => {
    expect(() => readNodeFile(written(text))).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(named) as string }))
  })
})

describe('secret files', () => {
  it('are made once, for their owner only, and kept', () => {
    const path = join(folder, 'a.key')
    const first = secretFile(path, () => new Uint8Array(32).fill(5))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(secretFile(path, () => new Uint8Array(32).fill(6))).toEqual(first)
  })

  it('that hold something else are refused and left alone', () => {
    const path = join(folder, 'b.key')
    writeFileSync(path, 'not a key')
    expect(() => secretFile(path, () => new Uint8Array(32))).toThrowError(expect.objectContaining({ code: 'CONFIG_INVALID' }))
    expect(statSync(path).size).toBe(9)
  })
})
