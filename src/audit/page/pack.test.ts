import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { packedScript } from './pack.ts'

/** What a page would run. */
async function unpacked(loader: string): Promise<string> {
  const appended: { textContent: string; type: string }[] = []
  const document = { createElement: () => ({ textContent: '', type: '' }), head: { append: (script: (typeof appended)[number]) => appended.push(script) } }
  await (new Function('document', 'trustedTypes', `return (async()=>{${loader}})()`) as (...args: unknown[]) => Promise<void>)(document, undefined)
  expect(appended.map(({ type }) => type)).toEqual(['module'])
  return appended[0]!.textContent
}

describe('a packed script', () => {
  it('runs as it was, whatever its length and content', async () => {
    for (const size of [0, 1, 2, 3, 4, 5, 1_000, 40_000]) {
      const script = `/* ${randomBytes(size).toString('base64')} 验证 \u2028 </script> "\\ */`
      expect(await unpacked(packedScript(script))).toBe(script)
    }
  })

  it('holds nothing that could end the element or string it stands in', () => {
    const [, packed = ''] = /"([^"]*)"/.exec(packedScript(randomBytes(30_000).toString('base64')))!
    expect(packed.length).toBeGreaterThan(30_000)
    expect(/[<\\]/.test(packed)).toBe(false)
  })
})
