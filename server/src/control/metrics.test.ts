import { describe, expect, it } from 'vitest'
import { entryFor } from '../../../tests/stand-ins/samples.ts'
import { openMetrics } from './metrics.ts'

const books = (): { undrainedBytes: number; openIntents: number; accepting: boolean } => ({
  undrainedBytes: 0,
  openIntents: 0,
  accepting: true,
})

describe('metrics', () => {
  it('have a series for each of a thousand models, and one for all further ones', async () => {
    const metrics = openMetrics(books)
    for (let index = 0; index < 1_500; index += 1) metrics.settled(entryFor(`${index}`, { model: `m${index}` }))
    metrics.settled(entryFor('known', { model: 'm7' }))
    metrics.settled(entryFor('elsewhere', { provider: 'den', model: 'm7' }))
    const { text } = await metrics.render()
    const counts = [...text.matchAll(/^paddock_requests_total\{provider="(.+?)",model="(.+?)",.* (\d+)$/gm)].map(
      ([, provider, model, count]) => `${provider} ${model} ${count}`,
    )
    expect(counts).toHaveLength(1_002)
    expect(counts).toContain('lab m7 2')
    expect(counts).toContain('lab m999 1')
    expect(counts).toContain('lab other 500')
    expect(counts).toContain('den other 1')
    const tokens = new Set([...text.matchAll(/^paddock_tokens_total\{.*model="(.+?)"/gm)].map(([, model]) => model))
    expect(tokens.size).toBe(1_001)
  })
})
