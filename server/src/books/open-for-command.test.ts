import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { entryFor, intentOf, priceOutput } from '../../../tests/stand-ins/samples.ts'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { systemClock } from '../base/clock.ts'
import { openStore } from '../store/store.ts'
import { openBooks, type Books, type BooksOptions } from './books.ts'
import { FrameBuffer } from './frame.ts'
import { openLedger } from './ledger.ts'
import { openBooksForCommand } from './open-for-command.ts'
import { writeRecord, type JournalRecord } from './record.ts'

const optionsFor = (folder: string): BooksOptions => ({
  folder,
  store: openStore(join(folder, 'paddock.db')),
  clock: systemClock,
  price: priceOutput,
})

/** What a process leaves that was killed before it drained anything. */
function leaveJournal(folder: string, records: readonly JournalRecord[]): void {
  const buffer = new FrameBuffer()
  for (const record of records) writeRecord(buffer, record)
  mkdirSync(join(folder, 'journal'), { recursive: true })
  writeFileSync(join(folder, 'journal', 'j-00000001-00000001.log'), buffer.bytes)
}

async function serving(folder: string, act: (books: Books) => Promise<void>): Promise<void> {
  const options = optionsFor(folder)
  const books = await openBooks(options)
  try {
    await act(books)
  } finally {
    await books.close()
    await options.store.close()
  }
}

async function listed(folder: string): Promise<string[]> {
  const reader = await openBooksForCommand(optionsFor(folder))
  const found: string[] = []
  for await (const { id, state } of reader.entries()) found.push(`${id} ${state}`)
  await reader.close()
  return found
}

describe('books opened for a command', () => {
  it('bring in what a crash left, orphans too, and leave no journal', async () => {
    using folder = tempFolder()
    leaveJournal(folder.path, [
      { kind: 'intent', value: intentOf('a') },
      { kind: 'intent', value: intentOf('b') },
      { kind: 'settle', value: entryFor('a') },
    ])
    expect(await listed(folder.path)).toEqual(['a ok', 'b orphan'])
    expect(readdirSync(join(folder.path, 'journal'))).toEqual(['ballast'])
    expect(await listed(folder.path)).toEqual(['a ok', 'b orphan'])
  })

  it('[B24] beside a server only read, and leave its open requests alone', async () => {
    using folder = tempFolder()
    await serving(folder.path, async (books) => {
      await books.intend(intentOf('open'))
      await books.settle(entryFor('done'))
      await books.drained()
      expect(await listed(folder.path)).toEqual(['done ok'])
      await books.settle(entryFor('open'))
    })
    expect(await listed(folder.path)).toEqual(['done ok', 'open ok'])
  })

  it('[B24] a second server is refused and changes nothing', async () => {
    using folder = tempFolder()
    await serving(folder.path, async (books) => {
      await books.intend(intentOf('open'))
      const second = optionsFor(folder.path)
      await expect(openBooks(second)).rejects.toMatchObject({
        code: 'data_in_use',
        message: expect.stringContaining(folder.path) as string,
      })
      await second.store.close()
      expect(books.status()).toMatchObject({ openIntents: 1, accepting: true })
      await books.settle(entryFor('open'))
    })
    expect(await listed(folder.path)).toEqual(['open ok'])
  })

  it('take no lock and make no files where there is nothing to bring in', async () => {
    using folder = tempFolder()
    const options = optionsFor(folder.path)
    await openLedger(options.store)
    const reader = await openBooksForCommand(options)
    await reader.close()
    expect(readdirSync(folder.path)).not.toContain('lock.db')
    expect(readdirSync(folder.path)).not.toContain('journal')
  })

  it('do not pretend to be whole when the database takes no rows', async () => {
    using folder = tempFolder()
    const options = optionsFor(folder.path)
    await openLedger(options.store)
    leaveJournal(folder.path, [{ kind: 'settle', value: entryFor('a') }])
    const store = {
      ...options.store,
      batch: () => {
        throw new Error('attempt to write a readonly database')
      },
    }
    await expect(openBooksForCommand({ ...options, store })).rejects.toMatchObject({
      code: 'data_unusable',
      message: expect.stringContaining('1 settled') as string,
    })
    await options.store.close()
    expect(await listed(folder.path)).toEqual(['a ok'])
  })
})
