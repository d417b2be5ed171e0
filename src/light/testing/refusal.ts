import { expect } from 'vitest'
import { AppError } from '../../codec/index.ts'

/** The code a call is refused with; fails the test when it is not refused, or by something that is no typed error. */
export async function refusal(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    expect(error, 'refusals are typed').toBeInstanceOf(AppError)
    expect((error as AppError).message.length, 'refusals say what to do').toBeGreaterThan(20)
    return (error as AppError).code
  }
  expect.unreachable('the call was expected to be refused')
}
