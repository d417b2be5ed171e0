import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError, decodeCanonical, encodeCanonical } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { ann, saltOf } from '../../world/governance/testing/governed-world.ts'
import { run as act } from './act.ts'
import { jsonText } from './json.ts'
import { run } from './proposal.ts'
import { fullId } from './proposal/view.ts'
import { run as sign } from './sign.ts'
import { GovernedChain, Shell } from './testing/governed-chain.ts'

const refusal = (code: string): unknown => expect.objectContaining({ code })
const SHORTER = [{ op: 'set', path: ['governance', 'proposal_ttl_blocks'], value: 50 }]

let shell: Shell
let chain: GovernedChain
beforeEach(() => {
  chain = new GovernedChain()
  shell = new Shell(chain)
})
afterEach(() => shell.dispose())

const proposal = (...args: readonly string[]): Promise<number> => run(args, shell.components)
const json = (): Record<string, unknown> => JSON.parse(shell.last()) as Record<string, unknown>

async function propose(patch: unknown = SHORTER, who = 's1'): Promise<string> {
  writeFileSync(shell.at('patch.json'), JSON.stringify(patch))
  expect(await proposal('new', '--title', 'Shorter', '--description', 'So that lists stay short.', '--patch', shell.at('patch.json'), '--json', ...(await shell.keyOf(who)))).toBe(0)
  return json()['proposal_id'] as string
}

async function proposed(patch?: unknown, who?: string): Promise<string> {
  const id = await propose(patch, who)
  expect(await proposal('watch', id, '--until', 'shadowed')).toBe(0)
  return id
}

/** With the comparison that changes of governance ask for. */
const compared = (id: string): readonly string[] => ['--compared', id.slice(0, 8)]

