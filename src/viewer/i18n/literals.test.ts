import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const components = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.tsx'))
/** Attributes that people read or hear. */
const SPOKEN = new Set(['title', 'alt', 'placeholder', 'aria-label', 'aria-description', 'aria-valuetext', 'label', 'hint', 'intro'])
const WORD = /\p{L}{2,}/u

interface Node {
  readonly type?: string
  readonly [field: string]: unknown
}

/** Literal words in JSX text and in attributes that are read out. */
function literals(node: unknown, found: string[] = []): string[] {
  if (Array.isArray(node)) for (const item of node) literals(item, found)
  else if (typeof node === 'object' && node !== null) {
    const { type, value, name } = node as Node
    if (type === 'JSXText' && WORD.test(String(value))) found.push(String(value).trim())
    if (type === 'JSXAttribute' && SPOKEN.has(String((name as Node)['name']))) {
      const literal = value as Node | null
      if (literal?.type === 'Literal' && WORD.test(String(literal['value']))) found.push(String(literal['value']))
    }
    for (const child of Object.values(node)) literals(child, found)
  }
  return found
}

it('sees literal text where there is some', () => {
  const { program } = parseSync('sample.tsx', 'const a = <p title="Shown words">Hello {name} <b aria-label={x}>·</b></p>')
  expect(literals(program)).toEqual(['Shown words', 'Hello'])
})

it.each(components)('%s takes every word from the catalogues', (path) => {
  const { program, errors } = parseSync(path, readFileSync(`${root}/${path}`, 'utf8'))
  expect(errors).toEqual([])
  // Entry points that WebAssembly modules export are names, not words.
  expect(literals(program).filter((text) => text !== 'call' && text !== 'reduce')).toEqual([])
})
