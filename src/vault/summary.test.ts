import { describe, expect, it } from 'vitest'
import { agentIdOf } from '../codec/index.ts'
import { proposalIdOf } from './chain-forms.ts'
import type { ProposalContent, ShadowReport } from './chain-forms.ts'
import type { Intent } from './intent.ts'
import { summarize } from './summary.ts'
import { ada, applying, approval, baseManifest, moving, proposalOf, proposing, rejection, reportOf, veto } from './testing/intents.ts'

const codes = (lines: readonly { readonly code: string }[]): string[] => lines.map(({ code }) => code)
const NONE = { register: [], upgrade: [], activate: [], deactivate: [] }

/** An intent to propose that change; a summary needs no valid hashes. */
function proposed(change: Partial<ProposalContent>): Intent {
  const base = baseManifest()
  const proposal = proposalOf(base, { author: 'signer/ada', module_changes: NONE, ...change })
  return { ...proposing(), proposal, proposal_id: proposalIdOf(proposal) }
}

function reported(change: Partial<ShadowReport>): Intent {
  const intent = approval()
  return { ...intent, report: reportOf(intent.proposal, change) as never }
}

function withdrawal(reason: string): Intent {
  const { proposal, proposal_id } = proposed({}) as ReturnType<typeof proposing>
  return { ...rejection(), proposal, proposal_id, reason }
}

