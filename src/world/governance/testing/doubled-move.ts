import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileModule } from '../../../../artifacts/build/compile.ts'
import { compilerVersionOf, readToolchain } from '../../../../artifacts/build/toolchain.ts'
import { sha256, toHex } from '../../../codec/index.ts'
import type { ModuleManifest } from '../../module-manifest.ts'
import { signedForTest } from '../../testing/hand-made.ts'
import type { HandMade } from '../../testing/hand-made.ts'
import { m1Modules } from '../../testing/test-world.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const PRICE = '(distance + CM_PER_ELECTRICITY - 1) / CM_PER_ELECTRICITY'

export const MOVE = 'm1.rule.move'
export const oldMove: ModuleManifest = m1Modules.find(({ manifest }) => manifest.module_id === MOVE)!.manifest

/** `m1.rule.move` 1.1.0, compiled from the source of 1.0.0 with twice the price. */
export async function doubledMove(): Promise<HandMade> {
  const sourceRoot = await mkdtemp(join(tmpdir(), 'agent-world-double-'))
  try {
    await cp(join(ROOT, 'artifacts/modules/sdk'), join(sourceRoot, 'sdk'), { recursive: true })
    const source = await readFile(join(ROOT, `artifacts/modules/m1/${MOVE}/module.ts`), 'utf8')
    if (!source.includes(PRICE)) throw new Error(`${MOVE} no longer says what a move costs as this fixture expects`)
    const folder = `m1/${MOVE}`
    await mkdir(join(sourceRoot, folder), { recursive: true })
    await writeFile(join(sourceRoot, folder, 'module.ts'), source.replace(PRICE, `2 * (${PRICE})`))
    const compilerVersion = compilerVersionOf(await readToolchain(ROOT))
    const wasm = await compileModule({ sourceRoot, entry: `${folder}/module.ts`, folders: ['sdk', folder], compilerVersion })
    const { artifact_identity: _, ...fields } = oldMove
    return { wasm, manifest: signedForTest({ ...fields, version: '1.1.0', wasm_hash: toHex(sha256(wasm)) }) }
  } finally {
    await rm(sourceRoot, { recursive: true })
  }
}
