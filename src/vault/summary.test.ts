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

describe('an intent in words', () => {
  it.each<[Intent, string]>([
    [approval(), 'signer/ada approves: replace module m1.rule.move 1.0.0 → 1.1.0.'],
    [proposing(), 'signer/ada proposes to replace module m1.rule.move 1.0.0 → 1.1.0.'],
    [rejection(), 'signer/ada rejects the proposal to replace module m1.rule.move 1.0.0 → 1.1.0: Too dear for miners.'],
    [veto(), 'signer/gus stops the queued proposal to replace module m1.rule.move 1.0.0 → 1.1.0.'],
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
    ['signers', [], 'governance.signers'], ['threshold', 2, 'governance.threshold'], ['guardians', [], 'governance.guardians'],
    ['timelock_blocks', 1, 'governance.timelock_blocks'], ['anything_else', 1, 'governance.anything_else'],
  ])('warns of a change of %s and asks for a second device', (setting, value, danger) => {
    const summary = summarize(proposed({ patch: [{ op: 'set', path: ['governance', setting], value: value as never }] }))
    expect([codes(summary.dangers), summary.strict]).toEqual([[danger], true])
  })

  it('warns of changes of whom modules are trusted from', () => {
    const summary = summarize(proposed({ patch: [{ op: 'set', path: ['trusted_signers', 'eve'], value: new Uint8Array(32) }] }))
    expect(summary.dangers[0]!.text).toBe(`Whose modules the world trusts: eve (nothing) → ${'00'.repeat(32)}.`)
    expect(summary.strict).toBe(true)
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
    const warnings = [{ code: 'LIMITS_HIGH', module_id: 'm1.rule.move', detail: 'max_gas' }]
    const { replay } = reportOf(approval().proposal)
    const summary = summarize(reported({ status: 'warning', warnings, replay: { ...replay, budget_exceeded: true } }))
    expect(codes(summary.dangers)).toEqual(expect.arrayContaining(['shadow_status', 'shadow_warning', 'shadow_budget']))
    expect(summary.shadow.map(({ text }) => text)).toEqual(expect.arrayContaining(['event agent.moved: -2', 'electricity of all agents: -120', 'fuel: +900']))
  })

  it('shows hashes whole and says which one is only stated', () => {
    const { hashes } = summarize(approval())
    expect(hashes.every(({ hex }) => hex.length === 64)).toBe(true)
    expect(hashes.filter(({ recomputed }) => !recomputed).map(({ name }) => name)).toEqual(['block_hash'])
  })
})
