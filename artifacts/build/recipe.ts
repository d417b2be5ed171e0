import { sha256, toHex, utf8Bytes } from '../../src/codec/index.ts'

/** Linear memory of every built-in module, 64 KiB pages. Input, its copies and the output fit many times over. */
export const MEMORY_PAGES = { initial: 1, maximum: 8 } as const

/**
 * Flags of `asc`. Part of what decides the bytes: a change here changes every identity.
 * - `-O2`: a seventh smaller than `-O3` for a hundredth more fuel; `-Oz` saves little more and takes a tenth more fuel
 * - `--runtime stub`: memory is only taken, never returned; a call gets a fresh instance, so a collector would be dead weight
 * - `--use abort=`: a failed assertion is `unreachable`, since modules have no imports
 * - `--maximumMemory`: the validator asks for a declared bound
 */
const COMPILER_FLAGS: readonly string[] = [
  '-O2', '--runtime stub', '--use abort=', '--noColors',
  `--initialMemory ${MEMORY_PAGES.initial}`, `--maximumMemory ${MEMORY_PAGES.maximum}`,
]

/** Everything besides the sources that decides the bytes of a module. */
export interface BuildRecipe {
  readonly compiler: string
  readonly compiler_version: string
  /** One flag with its value each, in the order the compiler gets them. */
  readonly flags: readonly string[]
  readonly target: string
  readonly canonicalizer_version: string
}

/** How modules are built here, with the compiler version the lock names. */
export function buildRecipe(compilerVersion: string): BuildRecipe {
  return { compiler: 'assemblyscript', compiler_version: compilerVersion, flags: COMPILER_FLAGS, target: 'wasm32', canonicalizer_version: 'strip-custom-sections-v1' }
}

/** The flags as arguments of the compiler. */
export const compilerArguments = (): readonly string[] => COMPILER_FLAGS.flatMap((flag) => flag.split(' '))

/**
 * SHA-256, as hex, of these lines of UTF-8, each ended by one line feed:
 * ```
 * agent-world/artifact-build/v1
 * compiler <name>
 * compiler_version <version>
 * flag <flag with its value>      one line a flag, in order
 * target <target>
 * canonicalizer <version>
 * ```
 */
export function buildManifestHash({ compiler, compiler_version, flags, target, canonicalizer_version }: BuildRecipe): string {
  const lines = [
    'agent-world/artifact-build/v1', `compiler ${compiler}`, `compiler_version ${compiler_version}`,
    ...flags.map((flag) => `flag ${flag}`), `target ${target}`, `canonicalizer ${canonicalizer_version}`,
  ]
  return toHex(sha256(utf8Bytes(lines.map((line) => `${line}\n`).join(''))))
}
