import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { enroll, syncSet } from '../build/index.ts'

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))
/** The smallest module there is: compiling takes time. */
export const MODULE_ID = 'm1.tiny.rule'
const SET = 'm1'

const MODULE = `import { double } from '../shared/double'
import { allow, decodeActionCall } from '../../sdk'
export { alloc } from '../../sdk'

export function call(ptr: usize, len: usize): u64 {
  decodeActionCall(ptr, len)
  return allow().costElectricity(double(3)).pack()
}
`
const MANIFEST = {
  module_id: MODULE_ID, version: '1.0.0', kind: 'pure', role: 'rule', interface_version: 'wasm-1', abi_version: 2, exports: ['memory', 'alloc', 'call'],
  subscriptions: { action_kinds: ['move_agent'], event_kinds: [], stage: 'pre_action' }, required_caps: [],
  limits: { max_mem_bytes: 524_288, max_gas: 400_000, max_call_rate: 20_000, max_output_bytes: 4_096, max_effects: 0, max_emits: 2 },
}

/** A copy of the project with one module in m1, the real SDK and the compiler's lines of the lock. */
export class ProjectCopy {
  readonly root: string
  readonly key: string

  private constructor(root: string) {
    this.root = root
    this.key = join(root, 'signer.key')
  }

  static async make(): Promise<ProjectCopy> {
    const copy = new ProjectCopy(await mkdtemp(join(tmpdir(), 'artifacts of ')))
    await cp(join(PROJECT, 'artifacts/modules/sdk'), join(copy.root, 'artifacts/modules/sdk'), { recursive: true })
    await copy.write(copy.module('module.ts'), MODULE)
    await copy.write(copy.module('manifest.json'), JSON.stringify(MANIFEST))
    await copy.write('artifacts/modules/m1/shared/double.ts', 'export function double(x: i64): i64 { return 2 * x }\n')
    const lock = JSON.parse(await readFile(join(PROJECT, 'package-lock.json'), 'utf8')) as { packages: Record<string, unknown> }
    const packages = Object.fromEntries(['assemblyscript', 'binaryen', 'long', 'vite'].map((name) => [`node_modules/${name}`, lock.packages[`node_modules/${name}`]]))
    await copy.write('package-lock.json', JSON.stringify({ packages }))
    return copy
  }

  /** Makes a key, trusts it, builds and signs. */
  async sync(): Promise<Awaited<ReturnType<typeof syncSet>>> {
    await enroll(this.root, this.key, 'test.signer')
    return syncSet(this.root, SET, this.key, () => undefined)
  }

  /** A copy of this one, so that a test may damage it. */
  async fork(): Promise<ProjectCopy> {
    const fork = new ProjectCopy(await mkdtemp(join(tmpdir(), 'artifacts of ')))
    await cp(this.root, fork.root, { recursive: true })
    return fork
  }

  module(name: string): string {
    return `artifacts/modules/m1/${MODULE_ID}/${name}`
  }

  read(path: string): Promise<string> {
    return readFile(join(this.root, path), 'utf8')
  }

  async write(path: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.root, path)), { recursive: true })
    await writeFile(join(this.root, path), content)
  }

  async edit(path: string, change: (text: string) => string): Promise<void> {
    const before = await this.read(path)
    const after = change(before)
    if (after === before) throw new Error(`the test changes nothing in ${path}`)
    await this.write(path, after)
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.root, path), { recursive: true })
  }

  async dispose(): Promise<void> {
    await rm(this.root, { recursive: true, force: true })
  }
}
