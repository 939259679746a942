import { describe, expect, it } from 'vitest'
import type { NeutralEvent, NeutralRequest } from './neutral.ts'
import type { Remembered } from './reasoning-memory.ts'
import { ReasoningKeeper, withRemembered } from './remember-reasoning.ts'

const sign = (value: string): { readonly origin: 'anthropic-messages'; readonly value: string } => ({
  origin: 'anthropic-messages',
  value,
})
const call = (index: number, id: string): NeutralEvent => ({ kind: 'call', index, id, name: 'f', signature: null })

describe('reasoning', () => {
  it('is kept in the parts it came in, hidden ones among them, for every call it led to', () => {
    const kept = new Map<string, Remembered>()
    const memory = { remember: kept.set.bind(kept), recall: (id: string) => kept.get(id) ?? null }
    const keeper = new ReasoningKeeper(memory)
    const events: NeutralEvent[] = [
      { kind: 'reasoning', text: 'A' },
      { kind: 'reasoning', text: 'B' },
      { kind: 'signature', signature: sign('1'), isHidden: false },
      { kind: 'signature', signature: sign('2'), isHidden: true },
      { kind: 'reasoning', text: 'C' },
      call(0, 'x'),
      call(1, 'y'),
    ]
    for (const event of events) keeper.note(event)
    const reasoning = [
      { kind: 'reasoning', text: 'AB', signature: sign('1'), isHidden: false },
      { kind: 'reasoning', text: '', signature: sign('2'), isHidden: true },
      { kind: 'reasoning', text: 'C', signature: null, isHidden: false },
    ]
    expect([...kept]).toEqual(['x', 'y'].map((id) => [id, { reasoning, callSignature: null }]))

    const part = { kind: 'call' as const, id: 'y', name: 'f', arguments: '', signature: null }
    const completed = (...parts: object[]): unknown =>
      withRemembered({ messages: [{ role: 'assistant', parts }] } as unknown as NeutralRequest, memory).messages
    const whole = [{ role: 'assistant', parts: [...reasoning, part] }]
    expect(completed(part)).toEqual(whole)
    const said = (signature: object | null): object => ({ kind: 'reasoning', text: 'ABC', signature, isHidden: false })
    expect(completed(said(null), part)).toEqual(whole)
    expect(completed(said(sign('3')), part)).toEqual([{ role: 'assistant', parts: [said(sign('3')), part] }])
    const unknown = { ...part, id: 'z' }
    expect(completed(said(null), unknown)).toEqual([{ role: 'assistant', parts: [said(null), unknown] }])
  })
})
