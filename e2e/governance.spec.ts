import { expect, test } from './support/fixtures.ts'
import { aw, runAw } from './support/aw.ts'
import { GovernedWorld } from './support/governed-world.ts'

test.describe('signers on the command line', () => {
  let world: GovernedWorld
  test.beforeAll(async () => {
    world = await GovernedWorld.start(1_000)
  })
  test.afterAll(async () => world?.dispose())

  test('take an upgrade from proposal to effect; who is no signer is refused', async () => {
    const id = await world.proposeDoubledMove('Moves cost twice as much')
    await aw('proposal', 'watch', id, '--until', 'shadowed', ...world.node)
    const outsider = await runAw('proposal', 'approve', id, '--as', 'signer/ann', ...world.signing('dana'), ...world.node)
    expect(outsider.stderr).toContain('SIGNER_NOT_IN_SET')
    expect(outsider.status).toBe(1)
    await aw('proposal', 'approve', id, '--rerun', ...world.signing('ann'), ...world.node)
    await aw('proposal', 'approve', id, ...world.signing('ben'), ...world.node)
    const last = await runAw('proposal', 'approve', id, ...world.signing('ben'), ...world.node)
    expect(last.stdout + last.stderr).toContain('VOTED_ALREADY')
    await aw('proposal', 'approve', id, ...world.signing('cleo'), ...world.node)
    const shown = JSON.parse(await aw('proposal', 'watch', id, '--until', 'applied', '--json', ...world.node)) as { state?: string }
    expect(JSON.stringify(shown)).toContain('applied')
  })
})
