import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '@paddock/contract/errors'
import { PaddockError } from '../../base/errors.ts'
import { writeError, writeErrorEvent } from './errors.ts'

const typeOf = (code: ErrorCode, status?: number): string => {
  const error = new PaddockError(code, { message: 'Why.', ...(status === undefined ? {} : { status }) })
  return (JSON.parse(writeError(error, 'r1').toString()) as { error: { type: string } }).error.type
}

describe('errors', () => {
  it.each<[ErrorCode, string]>([
    ['json_invalid', 'invalid_request_error'],
    ['body_too_large', 'request_too_large'],
    ['key_unknown', 'authentication_error'],
    ['model_not_allowed', 'permission_error'],
    ['model_unknown', 'not_found_error'],
    ['provider_rate_limited', 'rate_limit_error'],
    ['provider_overloaded', 'overloaded_error'],
    ['provider_out_of_money', 'billing_error'],
    ['provider_timeout', 'timeout_error'],
    ['provider_error', 'api_error'],
    ['internal', 'api_error'],
  ])('%s is a %s', (code, type) => {
    expect(typeOf(code)).toBe(type)
  })

  it('that a provider finds in a request are the request’s', () => {
    expect(typeOf('provider_refused', 422)).toBe('invalid_request_error')
  })

  it('have the shape and the event SDKs look for', () => {
    const error = new PaddockError('messages_empty', { message: 'messages is empty.', param: '/messages' })
    const shape = {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'messages is empty.',
        code: 'messages_empty',
        param: '/messages',
        doc: 'docs/reference/errors.md#messages_empty',
      },
      request_id: 'r1',
    }
    expect(JSON.parse(writeError(error, 'r1').toString())).toEqual(shape)
    const [name = '', data = ''] = writeErrorEvent(error, 'r1').toString().split('\n')
    expect(name).toBe('event: error')
    expect(JSON.parse(data.slice('data: '.length))).toEqual(shape)
  })
})
