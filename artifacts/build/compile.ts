import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BuildError } from './errors.ts'

/** Linear memory of every built-in module, 64 KiB pages. Input, its copies and the output fit many times over. */
export const MEMORY_PAGES = { initial: 1, maximum: 8 } as const

/**
 * Flags of `asc`. Part of what decides the bytes: a change here changes every hash.
 * - `--runtime stub`: memory is only taken, never returned; a call gets a fresh instance, so a collector would be dead weight
 * - `--use abort=`: a failed assertion is `unreachable`, since modules have no imports
 * - `--maximumMemory`: the validator asks for a declared bound
 */
export const COMPILER_FLAGS: readonly string[] = [
  '-O3', '--runtime', 'stub', '--use', 'abort=', '--noColors',
  '--initialMemory', String(MEMORY_PAGES.initial), '--maximumMemory', String(MEMORY_PAGES.maximum),
]

interface Compiler {
  main(args: readonly string[], options: {
    stdout: { write(text: string): void }
    stderr: { write(text: string): void }
    readFile(name: string, baseDir: string): Promise<string | null>
    writeFile(name: string, data: Uint8Array | string, baseDir: string): void
    listFiles(dir: string, baseDir: string): Promise<string[]>
  }): Promise<{ error: Error | null }>
}

async function loadCompiler(): Promise<Compiler> {
  try {
    return (await import('assemblyscript/asc')).default as unknown as Compiler
  } catch (cause) {
    throw new BuildError('COMPILER_MISSING', 'The AssemblyScript compiler is not installed. Run "npm ci" and try again.', {}, { cause })
  }
}

/**
 * Compiles `entry` (a path inside `sourceRoot`) in this process. Every file is read relative to `sourceRoot` and named so in the
 * compiler, so the bytes do not depend on where the tree lies. Throws `COMPILE_FAILED` with the compiler's own messages.
 */
export async function compileModule(sourceRoot: string, entry: string): Promise<Uint8Array> {
  const asc = await loadCompiler()
  const outFile = 'module.wasm'
  const messages: string[] = []
  let wasm: Uint8Array | undefined
  const { error } = await asc.main([entry, ...COMPILER_FLAGS, '--outFile', outFile], {
    stdout: { write: () => undefined },
    stderr: { write: (text) => void messages.push(text) },
    readFile: async (name) => await readFile(join(sourceRoot, name), 'utf8').catch(() => null),
    writeFile: (name, data) => {
      if (name === outFile && data instanceof Uint8Array) wasm = Uint8Array.from(data)
    },
    listFiles: async (dir) => (await readdir(join(sourceRoot, dir)).catch(() => [])).filter((name) => name.endsWith('.ts')),
  })
  if (error !== null || wasm === undefined) {
    const report = messages.join('').trim() || error?.message || 'no output'
    throw new BuildError('COMPILE_FAILED', `${entry} does not compile:\n${report}`, { entry }, error === null ? {} : { cause: error })
  }
  return wasm
}
