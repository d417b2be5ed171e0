import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BuildError } from './errors.ts'

/** The compiler and what it consists of; nothing else in the lock can change the bytes. */
const PACKAGES = ['assemblyscript', 'binaryen', 'long'] as const

/** A package of the compiler as package-lock.json pins it. */
export interface LockedPackage {
  readonly name: string
  readonly version: string
  readonly integrity: string
}

/** The compiler's packages in the lock of the project, sorted by name. Throws `LOCK_INVALID`. */
export async function readToolchain(root: string): Promise<readonly LockedPackage[]> {
  let lock: { packages?: Record<string, { version?: unknown; integrity?: unknown }> }
  try {
    lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as typeof lock
  } catch (cause) {
    throw new BuildError('LOCK_INVALID', `package-lock.json cannot be read (${(cause as Error).message}). Restore it from version control.`, {}, { cause })
  }
  return PACKAGES.map((name) => {
    const { version, integrity } = lock.packages?.[`node_modules/${name}`] ?? {}
    if (typeof version !== 'string' || typeof integrity !== 'string') throw new BuildError('LOCK_INVALID', `package-lock.json does not pin "${name}". Run "npm install" and commit the lock.`, { package: name })
    return { name, version, integrity }
  })
}

export const compilerVersionOf = (toolchain: readonly LockedPackage[]): string => toolchain.find(({ name }) => name === 'assemblyscript')!.version
