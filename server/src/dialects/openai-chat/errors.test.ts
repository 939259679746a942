import { APIError } from 'openai'
import { Stream } from 'openai/core/streaming'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../base/errors.ts'
import { readError, writeError, writeErrorEvent, type ProviderError } from './errors.ts'

const read = (body: unknown, status = 400): ProviderError =>
  readError(status, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))

describe('errors of providers', () => {
  it.each<[what: string, body: unknown, error: Partial<ProviderError>]>([
    [
      'the usual form',
      { error: { message: 'Bad n', type: 'invalid_request_error', code: 'bad_n', param: 'n' } },
      { message: 'Bad n', type: 'invalid_request_error', code: 'bad_n', param: 'n' },
    ],
    [
      'a code among the details',
      { type: 'error', error: { type: 'rate_limit_error', message: 'No', details: { error_code: 'spent' } } },
      { message: 'No', type: 'rate_limit_error', code: 'spent' },
    ],
    [
      'a reason among the details',
      {
        error: {
          code: 400,
          message: 'No',
          status: 'BAD',
          details: [1, null, { reason: 2 }, { reason: 'KEY' }, { reason: 'B' }],
        },
      },
      { message: 'No', type: 'BAD', code: '400', reason: 'KEY' },
    ],
    ['details without a reason', { error: { message: 'No', details: [{ field: 'n' }] } }, { message: 'No' }],
    ['nulls in it', { error: { message: 'Bad', type: null, code: null, param: null } }, { message: 'Bad' }],
    [
      'a numeric code, in a list',
      [{ error: { code: 429, message: 'Too many', status: 'RESOURCE_EXHAUSTED' } }],
      { message: 'Too many', type: 'RESOURCE_EXHAUSTED', code: '429' },
    ],
    ['flat text', { error: 'Bad key', code: 'unauthorized' }, { message: 'Bad key', code: 'unauthorized' }],
    [
      'flat fields',
      { code: 'InvalidParameter', message: 'n is bad', request_id: 'r' },
      { message: 'n is bad', code: 'InvalidParameter' },
    ],
    [
      'an old object',
      { object: 'error', message: 'too long', type: 'BadRequestError', code: 40303 },
      { message: 'too long', type: 'BadRequestError', code: '40303' },
    ],
    [
      'base_resp',
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
      { message: 'insufficient balance', code: '1008' },
    ],
    [
      'ResponseMetadata',
      { ResponseMetadata: { Error: { Code: 'AccessDenied', Message: 'no' } } },
      { message: 'no', code: 'AccessDenied' },
    ],
    ['detail', { detail: 'Not Found' }, { message: 'Not Found' }],
    [
      'a page',
      '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>\n<body><h1>502  Bad\tGateway</h1></body></html>',
      { message: '502 Bad Gateway 502 Bad Gateway' },
    ],
    ['plain text', 'upstream connect error', { message: 'upstream connect error' }],
    ['JSON without a message', { error: { code: 5 } }, { message: '{"error":{"code":5}}' }],
    ['an empty message', { error: ' ' }, { message: '{"error":" "}' }],
    ['nothing', '', { message: 'status 400, without a word' }],
    ['nothing printable', '\u0000\u0001\u202e', { message: 'status 400, without a word' }],
  ])('%s', (_, body, error) => {
    expect(read(body)).toEqual({ type: null, code: null, reason: null, param: null, ...error })
  })

  it('are cut to a length and made printable', () => {
    expect(read({ error: { message: 'x'.repeat(10_000) } }).message).toHaveLength(500)
    expect(read('y'.repeat(10_000)).message).toHaveLength(200)
    expect(read({ error: { message: 'a\u202eb\nc' } }).message).toBe('a b c')
  })

  it.each<[said: string, kept: string]>([
    ['Incorrect API key provided: sk-proj-abcdef123456. See docs.', 'Incorrect API key provided: [secret]. See docs.'],
    ['Incorrect key: sk-ab********wxyz', 'Incorrect key: [secret]'],
    ['bad header Bearer abc.def', 'bad header [secret]'],
    ['GET https://x.example/v1?key=AbCdEf&alt=sse failed', 'GET https://x.example/v1?key=[secret]&alt=sse failed'],
    ['key AIzaSyA1234567890abcdefghijklmnop is bad', 'key [secret] is bad'],
    ['a risk-adjusted task', 'a risk-adjusted task'],
  ])('do not repeat keys: %s', (said, kept) => {
    expect(read({ error: { message: said } }).message).toBe(kept)
  })

  it('are read quickly whatever they are', () => {
    const hostile = [
      '<'.repeat(65_536),
      '<a '.repeat(20_000),
      'sk-'.repeat(20_000),
      '?key='.repeat(10_000),
      'Bearer '.repeat(9_000),
    ]
    for (const body of hostile) expect(read(body).message.length).toBeLessThanOrEqual(200)
  })
})

describe('our errors', () => {
  const error = new PaddockError('out_of_range', {
    message: 'temperature must be a number from 0 to 2; got 3.',
    param: '/temperature',
  })

  it('have the form SDKs read', () => {
    expect(JSON.parse(writeError(error, 'r-1').toString())).toEqual({
      error: {
        message: 'temperature must be a number from 0 to 2; got 3.',
        type: 'invalid_request_error',
        code: 'out_of_range',
        param: '/temperature',
        request_id: 'r-1',
        doc: 'docs/reference/errors.md#out_of_range',
      },
    })
    expect(JSON.parse(writeError(new PaddockError('internal', { message: 'x' }), 'r').toString())).toMatchObject({
      error: { param: null },
    })
  })

  it('end a stream so that the official SDK throws them', async () => {
    const bytes = Buffer.concat([Buffer.from('data: {"choices":[]}\n\n'), writeErrorEvent(error, 'r-1')])
    const stream = Stream.fromSSEResponse<object>(new Response(bytes), new AbortController())
    const chunks: object[] = []
    const reading = (async () => {
      for await (const chunk of stream) chunks.push(chunk)
    })()
    await expect(reading).rejects.toSatisfy(
      (thrown) =>
        thrown instanceof APIError && thrown.code === 'out_of_range' && thrown.message.includes('temperature'),
    )
    expect(chunks).toEqual([{ choices: [] }])
  })
})