describe('aw proposal', () => {
  it('takes a change from proposal to effect: seen, run again, signed here and behind an air gap, applied', async () => {
    const id = await proposed()
    expect(await proposal('list')).toBe(0)
    expect(shell.last()).toBe(`${id}  shadowed  signer/s1  signed by 0\n  | Shorter`)
    expect(await proposal('show', id.slice(0, 6))).toBe(0)
    expect(shell.last()).toContain('signer/s1 proposes to set governance.proposal_ttl_blocks.\n\nDANGERS')
    expect(shell.last()).toContain('governance.proposal_ttl_blocks: 60 → 50')
    expect(shell.last()).toContain('| So that lists stay short.')
    expect(shell.last()).not.toContain('FAIL')
    expect(await proposal('rerun', id)).toBe(0)
    expect(shell.last()).toMatch(/^pass {2}blocks/)

    expect(await proposal('approve', id, '--rerun', ...compared(id), ...(await shell.keyOf('s2')))).toBe(0)
    await shell.keyOf('s3')
    expect(await proposal('approve', id, '--request', shell.at('r.awsign'), '--as', 'signer/s3')).toBe(0)
    expect(await sign([shell.at('r.awsign'), '--keys', shell.folder, '--passphrase-file', shell.at('pass'), '--yes', ...compared(id)], shell.terminal)).toBe(0)
    expect(await proposal('submit', shell.at('r.awsig'))).toBe(0)
    expect(await proposal('watch', id)).toBe(0)
    expect(chain.manifest().governance.proposal_ttl_blocks).toBe(50)

    expect(await proposal('show', id, '--json')).toBe(0)
    const shown = json() as { state: string; events: readonly { kind: string }[]; record: { approvals: readonly { signer_id: string }[] } }
    expect(shown.state).toBe('applied')
    expect(shown.record.approvals.map(({ signer_id }) => signer_id)).toEqual(['s2', 's3'])
    expect(shown.events.map(({ kind }) => kind)).toEqual([
      'governance.proposed', 'governance.shadow_report', 'governance.shadow_anchored', 'governance.approved_by', 'governance.approved_by', 'governance.approved', 'governance.queued',
      'manifest.updated', 'governance.applied',
    ])
    expect(await proposal('list')).toBe(0)
    expect(shell.last()).toMatch(/^No open proposals/)
    expect(await proposal('list', '--all', '--json')).toBe(0)
    expect(json()).toMatchObject([{ proposal_id: id, state: 'applied' }])
    expect(await proposal('approve', id, ...(await shell.keyOf('s2'))).catch((error: unknown) => error)).toEqual(refusal('PROPOSAL_CLOSED'))
  })

  it('asks for what is missing before it starts a node', async () => {
    for (const args of [['show'], ['watch', '--json'], ['rerun'], ['approve', '--rerun'], ['reject', '--reason', 'no'], ['veto'], ['apply'], ['submit', 'request.awsign'], ['approve', 'abcd'], ['veto', 'abcd'], ['new', '--title', 'x']]) {
      await expect(proposal(...args), args.join(' ')).rejects.toThrowError(refusal('FLAG_VALUE'))
    }
    expect(chain.closed).toBe(0)
  })

  it('says what comes next of a trial run that passed, and of one that failed', async () => {
    const id = await proposed()
    expect(shell.last()).toContain(`next: npm run aw -- proposal rerun ${id.slice(0, 12)}`)
    expect(await proposal('new', '--title', 'Off', '--deactivate', 'm9.nope', '--reason', 'no', '--json', ...(await shell.keyOf('s1')))).toBe(0)
    const failed = json()['proposal_id'] as string
    expect(await proposal('watch', failed, '--until', 'shadowed')).toBe(0)
    expect(shell.last()).toContain('next: npm run aw -- proposal new')
    expect(await proposal('list')).toBe(0)
    expect(shell.last()).toContain(`${failed}  shadowed  signer/s1  signed by 0  trial run failed`)
    await expect(proposal('approve', failed, ...(await shell.keyOf('s2')))).rejects.toThrowError(/^The trial run failed: VERSION_CONFLICT m9\.nope: It is not active\. Nobody can approve this/)
  })

  it('tells the grounds of a refusal to who reads no JSON', async () => {
    chain.submit = () => Promise.reject(new AppError('MANIFEST_INVALID', 'The world may not have the manifest this patch makes. "reason" says why.', { reason: 'threshold: too high' }))
    writeFileSync(shell.at('patch.json'), JSON.stringify(SHORTER))
    await expect(proposal('new', '--title', 'x', '--patch', shell.at('patch.json'), ...(await shell.keyOf('s1')))).rejects.toThrowError(/"reason" says why\. \{"reason":"threshold: too high"\}$/)
  })

  it('takes the beginning of an id where only one begins so', () => {
    const [one, other] = [`abcd1${'0'.repeat(59)}`, `abcd2${'0'.repeat(59)}`]
    const state = { get: (key: string) => (key === 'governance/open' ? [one] : [other]) }
    expect(fullId(state, 'abcd2')).toBe(other)
    expect(() => fullId(state, 'abcd')).toThrowError(refusal('PROPOSAL_AMBIGUOUS'))
    expect(() => fullId(state, 'abc')).toThrowError(refusal('PROPOSAL_NOT_FOUND'))
  })

  it('says who may not sign', async () => {
    const id = await proposed()
    await expect(proposal('approve', id, ...compared(id), ...(await shell.keyOf('stranger')))).rejects.toThrowError(/^Nothing was signed: agent\/[0-9a-f]+ may not do this\./)
  })

  it('closes its node whatever happens', async () => {
    await expect(proposal('show', 'f'.repeat(64))).rejects.toThrowError(refusal('PROPOSAL_NOT_FOUND'))
    await proposal('list')
    expect(chain.closed).toBe(2)
  })

  it('lets nobody sign who may not: authors, strangers, the wrong key for a name', async () => {
    const id = await proposed()
    const approve = async (who: string, ...args: readonly string[]): Promise<number> => proposal('approve', id, ...compared(id), ...args, ...(await shell.keyOf(who)))
    await expect(approve('s1')).rejects.toThrowError(refusal('OWN_PROPOSAL'))
    await expect(approve('dora')).rejects.toThrowError(refusal('SIGNER_NOT_IN_SET'))
    await expect(approve('dora', '--as', 'signer/s2')).rejects.toThrowError(refusal('SIGNER_NOT_IN_SET'))
    await expect(approve('g1')).rejects.toThrowError(refusal('SIGNER_NOT_IN_SET'))
    await expect(proposal('approve', id, '--request', shell.at('r.awsign'), '--as', 'signer/dora')).rejects.toThrowError(refusal('SIGNER_NOT_IN_SET'))
    await expect(proposal('approve', id)).rejects.toThrowError(refusal('FLAG_VALUE'))
    expect(chain.proposal(id).approvals).toEqual([])
    expect(existsSync(shell.at('r.awsign'))).toBe(false)
  })

  it('asks for the digits another device shows where the rules of signing change', async () => {
    const id = await proposed()
    const key = await shell.keyOf('s2')
    await expect(proposal('approve', id, ...key)).rejects.toThrowError(refusal('NOT_COMPARED'))
    await expect(proposal('approve', id, '--compared', '00000000', ...key)).rejects.toThrowError(refusal('NOT_COMPARED'))
    shell.typed = [id.slice(0, 8), 'no']
    await expect(proposal('approve', id, ...key.slice(0, -1))).rejects.toThrowError(refusal('DECLINED'))
    shell.typed = [id.slice(0, 8).toUpperCase(), 'sign']
    expect(await proposal('approve', id, ...key.slice(0, -1))).toBe(0)
  })

  it('signs nothing where the report on record is not what its blocks give', async () => {
    const id = await proposed()
    chain.forged = { ...chain.report(id), status: 'warning' }
    expect(await proposal('rerun', id, '--json')).toBe(1)
    expect(json()).toMatchObject({ ok: false, stated: chain.proposal(id).shadow!.report_hash })
    await expect(proposal('approve', id, '--rerun', ...compared(id), ...(await shell.keyOf('s2')))).rejects.toThrowError(refusal('SHADOW_DIFFERS'))
    expect(chain.proposal(id).approvals).toEqual([])
  })

  it('refuses a request somebody changed on the way, and a response to another one', async () => {
    const id = await proposed()
    await Promise.all(['s2', 's3'].map((name) => shell.keyOf(name)))
    for (const name of ['s2', 's3']) expect(await proposal('approve', id, '--request', shell.at(`${name}.awsign`), '--as', `signer/${name}`)).toBe(0)
    const [domain, request] = decodeCanonical(readFileSync(shell.at('s2.awsign'))) as readonly [string, ValueMap]
    const intent = request['intent'] as ValueMap
    writeFileSync(shell.at('bad.awsign'), encodeCanonical([domain, { ...request, intent: { ...intent, proposal: { ...(intent['proposal'] as ValueMap), title: 'Longer' } } } as Value]))
    const signing = ['--keys', shell.folder, '--passphrase-file', shell.at('pass'), '--yes', ...compared(id)]
    await expect(sign([shell.at('bad.awsign'), ...signing], shell.terminal)).rejects.toThrowError(refusal('INTENT_MISMATCH'))
    expect(await sign([shell.at('s2.awsign'), ...signing], shell.terminal)).toBe(0)
    await expect(proposal('submit', shell.at('s2.awsig'), '--request-file', shell.at('s3.awsign'))).rejects.toThrowError(refusal('RESPONSE_OTHER_REQUEST'))
  })

  it('rejects with a reason, and tells those who watch', async () => {
    const id = await proposed()
    await expect(proposal('reject', id, ...(await shell.keyOf('s2')))).rejects.toThrowError(refusal('FLAG_VALUE'))
    for (const name of ['s2', 's3']) expect(await proposal('reject', id, '--reason', 'Too short.', ...compared(id), ...(await shell.keyOf(name)))).toBe(0)
    expect(chain.proposal(id).state).toBe('rejected')
    expect(await proposal('watch', id)).toBe(1)
    expect(shell.noted.at(-1)).toMatch(/^PROPOSAL_CLOSED: The proposal is rejected/)
    expect(await proposal('show', id)).toBe(0)
    expect(shell.last()).toContain('s2: Too short.')
  })

  it('stops a proposal with the keys of guardians', async () => {
    const id = await proposed()
    for (const name of ['g1', 'g2']) expect(await proposal('veto', id, ...compared(id), ...(await shell.keyOf(name)))).toBe(0)
    expect(chain.proposal(id)).toMatchObject({ state: 'rejected', vetoes: [{ guardian_id: 'g1' }, { guardian_id: 'g2' }] })
  })

  it('brings a certificate that was put together elsewhere, and none with too few signatures', async () => {
    const id = await proposed()
    const key = await shell.keyOf('s1')
    await expect(proposal('apply', id, ...compared(id), ...key)).rejects.toThrowError(refusal('CERTIFICATE_MISSING'))
    writeFileSync(shell.at('c.json'), jsonText(chain.certificate(chain.statement(id))))
    expect(await proposal('apply', id, '--certificate', shell.at('c.json'), ...compared(id), ...key)).toBe(0)
    expect(await proposal('watch', id, '--until', 'applied')).toBe(0)
    writeFileSync(shell.at('c.json'), '{}')
    await expect(proposal('apply', id, '--certificate', shell.at('c.json'), ...key)).rejects.toThrowError(refusal('CERTIFICATE_INVALID'))
  })

  it('sets a whole manifest that was printed and edited', async () => {
    expect(await proposal('manifest')).toBe(0)
    const content = json() as { governance: Record<string, unknown> }
    writeFileSync(shell.at('manifest.json'), JSON.stringify({ ...content, governance: { ...content.governance, timelock_blocks: 3 } }))
    expect(await proposal('new', '--title', 'Time to look', '--manifest', shell.at('manifest.json'), '--json', ...(await shell.keyOf('s1')))).toBe(0)
    const id = json()['proposal_id'] as string
    expect(await proposal('watch', id, '--until', 'shadowed')).toBe(0)
    expect(await proposal('show', id)).toBe(0)
    expect(shell.last()).toContain('governance.timelock_blocks: 0 → 3')
  })

  it('stops modules and goes back to checkpoints', async () => {
    const key = await shell.keyOf('s1')
    await expect(proposal('new', '--title', 'Stop', '--deactivate', 'm1.rule.move', ...key)).rejects.toThrowError(refusal('FLAG_VALUE'))
    expect(await proposal('new', '--title', 'Stop', '--deactivate', 'm1.rule.move', '--reason', 'It is wrong.', ...key)).toBe(0)
    expect(shell.printed.join('\n')).toContain('m1.rule.move stops working')
    await expect(proposal('new', '--title', 'Back', '--rollback', '77', ...key)).rejects.toThrowError(refusal('CHECKPOINT_UNKNOWN'))
    chain.block()
    expect(await proposal('new', '--title', 'Back', '--rollback', '0', ...key)).toBe(0)
  })

  it('says what the world refused, and why', async () => {
    await propose([{ op: 'set', path: ['governance', 'threshold'], value: 9 }]).catch(() => undefined)
    expect(shell.noted.at(-1)).toMatch(/^MANIFEST_INVALID: .+refused in block/)
    expect(json()).toMatchObject({ ok: false, status: 'rejected', code: 'MANIFEST_INVALID', proposal_id: null })
  })

  it('names what it does not understand', async () => {
    await expect(proposal('vote')).rejects.toThrowError(refusal('COMMAND_UNKNOWN'))
    await expect(proposal('approve')).rejects.toThrowError(refusal('FLAG_VALUE'))
    await expect(proposal('new', '--title', 'x', '--patch', shell.at('none.json'))).rejects.toThrowError(refusal('FILE_UNREADABLE'))
    writeFileSync(shell.at('patch.json'), '[{"op": "set"}]')
    await expect(proposal('new', '--title', 'x', '--patch', shell.at('patch.json'))).rejects.toThrowError(refusal('FILE_INVALID'))
    await expect(proposal('new')).rejects.toThrowError(refusal('FLAG_VALUE'))
    await expect(proposal('show', 'zz')).rejects.toThrowError(refusal('PROPOSAL_NOT_FOUND'))
    expect(await proposal('--help')).toBe(0)
    for (const word of ['new', 'list', 'show', 'rerun', 'approve', 'reject', 'veto', 'apply', 'watch', 'submit', 'manifest']) expect(shell.last()).toContain(word)
  })
})

