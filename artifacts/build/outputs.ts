import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { equalBytes } from '../../src/codec/index.ts'
import { BuildError } from './errors.ts'

/** A file the build owns: its path from the root of the project, and what belongs in it. */
export interface OutputFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** Writes the outputs that changed; a file is replaced whole or not at all. Returns their paths. Throws `WRITE_FAILED`. */
export async function writeOutputs(root: string, outputs: readonly OutputFile[]): Promise<readonly string[]> {
  const written: string[] = []
  for (const { path, bytes } of outputs) {
    const target = join(root, path)
    const present = await readFile(target).catch(() => null)
    if (present !== null && equalBytes(present, bytes)) continue
    await attempt(path, async () => {
      await mkdir(dirname(target), { recursive: true })
      await writeFile(`${target}.new`, bytes)
      await rename(`${target}.new`, target)
    })
    written.push(path)
  }
  return written
}

export async function removeFile(root: string, path: string): Promise<void> {
  await attempt(path, () => rm(join(root, path)))
}

async function attempt(path: string, change: () => Promise<void>): Promise<void> {
  try {
    await change()
  } catch (cause) {
    throw new BuildError('WRITE_FAILED', `${path} cannot be written: ${(cause as Error).message}`, { path }, { cause })
  }
}
