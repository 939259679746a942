import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../../base/errors.ts'
import { writeForm } from './form.ts'
import { boundaryOf, splitForm, type FormPart } from './split-form.ts'

const name = fc.stringMatching(/^[a-z_[\]]{1,20}$/)
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))
const field = fc
  .record({ name, value: fc.string({ unit: 'grapheme', maxLength: 50 }) })
  .map((each): FormPart => ({ name: each.name, value: Buffer.from(each.value), file: null }))
const file = fc
  .record({ name, value: bytes, fileName: fc.stringMatching(/^[\w .-]{0,20}[\w]$/) })
  .map((each): FormPart => ({
    name: each.name,
    value: each.value,
    file: { name: each.fileName, type: 'audio/wav' },
  }))

const read = (body: Buffer, contentType: string): readonly FormPart[] => splitForm(body, boundaryOf(contentType))

/** A name that stands twice is refused, unless it is that of a list. */
const form = fc.tuple(fc.uniqueArray(field, { selector: ({ name: key }) => key, maxLength: 5 }), file)

describe('a form', () => {
  it('[G53] that was written is read the same, whatever bytes its file holds', () => {
    fc.assert(
      fc.property(form, ([fields, recording]) => {
        const parts = [...fields.filter((each) => each.name !== recording.name), recording]
        const { contentType, bytes: body } = writeForm(parts)
        expect(read(body, contentType)).toEqual(parts)
      }),
    )
  })

  it('[G17] with anything done to it is read, or refused as a form', () => {
    const { contentType, bytes: body } = writeForm([
      { name: 'model', value: Buffer.from('lab/small'), file: null },
      { name: 'file', value: Buffer.from('sound'), file: { name: 'a.wav', type: 'audio/wav' } },
    ])
    const damage = fc.record({ at: fc.nat(body.length), cut: fc.nat(40), put: fc.uint8Array({ maxLength: 40 }) })
    const outcomes = new Set<string>()
    const tryIt = ({ at, cut, put }: { at: number; cut: number; put: Uint8Array }): void => {
      try {
        const parts = read(Buffer.concat([body.subarray(0, at), put, body.subarray(at + cut)]), contentType)
        outcomes.add(parts.length > 0 ? 'read' : 'empty')
      } catch (thrown) {
        outcomes.add(thrown instanceof PaddockError ? thrown.code : String(thrown))
      }
    }
    fc.assert(fc.property(damage, tryIt), { numRuns: 1_000 })
    expect([...outcomes].toSorted()).toEqual(expect.arrayContaining(['multipart_invalid', 'read']))
    expect([...outcomes].filter((each) => !['multipart_invalid', 'read', 'empty'].includes(each))).toEqual([])
  })

  it('is understood as clients write it', () => {
    const written = [
      '--b',
      'Content-Disposition: form-data; name="model"',
      '',
      'lab/small',
      '--b',
      'content-type: audio/wav',
      String.raw`content-disposition: form-data; name=file; filename="C:\sound \"one\".wav"`,
      '',
      'sound',
      '--b--',
      'behind the end',
    ]
    expect(read(Buffer.from(written.join('\r\n')), 'multipart/form-data; charset=utf-8; boundary="b"')).toEqual([
      { name: 'model', value: Buffer.from('lab/small'), file: null },
      { name: 'file', value: Buffer.from('sound'), file: { name: 'sound "one".wav', type: 'audio/wav' } },
    ])
    const utf8 =
      '--b\r\nContent-Disposition: form-data; name="file"; filename*=utf-8\'\'%E4%BD%A0.wav\r\n\r\nx\r\n--b--'
    expect(read(Buffer.from(utf8), 'multipart/form-data; boundary=b')[0]?.file?.name).toBe('你.wav')
  })

  it.each([
    ['nothing', ''],
    ['words before it', 'x\r\n--b--'],
    ['a boundary that goes on', '--bc\r\n'],
    ['a part without a name', '--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--'],
    ['a head without an end', `--b\r\nContent-Disposition: ${'x'.repeat(9_000)}`],
    ['a header twice', '--b\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\nx\r\n--b--'],
    ['two names of a part', '--b\r\nContent-Disposition: form-data; name="a"; name="b"\r\n\r\nx\r\n--b--'],
    [
      'base64',
      '--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n--b--',
    ],
    [
      'a name that is no UTF-8',
      '--b\r\nContent-Disposition: form-data; name="f"; filename*=utf-8\'\'%E4\r\n\r\nx\r\n--b--',
    ],
  ])('[G17] of %s is refused', (_, body) => {
    expect(() => read(Buffer.from(body), 'multipart/form-data; boundary=b')).toThrow(/^The form cannot be taken: /)
  })

  it('puts nothing into a head that ends a line there', () => {
    const { bytes: body } = writeForm([
      { name: 'a"\r\nx: y', value: Buffer.from('v'), file: { name: 'b\r\n\r\n"c\\', type: 'a/b\r\nx: y' } },
    ])
    expect(body.toString().split('\r\n').slice(1, 5)).toEqual([
      'Content-Disposition: form-data; name="a%22x: y"; filename="b%22c%5C"',
      'Content-Type: application/octet-stream',
      '',
      'v',
    ])
  })
})
