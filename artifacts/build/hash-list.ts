import type { Difference, DifferenceCode } from './errors.ts'

const HEX = /^[0-9a-f]{64}$/
const MODULE_ID = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/

export interface HashList {
  readonly hashes: ReadonlyMap<string, string>
  /** Lines of the file, good or bad. */
  readonly lines: number
  readonly differences: readonly Difference[]
}

/** The text of a list: one line `module_id hash` for each module, sorted by id. */
export function formatHashList(modules: readonly { readonly module_id: string; readonly wasm_hash: string }[]): string {
  return modules.map(({ module_id, wasm_hash }) => `${module_id} ${wasm_hash}\n`).join('')
}

/** Reads a list, taking what is well-formed and reporting the rest by line. */
export function parseHashList(path: string, text: string): HashList {
  const hashes = new Map<string, string>()
  const differences: Difference[] = []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  let previous = ''
  lines.forEach((line, index) => {
    const report = (code: DifferenceCode, problem: string): void => void differences.push({ code, message: `${path}:${index + 1}: ${problem}` })
    const [moduleId = '', hash = '', ...more] = line.split(' ')
    if (line.includes('=')) return report('LIST_MIXED', 'this line has hashes by platform, as the earlier system wrote them. Builds are the same on every platform: a line is "module_id hash".')
    if (more.length > 0 || !MODULE_ID.test(moduleId) || !HEX.test(hash)) return report('LIST_MALFORMED', `"${line.slice(0, 100)}" is not "module_id hash" with 64 hex digits.`)
    if (hashes.has(moduleId)) return report('LIST_DUPLICATE', `${moduleId} is listed twice.`)
    if (moduleId < previous) report('LIST_UNSORTED', `${moduleId} must come before ${previous}.`)
    previous = moduleId
    hashes.set(moduleId, hash)
  })
  return { hashes, lines: lines.length, differences }
}
