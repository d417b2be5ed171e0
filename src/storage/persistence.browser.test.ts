import { expect, it } from 'vitest'
import { requestPersistence } from './persistence.ts'

it('gives the answer of the browser, and the same to a later question', async () => {
  const answer = await requestPersistence()
  expect(answer).toBe(await navigator.storage.persisted())
})
