import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../server/src/store/store.ts'
import { answering, launch } from '../rig/processes.ts'
import { installedAt, type Peer } from './peer.ts'

const PROGRAM = installedAt('gomodel', 'gomodel')
const KEY = 'sk-benchmark'

/** A gateway written in Go, set up as it comes: it notes what was used in SQLite every five seconds. */
export const gomodel: Peer = {
  name: 'gomodel',
  ours: false,
  missing: () =>
    existsSync(PROGRAM)
      ? null
      : 'no package registry has it; a build of its sources goes to benchmarks/peers/.installed/gomodel/gomodel',
  model: (caller, provider) => {
    if (provider === 'messages') return caller === 'chat' ? 'anthropic/small' : null
    return caller === provider ? 'openai/small' : null
  },
  start: async ({ providerPort, port, folder, core }) => {
    const provider = `http://127.0.0.1:${providerPort}/v1`
    const child = launch({
      core,
      command: PROGRAM,
      args: [],
      folder,
      environment: {
        PORT: `${port}`,
        LOG_LEVEL: 'error',
        GOMODEL_MASTER_KEY: KEY,
        // Else it asks another host for its list of models at the start.
        MODEL_LIST_URL: `${provider}/no-list-of-models`,
        CONFIGURED_PROVIDER_MODELS_MODE: 'allowlist',
        OPENAI_API_KEY: 'any',
        OPENAI_BASE_URL: provider,
        OPENAI_MODELS: 'small',
        ANTHROPIC_API_KEY: 'any',
        ANTHROPIC_BASE_URL: provider,
        ANTHROPIC_MODELS: 'small',
        RETRY_MAX_RETRIES: '0',
      },
    })
    await answering(`http://127.0.0.1:${port}/health`, child)
    const entries = (): Promise<number> => countUsage(join(folder, 'data', 'gomodel.db'))
    return { child, port, callers: [{ authorization: `Bearer ${KEY}` }], entries }
  },
}

async function countUsage(file: string): Promise<number> {
  const store = openStore(file)
  const { count } = await store
    .tables<{ usage: { id: string } }>()
    .selectFrom('usage')
    .select(({ fn }) => fn.countAll<number | bigint>().as('count'))
    .executeTakeFirstOrThrow()
  await store.close()
  return Number(count)
}
