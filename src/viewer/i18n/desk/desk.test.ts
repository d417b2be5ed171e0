import { describe, expect, it } from 'vitest'
import { CHECK_NAMES } from '../../../vault/index.ts'
import { enDesk } from './en.ts'
import { zhDesk } from './zh.ts'

/** Every entry as a dotted path; functions are called with marked arguments. */
function flatten(node: unknown, path = ''): Map<string, string> {
  if (typeof node === 'string') return new Map([[path, node]])
  if (typeof node === 'function') return new Map([[path, String((node as (...args: string[]) => string)(...Array.from({ length: node.length }, (_, n) => `⟨${n}⟩`)))]])
  return new Map(Object.entries(node as object).flatMap(([key, value]) => [...flatten(value, path === '' ? key : `${path}.${key}`)]))
}

describe('the words of keys and signing', () => {
  const [english, chinese] = [flatten(enDesk), flatten(zhDesk)]

  it('are there in both languages, none empty', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [path, text] of [...english, ...chinese]) expect(text.trim(), path).not.toBe('')
  })

  it('use every argument in both languages', () => {
    const marks = (text: string): string[] => [...new Set(text.match(/⟨\d⟩/g))].sort()
    for (const [path, text] of english) expect(marks(chinese.get(path)!), path).toEqual(marks(text))
  })

  it('are translated', () => {
    expect([...english].filter(([path, text]) => text === chinese.get(path) && /\p{L}{3,}/u.test(text.replaceAll(/⟨\d⟩/g, ''))).map(([path]) => path)).toEqual([])
    for (const [path, text] of chinese) expect(/[“”]?[,;:!?]$/.test(text), `${path} ends with western punctuation`).toBe(false)
  })

  it('name every check of the vault and of the world', () => {
    const world = ['world', 'world_settled', 'next_nonce', 'still_valid', 'actor_key', 'base_current', 'proposal_open', 'block_final', 'report_on_chain', 'certificate_in_time']
    for (const check of [...CHECK_NAMES, ...world]) expect(enDesk.checks[check], check).toBeDefined()
  })
})
