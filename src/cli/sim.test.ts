import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

function sim(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'sim.ts'), ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('npm run sim', () => {
  it('runs seeds and says what they went through', () => {
    const { status, stdout } = sim('--seeds', '3', '--seed', '5')
    expect(stdout).toMatch(/^3 seeds in [\d.]+ s: \d+ heights/)
    expect(stdout).toContain('no violation')
    expect(status).toBe(0)
  })

  it('prints the violation and the command that brings it back', () => {
    const { status, stdout } = sim('--seeds', '20', '--mutant', 'no-wal')
    expect(stdout).toMatch(/VIOLATION DOUBLE_(VOTE|PROPOSAL)/)
    const command = /Reproduce: npm run sim -- (.+)/.exec(stdout)![1]!
    expect(status).toBe(1)
    const again = sim(...command.split(' '))
    expect(again.status).toBe(1)
    expect(again.stdout.split('\n')[0]).toBe(stdout.split('\n').find((line) => line.startsWith('VIOLATION')))
  })

  it('names a bad flag and what it takes', () => {
    expect(sim('--seds', '3')).toMatchObject({ status: 2, stderr: expect.stringContaining('FLAG_UNKNOWN') })
    expect(sim('--seeds', 'many')).toMatchObject({ status: 2, stderr: expect.stringContaining('a whole number from 1') })
    expect(sim('--mutant', 'none')).toMatchObject({ status: 2, stderr: expect.stringContaining('no-lock') })
    expect(sim('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--seeds N') })
  })
})
