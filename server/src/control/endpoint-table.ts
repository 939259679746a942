import { API } from '@paddock/contract/control/api'
import { csvColumns, type Column } from '@paddock/contract/control/csv-columns'
import type { Endpoint } from '@paddock/contract/control/endpoint'
import { assert, PaddockError } from '../base/errors.ts'
import type { ApiHandlers, Asked, Stream } from './handlers.ts'

export type AnyHandler = (asked: Asked<Endpoint>, stream?: Stream<unknown>) => unknown
export type Entry = {
  readonly name: string
  readonly endpoint: Endpoint
  /** Its list as a table; null where it gives none. */
  readonly columns: readonly Column[] | null
  readonly handle: AnyHandler
}
export type Found = Entry & { readonly params: Readonly<Record<string, string>> }

type Place = { readonly parts: readonly string[]; readonly byMethod: ReadonlyMap<string, Entry> }

/** Which endpoint a request is for. Throws `path_unknown` and `method_not_allowed`. */
export type EndpointTable = { find(method: string, path: string): Found; readonly entries: readonly Entry[] }

/** Stops the start where an endpoint has no rule or no handler, though the types keep either from being written. */
export function buildEndpointTable(handlers: ApiHandlers): EndpointTable {
  const entries = Object.entries(API).flatMap(([subject, endpoints]) =>
    Object.entries<Endpoint>(endpoints).map(([verb, endpoint]): Entry => {
      const ofSubject = handlers[subject as keyof ApiHandlers] as Readonly<Record<string, AnyHandler>> | undefined
      const handle = ofSubject?.[verb]
      const name = `${subject}.${verb}`
      assert(handle !== undefined, `${name} has a handler`)
      assert((endpoint.rule as unknown) !== undefined && endpoint.rule.who.length > 0, `${name} says who may call it`)
      return { name, endpoint, columns: csvColumns(endpoint), handle }
    }),
  )
  const places = placesOf(entries)
  return {
    entries,
    find: (method, path) => {
      const parts = path.split('/')
      const place = places.find((each) => fits(each.parts, parts))
      if (!place) {
        throw new PaddockError('path_unknown', {
          message: 'There is nothing at this path of the control plane. /api/openapi.json lists what there is.',
        })
      }
      const entry = place.byMethod.get(method)
      if (!entry) throw notAllowed([...place.byMethod.keys()])
      return { ...entry, params: paramsOf(place.parts, parts) }
    },
  }
}

/** A fixed word comes before a name in braces, so that /api/requests/live is not the request "live". */
function placesOf(entries: readonly Entry[]): Place[] {
  const byPath = new Map<string, Map<string, Entry>>()
  for (const entry of entries) {
    const { path, method } = entry.endpoint
    const byMethod = byPath.get(path) ?? new Map<string, Entry>()
    assert(!byMethod.has(method), `${method} ${path} is one endpoint`)
    byPath.set(path, byMethod.set(method, entry))
  }
  return [...byPath]
    .map(([path, byMethod]) => ({ parts: path.split('/'), byMethod }))
    .toSorted((one, other) => names(one.parts) - names(other.parts))
}

function names(parts: readonly string[]): number {
  return parts.filter((part) => part.startsWith('{')).length
}

function fits(wanted: readonly string[], parts: readonly string[]): boolean {
  return (
    wanted.length === parts.length &&
    wanted.every((part, index) => (part.startsWith('{') ? parts[index] !== '' : part === parts[index]))
  )
}

function paramsOf(wanted: readonly string[], parts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    wanted.flatMap((part, index) =>
      part.startsWith('{') ? [[part.slice(1, -1), decodePart(parts[index] ?? '')] as const] : [],
    ),
  )
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new PaddockError('path_unknown', {
      message: 'The path holds a "%" that is not followed by two hexadecimal digits of UTF-8.',
    })
  }
}

function notAllowed(methods: readonly string[]): PaddockError {
  return new PaddockError('method_not_allowed', {
    message: `This path takes ${methods.join(', ')}.`,
    headers: { allow: methods.join(', ') },
  })
}
