import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { differences, writeOutputs } from './build/compare.ts'
import { BuildError } from './build/errors.ts'
import { buildModule, listModules, outputFiles } from './build/module-set.ts'
import type { BuiltModule } from './build/module-set.ts'

const HELP = `Builds the built-in modules from artifacts/modules.

  npm run build:modules               compile and write the outputs that changed
  npm run build:modules -- --check    compile and compare; write nothing
  npm run build:modules -- --root DIR another copy of the project

Outputs: artifacts/modules/<set>/*.wasm, artifacts/<set>_builtin_modules.{sha256,manifests.json}, src/artifacts/generated/<set>.ts
Exit status: 0 built or equal, 1 a difference or an error (each named), 2 unknown arguments.
`

/** The module sets of this version. */
const SETS = ['m1'] as const

interface Options {
  readonly root: string
  readonly check: boolean
  readonly log: (line: string) => void
}

/** Builds every set. With `check`, throws `OUTPUT_DIFFERS` naming each file that is not what its source gives. */
export async function buildArtifacts({ root, check, log }: Options): Promise<void> {
  for (const set of SETS) {
    const modules: BuiltModule[] = []
    for (const moduleId of await listModules(root, set)) {
      const built = await buildModule(root, set, moduleId)
      log(`${moduleId}  ${built.wasm.length} bytes  ${built.manifest.wasm_hash}`)
      modules.push(built)
    }
    const outputs = outputFiles(set, modules)
    if (check) {
      const found = await differences(root, set, outputs)
      if (found.length > 0) {
        throw new BuildError('OUTPUT_DIFFERS', `${set} is not what its sources give:\n  ${found.join('\n  ')}\nRun "npm run build:modules" and commit the result.`, { set, files: found.length })
      }
      log(`${set}: ${outputs.length} files are what the sources give`)
    } else {
      const written = await writeOutputs(root, outputs)
      log(written.length === 0 ? `${set}: nothing changed` : `${set}: wrote ${written.join(', ')}`)
    }
  }
}

async function main(args: readonly string[]): Promise<number> {
  const flags = { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' }, root: { type: 'string' } } as const
  let values
  try {
    values = parseArgs({ args: [...args], options: flags }).values
  } catch (error) {
    process.stderr.write(`USAGE: ${(error as Error).message}\n\n${HELP}`)
    return 2
  }
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const root = values.root ?? join(dirname(fileURLToPath(import.meta.url)), '..')
  try {
    await buildArtifacts({ root, check: values.check === true, log: (line) => process.stdout.write(`${line}\n`) })
    return 0
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    process.stderr.write(`${error.code}: ${error.message}\n`)
    return 1
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
