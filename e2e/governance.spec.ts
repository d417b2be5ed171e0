import { expect, test } from './support/fixtures.ts'
import { aw, runAw } from './support/aw.ts'
import { GovernedWorld } from './support/governed-world.ts'
import { SignerDesk } from './support/signer-desk.ts'

const BLOCK_INTERVAL_MS = 1_000
const TITLE = 'Moves cost twice as much'

test.describe('three signers with three kinds of keys', () => {
  let governed: GovernedWorld
  test.beforeAll(async () => {
    governed = await GovernedWorld.start(BLOCK_INTERVAL_MS)
  })
  test.afterAll(async () => governed?.dispose())

  test('take an upgrade from proposal to effect in their browsers; nobody else and no forged page gets a signature that counts', async ({ browser, conduct }) => {
    test.setTimeout(420_000)
    const { testnet, passphrase } = governed
    const desks: SignerDesk[] = []
    const open = async (): Promise<SignerDesk> => {
      const desk = await SignerDesk.open(browser, conduct, testnet.url)
      desks.push(desk)
      return desk
    }

    // Ann's key is opened by a passkey, Ben's by a passphrase, Cleo's never comes near a browser; Dana is no signer.
    const [ann, ben, cleo, dana] = [await open(), await open(), await open(), await open()]
    await ann.addAuthenticator()
    const imported = await ann.importKey(governed.keyFile('ann'), { passphrase, label: 'ann', lock: 'passkey' })
    await ben.importKey(governed.keyFile('ben'), { passphrase, label: 'ben', lock: 'same passphrase' })
    await cleo.watchKey(governed.publicKey('cleo'), 'cleo')
    await dana.importKey(governed.keyFile('dana'), { passphrase, label: 'dana', lock: 'same passphrase' })
    for (const [desk, name] of [[ann, 'ann'], [ben, 'ben'], [cleo, 'cleo']] as const) await expect(desk.card(name)).toContainText(`signer ${name}`)
    await expect(dana.card('dana')).toContainText('no role')
    test.info().annotations.push({ type: 'import', description: `${Math.round(imported.took)} ms, longest task of the main thread ${Math.round(imported.longestTask)} ms` })
    expect(imported.longestTask, 'the page goes on while Argon2id runs').toBeLessThan(imported.took / 4)

    const id = await governed.proposeDoubledMove(TITLE)
    await aw('proposal', 'watch', id, '--until', 'shadowed', ...governed.node)
    for (const desk of desks) await desk.openProposal(id)

    // Dana sees everything and can sign nothing.
    await dana.beginApproval('signer/ann')
    await dana.sheet.getByRole('button', { name: 'On to the checks' }).click()
    await expect(dana.sheet).toContainText('1 other keys here do not fit this action')
    await expect(dana.sheet.getByRole('radio', { name: /dana/ })).toHaveCount(0)
    const outsider = await runAw('proposal', 'approve', id, '--as', 'signer/ann', ...governed.signing('dana'), ...governed.node)
    expect(outsider.stderr).toContain('SIGNER_NOT_IN_SET')

    // Ann has her own tab run shadow again before she signs.
    const rerun = ann.page.getByRole('region', { name: 'Run it again in this tab' })
    await rerun.getByRole('button', { name: 'Run again here' }).click()
    await expect(rerun).toContainText('This tab came to the same report.', { timeout: 60_000 })
    const times = Number(/([\d.,]+) × as fast/.exec((await rerun.textContent())!)![1]!.replaceAll(',', ''))
    test.info().annotations.push({ type: 'shadow', description: `${times} × as fast as the world` })
    expect(times).toBeGreaterThan(1)
    await ann.beginApproval('signer/ann')
    await expect(ann.sheet).toContainText('m1.rule.move')
    await ann.goToSigning()
    await ann.sign('ann', null)
    await ann.settled()

    // Cleo's request goes out and back as files.
    await cleo.beginApproval('signer/cleo')
    await cleo.goToSigning()
    await cleo.signElsewhere(governed.file('approval.awsign'), async (request) => {
      const forged = await runAw('sign', request, '--key', governed.keyFile('dana'), '--passphrase-file', governed.file('passphrase.txt'), '--yes')
      expect(forged.status).not.toBe(0)
      await aw('sign', request, '--key', governed.keyFile('cleo'), '--passphrase-file', governed.file('passphrase.txt'), '--yes')
      return governed.file('approval.awsig')
    })
    await cleo.settled()

    await ben.beginApproval('signer/ben')
    await ben.goToSigning()
    await ben.sign('ben', passphrase)
    const last = await ben.settled()

    for (const desk of desks) await expect(desk.page.locator('[data-step="applied"][data-state="done"]')).toBeVisible()
  })
})
