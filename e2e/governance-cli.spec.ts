import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { decodeCanonical, encodeCanonical } from '../src/codec/index.ts'
import type { Value, ValueMap } from '../src/codec/index.ts'
import { Testnet } from './support/testnet.ts'

interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Moved {
  readonly cost: number
  readonly distance: number
}

const MOVE = 'm1.rule.move'
const PRICE = '(distance + CM_PER_ELECTRICITY - 1) / CM_PER_ELECTRICITY'
const CM_PER_ELECTRICITY = 100_000
const PASSPHRASE = 'correct horse battery staple'

/** What a governance signer does from a shell, against a testnet of real processes. */
test.describe('a change of the rules from the command line alone', () => {
  test.setTimeout(600_000)
  let folder: string
  let testnet: Testnet
  const at = (name: string): string => join(folder, name)
  const signers = (name: string): string => join(testnet.data, 'signers', name)

  test.beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'aw-governance-'))
    writeFileSync(at('pass'), `${PASSPHRASE}\n`)
  })
  test.afterEach(() => Testnet.disposeAll())
  test.afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const aw = (...args: readonly string[]): Outcome => spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', resolve('src/cli/aw.ts'), ...args], { encoding: 'utf8', timeout: 120_000 })
  const succeeds = (...args: readonly string[]): Outcome => {
    const outcome = aw(...args)
    expect(outcome.status, `aw ${args.join(' ')}\n${outcome.stdout}\n${outcome.stderr}`).toBe(0)
    return outcome
  }
  const refused = (code: string, ...args: readonly string[]): void => {
    const outcome = aw(...args)
    expect(outcome.stderr, `aw ${args.join(' ')}`).toMatch(new RegExp(`^${code}: .+\\.`, 'm'))
    expect(outcome.status).toBe(1)
  }
  const chain = (worldId: string): readonly string[] => ['--node', testnet.url, '--world', worldId, '--timeout', '90']
  const own = (name: string): readonly string[] => ['--key', at(`${name}.awkey.json`), '--passphrase-file', at('pass'), '--yes']
  const official = (name: string): readonly string[] => ['--key', signers(`${name}.awkey.json`), '--passphrase-file', signers('passphrase.txt'), '--yes']
  const newKey = (name: string): void => void succeeds('keys', 'new', '--label', name, '--out', at(`${name}.awkey.json`), '--passphrase-file', at('pass'))

  /** A move of an agent to the nearest asteroid that is not its own. */
  function move(name: string, agent: string, world: readonly string[]): Moved {
    const keys = Array.from({ length: 60 }, (_, index) => `asteroid/${String(index + 1).padStart(4, '0')}`)
    const { records } = JSON.parse(succeeds('query', agent, ...keys, ...world).stdout) as { readonly records: Readonly<Record<string, { readonly position: Readonly<Record<string, number>> }>> }
    const { x, y, z } = records[agent]!.position
    const away = (key: string): number => Math.hypot(records[key]!.position['x']! - x!, records[key]!.position['y']! - y!, records[key]!.position['z']! - z!)
    const [, nearest] = keys.toSorted((a, b) => away(a) - away(b))
    writeFileSync(at('move.json'), JSON.stringify({ kind: 'move_agent', to: nearest }))
    const { events } = JSON.parse(succeeds('act', at('move.json'), '--json', ...own(name), ...world).stdout) as { readonly events: readonly { readonly kind: string; readonly payload: { readonly cost: { readonly electricity: number }; readonly distance_cm: number } }[] }
    const { cost, distance_cm } = events.find(({ kind }) => kind === 'agent.departed')!.payload
    return { cost: cost.electricity, distance: distance_cm }
  }

  function register(name: string, world: readonly string[]): string {
    newKey(name)
    return (JSON.parse(succeeds('act', 'register', '--name', name, '--json', ...own(name), ...world).stdout) as { readonly actor: string }).actor
  }

  /** A copy of the built-in module in which one constant is another. */
  function doubledMove(): void {
    mkdirSync(at('copy/artifacts'), { recursive: true })
    cpSync(resolve('artifacts/modules'), at('copy/artifacts/modules'), { recursive: true })
    cpSync(resolve('package-lock.json'), at('copy/package-lock.json'))
    const source = at(`copy/artifacts/modules/m1/${MOVE}/module.ts`)
    const text = readFileSync(source, 'utf8')
    expect(text).toContain(PRICE)
    writeFileSync(source, text.replace(PRICE, `2 * (${PRICE})`))
    succeeds('artifact', 'build', MOVE, '--root', at('copy'), '--out', at('move.wasm'))
  }

  /** The request with another title under the same proposal id, as a page that lies would write it. */
  function tampered(file: string): string {
    const [domain, request] = decodeCanonical(readFileSync(file)) as readonly [string, ValueMap]
    const intent = request['intent'] as ValueMap
    const proposal = { ...(intent['proposal'] as ValueMap), title: 'Moving costs half as much' }
    const path = file.replace('.awsign', '-tampered.awsign')
    writeFileSync(path, encodeCanonical([domain, { ...request, intent: { ...intent, proposal } } as Value]))
    return path
  }

  test('doubles the price of moving: proposed, run again, signed behind an air gap by two of three, applied, paid', async () => {
    testnet = await Testnet.start({ args: ['--no-bots', '--validators', '2'] })
    expect(testnet.output).toContain(join(testnet.data, 'signers'))
    const { world_id } = await testnet.advance(2)
    const world = chain(world_id)
    refused('WORLD_DIFFERS', 'proposal', 'list', '--node', testnet.url, '--world', `${world_id.slice(0, -4)}0000`)

    const first = register('miner', world)
    const second = register('trader', world)
    const before = move('miner', first, world)
    expect(before.cost).toBe(Math.ceil(before.distance / CM_PER_ELECTRICITY))

    doubledMove()
    succeeds('artifact', 'sign', at('move.wasm'), '--id', MOVE, '--version', '1.1.0', '--signer', 'testnet.artifacts.1', '--key', signers('artifacts.awkey.json'), '--passphrase-file', signers('passphrase.txt'), ...world)
    expect(succeeds('artifact', 'check', at('move.manifest.json'), ...world).stdout).toContain('pass  identity: signed by testnet.artifacts.1')
    refused('ARTIFACT_MISSING', 'proposal', 'new', '--title', 'Moving costs twice as much', '--upgrade', MOVE, '--wasm', at('move.wasm'), ...official('ann'), ...world)
    const proposed = succeeds(
      'proposal', 'new', '--title', 'Moving costs twice as much', '--upgrade', MOVE, '--wasm', at('move.wasm'), '--agent-key', at('miner.awkey.json'), '--agent-passphrase-file', at('pass'),
      '--json', ...official('ann'), ...world,
    )
    const { proposal_id: id } = JSON.parse(proposed.stdout) as { readonly proposal_id: string }

    succeeds('proposal', 'watch', id, '--until', 'shadowed', ...world)
    const rerun = JSON.parse(succeeds('proposal', 'rerun', id.slice(0, 12), '--json', ...world).stdout) as { readonly stated: string; readonly report_hash: string }
    expect(rerun.report_hash).toBe(rerun.stated)
    expect(succeeds('proposal', 'show', id, ...world).stdout).toMatch(/^proposal [0-9a-f]{64}\n\nsigner\/ann proposes to replace module m1\.rule\.move 1\.0\.0 → 1\.1\.0\.\n\nDANGERS\n/)

    for (const name of ['ben', 'cleo']) succeeds('proposal', 'approve', id, '--request', at(`${name}.awsign`), '--as', `signer/${name}`, ...world)
    refused('INTENT_MISMATCH', 'sign', tampered(at('ben.awsign')), '--keys', join(testnet.data, 'signers'), '--passphrase-file', signers('passphrase.txt'), '--yes')
    expect(existsSync(at('ben-tampered.awsig'))).toBe(false)
    newKey('dora')
    refused('SIGNER_NOT_IN_SET', 'proposal', 'approve', id, '--as', 'signer/dora', ...own('dora'), ...world)
    refused('SIGNER_NOT_IN_SET', 'proposal', 'approve', id, '--as', 'signer/ben', ...own('dora'), ...world)
    refused('KEY_NOT_FOUND', 'sign', at('ben.awsign'), ...own('dora'))
    refused('OWN_PROPOSAL', 'proposal', 'approve', id, ...official('ann'), ...world)

    for (const name of ['ben', 'cleo']) {
      const signed = succeeds('sign', at(`${name}.awsign`), '--keys', join(testnet.data, 'signers'), '--passphrase-file', signers('passphrase.txt'), '--yes')
      expect(signed.stdout).toContain('The code of m1.rule.move is replaced')
    }
    refused('RESPONSE_OTHER_REQUEST', 'proposal', 'submit', at('ben.awsig'), '--request-file', at('cleo.awsign'), ...world)
    succeeds('proposal', 'submit', at('ben.awsig'), ...world)
    const last = JSON.parse(succeeds('proposal', 'submit', at('cleo.awsig'), '--json', ...world).stdout) as { readonly height: number }
    succeeds('proposal', 'watch', id, '--until', 'applied', ...world)
    const done = JSON.parse(succeeds('proposal', 'show', id, '--json', ...world).stdout) as { readonly state: string; readonly record: { readonly closed_height: number }; readonly events: readonly { readonly kind: string }[] }
    expect(done.state).toBe('applied')
    expect(done.record.closed_height - last.height, 'blocks from the last approval to the effect').toBeLessThanOrEqual(3)
    expect(done.events.map(({ kind }) => kind)).toEqual([
      'governance.proposed', 'governance.shadow_report', 'governance.shadow_anchored', 'governance.approved_by', 'governance.approved_by', 'governance.approved', 'governance.queued',
      'module.upgraded', 'manifest.updated', 'governance.applied',
    ])

    const after = move('trader', second, world)
    expect(after.cost).toBe(2 * Math.ceil(after.distance / CM_PER_ELECTRICITY))
  })
})
