import { isoInstant } from '../base/clock.ts'
import { NO_USAGE, type Usage } from '@paddock/contract/usage'
import type { Intent } from '../books/entry.ts'
import { estimateTokens } from '../dialects/token-count.ts'
import { JsonEdit } from '../dialects/json-edit.ts'
import type { ProviderRequest } from '../providers/call-provider.ts'
import type { Target } from '../routing/table.ts'
import type { Order } from './admit.ts'
import type { Exchange } from './exchange.ts'
import type { Gateway } from './gateway.ts'

/** Output tokens assumed of a request that sets no limit, until it is known what it really produced. */
const OUTPUT_TOKENS_ASSUMED = 1_024
const ENDPOINT = '/v1/chat/completions'

/** Where a request will be sent, in order, and what is written in the journal before that. */
export type Plan = { readonly order: Order; readonly targets: Order['destination']['targets']; readonly intent: Intent }

/** Stage 3, where to: the ordered attempts, and the intent to make them. */
export function route(gateway: Gateway, exchange: Exchange, order: Order): Plan {
  const { caller, chat, destination } = order
  const [first] = destination.targets
  return {
    order,
    targets: destination.targets,
    intent: {
      id: exchange.id,
      at: isoInstant(exchange.acceptedAt),
      organisation_id: caller.organisationId,
      team_id: caller.teamId,
      user_id: caller.userId,
      key_id: caller.keyId,
      endpoint: ENDPOINT,
      stream: chat.stream,
      route: destination.route,
      provider: first.provider.facts.id,
      model: first.model,
      priced_as_of: isoInstant(gateway.prices.recordedUntil),
      practice: first.provider.facts.practice === true,
      app: readApp(exchange),
      hold: holdFor(order),
    },
  }
}

/** The most the request can use: its prompt, and as many tokens as it allows for each choice. */
function holdFor({ chat }: Order): Usage {
  return {
    ...NO_USAGE,
    input: estimateTokens(chat.promptBytes),
    output: (chat.maxTokens ?? OUTPUT_TOKENS_ASSUMED) * chat.n,
  }
}

/** The application behind a request, as the ecosystem names it: X-Title, else the address in HTTP-Referer. */
function readApp({ request }: Exchange): string | null {
  const title = request.headers['x-title'] ?? request.headers['http-referer']
  const text = Array.isArray(title) ? title[0] : title
  return text === undefined || text === '' ? null : text.slice(0, 80)
}

/** The request as a target's provider is sent it: the caller's bytes, with nothing changed but what must be. */
export function writeProviderRequest(order: Order, target: Target): ProviderRequest {
  const { facts, apiKey } = target.provider
  const edit = new JsonEdit(order.json).setMember('model', JSON.stringify(target.model))
  // Without the usage of a stream there is no exact bill, so it is always asked for, and not passed on unasked.
  if (order.chat.stream && !order.chat.includeUsage && facts.usage.streamOption) {
    edit.setInObject('stream_options', 'include_usage', 'true')
  }
  return {
    url: `${facts.baseUrl}/chat/completions`,
    headers: {
      'content-type': 'application/json',
      accept: order.chat.stream ? 'text/event-stream' : 'application/json',
      'user-agent': 'paddock',
      ...(facts.auth !== 'none' && apiKey !== null ? { authorization: `Bearer ${apiKey}` } : {}),
    },
    body: edit.bytes(),
  }
}
