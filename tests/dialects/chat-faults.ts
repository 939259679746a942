import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../server/src/base/errors.ts'
import { readJson } from '../../server/src/dialects/json-text.ts'
import type { RequestLimits } from '../../server/src/dialects/limits.ts'
import { readChatRequest, type ChatRequest } from '../../server/src/dialects/openai-chat/request.ts'

/** Requests that are right but for one thing, and what is said of them. */

export const HELLO = { role: 'user', content: 'Hello' }

export function read(body: unknown, limits?: Partial<RequestLimits>): ChatRequest {
  return readChatRequest(readJson(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))), limits)
}

/** A request that is right but for these fields. */
export const withFields = (fields: object): object => ({ model: 'm', messages: [HELLO], ...fields })
export const withMessages = (...messages: unknown[]): object => ({ model: 'm', messages })
export const withParts = (...content: unknown[]): object => withMessages({ role: 'user', content })

export const call = (id: unknown): object => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })
export const called = (...calls: unknown[]): object => ({ role: 'assistant', content: null, tool_calls: calls })
export const result = (id: unknown): object => ({ role: 'tool', tool_call_id: id, content: 'x' })
export const image = (url: unknown): object => ({ type: 'image_url', image_url: { url } })
export const tool = (name: unknown, more: object = {}): object => ({ type: 'function', function: { name, ...more } })

export function faultOf(body: unknown, limits?: Partial<RequestLimits>): PaddockError {
  try {
    read(body, limits)
  } catch (thrown) {
    if (thrown instanceof PaddockError) return thrown
    throw thrown
  }
  throw new Error(`accepted: ${JSON.stringify(body).slice(0, 200)}`)
}

type Row = readonly [what: string, body: unknown, code: string, pointer: string, says: string]

/** A table of requests: each is refused with this code, at this place, with these words. */
export function refuses(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    it.each(rows)('%s', (_, body, code, pointer, says) => {
      const fault = faultOf(body)
      expect([fault.code, fault.detail.param]).toEqual([code, pointer])
      expect(fault.message).toContain(says)
    })
  })
}
