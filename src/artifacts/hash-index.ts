/** Text of `module_hash_index.txt`: one line `module_id hash` for each module, sorted by id. */
export function formatHashIndex(hashes: ReadonlyMap<string, string>): string {
  return [...hashes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([moduleId, hash]) => `${moduleId} ${hash}\n`).join('')
}

/** Reads the text, dropping what is no such line; `damaged` holds the numbers of those lines, from 1. Of two lines for one module the later counts. */
export function parseHashIndex(text: string): { readonly hashes: Map<string, string>; readonly damaged: readonly number[] } {
  const hashes = new Map<string, string>()
  const damaged: number[] = []
  const lines = text.split('\n')
  const whole = lines.pop() === ''
  if (!whole) damaged.push(lines.length + 1) // a line without its end may lack digits
  lines.forEach((line, index) => {
    const [, moduleId, hash] = /^([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+) ([0-9a-f]{64})$/.exec(line) ?? []
    if (moduleId === undefined || hash === undefined) damaged.push(index + 1)
    else hashes.set(moduleId, hash)
  })
  return { hashes, damaged: damaged.sort((a, b) => a - b) }
}