describe('an intent in words', () => {
  it.each<[Intent, string]>([
    [approval(), 'signer/ada approves: replace module m1.rule.move 1.0.0 → 1.1.0.'],
    [proposing(), 'signer/ada proposes to replace module m1.rule.move 1.0.0 → 1.1.0.'],
    [rejection(), 'signer/ada rejects the proposal to replace module m1.rule.move 1.0.0 → 1.1.0: Too dear for miners.'],
    [{ ...rejection(), reason: ' ' }, 'signer/ada rejects the proposal to replace module m1.rule.move 1.0.0 → 1.1.0.'],
    [withdrawal('Found a better way.'), 'signer/ada withdraws its proposal to change nothing: Found a better way.'],
    [withdrawal(''), 'signer/ada withdraws its proposal to change nothing.'],
    [veto(), 'signer/gus stops the proposal to replace module m1.rule.move 1.0.0 → 1.1.0.'],
    [applying(), 'signer/ada puts into effect: replace module m1.rule.move 1.0.0 → 1.1.0.'],
    [proposed({}), 'signer/ada proposes to change nothing.'],
    [moving(), `${agentIdOf(ada.publicKey)} does move_agent.`],
  ])('says what $kind does', (intent, sentence) => {
    expect(summarize(intent).sentence.text).toBe(sentence)
  })

  it('takes its words from the content, not from the proposer', () => {
    const { sentence, dangers, changes, facts, note } = summarize(approval())
    const said = [sentence, ...dangers, ...changes, ...facts].map(({ text }) => text).join('\n')
    expect(said).not.toContain('Moving costs more')
    expect(note).toEqual({ title: 'Moving costs more', description: 'The price of moving doubles.' })
  })

  it.each<[string, unknown, string]>([
    ['threshold', 3, 'governance.threshold'], ['timelock_blocks', 1, 'governance.timelock_blocks'], ['group_key', new Uint8Array(32), 'governance.group_key'],
    ['limits_max', { max_gas: 9 }, 'governance.limit_raised'], ['anything_else', 1, 'governance.other'],
  ])('warns of a change of %s and asks for a second device', (setting, value, danger) => {
    const summary = summarize(proposed({ patch: [{ op: 'set', path: ['governance', setting], value: value as never }] }))
    expect([codes(summary.dangers), summary.strict]).toEqual([[danger], true])
  })

  it('tells the bytes of a module from others by their hash, and shows a key whole', () => {
    const frame = { world_id: `demo.${'0'.repeat(64)}`, actor: 'agent/a', nonce: 1, valid_until_height: 9 }
    const [wasm, key] = summarize({ kind: 'world_action', ...frame, action: { kind: 'deploy_module_artifact', wasm: new Uint8Array(65), key: new Uint8Array(32) } }).changes
    expect([wasm!.text, key!.text]).toEqual(['wasm: 65 bytes, SHA-256 98ce42deef51d40269d542f5314bef2c7468d401ad5d85168bfab4c0108f75f7', `key: ${'00'.repeat(32)}`])
  })

  it('names who comes, who goes and whose key becomes another', () => {
    const { signers, guardians } = baseManifest().governance
    const key = (fill: number) => new Uint8Array(32).fill(fill)
    const summary = summarize(proposed({
      patch: [
        { op: 'set', path: ['governance', 'signers'], value: [signers[0]!, { ...signers[1]!, public_key: key(1) }, { signer_id: 'eve', public_key: key(2) }] as never },
        { op: 'set', path: ['governance', 'guardians'], value: [{ guardian_id: 'zed', public_key: guardians[0]!.public_key }] as never },
        { op: 'set', path: ['trusted_signers', 'eve'], value: key(3) }, { op: 'remove', path: ['trusted_signers', 'builder'] },
      ],
    }))
    expect(codes(summary.dangers)).toEqual(['guardian_removed', 'guardian_added', 'signer_changed', 'signer_removed', 'signer_added', 'trusted_removed', 'trusted_added'])
    expect(summary.dangers[4]!.text).toBe(`A signer is added: eve, key ${'02'.repeat(32)}.`)
    expect(codes(summary.changes)).toEqual(['setting', 'entry_removed', 'entry_added', 'entry_changed', 'entry_removed', 'entry_added', 'setting', 'setting'])
    expect(summary.strict).toBe(true)
  })

  it('says of a manifest given whole just what it changes', () => {
    const base = baseManifest()
    const { epoch_id: _, ...governance } = base.governance
    const same = summarize(proposed({ manifest: { governance, trusted_signers: base.trusted_signers } as never }))
    expect([same.sentence.text, same.changes, same.strict]).toEqual(['signer/ada proposes to change nothing.', [], false])
    const raised = summarize(proposed({ manifest: { governance: { ...governance, threshold: 3 }, trusted_signers: {} } as never }))
    expect(raised.sentence.text).toBe('signer/ada proposes to set governance.threshold, remove trusted_signers.builder.')
    expect(codes(raised.dangers)).toEqual(['governance.threshold', 'trusted_removed'])
  })

  it('warns of what modules may ask of the outside world, and of who answers', () => {
    const base = { ...baseManifest(), effects: { executors: { old: { kind: 'node', public_key: new Uint8Array(32) } }, grants: { 'm1.b': { 'http.fetch': { effect_kinds: ['http.fetch'] } } }, policies: [] } } as never as ReturnType<typeof baseManifest>
    const of = (path: readonly string[], value: unknown) => summarize({ ...proposing(), base_manifest: base as never, proposal: proposalOf(base, { module_changes: NONE, patch: [{ op: 'set', path, value: value as never }] }) })
    const grants = of(['effects', 'grants', 'm1.a'], { 'http.fetch': { effect_kinds: ['http.*'] }, 'http.post': { effect_kinds: [] } })
    expect([codes(grants.dangers), grants.strict]).toEqual([['grant_added', 'grant_added'], false])
    expect(grants.dangers[0]!.text).toBe('m1.a may ask the outside world as http.fetch from then on: {"effect_kinds":["http.*"]}.')
    const wider = of(['effects', 'grants', 'm1.b', 'http.fetch', 'effect_kinds'], ['*'])
    expect(wider.dangers.map(({ text }) => text)).toEqual(['What m1.b may ask the outside world as http.fetch effect_kinds changes: ["http.fetch"] → ["*"].'])
    const fewer = summarize({
      ...proposing(), base_manifest: base as never, proposal: proposalOf(base, { module_changes: NONE, patch: [{ op: 'remove', path: ['effects', 'grants', 'm1.b'] }] }),
    })
    expect(codes(fewer.dangers)).toEqual(['grant_removed'])
    expect(codes(of(['effects', 'policies'], [{ when: {}, decision: 'allow' }]).dangers)).toEqual(['effects.policies'])
    const rules = Array.from({ length: 63 }, (_, n) => ({ when: { module_id: `m1.module_${n}`, effect_kind: 'http.fetch' }, decision: 'deny' }))
    const last = of(['effects', 'policies'], [...rules, { when: { module_id: 'm1.last' }, decision: 'allow' }])
    expect([...last.dangers, ...last.changes].map(({ text }) => text), 'a list is never cut').toEqual(Array.from({ length: 2 }, () => expect.stringContaining('"m1.last"')))
    const executors = of(['effects', 'executors'], { new: { kind: 'node', public_key: new Uint8Array(32) } })
    expect([codes(executors.dangers), executors.strict]).toEqual([['executor_added', 'executor_removed'], true])
    expect(executors.dangers[1]!.text).toBe('What old says of the outside world counts no longer.')
  })

  it('warns of going back, of everything that is undone, and asks for a second device', () => {
    const summary = summarize(proposed({ rollback: { height: 200, state_root: '5'.repeat(64) } }))
    expect(summary.sentence.text).toBe('signer/ada proposes to take the world back to height 200.')
    expect([codes(summary.dangers), summary.strict]).toEqual([['rollback', 'rollback_agents', 'rollback_modules'], true])
    expect(summary.hashes).toContainEqual({ name: 'state_root', hex: '5'.repeat(64), recomputed: false })
    const intent = approval()
    const back = summarize({ ...intent, proposal: { ...intent.proposal, rollback: { height: 200, state_root: '5'.repeat(64) }, module_changes: NONE } })
    expect(back.changes.map(({ text }) => text)).toEqual([expect.stringMatching(/^Module m1\.rule\.move: .*1\.0\.0.* → .*1\.1\.0/)])
  })

  it('says of a patch that fits nowhere that the world would refuse it', () => {
    expect(codes(summarize(proposed({ patch: [{ op: 'remove', path: ['governance', 'none'] }] })).changes)).toEqual(['misfit'])
  })

  it('warns of code, of what it may do and of rules that end', () => {
    const manifest = { module_id: 'm9.new', version: '1.0.0', wasm_hash: '3'.repeat(64), required_caps: ['http.fetch'], subscriptions: { stage: 'pre_action' } }
    const summary = summarize(proposed({ module_changes: { ...NONE, register: [manifest as never], deactivate: [{ module_id: 'm1.rule.move', reason: 'broken' }] } }))
    expect(codes(summary.dangers)).toEqual(['rule_off', 'capability', 'may_deny'])
    expect(codes(summary.changes)).toEqual(['module_register', 'module_deactivate'])
    expect(summary.strict).toBe(false)
  })

  it('warns when there is no time to stop it', () => {
    expect(codes(summarize(approval()).dangers)).toContain('no_delay')
    const intent = approval()
    const slow = { ...intent, base_manifest: { ...intent.base_manifest, governance: { ...intent.base_manifest.governance, timelock_blocks: 20 } } }
    expect(codes(summarize(slow).dangers)).not.toContain('no_delay')
  })

  it('warns of what the trial run found', () => {
    const [high, odd, spent] = ['LIMITS_HIGH', 'ODD', 'SHADOW_BUDGET_EXCEEDED'].map((code) => ({ code, module_id: 'm1.rule.move', detail: 'max_gas' }))
    const { replay } = reportOf(approval().proposal)
    const summary = summarize(reported({ status: 'warning', warnings: [high!, odd!, spent!], replay: { ...replay, budget_exceeded: true } }))
    expect(codes(summary.dangers)).toEqual(['code_replaced', 'may_deny', 'no_delay', 'limits_high', 'shadow_warning', 'shadow_budget', 'more_rejections', 'fuel_higher'])
    const failed = summarize(reported({ status: 'failed', errors: [odd!], replay: { ...replay, blocks: 0, fuel: -1, rejections: {} } }))
    expect(codes(failed.dangers)).toEqual(['code_replaced', 'may_deny', 'no_delay', 'shadow_failed', 'shadow_error', 'shadow_none'])
    expect(summary.shadow.map(({ text }) => text)).toEqual(expect.arrayContaining(['event agent.moved: -2', 'electricity of all agents: -120', 'fuel: +900']))
  })

  it('shows hashes whole and says which one is only stated', () => {
    const { hashes } = summarize(approval())
    expect(hashes.every(({ hex }) => hex.length === 64)).toBe(true)
    expect(hashes.filter(({ recomputed }) => !recomputed).map(({ name }) => name)).toEqual(['block_hash'])
  })
})
