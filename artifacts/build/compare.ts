import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { equalBytes } from '../../src/codec/index.ts'
import { BuildError } from './errors.ts'
import type { OutputFile } from './module-set.ts'

/** One line per file that is missing, differs, or no longer belongs; empty when the tree holds exactly these outputs. */
export async function differences(root: string, set: string, outputs: readonly OutputFile[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const { path, bytes } of outputs) {
    const present = await readFile(join(root, path)).catch(() => null)
    if (present === null) found.push(`${path} is missing`)
    else if (!equalBytes(present, bytes)) found.push(`${path} differs from what the sources give (${present.length} bytes, expected ${bytes.length})`)
  }
  const folder = `artifacts/modules/${set}`
  const expected = new Set(outputs.filter(({ path }) => dirname(path) === folder).map(({ path }) => basename(path)))
  for (const name of await readdir(join(root, folder)).catch(() => [])) {
    if (name.endsWith('.wasm') && !expected.has(name)) found.push(`${folder}/${name} has no source`)
  }
  return found
}

/** Writes the outputs that changed; a file is replaced whole or not at all. Returns their paths. */
export async function writeOutputs(root: string, outputs: readonly OutputFile[]): Promise<readonly string[]> {
  const written: string[] = []
  for (const { path, bytes } of outputs) {
    const target = join(root, path)
    const present = await readFile(target).catch(() => null)
    if (present !== null && equalBytes(present, bytes)) continue
    try {
      await mkdir(dirname(target), { recursive: true })
      await writeFile(`${target}.new`, bytes)
      await rename(`${target}.new`, target)
    } catch (cause) {
      throw new BuildError('WRITE_FAILED', `${path} cannot be written: ${(cause as Error).message}`, { path }, { cause })
    }
    written.push(path)
  }
  return written
}
