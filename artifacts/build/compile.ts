import { readFile, readdir } from 'node:fs/promises'
import { join, normalize } from 'node:path'
import { canonicalWasm } from './canonical-wasm.ts'
import { BuildError } from './errors.ts'
import { compilerArguments } from './recipe.ts'

interface Compiler {
  readonly version: string
  main(args: readonly string[], options: {
    stdout: { write(text: string): void }
    stderr: { write(text: string): void }
    readFile(name: string, baseDir: string): Promise<string | null>
    writeFile(name: string, data: Uint8Array | string, baseDir: string): void
    listFiles(dir: string, baseDir: string): Promise<string[]>
  }): Promise<{ error: Error | null }>
}

export interface CompileJob {
  /** Folder that every path is relative to; the bytes do not depend on where it lies. */
  readonly sourceRoot: string
  /** The module's own file, from `sourceRoot`. */
  readonly entry: string
  /** Folders, from `sourceRoot`, that code may come from. */
  readonly folders: readonly string[]
  readonly compilerVersion: string
}

/**
 * Compiles a module in this thread. Throws `COMPILE_FAILED` with the compiler's own messages, `SOURCE_OUTSIDE` for an import from another
 * folder (its changes would not show in the module's identity), `COMPILER_MISSING`, or `COMPILER_DIFFERS` when the compiler installed is not
 * the one the lock names.
 */
export async function compileModule({ sourceRoot, entry, folders, compilerVersion }: CompileJob): Promise<Uint8Array> {
  const asc = await loadCompiler()
  if (asc.version !== compilerVersion) {
    throw new BuildError('COMPILER_DIFFERS', `AssemblyScript ${asc.version} is installed, but package-lock.json names ${compilerVersion}. Run "npm ci" and try again.`, { installed: asc.version, locked: compilerVersion })
  }
  const outFile = 'module.wasm'
  const messages: string[] = []
  const outside = new Set<string>()
  const isInside = (path: string): boolean => folders.some((folder) => path.startsWith(`${folder}/`))
  let wasm: Uint8Array | undefined
  const { error } = await asc.main([entry, ...compilerArguments(), '--outFile', outFile], {
    stdout: { write: () => undefined },
    stderr: { write: (text) => void messages.push(text) },
    readFile: async (name) => {
      const path = normalize(name).replaceAll('\\', '/')
      const text = await readFile(join(sourceRoot, path), 'utf8').catch(() => null)
      if (text !== null && !isInside(path)) outside.add(path)
      return text
    },
    writeFile: (name, data) => {
      if (name === outFile && data instanceof Uint8Array) wasm = Uint8Array.from(data)
    },
    listFiles: async (dir) => (await readdir(join(sourceRoot, dir)).catch(() => [])).filter((name) => name.endsWith('.ts')),
  })
  if (outside.size > 0) {
    throw new BuildError('SOURCE_OUTSIDE', `${entry} takes code from ${[...outside].sort().join(', ')}. A module may use its own folder, the shared folders of its set and the SDK: move the code there.`, { entry })
  }
  if (error !== null || wasm === undefined) {
    const report = messages.join('').trim() || error?.message || 'no output'
    throw new BuildError('COMPILE_FAILED', `${entry} does not compile:\n${report}`, { entry }, error === null ? {} : { cause: error })
  }
  return canonicalWasm(wasm)
}

async function loadCompiler(): Promise<Compiler> {
  try {
    return (await import('assemblyscript/asc')) as unknown as Compiler
  } catch (cause) {
    throw new BuildError('COMPILER_MISSING', 'The AssemblyScript compiler is not installed. Run "npm ci" and try again.', {}, { cause })
  }
}
