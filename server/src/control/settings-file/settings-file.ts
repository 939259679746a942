import { createHash } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { excerpt, PaddockError } from '../../base/errors.ts'
import { faultsOf, type Fault } from './faults.ts'
import { maskSecrets, restoreSecrets } from './keep-secrets.ts'
import { refuseReach } from './refuse-reach.ts'
import { textsIn } from './texts-in.ts'

/** What a text would do as paddock.yaml: what it is refused for, and what an operator should know of it. */
export type Checked = { readonly errors: readonly PaddockError[]; readonly warnings: readonly string[] }

export type SettingsFileParts = {
  /** Where the file is, or would be. */
  readonly place: () => string
  /** Builds everything from the text, and uses none of it. */
  readonly check: (text: string) => Promise<Checked>
  /** Takes the file up as it lies there: what it was refused for, or null. */
  readonly reload: () => Promise<PaddockError | null>
}

export type Lying = { readonly text: string; readonly digest: string | null }

/** The file as it lies there, whether it is in force or not. */
export function readLying(place: string): Lying {
  if (!existsSync(place)) return { text: '', digest: null }
  const bytes = readFileSync(place)
  return { text: bytes.toString('utf8'), digest: digestOf(bytes) }
}

export function digestOf(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Everything that speaks against a text that was sent, and the text with its secrets. */
export async function judge(
  { place, check }: SettingsFileParts,
  given: string,
): Promise<{ text: string; faults: Fault[]; warnings: readonly string[] }> {
  const { shown, secrets } = maskSecrets(readLying(place()).text)
  const { text, unknown, placeOf } = restoreSecrets(given, secrets)
  const reach = [
    ...unknown.map(({ mark, at }) => ({
      at,
      where: null,
      what: `${mark} stands for no secret of the file`,
      fix: 'Type the secret, or read the file again.',
    })),
    ...refuseReach(shown, given),
  ].map(({ at, ...fault }): Fault => ({ ...lineOf(given, at), ...fault }))
  const { errors, warnings } = await check(text)
  const found = errors.flatMap((error) => faultsOf(error, place()))
  const shift = ({ line, column, ...fault }: Fault): Fault =>
    line === null || column === null
      ? { ...placeByName(given, fault.what), ...fault }
      : { ...lineOf(given, placeOf(offsetOf(text, { line, column }))), ...fault }
  return { text, faults: [...reach, ...found.map(shift)], warnings }
}

/** In the words of the command line: one fault a line. */
export function refuseFaults(faults: readonly Fault[], place: string): void {
  if (faults.length === 0) return
  const lines = faults.map(({ line, column, where, what, fix }) => {
    const at = line === null ? '' : `:${line}:${column}`
    return [`${place}${at}`, where, fix === null ? what : `${what}. ${fix}`].filter((each) => each !== null).join(': ')
  })
  throw new PaddockError('config_invalid', { message: lines.join('\n'), param: '/text' })
}

/** Throws `changed_meanwhile` where the file is not the one that was read. */
export function refuseOther({ digest }: Lying, read: string | null): void {
  if (digest === read) return
  throw new PaddockError('changed_meanwhile', {
    message: `The file has changed since it was read (digest ${excerpt(String(read))}; now ${digest}). Read it again, and make the change in what it is now.`,
    param: '/digest',
  })
}

/** Written beside and renamed, through links to the file itself. Throws `data_unusable` where the machine does not let it. */
export function putInPlace(place: string, text: string): void {
  const file = existsSync(place) ? realpathSync(place) : place
  const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o600
  const partial = `${file}.${process.pid}.part`
  try {
    const descriptor = openSync(partial, 'w', mode)
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
    closeSync(descriptor)
    renameSync(partial, file)
  } catch (cause) {
    rmSync(partial, { force: true })
    throw new PaddockError('data_unusable', {
      message: `${file} cannot be replaced: ${cause instanceof Error ? cause.message : String(cause)}. Let the server write into its folder; in a container, mount the folder and not the file alone.`,
      cause,
    })
  }
}

export function isWritable(place: string): boolean {
  try {
    accessSync(dirname(existsSync(place) ? realpathSync(place) : place), constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Routes are looked at when all providers are known, and then by their names: where such a name stands. */
function placeByName(text: string, what: string): { line: number; column: number } | { line: null; column: null } {
  const words = new Set(what.match(/[\w./-]*\w/g))
  const named = textsIn(text).filter(({ path, value }) => path[0] === 'routes' && words.has(value))
  const found = named.find(({ path }) => path.at(-1) === 'model') ?? named[0]
  return found === undefined ? { line: null, column: null } : lineOf(text, found.start)
}

function lineOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function offsetOf(text: string, { line, column }: { line: number; column: number }): number {
  const lines = text.split('\n').slice(0, line - 1)
  return lines.reduce((sum, each) => sum + each.length + 1, 0) + column - 1
}
