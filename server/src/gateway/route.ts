import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import { isoInstant } from '../base/clock.ts'
import type { Intent } from '../books/entry.ts'
import { estimateTokens } from '../dialects/token-count.ts'
import { sessionOf, wantsNoFallback, type RequestFacts } from '../routing/request.ts'
import type { Itinerary } from '../routing/router.ts'
import type { Translation } from '../dialects/translation.ts'
import type { Caller } from '../callers/caller.ts'
import type { Attempt } from '../routing/attempts.ts'
import type { Destination } from '../routing/table.ts'
import type { Order } from './admit.ts'
import { EVENTS, JSON_OBJECT, type AnswerForm } from './answer-form.ts'
import { header, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { translateFor } from './translate-for.ts'

/** Output tokens assumed of a request that sets no limit, until it is known what it really produced. */
const OUTPUT_TOKENS_ASSUMED = 1_024
const TAGS_MAX = 16

/** A request that was allowed, whatever it asks for. */
export type AnyOrder = { readonly caller: Caller; readonly destination: Destination }

/** Where a request will be sent, in order, in which words, and what is written in the journal before that. */
export type AnyPlan<Ordered extends AnyOrder = AnyOrder> = {
  readonly order: Ordered
  readonly itinerary: Itinerary
  readonly intent: Intent
  /** What an answer must look like. */
  readonly form: AnswerForm
  /** Throws a PaddockError for what cannot be said to the attempt's provider. */
  translate(attempt: Attempt): Translation
}

export type Plan = AnyPlan<Order>

/** Stage 3, where to: the ordered targets, and the intent to call them. */
export function route(gateway: Gateway, exchange: Exchange, order: Order): Plan {
  const { asked, json } = order
  const { stream, hasImages, hasTools, user } = asked
  const cacheKey = json.root.member('prompt_cache_key')
  const promptCacheKey = cacheKey?.kind === 'string' ? cacheKey.text() : null
  return {
    order,
    ...intendFor(gateway, exchange, {
      order,
      hold: holdFor(order),
      traits: { stream, hasImages, hasTools, user, promptCacheKey },
    }),
    form: stream ? EVENTS : JSON_OBJECT,
    translate: (attempt) => translateFor(gateway, exchange, { order, attempt }),
  }
}

/** What routing has to know of a request besides who sends it and what it can use. */
export type Traits = Pick<RequestFacts, 'stream' | 'hasImages' | 'hasTools'> & {
  readonly user: string | null
  readonly promptCacheKey: string | null
}

export type Wanted = {
  readonly order: AnyOrder
  readonly hold: Usage
  readonly traits: Traits
  readonly ways?: readonly Usage[]
}

/** The ordered targets of a request, and the intent to call the first of them. */
export function intendFor(gateway: Gateway, exchange: Exchange, wanted: Wanted): Pick<AnyPlan, 'itinerary' | 'intent'> {
  const { order, hold, traits } = wanted
  const { caller, destination } = order
  const itinerary = gateway.router.orderTargets(destination, factsOf(exchange, wanted))
  const { provider, model } = itinerary.placed[0].target
  return {
    itinerary,
    intent: {
      id: exchange.id,
      at: isoInstant(exchange.acceptedAt),
      organisation_id: caller.organisationId,
      team_id: caller.teamId,
      user_id: caller.userId,
      key_id: caller.keyId,
      endpoint: exchange.path,
      stream: traits.stream,
      route: destination.route,
      provider: provider.facts.id,
      model,
      priced_as_of: isoInstant(gateway.prices().recordedUntil),
      practice: provider.facts.practice === true,
      app: readApp(exchange),
      hold,
    },
  }
}

/** The most the request can use: its prompt, and as many tokens as it allows for each choice. */
function holdFor({ asked }: Order): Usage {
  return {
    ...NO_USAGE,
    input: estimateTokens(asked.promptBytes),
    output: (asked.maxTokens ?? OUTPUT_TOKENS_ASSUMED) * asked.n,
  }
}

function factsOf(exchange: Exchange, { order: { caller }, hold, traits, ways }: Wanted): RequestFacts {
  const { stream, hasImages, hasTools, user, promptCacheKey } = traits
  return {
    stream,
    hasImages,
    hasTools,
    promptTokens: hold.input,
    outputTokens: hold.output,
    ...(ways === undefined ? {} : { ways }),
    tags: readTags(exchange),
    key: caller.keyId,
    team: caller.teamName,
    session: sessionOf({
      sessionId: header(exchange, 'x-session-id'),
      sessionAffinity: header(exchange, 'x-session-affinity'),
      promptCacheKey,
      user,
    }),
    noFallback: wantsNoFallback(header(exchange, 'x-no-fallback')),
  }
}

/** What a caller calls its request, for the conditions of routes: "x-paddock-tags: batch, nightly". */
function readTags(exchange: Exchange): string[] {
  const tags = (header(exchange, 'x-paddock-tags') ?? '').split(',').map((tag) => tag.trim())
  return tags.filter((tag) => tag !== '').slice(0, TAGS_MAX)
}

/** The application behind a request, as the ecosystem names it: X-Title, else the address in HTTP-Referer. */
function readApp(exchange: Exchange): string | null {
  const text = header(exchange, 'x-title') ?? header(exchange, 'http-referer') ?? ''
  return text === '' ? null : text.slice(0, 80)
}
