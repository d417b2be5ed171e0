import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHUNK_BYTES, ChunkCollector, MAX_CHUNKS, toChunks } from './qr-chunks.ts'

const fileOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255)

describe('QR chunks', () => {
  it('give the file back in any order and with repeats', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 5 * CHUNK_BYTES }), fc.integer(), (file, rotation) => {
      const chunks = toChunks(file)
      const turned = chunks.map((_, index) => chunks[(((index + rotation) % chunks.length) + chunks.length) % chunks.length]!)
      const collector = new ChunkCollector()
      const last = [...turned, turned[0]!].map((chunk) => collector.add(chunk)).at(-1)!
      expect(last.file).toEqual(file)
      expect(last.missing).toEqual([])
    }))
  })

  it('say what is missing', () => {
    const [first, second, third] = toChunks(fileOf(3 * CHUNK_BYTES)) as [string, string, string]
    const collector = new ChunkCollector()
    expect(collector.add(second)).toEqual({ received: 1, total: 3, missing: [1, 3], file: null })
    expect(collector.add(second).received).toBe(1)
    collector.add(third)
    expect(collector.add(first).file).toEqual(fileOf(3 * CHUNK_BYTES))
  })

  it('fit the alphanumeric mode of QR codes and the longest row is as long as stated', () => {
    const chunks = toChunks(fileOf(CHUNK_BYTES * MAX_CHUNKS))
    expect(chunks).toHaveLength(MAX_CHUNKS)
    for (const chunk of chunks) expect(chunk).toMatch(/^[0-9A-Z/]{1,840}$/)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['more than anyone scans', new Uint8Array(CHUNK_BYTES * MAX_CHUNKS + 1)],
  ])('are not made of %s', (_, file) => {
    expect(() => toChunks(file)).toThrowError(expect.objectContaining({ code: 'MESSAGE_TOO_LARGE' }))
  })

  it.each([
    'hello', 'AWQ1/0011223344556677/0/1/00', 'AWQ1/0011223344556677/2/1/00', 'AWQ1/0011223344556677/1/251/00', 'AWQ1/0011223344556677/1/1/',
    'AWQ1/0011223344556677/1/1/0', 'awq1/0011223344556677/1/1/00', `AWQ1/0011223344556677/1/1/${'00'.repeat(601)}`, 'AWQ1/0011223344556677/1/1/00\n',
  ])('refuse %j', (text) => {
    expect(() => new ChunkCollector().add(text)).toThrowError(expect.objectContaining({ code: 'CHUNK_INVALID' }))
  })

  it('keep files apart, and a stray code loses nothing', () => {
    const [a1, a2] = toChunks(fileOf(CHUNK_BYTES + 1)) as [string, string]
    const [b1] = toChunks(fileOf(CHUNK_BYTES + 2)) as [string]
    const collector = new ChunkCollector()
    collector.add(a1)
    expect(() => collector.add(b1)).toThrowError(expect.objectContaining({ code: 'CHUNK_OTHER_MESSAGE' }))
    expect(collector.add(a2).file).toEqual(fileOf(CHUNK_BYTES + 1))
  })

  it('notice an altered code and start again', () => {
    const [a1, a2] = toChunks(fileOf(CHUNK_BYTES + 1)) as [string, string]
    const collector = new ChunkCollector()
    collector.add(a1)
    expect(() => collector.add(a2.replace(/..$/, 'EE'))).toThrowError(expect.objectContaining({ code: 'CHUNKS_DAMAGED' }))
    collector.add(a1)
    expect(collector.add(a2).file).not.toBeNull()
  })
})
