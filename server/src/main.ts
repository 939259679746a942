import { Command } from 'commander'
import { startApp } from './app.ts'
import { systemClock } from './base/clock.ts'
import { readConfig } from './base/config.ts'
import { asPaddockError } from './base/errors.ts'
import { openLog, type Log } from './base/log.ts'
import { exitCodeOf } from './cli/exit-code.ts'
import { processOutput } from './cli/output.ts'
import { serveCommand, type ServeOptions, type Started } from './cli/serve.ts'
import { keepCompiled, keepOldSmall, keepRequestsYoung, letYoungGrow } from './heap.ts'
import { VERSION } from './version.ts'

/** The program: reads the command line, and starts the server or hands another command what it needs. */

const output = processOutput()
const clock = systemClock

async function serve(options: ServeOptions): Promise<Started> {
  keepRequestsYoung()
  keepOldSmall()
  keepCompiled()
  const config = readConfig(options)
  const log = openLog(config.logLevel ?? (output.terminal ? 'warn' : 'info'))
  const app = await startApp((text) => readConfig(options, process.env, text), { clock, log })
  stopOnSignal(() => app.stop(), log)
  letYoungGrow()
  return {
    url: app.url,
    providers: app.providers.map(({ facts, foundIn, models }) => ({
      id: facts.id,
      foundIn,
      models: models.length,
      practice: facts.practice === true,
    })),
    warnings: app.warnings,
    example: app.example,
    firstKeys: app.firstKeys,
    setupLink: app.setupLink,
  }
}

/** The first signal drains; a second one, of somebody who will not wait, ends the process as a crash would. */
function stopOnSignal(stop: () => Promise<void>, log: Log): void {
  let stopping = false
  const onSignal = (signal: string): void => {
    if (stopping) process.exit(1)
    stopping = true
    log.info('server.stopping', { signal })
    stop().then(
      () => process.exit(0),
      (cause: unknown) => {
        log.error('server.stop_failed', {}, cause)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

const program = new Command('paddock')
  .description("One API in front of every provider's models, with exact books of what they cost.")
  .version(VERSION)
  .addCommand(serveCommand({ output }, serve), { isDefault: true })
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 wrong arguments, 73 the data folder is in use, 74 it cannot be used, 78 wrong configuration.',
  )

const [command = 'serve'] = process.argv.slice(2)
try {
  if (command !== 'serve') {
    letYoungGrow()
    const { addCommands } = await import('./commands.ts')
    addCommands(program, serve)
  }
  await program.parseAsync(process.argv)
} catch (thrown) {
  const error = asPaddockError(thrown)
  output.note(error.code === 'internal' && thrown instanceof Error ? (thrown.stack ?? thrown.message) : error.message)
  process.exitCode = exitCodeOf(error.code)
}
