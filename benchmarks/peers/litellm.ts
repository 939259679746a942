import { existsSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { answering, launch, runToEnd } from '../rig/processes.ts'
import { installedAt, type Peer } from './peer.ts'

const PROGRAM = installedAt('litellm', 'bin', 'litellm')
const KEY = 'sk-benchmark'

/**
 * The gateway of most users, written in Python. Without a database, as here, it checks one key and writes nothing down.
 * Newer versions ask for companions that are not published.
 */
export const litellm: Peer = {
  name: 'litellm',
  ours: false,
  missing: () =>
    existsSync(PROGRAM) ? null : 'npm run bench -- install brings it, from PyPI, where there is a Python',
  install: () => {
    runToEnd('python3', ['-m', 'venv', installedAt('litellm')])
    runToEnd(installedAt('litellm', 'bin', 'pip'), ['install', '--quiet', 'litellm[proxy]==1.106.12'])
  },
  // A caller of messages is answered by a provider of OpenAI's, over whichever of its two dialects LiteLLM chooses.
  model: (caller, provider) => {
    if (provider === 'messages') return caller === 'responses' ? null : 'messages'
    return caller === provider || caller === 'messages' ? 'chat' : null
  },
  start: async ({ providerPort, port, folder, core }) => {
    const file = join(folder, 'config.yaml')
    writeFileSync(file, configuration(`http://127.0.0.1:${providerPort}`))
    const workers = core === null ? availableParallelism() : 1
    const child = launch({
      core,
      command: PROGRAM,
      args: ['--config', file, '--host', '127.0.0.1', '--port', `${port}`, '--num_workers', `${workers}`],
      environment: { LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_LOG: 'ERROR', LITELLM_TELEMETRY: 'False' },
    })
    await answering(`http://127.0.0.1:${port}/health/liveliness`, child)
    return { child, port, callers: [{ authorization: `Bearer ${KEY}` }] }
  },
}

function configuration(url: string): string {
  return [
    'model_list:',
    `  - { model_name: chat, litellm_params: { model: openai/small, api_base: "${url}/v1", api_key: any } }`,
    `  - { model_name: messages, litellm_params: { model: anthropic/small, api_base: "${url}", api_key: any } }`,
    `general_settings: { master_key: ${KEY} }`,
    'litellm_settings: { num_retries: 0, telemetry: false }',
  ].join('\n')
}
