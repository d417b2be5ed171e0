import { describe, expect, it } from 'vitest'
import { BODY_HINTS } from '../../world/body/hints.ts'
import { isRejectionCode } from '../../world/index.ts'
import { EFFECT_HINTS } from '../../world/effects/hints.ts'
import { GOVERNANCE_HINTS } from '../../world/governance/hints.ts'
import { INDUSTRY_HINTS } from '../../world/industry/hints.ts'
import { MARKET_HINTS } from '../../world/market/hints.ts'
import { SOCIETY_HINTS } from '../../world/society/hints.ts'
import { enCodes } from './en-codes.ts'
import { en } from './en.ts'
import { enGovernance } from './governance/en.ts'
import { zhGovernance } from './governance/zh.ts'
import { createFormat, peerText, shortHex } from './format.ts'
import { enPages } from './pages/en.ts'
import { zhPages } from './pages/zh.ts'
import { zhCodes } from './zh-codes.ts'
import { zh } from './zh.ts'

/** Every entry as a dotted path; functions are called with marked arguments. */
function flatten(node: unknown, path = ''): Map<string, string> {
  const entries = new Map<string, string>()
  if (typeof node === 'string') return entries.set(path, node)
  if (typeof node === 'function') return entries.set(path, String((node as (...args: string[]) => string)(...Array.from({ length: node.length }, (_, n) => `⟨${n}⟩`))))
  for (const [key, value] of Object.entries(node as object)) for (const [deep, text] of flatten(value, path === '' ? key : `${path}.${key}`)) entries.set(deep, text)
  return entries
}

describe('the catalogues', () => {
  const [english, chinese] = [flatten({ ...en, pages: enPages, governance: enGovernance }), flatten({ ...zh, pages: zhPages, governance: zhGovernance })]

  it('have the same entries, none of them empty', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [path, text] of [...english, ...chinese]) expect(text.trim(), path).not.toBe('')
  })

  it('use every argument in both languages', () => {
    const marks = (text: string): string[] => [...new Set(text.match(/⟨\d⟩/g))].sort()
    for (const [path, text] of english) expect(marks(chinese.get(path)!), path).toEqual(marks(text))
  })

  it('are translated: nothing but names and symbols is the same in both', () => {
    const same = [...english].filter(([path, text]) => text === chinese.get(path) && /\p{L}{3,}/u.test(text.replaceAll(/⟨\d⟩/g, ''))).map(([path]) => path)
    expect(same).toEqual(['about.native'])
    for (const [path, text] of chinese) if (/\p{Script=Han}/u.test(text)) expect(/[“”]?[,;:!?]$/.test(text), `${path} ends with western punctuation`).toBe(false)
  })

  it('explain every code in both languages, with what to do', () => {
    for (const family of ['rejections', 'failures'] as const) {
      expect(Object.keys(zhCodes[family]).sort()).toEqual(Object.keys(enCodes[family]).sort())
      for (const [code, { what, next }] of Object.entries(enCodes[family])) {
        expect(code).toMatch(/^[A-Z][A-Z_]+$/)
        expect(what.length * next.length, code).toBeGreaterThan(0)
      }
    }
  })
})

it('every way the kernel refuses an action is explained', () => {
  const known = { ...BODY_HINTS, ...EFFECT_HINTS, ...GOVERNANCE_HINTS, ...INDUSTRY_HINTS, ...MARKET_HINTS, ...SOCIETY_HINTS }
  expect(Object.keys(known).filter((code) => enCodes.rejections[code] === undefined)).toEqual([])
  expect(Object.keys(enCodes.rejections).filter((code) => !isRejectionCode(code))).toEqual([])
})

describe('formatting', () => {
  const english = createFormat('en', en)

  it('groups digits and picks the largest fitting unit', () => {
    expect(english.int(88014)).toBe('88,014')
    expect(english.km(4_566_000)).toBe('45.66')
    expect([0, 119_999, 120_000, 7_200_000, 172_800_000].map((ms) => english.span(ms))).toEqual(['0 s', '119 s', '2 min', '2 h', '2 d'])
    expect(english.span(-5)).toBe('0 s')
    expect(createFormat('zh', zh).span(61_000)).toBe('61 秒')
  })

  it('shortens hashes in the middle and leaves short ones whole', () => {
    expect(shortHex('abcdef0123456789abcdef', 4)).toBe('abcd…cdef')
    expect(shortHex('abcdef')).toBe('abcdef')
  })

  it('defuses text of others: bounded, without characters that reorder or hide', () => {
    expect(peerText('evil\u202egnp.exe')).toBe('evil·gnp.exe')
    expect(peerText('a\u200bb\u0000c\u2066d')).toBe('a·b·c·d')
    expect([...peerText('🜁'.repeat(900), 10)]).toHaveLength(11)
    expect(peerText('<b>小明</b>')).toBe('<b>小明</b>')
  })
})
