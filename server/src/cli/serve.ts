import { Command } from 'commander'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import type { Output } from './output.ts'

export type ServeOptions = CommonOptions & { readonly host?: string; readonly port?: string }

/** What a start has to tell the operator. */
export type Started = {
  readonly url: string
  readonly providers: readonly StartedProvider[]
  readonly warnings: readonly string[]
  readonly example: { readonly model: string; readonly prompt: string }
  readonly firstKeys: { readonly admin: string; readonly key: string } | null
  /** Where the first owner is made, while there is none. */
  readonly setupLink: string | null
}

type StartedProvider = {
  readonly id: string
  readonly foundIn: string
  readonly models: number
  readonly practice: boolean
}

/** Starts the server; handed in, because the command line does not know the gateway. Resolves when it listens. */
export type Serve = (options: ServeOptions) => Promise<Started>

/** `paddock serve`: the gateway. Runs until it is told to stop. */
export function serveCommand(context: Pick<CliContext, 'output'>, serve: Serve): Command {
  return withCommonOptions(new Command('serve'))
    .description('start the gateway (what "paddock" alone does)')
    .option('--host <host>', 'the address to listen on (PADDOCK_HOST, 127.0.0.1)')
    .option('--port <port>', 'the port to listen on (PADDOCK_PORT, 4400)')
    .addHelpText(
      'after',
      '\nExamples:\n  paddock serve\n  paddock serve --port 8080 --data /var/lib/paddock\n  OPENAI_API_KEY=sk-… paddock serve',
    )
    .action(async (options: ServeOptions) => {
      tellStarted(context.output, await serve(options), options)
    })
}

export function tellStarted(output: Output, started: Started, { json }: CommonOptions): void {
  if (json === true) output.json(started)
  else for (const line of banner(started)) output.line(line)
}

function banner({ url, providers, warnings, example, firstKeys, setupLink }: Started): string[] {
  const key = firstKeys?.key ?? '$PADDOCK_KEY'
  return [
    '',
    `  Paddock serves at ${url}`,
    '',
    ...(firstKeys
      ? [
          `  admin token  ${firstKeys.admin}`,
          `  key          ${firstKeys.key}`,
          '               Both are shown this once. "paddock keys create" makes more.',
        ]
      : ['  keys         "paddock keys create --name <name>" makes one']),
    ...(setupLink === null
      ? []
      : [`  first owner  ${setupLink}`, '               Nobody can sign in yet. This link works once, for a day.']),
    '',
    ...providers.map(
      ({ id, foundIn, models }, index) =>
        `  ${index === 0 ? 'providers    ' : '             '}${id} (${foundIn}), ${models} models`,
    ),
    ...(providers.some(({ practice }) => !practice)
      ? []
      : [
          '               No provider key was found in the environment, so recorded answers of real models are served.',
        ]),
    ...warnings.map((warning) => `  warning      ${warning}`),
    '',
    '  Try it:',
    '',
    `  curl ${url}/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\`,
    `    -d '${JSON.stringify({ model: example.model, messages: [{ role: 'user', content: example.prompt }] })}'`,
    '',
  ]
}
