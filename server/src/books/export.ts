import { createHash } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { EntryRecord } from '@paddock/contract/entry'
import { PaddockError } from '../base/errors.ts'
import { csvHead, csvLine } from './csv.ts'

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const FORMATS: Readonly<
  Record<ExportFormat, { readonly head: string; readonly line: (entry: EntryRecord) => string }>
> = {
  csv: { head: csvHead(), line: csvLine },
  jsonl: { head: '', line: (entry) => `${JSON.stringify(entry)}\n` },
}

const CHUNK_CHARS = 65_536

/** All columns of entries, in pieces large enough to be written quickly. */
export async function* exportText(
  entries: AsyncIterable<EntryRecord>,
  format: ExportFormat,
  onProgress?: (entries: number) => void,
): AsyncGenerator<string, void, undefined> {
  const { head, line } = FORMATS[format]
  let text = head
  let count = 0
  for await (const entry of entries) {
    text += line(entry)
    count += 1
    onProgress?.(count)
    if (text.length < CHUNK_CHARS) continue
    yield text
    text = ''
  }
  yield text
}

/**
 * Written beside and renamed at the end, so that half an export is never taken for a whole one; on the disk when it returns.
 * Gives its SHA-256 in hexadecimal digits.
 */
export async function writeExport(path: string, text: AsyncIterable<string>): Promise<string> {
  const partial = `${path}.part`
  const hash = createHash('sha256')
  try {
    await using file = await open(partial, 'w')
    for await (const chunk of text) {
      hash.update(chunk)
      await file.write(chunk)
    }
    await file.sync()
    await rename(partial, path)
    await using folder = await open(dirname(path))
    await folder.sync()
    return hash.digest('hex')
  } catch (cause) {
    await rm(partial, { force: true })
    throw new PaddockError('argument_invalid', {
      message: `The export cannot be written to ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    })
  }
}
