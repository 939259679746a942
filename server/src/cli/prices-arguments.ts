import { COMPONENTS, isComponent, type Component } from '../prices/component.ts'
import type { QuoteRequest } from '../prices/facts.ts'
import { SERVICE_TIERS } from '../prices/row.ts'
import { instantOr, oneOf, readCount, readCurrency, wrongArgument } from './arguments.ts'
import type { CommonOptions } from './context.ts'

/** What `paddock prices` is told on the command line, read into what the price book is asked. */

export type QuoteOptions = CommonOptions & {
  readonly model: string
  readonly at?: string
  readonly asOf?: string
  readonly currency?: string
  readonly tier?: string
  readonly thinking?: boolean
  readonly contextWindow?: string
  readonly units?: readonly string[]
  readonly input?: string
  readonly cached?: string
  readonly cacheWrite?: string
  readonly cacheWrite1h?: string
  readonly output?: string
  readonly reasoning?: string
}

/** Throws `argument_invalid` naming the option, what it takes and what it got. */
export function quoteRequest(options: QuoteOptions, now: number): QuoteRequest {
  if (!options.model.includes('/')) throw wrongArgument('--model', 'is written provider/model', options.model)
  const usage = {
    input: countOf(options.input, '--input'),
    cached_input: countOf(options.cached, '--cached'),
    cache_write: countOf(options.cacheWrite, '--cache-write'),
    cache_write_1h: countOf(options.cacheWrite1h, '--cache-write-1h'),
    output: countOf(options.output, '--output'),
    reasoning: countOf(options.reasoning, '--reasoning'),
  }
  return {
    model: options.model,
    at: instantOr(options.at, '--at', now),
    usage: { ...usage, ...otherUnits(options.units ?? []) },
    currency: readCurrency(options.currency, '--currency'),
    serviceTier: oneOf(options.tier, '--tier', SERVICE_TIERS),
    thinking: options.thinking,
    contextWindow: options.contextWindow === undefined ? undefined : countOf(options.contextWindow, '--context-window'),
    asOf: options.asOf === undefined ? undefined : instantOr(options.asOf, '--as-of', now),
  }
}

function otherUnits(written: readonly string[]): Partial<Record<Component, number>> {
  return Object.fromEntries(
    written.map((text) => {
      const [component = '', count] = text.split('=')
      if (!isComponent(component) || count === undefined) {
        throw wrongArgument('--units', `takes component=number, the component one of ${COMPONENTS.join(', ')}`, text)
      }
      return [component, countOf(count, '--units')]
    }),
  )
}

function countOf(text: string | undefined, option: string): number {
  return text === undefined ? 0 : readCount(text, option, { from: 0, digitsMax: 15 })
}
