import { ENDPOINTS } from './endpoints.ts'
import { ApiError } from './error.ts'
import type { Answer, Ask, Operation } from './operation.ts'

type Parts = {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>
  readonly body?: unknown
}

/**
 * Asks the control plane: `call('keys.find', { params: { id } })`. The session is a cookie, so nothing of it passes here.
 * Throws an ApiError for every answer that is not a success.
 */
export async function call<Name extends Operation>(
  operation: Name,
  ask: Ask<Name>,
  signal?: AbortSignal,
): Promise<Answer<Name>> {
  const [method] = ENDPOINTS[operation]
  const { body } = ask as Parts
  const response = await reach(addressOf(operation, ask), {
    method,
    signal,
    headers: {
      accept: 'application/json',
      // Pages of other sites cannot send it: what changes something is asked for by our own.
      ...(method === 'GET' ? {} : { 'x-paddock': '1' }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok) throw await readError(response)
  return (await response.json()) as Answer<Name>
}

/** Where an operation is asked: for links that the browser itself follows, such as downloads. */
export function addressOf<Name extends Operation>(operation: Name, ask: Ask<Name>): string {
  const { params = {}, query = {} } = ask as Parts
  const [, path] = ENDPOINTS[operation]
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  }
  return search.size === 0 ? filled : `${filled}?${search}`
}

/** Where a list is as a table, all pages of it: for a link that saves it. */
export function csvAddress<Name extends Operation>(operation: Name, ask: Ask<Name>): string {
  const address = addressOf(operation, ask)
  return `${address}${address.includes('?') ? '&' : '?'}format=csv`
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError({
      status: 0,
      code: 'unreachable',
      message: error instanceof Error ? error.message : String(error),
    })
  }
}

async function readError(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id')
  const { status } = response
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string; param: string | null } }
    return new ApiError({ status, requestId, ...error })
  } catch {
    // Something between us and the server answered in its own words.
    return new ApiError({ status, requestId, code: 'unreadable', message: `${status} ${response.statusText}` })
  }
}
