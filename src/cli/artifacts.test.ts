import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ProjectCopy } from '../../artifacts/testing/project-copy.ts'

interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

const run = (file: string, args: readonly string[], cwd?: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd, env: { ...process.env, AGENT_WORLD_ARTIFACT_KEY: '' } }, (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }))
  })
const artifacts = (...args: readonly string[]): Promise<Ended> => run(process.execPath, [join(import.meta.dirname, 'artifacts.ts'), ...args])

let copy: ProjectCopy
beforeAll(async () => {
  copy = await ProjectCopy.make()
})
afterAll(() => copy.dispose())

describe('npm run artifacts', () => {
  it('explains itself', async () => {
    expect(await artifacts('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--check') as string })
  })

  it.each([[[]], [['sync']], [['sync', 'm9']], [['build']], [['sync', 'm1', 'm4']], [['hook']], [['sync', 'm1', '--chekc']]])('names what it does not understand: %j', async (args) => {
    expect(await artifacts(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining('npm run artifacts -- sync') as string })
  })

  it('asks for a key, makes one, signs, checks, and lists every difference with what to do', async () => {
    const at = ['--root', copy.root] as const
    const noKey = await artifacts('sync', 'm1', ...at)
    expect(noKey).toMatchObject({ status: 1, stderr: expect.stringContaining('SIGNER_KEY_MISSING') as string })
    expect(noKey.stderr).toContain('--enroll')
    expect(await artifacts('sync', 'm1', '--enroll', 'test.signer', ...at)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 signed anew') as string })
    expect((await readFile(join(copy.root, '.agent-world/keys/artifact-signer.key'), 'utf8')).trim()).toMatch(/^[0-9a-f]{64}$/)
    expect(await artifacts('sync', 'm1', '--check', ...at)).toMatchObject({ status: 0, stderr: '' })
    await copy.edit(copy.module('module.ts'), (text) => text.replace('double(3)', 'double(4)'))
    await copy.remove('artifacts/m1_builtin_modules.sha256')
    const differing = await artifacts('sync', 'm1', '--check', ...at)
    expect(differing.status).toBe(1)
    for (const part of ['SOURCE_CHANGED', 'BYTES_DIFFER', 'LIST_MISSING', 'npm run artifacts -- sync m1']) expect(differing.stderr).toContain(part)
    await artifacts('sync', 'm1', ...at)
    expect(await artifacts('sync', 'm1', '--check', ...at)).toMatchObject({ status: 0 })
  })
})

describe('the commit hook', () => {
  let repository = ''
  beforeAll(async () => {
    repository = await mkdtemp(join(tmpdir(), 'aw-hook-'))
    await run('git', ['init', '-q', repository])
  })
  afterAll(() => rm(repository, { recursive: true, force: true }))
  const hooksPath = async (): Promise<string> => (await run('git', ['-C', repository, 'config', '--local', 'core.hooksPath'])).stdout.trim()

  it('is put in place and taken away again, and does not push out another', async () => {
    expect(await artifacts('hook', 'install', '--root', repository)).toMatchObject({ status: 0, stdout: expect.stringContaining('hook remove') as string })
    expect(await hooksPath()).toBe('.githooks')
    expect(await artifacts('hook', 'install', '--root', repository)).toMatchObject({ status: 0 })
    expect(await artifacts('hook', 'remove', '--root', repository)).toMatchObject({ status: 0 })
    expect(await hooksPath()).toBe('')
    expect(await artifacts('hook', 'remove', '--root', repository)).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing to remove') as string })
    await run('git', ['-C', repository, 'config', 'core.hooksPath', 'mine'])
    expect(await artifacts('hook', 'install', '--root', repository)).toMatchObject({ status: 1, stderr: expect.stringContaining('HOOK_TAKEN') as string })
    expect(await hooksPath()).toBe('mine')
  })

  it('says what is wrong outside a repository', async () => {
    expect(await artifacts('hook', 'install', '--root', join(repository, 'nowhere'))).toMatchObject({ status: 1, stderr: expect.stringContaining('HOOK_FAILED') as string })
  })

  it('is not put where git would never run it', async () => {
    const below = join(repository, 'vendor')
    await mkdir(below)
    await run('git', ['-C', repository, 'config', '--unset', 'core.hooksPath'])
    expect(await artifacts('hook', 'install', '--root', below)).toMatchObject({ status: 1, stderr: expect.stringContaining('HOOK_FAILED') as string })
    expect(await hooksPath()).toBe('')
  })

  it('runs the checks of all sets for a commit that touches modules, and nothing for another', async () => {
    const hook = join(import.meta.dirname, '../../.githooks/pre-commit')
    await writeFile(join(repository, 'package.json'), JSON.stringify({ scripts: { artifacts: 'node -e "require(\'fs\').appendFileSync(\'calls\', process.argv.slice(1).join(\' \') + \'\\n\')" --' } }))
    await writeFile(join(repository, 'other.txt'), '')
    await run('git', ['-C', repository, 'add', 'other.txt'])
    expect(await run('sh', [hook], repository)).toMatchObject({ status: 0 })
    await expect(readFile(join(repository, 'calls'), 'utf8')).rejects.toThrow('ENOENT')
    await writeFile(join(repository, 'package-lock.json'), '{}')
    await run('git', ['-C', repository, 'add', 'package-lock.json'])
    expect(await run('sh', [hook], repository)).toMatchObject({ status: 0 })
    expect((await readFile(join(repository, 'calls'), 'utf8')).trim().split('\n')).toEqual(['sync m1 --check', 'sync m4 --check', 'sync m5 --check'])
  })
})
