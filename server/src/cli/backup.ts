import { Command } from 'commander'
import { isoInstant } from '../base/clock.ts'
import { makeBackup, restoreBackup, type Manifest } from '../store/backup.ts'
import type { CliContext, CommonOptions } from './context.ts'
import { withCommonOptions } from './options.ts'
import { withOpen } from './with-open.ts'

/** `paddock backup`: a copy of the data folder, also while a server runs. */
export function backupCommand(context: CliContext): Command {
  return withCommonOptions(new Command('backup'))
    .description('copy the data folder, also while a server runs; the copy has a digest of every file')
    .argument('<folder>', 'where the copy goes: a folder that is not there yet, or empty')
    .addHelpText('after', '\nExample:\n  paddock backup /backups/2026-11-28')
    .action(async (target: string, options: CommonOptions) => {
      const manifest = await makeBackup(context.config(options).dataFolder, target, isoInstant(context.clock.now()))
      tell(context, options, { manifest, done: `Copied into ${target}` })
    })
}

/** `paddock restore`: a data folder out of a backup, checked. */
export function restoreCommand(context: CliContext): Command {
  return withCommonOptions(new Command('restore'))
    .description('make a data folder out of a backup, and add its books up anew; exit code 1 where they do not agree')
    .argument('<folder>', 'the backup')
    .addHelpText('after', '\nExample:\n  paddock restore /backups/2026-11-28 --data paddock-data')
    .action(async (source: string, options: CommonOptions) => {
      const { dataFolder } = context.config(options)
      const manifest = await restoreBackup(source, dataFolder)
      const { ok, entries, problems } = await withOpen(context.openBooks(options), (books) => books.verify())
      tell(context, options, {
        manifest,
        done: `Restored into ${dataFolder}, with ${entries} entries`,
        more: { ok, entries, problems },
      })
      for (const problem of problems) context.output.note(problem)
      if (!ok) process.exitCode = 1
    })
}

type Told = { readonly manifest: Manifest; readonly done: string; readonly more?: object }

function tell({ output }: CliContext, { json }: CommonOptions, { manifest, done, more = {} }: Told): void {
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
  const { made_at, files } = manifest
  if (json === true) output.json({ made_at, files: files.length, bytes, ...more })
  else output.line(`${done}: ${files.length} files, ${bytes} bytes, as of ${made_at}.`)
}
