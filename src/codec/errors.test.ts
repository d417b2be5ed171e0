import { describe, expect, it } from 'vitest'
import { AppError, CodecError, errorInfo } from './index.ts'

describe('errors', () => {
  it('are told apart by code and survive a worker boundary as plain data', () => {
    const error = new CodecError('CBOR_EMPTY', 'The message is empty.', { offset: 0 })
    expect(error).toBeInstanceOf(AppError)
    expect(error.name).toBe('CodecError')
    expect(structuredClone(errorInfo(error))).toEqual({ code: 'CBOR_EMPTY', message: 'The message is empty.', detail: { offset: 0 } })
  })

  it('of any origin get the same shape', () => {
    expect(errorInfo(new TypeError('x is not a function'))).toEqual({ code: 'INTERNAL', message: 'x is not a function', detail: {} })
    expect(errorInfo('text')).toEqual({ code: 'INTERNAL', message: 'text', detail: {} })
    expect(errorInfo(undefined)).toEqual({ code: 'INTERNAL', message: 'undefined', detail: {} })
  })
})
