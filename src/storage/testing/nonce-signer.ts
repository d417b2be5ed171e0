/**
 * A participant of a group that signs with nonces in files, in a process that can be killed at any moment:
 *
 *     node nonce-signer.ts DIRECTORY PAYLOAD [COMMITMENT]
 *
 * Commits and signs, or signs with a commitment made before (its bytes in hex). Prints a line for everything that leaves the process. With
 * CRASH_AT=n it kills itself before the nth step, where every call of the file system and every line is a step; with TRACE=1 it names them.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { fromHex, toHex, utf8Bytes } from '../../codec/index.ts'
import { frost } from '../../crypto/index.ts'
import { makeGroup, participantsOf, seededRandom } from '../../crypto/frost/testing/group.ts'

const STEPS = ['mkdirSync', 'openSync', 'writeSync', 'fsyncSync', 'renameSync', 'unlinkSync', 'readSync'] as const
const crashAt = Number(process.env['CRASH_AT'] ?? 0)
const original = { ...fs }
let steps = 0

function step(name: string): void {
  steps++
  if (process.env['TRACE'] === '1') original.writeSync(1, `step ${name}\n`)
  if (steps === crashAt) process.kill(process.pid, 'SIGKILL')
}

function say(line: string): void {
  step(`say ${line.split(' ')[0]}`)
  original.writeSync(1, `${line}\n`)
}

const [directory, payload, earlier] = process.argv.slice(2)
const [keyShare, other] = makeGroup(2, participantsOf(3))
const { openNonceFiles } = await import('../nonce-files.ts')
for (const name of STEPS) {
  const call = original[name] as (...args: unknown[]) => unknown
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      step(name)
      return call(...args)
    },
  })
}
syncBuiltinESMExports()

const store = openNonceFiles(directory!)
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))
const own = earlier === undefined ? await frost.commitNonces(keyShare!, store, random) : frost.decodeFrostMessage(fromHex(earlier), 'nonce_commitment', keyShare!.participant)
if (earlier === undefined) say(`commitment ${toHex(frost.encodeFrostMessage(own))}`)
const partner = await frost.commitNonces(other!, frost.createMemoryNonceStore(), seededRandom(5))
try {
  const share = await frost.signShare(keyShare!, store, { payload: utf8Bytes(payload!), commitments: [own, partner] })
  say(`share ${toHex(share.share)}`)
} catch (error) {
  say(`refused ${(error as { code?: string }).code}`)
}
