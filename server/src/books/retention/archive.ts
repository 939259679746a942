import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { EntryRecord } from '@paddock/contract/entry'
import { PaddockError } from '../../base/errors.ts'
import { exportText, writeExport, type ExportFormat } from '../export.ts'

/** Where forgotten entries are kept. */
export type ArchiveOptions = { readonly folder: string; readonly format: ExportFormat }

export type Archive = { readonly file: string; readonly sha256: string }

/**
 * Writes a month's entries to a file of its own, with its SHA-256 beside it as `sha256sum -c` reads it. A file that is there
 * already (a run was cut short) must hold the same; another one is never overwritten.
 */
export async function archiveMonth(
  month: string,
  entries: AsyncIterable<EntryRecord>,
  { folder, format }: ArchiveOptions,
): Promise<Archive> {
  const file = join(resolve(folder), `entries-${month}.${format}`)
  const text = exportText(entries, format)
  await mkdir(resolve(folder), { recursive: true })
  const sha256 = existsSync(file) ? await sameAs(file, text) : await writeExport(file, text)
  await writeFile(`${file}.sha256`, `${sha256}  ${basename(file)}\n`)
  return { file, sha256 }
}

async function sameAs(file: string, text: AsyncIterable<string>): Promise<string> {
  const [found, wanted] = [await digestOf(createReadStream(file)), await digestOf(text)]
  if (found === wanted) return found
  throw new PaddockError('argument_invalid', {
    message: `${file} is there already and holds other entries. Choose another folder for the archive.`,
  })
}

async function digestOf(pieces: AsyncIterable<string | Buffer>): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}
