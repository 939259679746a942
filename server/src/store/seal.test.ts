import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../../../tests/stand-ins/temp-folder.ts'
import { makeMaster, openSeals, readMasters, writeMasters } from './seal.ts'

const SECRET = 'sk-canary-0123456789'
const BOUND = 'entered_keys|lab|https://api.example.com/v1'

describe('a sealed secret', () => {
  it('opens where it is bound, and is another text each time', () => {
    const master = makeMaster()
    const seals = openSeals(() => [master])
    const sealed = seals.seal(SECRET, BOUND)
    expect(seals.open(sealed, BOUND)).toBe(SECRET)
    expect(seals.seal(SECRET, BOUND)).not.toBe(sealed)
    expect(sealed).not.toContain(SECRET)
    expect(sealed).not.toContain(Buffer.from(SECRET).toString('base64url'))
  })

  it.each([
    ['another address', 'entered_keys|lab|https://api.example.org/v1'],
    ['another provider', 'entered_keys|den|https://api.example.com/v1'],
    ['nothing', ''],
  ])('does not open for %s', (_what, elsewhere) => {
    const master = makeMaster()
    const seals = openSeals(() => [master])
    expect(() => seals.open(seals.seal(SECRET, BOUND), elsewhere)).toThrow('bound to something else')
  })

  it('does not open when any one character of it was changed', () => {
    const master = makeMaster()
    const seals = openSeals(() => [master])
    const sealed = seals.seal(SECRET, BOUND)
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = sealed.slice(0, index) + (sealed[index] === 'A' ? '_' : 'A') + sealed.slice(index + 1)
      expect(() => seals.open(changed, BOUND), `character ${index}`).toThrow(/A stored secret/)
    }
    expect(() => seals.open(sealed.slice(0, -4), BOUND)).toThrow(/A stored secret/)
  })

  it('does not open in another data folder, and says what to do', () => {
    const [one, other] = [makeMaster(), makeMaster()]
    const sealed = openSeals(() => [one]).seal(SECRET, BOUND)
    expect(() => openSeals(() => [other]).open(sealed, BOUND)).toThrow('Put back the file "secrets"')
  })

  it('is taken over by a new master key, and the old one opens it no more', () => {
    const [old, next] = [makeMaster(), makeMaster()]
    let masters = [old]
    const seals = openSeals(() => masters)
    const sealed = seals.seal(SECRET, BOUND)
    masters = [next, old]
    expect(seals.isOld(sealed)).toBe(true)
    expect(seals.open(sealed, BOUND)).toBe(SECRET)
    const again = seals.rewrap(sealed)
    masters = [next]
    expect(seals.isOld(again)).toBe(false)
    expect(seals.open(again, BOUND)).toBe(SECRET)
    expect(() => openSeals(() => [old]).open(again, BOUND)).toThrow('another file "secrets"')
  })
})

describe('the file of master keys', () => {
  it('is made once, for its owner only', () => {
    using folder = tempFolder()
    const [first] = readMasters(folder.path)
    expect(readMasters(folder.path)).toEqual([first])
    expect(statSync(join(folder.path, 'secrets')).mode & 0o777).toBe(0o600)
  })

  it('is written whole, newest first', () => {
    using folder = tempFolder()
    const masters = [makeMaster(), makeMaster()]
    readMasters(folder.path)
    writeMasters(folder.path, masters)
    expect(readMasters(folder.path)).toEqual(masters)
    expect(readFileSync(join(folder.path, 'secrets'), 'utf8').split('\n')).toHaveLength(3)
  })

  it.each(['', 'no hexadecimal digits', randomBytes(31).toString('hex')])('is refused where it is "%s"', (text) => {
    using folder = tempFolder()
    writeFileSync(join(folder.path, 'secrets'), text)
    expect(() => readMasters(folder.path)).toThrow('cannot be used')
  })
})
