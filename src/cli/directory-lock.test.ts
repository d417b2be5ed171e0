import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockDirectory } from './directory-lock.ts'

describe('the lock of a data directory', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'aw-lock-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  it('is held by one at a time and says who to stop', () => {
    const first = lockDirectory(join(directory, 'new'))
    expect(() => lockDirectory(join(directory, 'new'))).toThrow(expect.objectContaining({ code: 'DATA_IN_USE', message: expect.stringContaining('--data') }))
    first.release()
    lockDirectory(join(directory, 'new')).release()
  })

  it('keeps other directories free', () => {
    const locks = [lockDirectory(join(directory, 'a')), lockDirectory(join(directory, 'b'))]
    for (const lock of locks) lock.release()
  })
})