describe('aw act', () => {
  it('registers an agent under the key that signs, deploys, and does what a file says', async () => {
    const key = await shell.keyOf('newcomer')
    expect(await act(['register', '--name', 'eve', '--json', ...key], shell.components)).toBe(0)
    const { actor } = json() as { actor: string }
    expect(chain.agent(actor)).toMatchObject({ name: 'eve' })
    writeFileSync(shell.at('observe.json'), '{"kind": "query_observation"}')
    expect(await act([shell.at('observe.json'), ...key], shell.components)).toBe(0)
    expect(shell.last()).toMatch(/^applied in block/)
    writeFileSync(shell.at('bad.wasm'), 'no module')
    expect(await act(['deploy', shell.at('bad.wasm'), ...key], shell.components)).toBe(1)
    expect(shell.noted.at(-1)).toMatch(/^BAD_MODULE: /)
  })

  it('signs no governance from a file, where nothing is checked', async () => {
    const key = await shell.keyOf('ann')
    for (const [content, code] of [
      [{ kind: 'approve_proposal', proposal_id: saltOf(''), signature: '' }, 'ACTION_INVALID'], [{ to: ann.id }, 'ACTION_INVALID'], [{ kind: 'transfer_resource', amount: 0.5 }, 'JSON_INVALID'],
      [{ kind: 'x', value: { $hex: 'XY' } }, 'JSON_INVALID'],
    ] as const) {
      writeFileSync(shell.at('a.json'), JSON.stringify(content))
      await expect(act([shell.at('a.json'), ...key], shell.components)).rejects.toThrowError(refusal(code))
    }
    await expect(act(['register', ...key], shell.components)).rejects.toThrowError(refusal('FLAG_VALUE'))
    await expect(act(['deploy'], shell.components)).rejects.toThrowError(refusal('FLAG_VALUE'))
  })
})
