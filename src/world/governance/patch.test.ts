import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { applyPatch, diffValues, mergePatches } from './patch.ts'
import type { PatchOp } from './records.ts'
import { compareVersions } from './version.ts'

const set = (path: string, value: Value): PatchOp => ({ op: 'set', path: path.split('.'), value })
const remove = (path: string): PatchOp => ({ op: 'remove', path: path.split('.') })
const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

describe('a patch', () => {
  it('sets and removes along paths of keys and leaves its base as it was', () => {
    const base = { a: { b: 1, c: 2 }, d: 3 }
    expect(applyPatch(base, [set('a.b', 5), remove('a.c'), set('e.f', 'new')])).toEqual({ a: { b: 5 }, d: 3, e: { f: 'new' } })
    expect(base).toEqual({ a: { b: 1, c: 2 }, d: 3 })
  })

  it('applies its operations in their order', () => {
    expect(applyPatch({}, [set('a', 1), remove('a'), set('a', 2)])).toEqual({ a: 2 })
  })

  it('refuses paths that lead nowhere, and paths through what is no map', () => {
    expect(codeOf(() => applyPatch({ a: 1 }, [{ op: 'set', path: [], value: 1 }]))).toBe('PATCH_INVALID_PATH')
    expect(codeOf(() => applyPatch({ a: 1 }, [remove('b')]))).toBe('PATCH_INVALID_PATH')
    expect(codeOf(() => applyPatch({ a: 1 }, [remove('b.c')]))).toBe('PATCH_INVALID_PATH')
    expect(codeOf(() => applyPatch({ a: 1 }, [set('__proto__.x', 1)]))).toBe('PATCH_INVALID_PATH')
    expect(codeOf(() => applyPatch({ a: [1] }, [set('a.0', 2)]))).toBe('PATCH_NON_OBJECT')
    expect(codeOf(() => applyPatch({ a: new Uint8Array(2) }, [set('a.b', 2)]))).toBe('PATCH_NON_OBJECT')
  })
})

const key = fc.constantFrom('a', 'b', 'c', 'd')
const leaf = fc.oneof(fc.integer(), fc.string({ maxLength: 3, unit: 'grapheme-ascii' }), fc.constant(null), fc.array(fc.integer(), { maxLength: 2 }))
const tree = fc.letrec<{ map: ValueMap; value: Value }>((tie) => ({
  map: fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<ValueMap>,
  value: fc.oneof({ depthSize: 'small' }, leaf, tie('map')) as fc.Arbitrary<Value>,
}))

describe('a diff', () => {
  it('turns the one value into the other, whatever they are', () => {
    fc.assert(fc.property(tree.map, tree.map, (before, after) => {
      expect(encodeCanonical(applyPatch(before, diffValues(before, after)))).toEqual(encodeCanonical(after))
    }))
  })

  it('of a value with itself is empty', () => {
    fc.assert(fc.property(tree.map, (value) => { expect(diffValues(value, value)).toEqual([]) }))
  })

  it('touches nothing that is the same', () => {
    expect(diffValues({ a: { b: 1, c: [1, 2] }, d: 2 }, { a: { b: 1, c: [1, 3] }, e: 4 })).toEqual([set('a.c', [1, 3]), remove('d'), set('e', 4)])
  })
})

describe('a merge', () => {
  it('of patches about different places has no conflicts and is the same in any order', () => {
    const [a, b] = [[set('a.b', 1)], [set('a.c', 2), remove('d')]]
    const merged = mergePatches([a, b])
    expect(merged.conflicts).toEqual([])
    expect(applyPatch({ d: 0 }, merged.ops)).toEqual(applyPatch({ d: 0 }, mergePatches([b, a]).ops))
  })

  it('names two operations about the same place', () => {
    expect(mergePatches([[set('x', 0), set('a.b', 1)], [remove('a.b')]]).conflicts).toEqual([{ kind: 'same_path', path: ['a', 'b'], patches: [0, 1], ops: [1, 0] }])
  })

  it('names an operation inside the place of another, whichever comes first', () => {
    const conflict = { kind: 'prefix_overlap', path: ['a'], ops: [0, 0] }
    expect(mergePatches([[set('a', {})], [set('a.b.c', 1)]]).conflicts).toEqual([{ ...conflict, patches: [0, 1] }])
    expect(mergePatches([[set('a.b.c', 1)], [set('a', {})]]).conflicts).toEqual([{ ...conflict, patches: [0, 1] }])
    expect(mergePatches([[set('ab', 1)], [set('a', 1)]]).conflicts).toEqual([])
  })

  it('does not hold a patch against itself', () => {
    expect(mergePatches([[set('a', 1), set('a', 2)]]).conflicts).toEqual([])
  })
})

describe('versions', () => {
  it('are compared by number, part by part', () => {
    const ordered = ['0.0.1', '0.0.10', '0.2.0', '1.0.0', '1.9.9', '1.10.0', '2.0.0', '10.0.0', '10.0.123456789012345678']
    expect([...ordered].reverse().sort(compareVersions)).toEqual(ordered)
    expect(compareVersions('01.0.0', '1.0.0')).toBe(0)
  })
})
