import { startFakeProvider, type FakeProviderOptions } from '../fake-provider/start.ts'
import { openWorkspace, type RunningPaddock, type Workspace } from '../paddock.ts'

/** A client of the control plane, as the console and programs are one. */

/** What a request is sent with: a session, a key, or nothing. */
export type Credential = { readonly session: string } | { readonly key: string } | null

export type Sending = {
  readonly as?: Credential
  readonly body?: unknown
  /** Sent in place of what the console sends with a session. */
  readonly headers?: Readonly<Record<string, string>>
}

export type Answered = {
  readonly status: number
  // What is asked of an answer differs from test to test.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
  readonly text: string
  readonly headers: Headers
  /** The code of an error. */
  readonly code: string | null
  readonly session: string
}

export type Client = (request: `${string} /api/${string}` | '', sending?: Sending) => Promise<Answered>

export function clientOf(url: string): Client {
  return async (request, { as = null, body, headers } = {}) => {
    const [method = '', path = ''] = request.split(' ')
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(as === null ? {} : 'key' in as ? { authorization: `Bearer ${as.key}` } : { cookie: as.session }),
        ...(headers ?? { 'x-paddock': '1' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (answer.headers.get('content-type')?.startsWith('text/event-stream') === true) {
      await answer.body?.cancel()
      return { status: answer.status, body: null, text: '', headers: answer.headers, code: null, session: '' }
    }
    const text = await answer.text()
    const parsed = JSON.parse(text) as { error?: { code: string } }
    const session = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    return {
      status: answer.status,
      body: parsed,
      text,
      headers: answer.headers,
      code: parsed.error?.code ?? null,
      session,
    }
  }
}

export const PASSWORD = 'four words in a row'

export type Bench = AsyncDisposable & {
  readonly workspace: Workspace
  readonly server: RunningPaddock
  readonly client: Client
  /** The first owner. */
  readonly owner: { readonly session: string }
  /** A new member of the organisation of `by`, signed in. */
  readonly join: (
    by: Credential,
    email: string,
    role: string,
  ) => Promise<{ readonly session: string; readonly id: string }>
}

/** A running Paddock whose first owner has signed in. */
export async function openBench(yaml = '', environment: Record<string, string> = {}): Promise<Bench> {
  const workspace = openWorkspace(yaml)
  const server = await workspace.serve({ environment: { ...AT_ONCE, ...environment } })
  const client = clientOf(server.url)
  const setUp = await client('POST /api/setup', {
    body: { token: tokenOf(server.started.setupLink), email: 'owner@example.com', name: 'Olga', password: PASSWORD },
  })
  return {
    workspace,
    server,
    client,
    owner: { session: setUp.session },
    join: (by, email, role) => join(client, { by, email, role }),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  }
}

/** One before a provider that answers; the lines of its configuration follow from the address of that. */
export async function openProviderBench(
  yaml: (url: string) => readonly string[],
  provider: FakeProviderOptions = {},
): Promise<Bench> {
  const started = await startFakeProvider(provider)
  const bench = await openBench(yaml(started.url).join('\n'))
  return {
    ...bench,
    [Symbol.asyncDispose]: async () => {
      await bench[Symbol.asyncDispose]()
      await started.close()
    },
  }
}

/** The same folder and people, with a server that was started anew. */
export async function restarted(bench: Bench): Promise<Bench> {
  bench.server.kill('SIGTERM')
  await bench.server.exited
  const server = await bench.workspace.serve({ environment: AT_ONCE })
  const client = clientOf(server.url)
  return { ...bench, server, client, join: (by, email, role) => join(client, { by, email, role }) }
}

const AT_ONCE = { PADDOCK_PRACTICE_SPEED: '0' }

type Joining = { readonly by: Credential; readonly email: string; readonly role: string }

async function join(client: Client, { by, email, role }: Joining): ReturnType<Bench['join']> {
  const invited = await client('POST /api/people/invitations', { as: by, body: { email, role } })
  const body = { token: tokenOf(invited.body.link), name: email, password: PASSWORD }
  const joined = await client('POST /api/session/invitation', { body })
  return { session: joined.session, id: joined.body.person.id }
}

/** A link has its token behind "#". */
export function tokenOf(link: string | null): string {
  return link?.split('#')[1] ?? ''
}

/** Asks until the ledger has caught up with what was settled. */
export async function drained({ client, owner }: Pick<Bench, 'client' | 'owner'>): Promise<void> {
  for (;;) {
    const { body } = await client('GET /api/overview', { as: owner })
    if (body.health.undrained === 0 && body.health.open_requests === 0) return
  }
}
