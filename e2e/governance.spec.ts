import { expect, test } from './support/fixtures.ts'
import { aw, runAw } from './support/aw.ts'
import { GovernedWorld, MOVE } from './support/governed-world.ts'
import { SignerDesk } from './support/signer-desk.ts'
import { Traveller } from './support/traveller.ts'

const BLOCK_INTERVAL_MS = 1_000
const TITLE = 'Moves cost twice as much'

const note = (type: string, description: string): void => void test.info().annotations.push({ type, description })

test.describe('three signers with three kinds of keys', () => {
  let governed: GovernedWorld
  const desks: SignerDesk[] = []
  test.beforeAll(async () => {
    governed = await GovernedWorld.start(BLOCK_INTERVAL_MS)
  })
  test.afterAll(async () => {
    await Promise.all(desks.map((desk) => desk.close()))
    await governed?.dispose()
  })

  test('take an upgrade from proposal to effect in their browsers; a stranger and a forged page get no signature', async ({ browser, conduct }) => {
    test.setTimeout(480_000)
    const { testnet, passphrase } = governed
    const open = async (): Promise<SignerDesk> => {
      const desk = await SignerDesk.open(browser, conduct, testnet.url)
      desks.push(desk)
      return desk
    }
    await governed.deployDoubledMove()

    // Ann's key is opened by a passkey, Ben's by a passphrase, Cleo's never comes near a browser. Dana has a key that counts for nothing, and an agent that travels.
    const [ann, ben, cleo, dana] = [await open(), await open(), await open(), await open()]
    await ann.addAuthenticator()
    const imported = await ann.importKey(governed.keyFile('ann'), { passphrase, label: 'ann', lock: 'passkey' })
    note('opening a keystore', `${Math.round(imported.took)} ms, longest task of the main thread ${Math.round(imported.longestTask)} ms`)
    expect(imported.longestTask, 'the page goes on while Argon2id runs').toBeLessThan(imported.took / 4)
    await ben.importKey(governed.keyFile('ben'), { passphrase, label: 'ben', lock: 'same passphrase' })
    await cleo.watchKey(governed.publicKey('cleo'), 'cleo')
    await dana.importKey(governed.keyFile('dana'), { passphrase, label: 'dana', lock: 'same passphrase' })
    for (const [desk, name] of [[ann, 'ann'], [ben, 'ben'], [cleo, 'cleo']] as const) await expect(desk.card(name)).toContainText(`signer ${name}`)
    await expect(dana.card('dana')).toContainText('no role')
    const traveller = new Traveller(dana.world)
    await traveller.settle('Dana')
    const usual = await traveller.move()
    expect(usual.electricity).toBeGreaterThan(0)

    const id = await governed.proposeDoubledMove(TITLE)
    await Promise.all(desks.map((desk) => desk.openProposal(id)))
    await expect(ann.world.panel('Decide').getByRole('button', { name: 'Approve…' })).toBeEnabled({ timeout: 60_000 })
    await Promise.all([
      test.step('Ann has her own tab run shadow again, then signs', async () => {
        const rerun = ann.page.getByRole('region', { name: 'Run it again in this tab' })
        await rerun.getByRole('button', { name: 'Run again here' }).click()
        await expect(rerun).toContainText('This tab came to the same report.', { timeout: 60_000 })
        const times = Number(/([\d.,]+) × as fast/.exec((await rerun.textContent())!)![1]!.replaceAll(',', ''))
        note('shadow run again', `${times} times as fast as the world`)
        expect(times).toBeGreaterThan(1)
        await ann.beginApproval('signer/ann')
        await expect(ann.sheet).toContainText(MOVE)
        await ann.goToSigning()
        await ann.sign('ann', null)
        await ann.settled()
      }),
      test.step('Cleo carries a file to her other machine and back', async () => {
        await cleo.beginApproval('signer/cleo')
        await cleo.goToSigning()
        await cleo.signElsewhere(governed.file('approval.awsign'), async (request) => {
          await aw('sign', request, '--key', governed.keyFile('cleo'), '--passphrase-file', governed.file('passphrase.txt'), '--yes')
          return governed.file('approval.awsig')
        })
        await cleo.settled()
      }),
      test.step('Dana can sign nothing, here or elsewhere', async () => {
        await dana.beginApproval('signer/ben')
        await dana.sheet.getByRole('button', { name: 'On to the checks' }).click()
        await expect(dana.sheet.getByRole('radio')).toHaveCount(1)
        await expect(dana.sheet).toContainText('Other keys here that do not fit this action: 1.')
        const elsewhere = await runAw('proposal', 'approve', id, '--as', 'signer/ben', ...governed.signing('dana'), ...governed.node)
        expect(elsewhere.stderr).toContain('SIGNER_NOT_IN_SET')
        expect(elsewhere.status).toBe(1)
      }),
      test.step('a page that shows Ben another title under the same id gets no signature', async () => {
        await ben.beginApproval('signer/ben')
        await ben.goToSigning()
        await ben.forgeTitle('Moves become free', ['sign'])
        await ben.sign('ben', passphrase)
        await expect(ben.sheet.getByRole('alert')).toContainText('INTENT_MISMATCH')
        await ben.dropSheet()
        await ben.forgeTitle('Moves become free', ['review', 'sign', 'makeRequest'])
        await ben.beginApproval('signer/ben')
        await ben.sheet.getByRole('button', { name: 'On to the checks' }).click()
        await expect(ben.sheet.locator('[data-check="proposal_id"]').first()).toHaveAttribute('data-state', 'fail')
        await expect(ben.sheet.getByRole('button', { name: 'On to comparing' })).toBeDisabled()
        await ben.stopForging()
        await ben.dropSheet()
      }),
    ])

    await test.step('Ben signs what is there, and it takes effect', async () => {
      await ben.beginApproval('signer/ben')
      await ben.goToSigning()
      await ben.sign('ben', passphrase)
      const approved = await ben.settled()
      const [proposed, applied] = [await ben.heightOf('proposed'), await ben.heightOf('applied')]
      note('from the last approval to effect', `${applied - approved} blocks`)
      note('from proposal to effect', `${applied - proposed} blocks of ${BLOCK_INTERVAL_MS} ms`)
      expect(applied - approved).toBeLessThanOrEqual(3)
      expect((applied - proposed) * BLOCK_INTERVAL_MS, 'under a minute').toBeLessThan(60_000)
      for (const desk of desks) expect(await desk.heightOf('applied')).toBe(applied)
    })

    await test.step('the way back costs twice as much', async () => {
      await dana.dropSheet()
      expect(await traveller.moveBack()).toEqual({ electricity: 2 * usual.electricity, data: usual.data })
    })
  })
})
