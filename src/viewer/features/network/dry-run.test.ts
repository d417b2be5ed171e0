import { describe, expect, it } from 'vitest'
import { decodeCanonical } from '../../../codec/index.ts'
import { en } from '../../i18n/en.ts'
import { zh } from '../../i18n/zh.ts'
import { MAX_MODULE_BYTES, dryRunHelp, readDryRun } from './dry-run.ts'

const form = { wasm: new Uint8Array(8), entrypoint: 'call', fuel: '1,000', inputHex: 'a0' }

describe('the dry-run form', () => {
  it('names what is wrong before anything runs', () => {
    expect(readDryRun({ ...form, wasm: null })).toBe('chooseFile')
    expect(readDryRun({ ...form, wasm: new Uint8Array(MAX_MODULE_BYTES + 1) })).toBe('tooLarge')
    for (const fuel of ['', '0', '-1', '1.5', 'much', '9e15']) expect(readDryRun({ ...form, fuel }), fuel).toBe('badFuel')
    for (const inputHex of ['a', 'zz', '0x00']) expect(readDryRun({ ...form, inputHex }), inputHex).toBe('badHex')
  })

  it('reads fuel with separators and bytes with spaces', () => {
    expect(readDryRun({ ...form, inputHex: 'A1 61 61 01' })).toMatchObject({ max_gas: 1000, input: Uint8Array.of(0xa1, 0x61, 0x61, 1) })
  })

  it('gives a module a valid call when no input is named', () => {
    const request = readDryRun({ ...form, inputHex: ' ' })
    expect(typeof request === 'object' && decodeCanonical(request.input)).toMatchObject({ ctx: { v: 'wasm-1' } })
  })

  it.each([en, zh])('says in the reader\'s language what every refusal of a module means', (catalog) => {
    for (const code of ['WASM_BAD_HEADER', 'WASM_FLOAT', 'WASM_NO_ENTRYPOINT']) expect(dryRunHelp(code, catalog)).toBe(catalog.codes.failures['MODULE_INVALID'])
    expect(dryRunHelp('OUT_OF_FUEL', catalog)).toBe(catalog.codes.failures['OUT_OF_FUEL'])
    expect(dryRunHelp('NOBODY_KNOWS', catalog)).toBeUndefined()
  })
})
