import { describe, expect, it } from 'vitest'
import { line, SUMMARY_CODES } from './summary-line.ts'
import { chineseText, SUMMARY_ZH } from './summary-zh.ts'
import { summarize } from './summary.ts'
import { approval } from './testing/intents.ts'

const namesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort()

describe('summaries in Chinese', () => {
  it('have every sentence, with the same values', () => {
    expect(Object.keys(SUMMARY_ZH).sort()).toEqual([...SUMMARY_CODES].sort())
    for (const code of SUMMARY_CODES) {
      const values = Object.fromEntries(namesIn(SUMMARY_ZH[code]).map((name) => [name, `<${name}>`]))
      const { text } = line(code, values)
      expect(text, code).not.toContain('undefined')
      expect(text.split('<').length, code).toBe(SUMMARY_ZH[code].split('{').length)
    }
  })

  it('say the parts of a sentence in Chinese, too', () => {
    expect(chineseText(summarize(approval()).sentence)).toBe('signer/ada 批准：替换模块 m1.rule.move 1.0.0 → 1.1.0。')
  })
})
