import { excerpt, PaddockError } from '../base/errors.ts'
import { isCurrency } from '../money/currency.ts'
import { COMPONENTS, isComponent, type Component } from '../prices/component.ts'
import type { QuoteRequest } from '../prices/facts.ts'
import { readInstant } from '../prices/instant.ts'
import { SERVICE_TIERS, type ServiceTier } from '../prices/row.ts'
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
  if (!options.model.includes('/')) throw bad('--model', 'is written provider/model', options.model)
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
    currency: currencyOf(options.currency),
    serviceTier: tierOf(options.tier),
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
        throw bad('--units', `takes component=number, the component one of ${COMPONENTS.join(', ')}`, text)
      }
      return [component, countOf(count, '--units')]
    }),
  )
}

function countOf(text: string | undefined, option: string): number {
  if (text === undefined) return 0
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw bad(option, 'takes a whole number from zero upwards, of at most 15 digits', text)
}

export function instantOr(text: string | undefined, option: string, otherwise: number): number {
  if (text === undefined) return otherwise
  const at = readInstant(text, 'UTC')
  if (at !== null) return at
  throw bad(
    option,
    'takes a day such as 2024-05-21, or an instant with its offset such as 2024-05-21T09:30:00+08:00',
    text,
  )
}

function currencyOf(text: string | undefined): string | undefined {
  if (text === undefined || isCurrency(text)) return text
  throw bad('--currency', 'takes three capital letters such as CNY', text)
}

function tierOf(text: string | undefined): ServiceTier | undefined {
  const tier = SERVICE_TIERS.find((name) => name === text)
  if (tier !== undefined || text === undefined) return tier
  throw bad('--tier', `takes one of ${SERVICE_TIERS.join(', ')}`, text)
}

function bad(option: string, takes: string, got: string): PaddockError {
  return new PaddockError('argument_invalid', { message: `${option} ${takes}; got "${excerpt(got)}".` })
}
