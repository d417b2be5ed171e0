import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strongComponents } from './strong-components.ts'

/** Nodes reachable from each node, itself included. */
function reachability(successors: readonly (readonly number[])[]): Set<number>[] {
  return successors.map((_, root) => {
    const reached = new Set([root])
    for (const node of reached) for (const next of successors[node]!) reached.add(next)
    return reached
  })
}

const graphs = fc.nat({ max: 9 }).chain((last) => fc.array(fc.array(fc.nat({ max: last }), { maxLength: 3 }), { minLength: last + 1, maxLength: last + 1 }))

describe('strongComponents', () => {
  it('puts nodes together exactly when each reaches the other, and successors first', () => {
    fc.assert(fc.property(graphs, (successors) => {
      const reaches = reachability(successors)
      const components = strongComponents(successors)
      const position = new Map(components.flatMap((component, index) => component.map((node) => [node, index] as const)))
      expect(position.size).toBe(successors.length)
      for (let a = 0; a < successors.length; a++) {
        for (const b of reaches[a]!) {
          expect(position.get(b) === position.get(a)).toBe(reaches[b]!.has(a))
          expect(position.get(b)).toBeLessThanOrEqual(position.get(a)!)
        }
      }
    }), { numRuns: 300 })
  })

  it('follows chains far longer than any call stack', () => {
    const length = 100_000
    const ring = Array.from({ length }, (_, node) => [(node + 1) % length])
    expect(strongComponents(ring)).toHaveLength(1)
  })
})
