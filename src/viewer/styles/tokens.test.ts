import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const parts = readFileSync(new URL('../ui/ui.module.css', import.meta.url), 'utf8')
const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function tokensOf(theme: 'dark' | 'light'): Record<string, string> {
  const block = new RegExp(`data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)![1]!
  return Object.fromEntries([...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]))
}

/** WCAG 2.2 relative luminance. */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high! + 0.05) / (low! + 0.05)
}

/** As color-mix(in srgb) has it: `share` of the colour, the rest white. */
const towardsWhite = (color: string, share: number): string =>
  `#${[1, 3, 5].map((at) => Math.round(Number.parseInt(color.slice(at, at + 2), 16) * share + 255 * (1 - share)).toString(16).padStart(2, '0')).join('')}`

describe.each(['dark', 'light'] as const)('the %s theme', (theme) => {
  const tokens = tokensOf(theme)

  it('gives every text colour 4.5:1 on every surface (WCAG 1.4.3)', () => {
    for (const text of ['text', 'muted', 'accent', 'ok', 'warn', 'bad', 'info']) {
      for (const surface of ['bg', 'surface', 'raised', 'hover']) {
        expect(contrast(tokens[text]!, tokens[surface]!), `${text} on ${surface}`).toBeGreaterThanOrEqual(4.5)
      }
    }
    expect(contrast(tokens['on-accent']!, tokens['accent-strong']!)).toBeGreaterThanOrEqual(4.5)
  })

  it('gives the primary button 4.5:1 under the pointer', () => {
    const share = Number(/data-primary\]:hover[^}]*var\(--accent-strong\) (\d+)%, white/.exec(parts)![1]) / 100
    expect(contrast(tokens['on-accent']!, towardsWhite(tokens['accent-strong']!, share))).toBeGreaterThanOrEqual(4.5)
  })

  it('draws the edges of controls with 3:1 (WCAG 1.4.11)', () => {
    for (const surface of ['bg', 'surface', 'raised']) expect(contrast(tokens['control']!, tokens[surface]!), surface).toBeGreaterThanOrEqual(3)
  })
})

it('both themes define the same colours', () => {
  expect(Object.keys(tokensOf('dark')).sort()).toEqual(Object.keys(tokensOf('light')).sort())
})
