import { Command } from 'commander'
import { makeMaster, readMasters, writeMasters } from '../store/seal.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { withOpen } from './with-open.ts'

/** What keeps sealed secrets. */
type Sealed = { rewrap(): Promise<number> }

export type Secrets = { rotate(): Promise<number>; close(): Promise<void> }
export type OpenSecrets = (options: CommonOptions) => Promise<Secrets>

/** `paddock secrets`: the key that entered keys and second factors are sealed with. */
export function secretsCommand(context: CliContext, open: OpenSecrets): Command {
  const secrets = new Command('secrets').description('the key that entered keys and second factors are sealed with')
  withCommonOptions(secrets.command('rotate'))
    .description('put a new key in place of the one in the file "secrets", also while the server runs')
    .addHelpText(
      'after',
      '\nThe old key opens nothing any more. Backups from before keep the file they were made with.',
    )
    .action(async (options: CommonOptions) => {
      const resealed = await withOpen(open(options), (each) => each.rotate())
      if (options.json === true) context.output.json({ resealed })
      else context.output.line(`A new key is in place; ${resealed} secrets were sealed with it.`)
    })
  return secrets
}

/**
 * The new key stands beside the old one until nothing is sealed with that any more, so there is no moment in which a secret
 * cannot be opened, and a rotation that was cut off is taken up by the next.
 */
export async function rotateMaster(folder: string, parts: readonly Sealed[]): Promise<number> {
  const master = makeMaster()
  writeMasters(folder, [master, ...readMasters(folder)])
  let resealed = 0
  // Again, until a whole round finds nothing: a server that runs may have sealed one with the key it had just read.
  for (let found = -1; found !== 0; resealed += found) {
    found = 0
    for (const part of parts) found += await part.rewrap()
  }
  writeMasters(folder, [master])
  return resealed
}
