import type { EntryRecord } from '@paddock/contract/entry'
import { afterAll, beforeAll } from 'vitest'
import { startFakeProvider, type FakeProvider } from './fake-provider/start.ts'
import { openWorkspace, type RunningPaddock, type Workspace } from './paddock.ts'

/** A running Paddock in front of a fake provider: what most tests of the whole system need. */
export type Testbed = {
  readonly provider: FakeProvider
  readonly workspace: Workspace
  readonly server: RunningPaddock
  /** The first key: it may call everything. */
  readonly key: string
  readonly post: RunningPaddock['post']
  /** The entry of a request that was answered, as the first key sees it. */
  readonly entry: (answer: Pick<Response, 'headers'>) => Promise<EntryRecord>
  /** The bytes of the last request that reached the provider. */
  readonly lastBody: () => string
  [Symbol.asyncDispose](): Promise<void>
}

type WriteYaml = (providerUrl: string) => readonly string[]

/** `yaml` writes the configuration, given the fake provider's base URL. */
export async function openTestbed(yaml: WriteYaml): Promise<Testbed> {
  const provider = await startFakeProvider()
  const workspace = openWorkspace(yaml(provider.url).join('\n'))
  const server = await workspace.serve()
  const key = server.started.firstKeys?.key ?? ''
  return {
    provider,
    workspace,
    server,
    key,
    post: server.post,
    entry: async ({ headers }) => {
      const id = headers.get('x-request-id') ?? ''
      const found = await fetch(`${server.url}/v1/generation?id=${id}`, { headers: { authorization: `Bearer ${key}` } })
      return ((await found.json()) as { data: EntryRecord }).data
    },
    lastBody: () => provider.requests().at(-1)?.body.toString() ?? '',
    [Symbol.asyncDispose]: async () => {
      await workspace[Symbol.asyncDispose]()
      await provider.close()
    },
  }
}

/** One testbed for all tests of a file, opened before the first of them and closed behind the last. */
export function sharedTestbed(yaml: WriteYaml): () => Testbed {
  let testbed: Testbed | null = null
  beforeAll(async () => {
    testbed = await openTestbed(yaml)
  })
  afterAll(() => testbed?.[Symbol.asyncDispose]())
  return () => {
    if (testbed === null) throw new Error('a testbed is open only while tests run')
    return testbed
  }
}
