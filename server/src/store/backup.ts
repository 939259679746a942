import { createHash } from 'node:crypto'
import { createReadStream, existsSync, fsyncSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { PaddockError } from '../base/errors.ts'
import { copyDatabase } from './sqlite.ts'

/**
 * A backup is a folder: the files of a data folder, and a manifest with the size and digest of each. It can be made while a
 * server runs. The journal is copied before the database: what is drained in between is then in both, and twice is once.
 */

export type Manifest = {
  readonly format: 1
  readonly made_at: string
  readonly files: readonly ManifestFile[]
}

export type ManifestFile = { readonly name: string; readonly bytes: number; readonly sha256: string }

const MANIFEST = 'manifest.json'
const DATABASE = 'paddock.db'
/** Made anew by whoever opens the folder, or part of the database and copied with it. */
const LEFT_OUT = new Set([
  DATABASE,
  `${DATABASE}-wal`,
  `${DATABASE}-shm`,
  'lock.db',
  'lock.db-journal',
  join('journal', 'ballast'),
])

/** Throws `data_unusable` where there is nothing to copy, `argument_invalid` where the backup is in the way of something. */
export async function makeBackup(folder: string, target: string, madeAt: string): Promise<Manifest> {
  if (!existsSync(join(folder, DATABASE)))
    throw new PaddockError('data_unusable', { message: `There is no ${DATABASE} in ${folder}: nothing to copy.` })
  return await writeWhole(target, async (partial) => {
    for (const name of await filesIn(folder))
      if (!LEFT_OUT.has(name)) await copyIfThere(join(folder, name), join(partial, name))
    copyDatabase(join(folder, DATABASE), join(partial, DATABASE))
    const files = await Promise.all((await filesIn(partial)).map((name) => describe(partial, name)))
    const manifest: Manifest = { format: 1, made_at: madeAt, files }
    await writeFile(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
    return manifest
  })
}

/** Throws `data_unusable` where a file of the backup is not what the manifest says: then nothing is restored. */
export async function restoreBackup(source: string, folder: string): Promise<Manifest> {
  const manifest = readManifest(source)
  const wrong: string[] = []
  for (const file of manifest.files) {
    const found = await describe(source, file.name).catch(() => null)
    if (found === null) wrong.push(`${file.name} is missing`)
    else if (found.sha256 !== file.sha256) wrong.push(`${file.name} has changed since`)
  }
  if (wrong.length > 0) throw damaged(source, wrong.join(', '))
  return await writeWhole(folder, async (partial) => {
    for (const { name } of manifest.files) await copyIfThere(join(source, name), join(partial, name))
    return manifest
  })
}

function readManifest(source: string): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(join(source, MANIFEST), 'utf8')) as Manifest
    if (manifest.format === 1) return manifest
  } catch (cause) {
    throw damaged(source, `its ${MANIFEST} cannot be read`, cause)
  }
  throw damaged(source, `its ${MANIFEST} is of a later version`)
}

function damaged(source: string, what: string, cause?: unknown): PaddockError {
  return new PaddockError('data_unusable', { message: `${source} cannot be restored: ${what}.`, cause })
}

/** Written beside and renamed at the end, so that half of it is never taken for the whole. An empty folder gives way. */
async function writeWhole<Result>(target: string, write: (partial: string) => Promise<Result>): Promise<Result> {
  const path = resolve(target)
  if (existsSync(path) && (await readdir(path)).length > 0) {
    throw new PaddockError('argument_invalid', {
      message: `${target} is there already and not empty. Choose another folder.`,
    })
  }
  const partial = `${path}.part`
  rmSync(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true, mode: 0o700 })
  try {
    const result = await write(partial)
    for (const name of await filesIn(partial)) sync(join(partial, name))
    rmSync(path, { recursive: true, force: true })
    await rename(partial, path)
    sync(dirname(path))
    return result
  } catch (failure) {
    rmSync(partial, { recursive: true, force: true })
    throw failure
  }
}

/** By their names within the folder, in order. */
async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true, recursive: true })
  return found
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)))
    .toSorted()
}

/** A running server deletes pieces of the journal once the database has them, and the database is copied after them. */
async function copyIfThere(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  await copyFile(from, to).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'ENOENT') throw failure
  })
}

async function describe(folder: string, name: string): Promise<ManifestFile> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(join(folder, name))) hash.update(part as Buffer)
  return { name, bytes: (await stat(join(folder, name))).size, sha256: hash.digest('hex') }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
