import type { IncomingMessage } from 'node:http'
import type { Endpoint } from '@paddock/contract/control/endpoint'
import { excerpt, PaddockError } from '../base/errors.ts'
import type { Entry } from './endpoint-table.ts'

const BODY_BYTES_MAX = 1024 * 1024

/** Query and body of a request, each in its shape. Throws content_type, body_too_large, json_invalid, field_unknown, field_invalid. */
export async function readAsked(
  request: IncomingMessage,
  { endpoint, columns }: Pick<Entry, 'endpoint' | 'columns'>,
): Promise<{ query: unknown; body: unknown }> {
  const { query, body, bodyBytesMax = BODY_BYTES_MAX } = endpoint
  const { format, ...fields } = readQuery(request.url ?? '')
  return {
    query:
      query === undefined
        ? {}
        : check(query, columns !== null || format === undefined ? fields : { ...fields, format }),
    body: body === undefined ? undefined : check(body, await readJson(request, bodyBytesMax)),
  }
}

/** How a list is wanted: lists take this beside what their shapes name. Throws field_invalid. */
export function readFormat(url: string): 'csv' | 'json' | null {
  const { format } = readQuery(url)
  if (format === undefined) return null
  if (format === 'csv' || format === 'json') return format
  throw new PaddockError('field_invalid', { message: '/format: write csv or json.', param: '/format' })
}

function readQuery(url: string): Record<string, string> {
  const at = url.indexOf('?')
  const fields: Record<string, string> = {}
  if (at === -1) return fields
  for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
    if (Object.hasOwn(fields, name)) {
      throw new PaddockError('field_invalid', {
        message: `"${excerpt(name)}" stands twice in the query. Send it once.`,
        param: `/${excerpt(name)}`,
      })
    }
    Object.defineProperty(fields, name, { value, enumerable: true })
  }
  return fields
}

async function readJson(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';')
  // A form of another site can send text, and no JSON.
  if (type.trim() !== 'application/json') {
    throw new PaddockError('content_type', { message: 'The body must be JSON: send "Content-Type: application/json".' })
  }
  const bytes = await readBytes(request, bytesMax)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new PaddockError('json_invalid', { message: 'The body is not well-formed JSON in UTF-8.' })
  }
}

async function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  try {
    // Not destroyed when enough was read: the answer goes out on the same connection.
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += piece.length
      if (length > bytesMax) break
      pieces.push(piece)
    }
  } catch (cause) {
    // Nobody is left to read this; it keeps the log from taking a closed window for a fault of ours.
    throw new PaddockError('http_invalid', { message: 'The request ended before its body was whole.', cause })
  }
  if (length <= bytesMax) return Buffer.concat(pieces)
  throw new PaddockError('body_too_large', { message: `The body of this request may have ${bytesMax} bytes.` })
}

type Shape = NonNullable<Endpoint['body']>

function check(shape: Shape, value: unknown): unknown {
  const checked = shape.safeParse(value)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  if (issue === undefined)
    throw new PaddockError('field_invalid', { message: 'The request has not the shape it needs.' })
  const path = issue.path.map((part) => excerpt(String(part)))
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys
    const param = `/${[...path, excerpt(name)].join('/')}`
    throw new PaddockError('field_unknown', { message: `There is no field ${param} here.`, param })
  }
  const param = `/${path.join('/')}`
  throw new PaddockError('field_invalid', { message: `${param}: ${issue.message}.`, param })
}
