import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonEdit } from './json-edit.ts'
import { readJson } from './json-text.ts'

function edit(source: string): JsonEdit {
  return new JsonEdit(readJson(Buffer.from(source)))
}

describe('edits', () => {
  it.each<[what: string, edited: JsonEdit, result: string]>([
    [
      'replaces a value',
      edit('{ "model" : "a", "seed":9007199254740993 }').setMember('model', '"b"'),
      '{ "model" : "b", "seed":9007199254740993 }',
    ],
    ['inserts behind the last member', edit('{"a":1 }').setMember('b', 'true'), '{"a":1,"b":true }'],
    ['inserts twice', edit('{"a":1}').setMember('b', '2').setMember('c', '3'), '{"a":1,"b":2,"c":3}'],
    ['fills an empty object', edit('{ }').setMember('b', '2').setMember('c', '3'), '{"b":2,"c":3 }'],
    [
      'makes an absent object',
      edit('{"a":1}').setInObject('stream_options', 'include_usage', 'true'),
      '{"a":1,"stream_options":{"include_usage":true}}',
    ],
    [
      'makes an object of null',
      edit('{"stream_options":null,"a":1}').setInObject('stream_options', 'include_usage', 'true'),
      '{"stream_options":{"include_usage":true},"a":1}',
    ],
    ['fills an object', edit('{"o":{}, "a":1}').setInObject('o', 'x', 'true'), '{"o":{"x":true}, "a":1}'],
    ['adds to an object', edit('{"o":{"y": 1 }}').setInObject('o', 'x', 'true'), '{"o":{"y": 1,"x":true }}'],
    [
      'changes in an object',
      edit('{"o":{"x": false , "y":1}}').setInObject('o', 'x', 'true'),
      '{"o":{"x": true , "y":1}}',
    ],
    ['finds an escaped key', edit('{"mod\\u0065l":"a"}').setMember('model', '"b"'), '{"mod\\u0065l":"b"}'],
    [
      'makes several changes',
      edit('{"model":"a","n":1,"o":{"x":1}}').setInObject('o', 'x', '2').setMember('model', '"b"').setMember('z', '0'),
      '{"model":"b","n":1,"o":{"x":2},"z":0}',
    ],
    ['takes the first member out', edit('{ "a" : 1 , "b" : 2 }').removeMembers(new Set(['a'])), '{ "b" : 2 }'],
    ['takes the last member out', edit('{ "a" : 1 , "b" : 2 }').removeMembers(new Set(['b'])), '{ "a" : 1 }'],
    ['takes the only member out', edit('{ "a" : 1 }').removeMembers(new Set(['a'])), '{  }'],
    ['leaves alone what is not there', edit('{ "a" : 1 }').removeMembers(new Set(['b'])), '{ "a" : 1 }'],
  ])('%s', (_, edited, result) => {
    expect(edited.bytes().toString()).toBe(result)
  })

  it('takes any members out and changes others at once', () => {
    const names = ['a', 'b', 'c', 'd']
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names, { minLength: 1 }),
        fc.subarray(names),
        fc.boolean(),
        (present, gone, isWide) => {
          const object = Object.fromEntries([...present, 'model'].map((key) => [key, { [key]: [1] }]))
          const edited = edit(JSON.stringify(object, null, isWide ? 1 : 0))
            .setMember('model', '"m"')
            .setMember('last', 'true')
            .removeMembers(new Set(gone))
          const expected = { ...object, model: 'm', last: true }
          const kept = Object.entries(expected).filter(([key]) => !gone.includes(key))
          expect(JSON.parse(edited.bytes().toString())).toEqual(Object.fromEntries(kept))
        },
      ),
    )
  })

  it('copies nothing when nothing is changed', () => {
    const json = readJson(Buffer.from('{"a":1}'))
    expect(new JsonEdit(json).bytes()).toBe(json.bytes)
  })

  it('refuses two changes of one place', () => {
    expect(() => edit('{"a":{"b":1}}').setMember('a', '1').setInObject('a', 'b', '2').bytes()).toThrow(
      'broken invariant',
    )
  })

  it('changes what the same change of the object would, and not a byte beside it', () => {
    const name = fc.constantFrom('a', 'b', 'model', '"', '\\')
    const key = fc.oneof(name, fc.constant('é'))
    const source = fc
      .tuple(fc.dictionary(key, fc.jsonValue({ maxDepth: 2 })), fc.constantFrom('', '  ', '\t'))
      .map(([object, indent]) => ({ object, text: JSON.stringify(object, null, indent) }))
    fc.assert(
      fc.property(source, name, fc.jsonValue({ maxDepth: 2 }), ({ object, text }, changed, value) => {
        const json = readJson(Buffer.from(text))
        const written = JSON.stringify(value)
        const edited = new JsonEdit(json).setMember(changed, written).bytes().toString()
        expect(JSON.parse(edited)).toEqual(JSON.parse(JSON.stringify({ ...object, [changed]: value })))

        const old = json.root.members().find((member) => member.key === changed)?.value
        const from = old?.start ?? json.root.members().at(-1)?.value.end ?? 1
        expect(edited.startsWith(json.bytes.toString('utf8', 0, from))).toBe(true)
        expect(edited.endsWith(json.bytes.toString('utf8', old?.end ?? from))).toBe(true)

        const { [changed]: _, ...rest } = object
        const removed = new JsonEdit(json)
          .removeMembers(new Set([changed]))
          .bytes()
          .toString()
        expect(JSON.parse(removed)).toEqual(JSON.parse(JSON.stringify(rest)))
      }),
      { numRuns: 1_000 },
    )
  })
})
