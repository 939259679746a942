import type { LimitsSetting } from '@paddock/contract/config'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTestLimits, settled, TestLine } from '../../../tests/stand-ins/open-test-limits.ts'
import type { Permit } from './permit.ts'
import type { Line } from './seats.ts'

describe('any traffic', () => {
  const SETTING: LimitsSetting = {
    keys: { default: { concurrent: 2, tpm: 150 } },
    models: { x: { concurrent: 3, rpm: 12 } },
    concurrent: 4,
    waiting: { requests: 5, seconds: 3 },
  }
  const step = fc.record({
    kind: fc.constantFrom('ask', 'ask', 'ask', 'settle', 'dispose', 'hang up', 'wait'),
    key: fc.constantFrom('a', 'b', 'c'),
    model: fc.constantFrom('x', 'y'),
    tokens: fc.nat(60),
    index: fc.nat(5),
  })

  it('[L4] [L7] [L8] [L10] [L11] keeps to every limit at every moment, and is at rest when all has ended', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { clock, limits, ask } = openTestLimits(SETTING)
        const crowd = new Crowd()
        for (const { kind, key, model, tokens, index } of steps) {
          if (kind === 'ask') crowd.ask({ key, model }, (line) => ask({ key, model, tokens, line }))
          if (kind === 'settle') crowd.end(index, (permit) => permit.settle({ tokens }))
          if (kind === 'dispose') crowd.end(index, (permit) => permit[Symbol.dispose]())
          if (kind === 'hang up') crowd.waiting()[index]?.line.hangUp()
          if (kind === 'wait') {
            clock.advance(tokens * 50)
            limits.check(clock.elapsed())
          }
          await settled()
          expect(limits.status()).toEqual({ running: crowd.running().length, waiting: crowd.waiting().length })
          expect(crowd.waiting().length).toBeLessThanOrEqual(5)
          expect(crowd.running().length).toBeLessThanOrEqual(4)
          expect(crowd.running({ model: 'x' }).length).toBeLessThanOrEqual(3)
          for (const each of ['a', 'b', 'c']) expect(crowd.running({ key: each }).length).toBeLessThanOrEqual(2)
        }
        while (crowd.running().length > 0) {
          crowd.end(0, (permit) => permit.settle({ tokens: 0 }))
          await settled()
        }
        expect(limits.status()).toEqual({ running: 0, waiting: 0 })
      }),
    )
  })
})

type Asking = { key: string; model: string; line: TestLine; permit: Permit | null; isOver: boolean }

/** Requests as those who send them see them. */
class Crowd {
  readonly #all: Asking[] = []

  ask({ key, model }: { key: string; model: string }, send: (line: Line) => Promise<Permit | null>): void {
    const asking: Asking = { key, model, line: new TestLine(), permit: null, isOver: false }
    this.#all.push(asking)
    send(asking.line).then(
      (permit) => {
        asking.permit = permit
        asking.isOver = permit === null
      },
      () => {
        asking.isOver = true
      },
    )
  }

  end(index: number, act: (permit: Permit) => void): void {
    const ending = this.running()[index]
    if (!ending?.permit) return
    ending.isOver = true
    act(ending.permit)
  }

  running(of: { key?: string; model?: string } = {}): Asking[] {
    return this.#all.filter(
      ({ permit, isOver, key, model }) =>
        permit !== null && !isOver && (of.key ?? key) === key && (of.model ?? model) === model,
    )
  }

  waiting(): Asking[] {
    return this.#all.filter(({ permit, isOver }) => permit === null && !isOver)
  }
}
