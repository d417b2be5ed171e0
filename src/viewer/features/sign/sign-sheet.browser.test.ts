import { createElement } from 'react'
import { createRoot } from 'react-dom/client'
import type { Root } from 'react-dom/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { governanceCertificatePayload } from '../../../codec/index.ts'
import { verifyEd25519 } from '../../../crypto/index.ts'
import { digestWords, signingDigest } from '../../../vault/index.ts'
import type { Intent, KeyInfo } from '../../../vault/index.ts'
import { approval } from '../../../vault/testing/intents.ts'
import { vault } from '../../vault-client/client.ts'
import { alwaysStrict } from '../keys/desk-settings.ts'
import type { CheckItem } from './check-item.ts'
import SignSheet from './SignSheet.tsx'

const PASSPHRASE = 'correct horse battery staple'
const button = (name: string | RegExp) => page.getByRole('button', { name })
const heading = (step: string) => page.getByRole('heading', { name: new RegExp(`step \\d of 5: ${step}`) })

let root: Root
let place: HTMLElement
let key: KeyInfo
let done: (string | null)[] = []

/** The sheet for an intent; no node runs, so nothing can be sent. */
function open(intent: Intent, evidence: readonly CheckItem[] = []): void {
  root.render(createElement(SignSheet, { intent, evidence, onDone: (actionId) => void done.push(actionId) }))
}

async function toStep(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await expect.element(button(name)).toBeEnabled()
    await button(name).click()
  }
}

beforeAll(async () => {
  const prf = new Uint8Array(32).fill(3)
  const made = await vault().create({ label: 'Ada', world_id: null }, { kind: 'passkey', credential_id: 'abcd', prf_input: new Uint8Array(32), prf_output: prf.slice() })
  const file = await vault().exportKeystore(made.key_id, { prfOutput: prf.slice() }, PASSPHRASE)
  await vault().remove(made.key_id)
  key = await vault().importKeystore(file, PASSPHRASE, { kind: 'passphrase', passphrase: PASSPHRASE })
})

afterAll(() => vault().remove(key.key_id))

beforeEach(() => {
  done = []
  place = document.createElement('div')
  document.body.append(place)
  root = createRoot(place)
})

afterEach(() => {
  root.unmount()
  place.remove()
  alwaysStrict.change(false)
})

describe('the signing sheet', () => {
  it('goes from reading to a signature over exactly what was shown, which it keeps when no node takes it', async () => {
    const intent = approval(key.public_key)
    open(intent)
    await expect.element(heading('Read')).toHaveFocus()
    await expect.element(page.getByText(/signer\/ada approves: replace module m1\.rule\.move/).first()).toBeVisible()
    await toStep('On to the checks', 'On to comparing')
    await expect.element(page.getByText(digestWords(signingDigest(intent, key.public_key)!).split(' ')[0]!).first()).toBeVisible()
    await toStep('On to signing')
    await page.getByLabelText('Passphrase of “Ada”').fill(PASSPHRASE)
    await button('Open the key and sign').click()
    await expect.element(heading('Done')).toHaveFocus()
    const shown = [...document.querySelectorAll('dialog code')].map((code) => code.textContent.replaceAll(' ', '')).find((text) => /^[0-9a-f]{128}$/.test(text))!
    const signature = Uint8Array.from(shown.match(/../g)!, (byte) => Number.parseInt(byte, 16))
    expect(await verifyEd25519(key.public_key, governanceCertificatePayload(intent.certificate), signature)).toBe(true)
    expect(await vault().unlocked(), 'the key is closed again').toBeNull()
    await button('Close').last().click()
    expect(done).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
  })

  it('signs nothing whose content is not that of its hash', async () => {
    const honest = approval(key.public_key)
    open({ ...honest, proposal: { ...honest.proposal, title: 'Something harmless' } })
    await toStep('On to the checks')
    await expect.element(page.getByText('A check failed.', { exact: true })).toBeVisible()
    await expect.element(button('On to comparing')).toBeDisabled()
    expect(document.querySelector('[data-check="proposal_id"]')!.getAttribute('data-state')).toBe('fail')
  })

  it('calls nothing passed that was not run, stops at what failed, and wants a reason for what is inconclusive', async () => {
    const item = (state: CheckItem['state']): CheckItem => ({ id: 'shadow_rerun', state, detail: '' })
    open(approval(key.public_key), [item('fail')])
    await toStep('On to the checks')
    await expect.element(button('On to comparing')).toBeDisabled()
    const states = [...document.querySelectorAll('[data-check]')].map((check) => [check.getAttribute('data-check'), check.getAttribute('data-state'), check.getAttribute('data-tone')])
    expect(states.filter(([id]) => id === 'world' || id === 'next_nonce'), 'no world is followed here').toEqual([['world', 'not-run', 'muted'], ['next_nonce', 'not-run', 'muted']])
    for (const [, state, tone] of states) expect(tone === 'ok').toBe(state === 'pass')

    open(approval(key.public_key), [item('not-run')])
    await expect.element(button('On to comparing')).toBeDisabled()
    open(approval(key.public_key), [item('pass')])
    await expect.element(button('On to comparing')).toBeEnabled()
    open(approval(key.public_key), [item('inconclusive')])
    const reason = page.getByRole('textbox', { name: /Why do you sign all the same/ })
    await reason.fill('because')
    await expect.element(button('On to comparing')).toBeDisabled()
    await reason.fill('Bob ran it again, and I trust Bob.')
    await expect.element(button('On to comparing')).toBeEnabled()
  })

  it('waits for the second device in strict mode, and stops when that shows something else', async () => {
    alwaysStrict.change(true)
    const intent = approval(key.public_key)
    const words = digestWords(signingDigest(intent, key.public_key)!)
    open(intent)
    await toStep('On to the checks', 'On to comparing')
    await expect.element(button('On to signing')).toBeDisabled()
    await expect.element(page.getByRole('checkbox')).toBeDisabled()
    const paste = page.getByRole('textbox', { name: /Or paste what it shows/ })
    await paste.fill(words.split(' ').reverse().join(' '))
    await expect.element(page.getByText('The other device shows something else.').first()).toBeVisible()
    await expect.element(button('On to signing')).toBeDisabled()
    await paste.fill(words)
    await expect.element(page.getByText('The other device shows the same digest.')).toBeVisible()
    await expect.element(button('On to signing')).toBeEnabled()
  })

  it('lets nobody who is not listed sign', async () => {
    open(approval())
    await toStep('On to the checks')
    await expect.element(page.getByText('No key in this browser can sign as signer/ada.')).toBeVisible()
    await expect.element(page.getByText('Other keys here that do not fit this action: 1.')).toBeVisible()
    await expect.element(button('On to comparing')).toBeDisabled()
  })

  it('asks before it drops what is half done, and not before', async () => {
    open(approval(key.public_key))
    await toStep('On to the checks')
    await userEvent.keyboard('{Escape}')
    await expect.element(button('Keep going')).toHaveFocus()
    await userEvent.keyboard('{Escape}')
    await expect.element(page.getByRole('alertdialog')).not.toBeInTheDocument()
    expect(done).toEqual([])
    await button('Back').click()
    await expect.element(heading('Read')).toHaveFocus()
    await userEvent.keyboard('{Escape}')
    expect(done).toEqual([null])
  })
})
