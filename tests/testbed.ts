import { startFakeProvider, type FakeProvider } from './fake-provider/start.ts'
import { openWorkspace, type RunningPaddock, type Workspace } from './paddock.ts'

/** A running Paddock in front of a fake provider: what most tests of the whole system need. */
export type Testbed = {
  readonly provider: FakeProvider
  readonly workspace: Workspace
  readonly server: RunningPaddock
  /** The first key: it may call everything. */
  readonly key: string
  [Symbol.asyncDispose](): Promise<void>
}

/** `yaml` writes the configuration, given the fake provider's base URL. */
export async function openTestbed(yaml: (providerUrl: string) => readonly string[]): Promise<Testbed> {
  const provider = await startFakeProvider()
  const workspace = openWorkspace(yaml(provider.url).join('\n'))
  const server = await workspace.serve()
  return {
    provider,
    workspace,
    server,
    key: server.started.firstKeys?.key ?? '',
    [Symbol.asyncDispose]: async () => {
      await workspace[Symbol.asyncDispose]()
      await provider.close()
    },
  }
}
