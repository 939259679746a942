import type { EntryRecord } from '@paddock/contract/entry'
import type { requestsApi } from '@paddock/contract/control/requests'
import type { Quote } from '@paddock/contract/quote'
import { PaddockError } from '../../base/errors.ts'
import type { Books } from '../../books/books.ts'
import type { EntryPlace } from '../../books/entry-rows.ts'
import type { BooksReader } from '../../books/reader.ts'
import type { Directory } from '../../callers/directory.ts'
import { parsePico, type Pico } from '../../money/fixed-point.ts'
import type { Actor } from '../actor.ts'
import { plainAmount } from '../amounts.ts'
import { cutPage } from '../cut-page.ts'
import type { EntryFeed } from '../entry-feed.ts'
import { notFound, type Handlers } from '../handlers.ts'
import { whenOr } from '../span.ts'

export type RequestsParts = {
  readonly books: Pick<Books, 'find'>
  readonly reader: Pick<BooksReader, 'page'>
  readonly directory: Pick<Directory, 'namesOf'>
  readonly feed: EntryFeed
  /** The price of an entry, worked out again from what the price book knew then. */
  readonly priceAgain: (entry: EntryRecord) => Quote
}

type Names = ReadonlyMap<string, string>

export function requestsHandlers(parts: RequestsParts): Handlers<typeof requestsApi> {
  const { books, reader, directory, feed, priceAgain } = parts
  const namesOf = (entries: readonly EntryRecord[]): Promise<Names> =>
    directory.namesOf([...new Set(entries.flatMap(({ key_id, team_id }) => [key_id, team_id]))])
  return {
    list: async ({ actor, query: { from, to, after, limit, team, end_user, min_cost, id, ...filter } }) => {
      const entries = await reader.page({
        ...filter,
        organisation: actor.organisationId,
        // A filter can only narrow what may be seen.
        team: actor.teamId ?? team,
        endUser: end_user,
        costMin: min_cost === undefined ? undefined : readCost(min_cost),
        idPrefix: id,
        from: whenOr(from, undefined),
        to: whenOr(to, undefined),
        after: after === undefined ? undefined : readPlace(after),
        limit: limit + 1,
      })
      const { page, next } = cutPage(entries, limit, ({ at, id: entry }) => `${Date.parse(at)}_${entry}`)
      const names = await namesOf(page)
      return { items: page.map((entry) => requestOf(entry, names)), next }
    },
    live: ({ actor, query }, stream) => {
      const isWanted = (entry: EntryRecord): boolean =>
        maySee(actor, entry) && (query.key === undefined || entry.key_id === query.key)
      const stop = feed.listen((entry) => {
        if (!isWanted(entry)) return
        namesOf([entry]).then(
          (names) => {
            stream.send(requestOf(entry, names))
          },
          () => {
            stream.end()
          },
        )
      })
      stream.onEnd(stop)
    },
    find: async ({ actor, params }) => {
      const entry = await books.find(params.id)
      if (!entry || !maySee(actor, entry)) throw notFound('request', params.id)
      const quote = priceAgain(entry)
      return {
        request: requestOf(entry, await namesOf([entry])),
        attempts: entry.attempts.map(({ cost, ...attempt }) => ({
          ...attempt,
          ...(cost && { cost: plainAmount(cost) }),
        })),
        usage_method: entry.usage_method,
        provider_request_id: entry.provider_request_id,
        price_rows: entry.price_rows,
        priced_as_of: entry.priced_as_of,
        quote,
        agrees:
          entry.kind === 'request'
            ? quote.amount === entry.cost.amount && quote.currency === entry.cost.currency
            : null,
      }
    },
  }
}

function maySee({ organisationId, teamId }: Actor, entry: EntryRecord): boolean {
  return entry.organisation_id === organisationId && (teamId === null || entry.team_id === teamId)
}

function readCost(text: string): Pico {
  const cost = parsePico(text)
  if (cost !== null) return cost
  throw new PaddockError('field_invalid', {
    message: '/min_cost: write an amount of at most twelve decimals.',
    param: '/min_cost',
  })
}

function readPlace(text: string): EntryPlace {
  const [, at, id] = /^(\d{1,15})_([0-9a-f-]{36})$/.exec(text) ?? []
  if (at !== undefined && id !== undefined) return { at: Number(at), id }
  throw new PaddockError('field_invalid', { message: '/after: take "next" of the page before.', param: '/after' })
}

function requestOf(entry: EntryRecord, names: Names) {
  return {
    ...entry,
    team_name: names.get(entry.team_id) ?? null,
    key_name: names.get(entry.key_id) ?? null,
    cost: plainAmount(entry.cost),
    charge: plainAmount(entry.charge),
    attempt_count: entry.attempts.length,
  }
}
