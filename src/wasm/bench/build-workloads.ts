/** Compiles the AssemblyScript sources in workloads/ into workloads/built.ts: node src/wasm/bench/build-workloads.ts */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'

const directory = new URL('./workloads/', import.meta.url)
const FLAGS = ['-O3', '--runtime', 'stub', '--use', 'abort=', '--initialMemory', '64']

async function compile(source: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined
  const { error, stderr } = await asc.main(['workload.ts', '--outFile', 'workload.wasm', ...FLAGS], {
    readFile: (name) => (name === 'workload.ts' ? source : null),
    writeFile: (_, contents) => void (wasm = contents as Uint8Array),
    listFiles: () => [],
  })
  if (error !== null || wasm === undefined) throw new Error(stderr.toString())
  return wasm
}

/** The text of workloads/built.ts for the sources as they are now. */
export async function buildWorkloads(): Promise<string> {
  const lines = [
    `// Built by build-workloads.ts with assemblyscript ${asc.version} ${FLAGS.join(' ')}; do not edit.`,
    '/** Name → module, base64. */',
    'export const WORKLOAD_MODULES = {',
  ]
  // The sources end in .as, so that neither tsc nor the linter takes them for TypeScript.
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.as')).toSorted()) {
    const wasm = await compile(readFileSync(new URL(file, directory), 'utf8'))
    lines.push(`  ${file.slice(0, -3)}: '${Buffer.from(wasm).toString('base64')}',`)
  }
  return `${[...lines, '} as const'].join('\n')}\n`
}

if (import.meta.main) writeFileSync(new URL('./built.ts', directory), await buildWorkloads())
