import type { TrialMark } from '@paddock/contract/entry'
import type { Usage } from '@paddock/contract/usage'
import { isoInstant } from '../base/clock.ts'
import type { Intent } from '../books/entry.ts'
import { mayCall } from '../callers/authorize.ts'
import { estimateTokens } from '../dialects/token-count.ts'
import { sessionOf, isSwitchedOn, type RequestFacts } from '../routing/request.ts'
import type { Itinerary } from '../routing/router.ts'
import type { Placement } from '../routing/strategies/rank.ts'
import type { Translation } from '../dialects/translation.ts'
import type { Attempt } from '../routing/attempts.ts'
import type { Order } from './admit.ts'
import { ANSWER_BYTES_MAX, AnswerCopy } from './cache-use.ts'
import { EVENTS, JSON_OBJECT, type AnswerForm } from './answer-form.ts'
import { header, type Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { TaskOrder } from './tasks/task.ts'
import { translateFor } from './translate-for.ts'

/** Output tokens assumed of a request that sets no limit, until it is known what it really produced. */
const OUTPUT_TOKENS_ASSUMED = 1_024
const TAGS_MAX = 16

/** Where a request will be sent, in order, in which words, and what is written in the journal before that. */
export type Plan = {
  readonly order: Order
  readonly itinerary: Itinerary
  readonly intent: Intent
  /** What an answer must look like. */
  readonly form: AnswerForm
  /** Throws a PaddockError for what cannot be said to the attempt's provider. */
  translate(attempt: Attempt): Translation
}

/** The same for any request, whether it asks for an answer in a conversation or for a task. */
export type AnyPlan = Omit<Plan, 'order'> & { readonly order: Order | TaskOrder }

/** Stage 3, where to: the ordered targets, and the intent to call them. */
export function route(gateway: Gateway, exchange: Exchange, order: Order): Plan {
  const { itinerary, intent } = orderTargets(gateway, exchange, { order, hold: holdFor(order) })
  return {
    order,
    itinerary,
    intent,
    form: order.asked.stream ? EVENTS : JSON_OBJECT,
    translate: (attempt) => translateFor(gateway, exchange, { order, attempt }),
  }
}

/** `ways`: how it may be billed, where tokens are not the only way. */
type Wanted = { readonly order: Order | TaskOrder; readonly hold: Usage; readonly ways?: readonly Usage[] }

export function orderTargets(gateway: Gateway, exchange: Exchange, wanted: Wanted): Pick<Plan, 'itinerary' | 'intent'> {
  const { order, hold } = wanted
  const { caller, asked, destination } = order
  const facts = factsOf(exchange, wanted)
  const led = leadFor(gateway, exchange, { order, session: facts.session })
  const itinerary = gateway.router.orderTargets(destination, led ? { ...facts, lead: led.lead } : facts)
  const { provider, model } = itinerary.placed[0].target
  const intent: Intent = {
    id: exchange.id,
    at: isoInstant(exchange.acceptedAt),
    organisation_id: caller.organisationId,
    team_id: caller.teamId,
    user_id: caller.userId,
    key_id: caller.keyId,
    end_user: asked.user || null,
    endpoint: exchange.path,
    stream: asked.stream,
    route: destination.route,
    provider: provider.facts.id,
    model,
    priced_as_of: gateway.prices().pricedAsOf,
    practice: provider.facts.practice === true,
    app: readApp(exchange),
    hold,
  }
  return { itinerary, intent: led?.trial ? { ...intent, trial: led.trial } : intent }
}

type Led = { readonly lead: Placement; readonly trial: TrialMark | null }

/** Who answers first where a race says so. A key that may not call the route itself is led nowhere else. */
function leadFor(
  gateway: Gateway,
  exchange: Exchange,
  { order, session }: { order: Order | TaskOrder; session: string | null },
): Led | null {
  const { caller, asked, destination } = order
  if (!('json' in order) || destination.route === null || !mayCall(caller, asked.model)) return null
  const led = gateway.trials.lead({
    id: exchange.id,
    route: destination.route,
    caller,
    user: order.asked.user,
    session,
  })
  if (led === null) return null
  const target = gateway.routing().find(led.model)
  // A model that is not offered any more leads nowhere, and what is not tried is no trial.
  if (target !== null && led.isCompared) exchange.heard = new AnswerCopy(ANSWER_BYTES_MAX)
  return target && { lead: { target, reason: led.reason }, trial: led.trial }
}

/** The most the request can use: its prompt, and as many tokens as it allows for each choice. */
function holdFor({ asked }: Order): Usage {
  return {
    input: estimateTokens(asked.promptBytes),
    cached_input: 0,
    cache_write: 0,
    cache_write_1h: 0,
    output: (asked.maxTokens ?? OUTPUT_TOKENS_ASSUMED) * asked.n,
    reasoning: 0,
  }
}

function factsOf(exchange: Exchange, { order, hold, ways }: Wanted): RequestFacts {
  const { asked, caller } = order
  const cacheKey = 'json' in order ? order.json.root.member('prompt_cache_key') : undefined
  return {
    stream: asked.stream,
    hasImages: asked.hasImages,
    hasTools: asked.hasTools,
    promptTokens: hold.input,
    outputTokens: hold.output,
    ways,
    tags: readTags(exchange),
    key: caller.keyId,
    team: caller.teamName,
    session: sessionOf({
      sessionId: header(exchange, 'x-session-id'),
      sessionAffinity: header(exchange, 'x-session-affinity'),
      promptCacheKey: cacheKey?.kind === 'string' ? cacheKey.text() : null,
      user: asked.user,
    }),
    noFallback: isSwitchedOn(header(exchange, 'x-no-fallback')),
  }
}

const NO_TAGS: readonly string[] = []

/** What a caller calls its request, for the conditions of routes: "x-paddock-tags: batch, nightly". */
function readTags(exchange: Exchange): readonly string[] {
  const sent = header(exchange, 'x-paddock-tags')
  if (sent === undefined) return NO_TAGS
  const tags = sent.split(',').map((tag) => tag.trim())
  return tags.filter((tag) => tag !== '').slice(0, TAGS_MAX)
}

/** The application behind a request, as the ecosystem names it: X-Title, else the address in HTTP-Referer. */
function readApp(exchange: Exchange): string | null {
  const text = header(exchange, 'x-title') ?? header(exchange, 'http-referer') ?? ''
  return text === '' ? null : text.slice(0, 80)
}
