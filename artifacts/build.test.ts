import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildArtifacts } from './build.ts'
import { BuildError } from './build/errors.ts'
import { buildModule, listModules, outputFiles } from './build/module-set.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const moduleFile = (root: string, name: string): string => join(root, 'artifacts/modules/m1/m1.rule.move', name)
let root = ''

/** Copies the sources: of all modules, or of one, since compiling takes time. */
async function copySources(only?: string): Promise<void> {
  await cp(join(project, 'artifacts/modules'), join(root, 'artifacts/modules'), {
    recursive: true,
    filter: (path) => !path.endsWith('.wasm') && (only === undefined || !/m1\.[a-z._]+/.test(path) || path.includes(only)),
  })
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'module build '))
})
afterEach(() => rm(root, { recursive: true, force: true }))

const build = async (check: boolean): Promise<string[]> => {
  const lines: string[] = []
  await buildArtifacts({ root, check, log: (line) => void lines.push(line) })
  return lines
}
const failure = async (promise: Promise<unknown>): Promise<BuildError> => {
  const error = await promise.then(() => undefined, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(BuildError)
  return error as BuildError
}

describe('the module build', () => {
  beforeEach(() => copySources('m1.rule.move'))

  it('gives the checked-in files byte for byte, wherever the tree lies', async () => {
    await copySources()
    await build(false)
    const built = await Promise.all((await listModules(root, 'm1')).map((id) => buildModule(root, 'm1', id)))
    const outputs = outputFiles('m1', built)
    expect(outputs).toHaveLength(8)
    for (const { path, bytes } of outputs) {
      expect(new Uint8Array(await readFile(join(project, path))), `${path}: run "npm run build:modules"`).toEqual(bytes)
      expect(new Uint8Array(await readFile(join(root, path)))).toEqual(bytes)
    }
  })

  it('writes nothing the second time and passes its own check', async () => {
    expect((await build(false)).at(-1)).toMatch(/wrote/)
    expect((await build(false)).at(-1)).toBe('m1: nothing changed')
    expect((await build(true)).at(-1)).toMatch(/4 files are what the sources give/)
  })

  it('names every file that differs, is missing or has no source, and mends it', async () => {
    await build(false)
    const wasm = join(root, 'artifacts/modules/m1/m1.rule.move.wasm')
    const damaged = await readFile(wasm)
    damaged[damaged.length - 1]! ^= 1
    await writeFile(wasm, damaged)
    await rm(join(root, 'artifacts/m1_builtin_modules.sha256'))
    await writeFile(join(root, 'artifacts/modules/m1/m1.rule.gone.wasm'), '')
    const error = await failure(build(true))
    expect(error.code).toBe('OUTPUT_DIFFERS')
    expect(error.detail['files']).toBe(3)
    for (const part of ['m1.rule.move.wasm differs', 'm1_builtin_modules.sha256 is missing', 'm1.rule.gone.wasm has no source']) expect(error.message).toContain(part)
    await rm(join(root, 'artifacts/modules/m1/m1.rule.gone.wasm'))
    await build(false)
    await build(true)
  })

  it('notices a changed source', async () => {
    await build(false)
    const source = await readFile(moduleFile(root, 'module.ts'), 'utf8')
    await writeFile(moduleFile(root, 'module.ts'), source.replace('100_000', '50_000'))
    expect((await failure(build(true))).message).toContain('m1.rule.move.wasm differs')
  })

  it('passes on what the compiler says about a source that does not compile', async () => {
    await writeFile(moduleFile(root, 'module.ts'), 'export function call(): i64 { return nothing }')
    const error = await failure(build(false))
    expect(error.code).toBe('COMPILE_FAILED')
    expect(error.message).toContain("Cannot find name 'nothing'")
  })

  it('refuses a module that no node would run', async () => {
    const source = await readFile(moduleFile(root, 'module.ts'), 'utf8')
    await writeFile(moduleFile(root, 'module.ts'), `${source}\nexport function half(x: f64): f64 { return x / 2 }\n`)
    const error = await failure(build(false))
    expect(error.code).toBe('MODULE_INVALID')
    expect(error.message).toContain('WASM_FLOAT')
  })

  it('refuses a manifest that is missing, is no JSON, lacks a field, or names another module', async () => {
    const path = moduleFile(root, 'manifest.json')
    const text = await readFile(path, 'utf8')
    for (const [content, expected] of [
      ['{', 'MANIFEST_INVALID'],
      ['null', 'MANIFEST_INVALID'],
      [text.replace('{', '{"wasm_hash": "00",'), 'MANIFEST_INVALID'],
      [text.replace('"version": "1.0.0",', ''), 'MANIFEST_INVALID'],
      [text.replace('m1.rule.move', 'm1.rule.other'), 'MANIFEST_INVALID'],
      [text.replace('"call"]', '"call", "reduce"]'), 'MODULE_INVALID'],
    ] as const) {
      await writeFile(path, content)
      expect((await failure(build(false))).code).toBe(expected)
    }
    await rm(path)
    expect((await failure(build(false))).code).toBe('SOURCE_MISSING')
    expect((await failure(listModules(root, 'm9'))).code).toBe('SOURCE_MISSING')
  })
})

describe('the command', () => {
  const command = (...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [join(project, 'artifacts/build.ts'), ...args], (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }))
    })

  it('explains itself, names unknown arguments, and fails a check with the differences', async () => {
    await copySources('m1.rule.move')
    expect(await command('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--check') as string })
    expect(await command('--chekc')).toMatchObject({ status: 2, stderr: expect.stringContaining('--chekc') as string })
    expect(await command('--check', '--root', root)).toMatchObject({ status: 1, stderr: expect.stringContaining('m1.rule.move.wasm is missing') as string })
  })
})
