import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PaddockError } from '../base/errors.ts'
import { CALLER_JSON, PROVIDER_JSON, readJson } from './json-text.ts'

function faultOf(body: string | Uint8Array, rules = CALLER_JSON): PaddockError {
  try {
    readJson(Buffer.from(body), rules)
  } catch (thrown) {
    if (thrown instanceof PaddockError) return thrown
    throw thrown
  }
  throw new Error(`accepted: ${String(body).slice(0, 200)}`)
}

describe('what is not JSON', () => {
  const place = (message: string): string => message.split(':')[0] ?? ''

  it.each<[body: string, place: string, says: string, pointer?: string]>([
    ['{', 'Line 1, column 2', 'the JSON ends where a key in double quotes should be'],
    ['{"a":[1,2', 'Line 1, column 10', 'the JSON ends where "," or "]" should be', '/a'],
    ['{"a":"x', 'Line 1, column 8', 'its closing quote should be', '/a'],
    ['{"a":', 'Line 1, column 6', 'the JSON ends where a value should be', '/a'],
    ['{"t":NaN}', 'Line 1, column 6', 'NaN is not JSON here', '/t'],
    ['{"t":-Infinity}', 'Line 1, column 6', '-Infinity is not JSON here', '/t'],
    ['{"t":undefined}', 'Line 1, column 6', 'write null, or leave the field out', '/t'],
    ['{"t":None}', 'Line 1, column 6', 'JSON writes null, true and false', '/t'],
    ['{"t":nul}', 'Line 1, column 6', 'nul is not JSON here', '/t'],
    ['{\n  "a": 1, // one\n}', 'Line 2, column 11', 'JSON has no comments'],
    ['{"a":1 /* one */}', 'Line 1, column 8', 'JSON has no comments'],
    ['# {}', 'Line 1, column 1', 'JSON has no comments'],
    ['{"a":1,}', 'Line 1, column 8', 'Remove the comma before it'],
    ['{"a":[1, 2, ]}', 'Line 1, column 13', 'Remove the comma before it', '/a/2'],
    ["{'a':1}", 'Line 1, column 2', 'double quotes'],
    ['{a:1}', 'Line 1, column 2', 'a key in double quotes should be'],
    ['{"a" 1}', 'Line 1, column 6', '":" should be', '/a'],
    ['{"a":1 "b":2}', 'Line 1, column 8', '"," or "}" should be'],
    ['{"a":01}', 'Line 1, column 6', 'no leading zeros', '/a'],
    ['{"a":-}', 'Line 1, column 6', '- is not JSON here', '/a'],
    ['{"a":+1}', 'Line 1, column 6', 'no plus sign', '/a'],
    ['{"a":.5}', 'Line 1, column 6', 'digits on both sides', '/a'],
    ['{"a":1.}', 'Line 1, column 6', 'digits on both sides', '/a'],
    ['{"a":1e}', 'Line 1, column 6', '1e is not JSON here', '/a'],
    ['{"a":0x10}', 'Line 1, column 7', 'x10 is not JSON here'],
    ['{"a":"\\x"}', 'Line 1, column 7', 'an escape such as', '/a'],
    ['{"a":"\\u12g4"}', 'Line 1, column 7', 'an escape such as', '/a'],
    ['{"a":"one\ntwo"}', 'Line 1, column 10', 'write line breaks and tabs as', '/a'],
    ['{"a":"\u0000"}', 'Line 1, column 7', 'U+0000', '/a'],
    ['{"é😀":x}', 'Line 1, column 8', 'x is not JSON here', '/é😀'],
    ['{}{}', 'Line 1, column 3', 'where the end should be'],
    ['{}}', 'Line 1, column 3', '} is not JSON here'],
    ['hello', 'Line 1, column 1', 'hello is not JSON here, where a JSON object should be'],
  ])('%j', (body, expectedPlace, says, pointer) => {
    const fault = faultOf(body)
    expect(fault.code).toBe('json_invalid')
    expect(place(fault.message)).toBe(expectedPlace)
    expect(fault.message).toContain(says)
    expect(fault.detail.param).toBe(pointer)
  })

  it('is placed by its byte where lines would take long to count', () => {
    expect(faultOf(`{${'\n'.repeat(2_000_000)}x}`).message).toContain('Byte 2000001: x is not JSON here')
  })

  it('shows at most 64 characters of what was sent', () => {
    const { message, detail } = faultOf(`{"${'k'.repeat(500)}":${'x'.repeat(500)}}`)
    expect(message).toContain(`${'x'.repeat(64)} is not JSON`)
    expect(message).not.toContain('x'.repeat(65))
    expect(detail.param).toBe(`/${'k'.repeat(63)}…`)
  })
})

describe('what is JSON and is refused', () => {
  const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
  const items = (count: number): string => `{"a":[${Array.from({ length: count }, () => '0').join(',')}]}`
  const keys = (count: number): string => `{${Array.from({ length: count }, (_, index) => `"${index}":0`).join(',')}}`

  it.each<[what: string, body: string, code: string, pointer: string | undefined]>([
    ['nothing', '', 'body_empty', undefined],
    ['spaces', ' \n ', 'body_empty', undefined],
    ['an array', '[1]', 'type', undefined],
    ['a string', '"a"', 'type', undefined],
    ['a number', '-1', 'type', undefined],
    ['null', 'null', 'type', undefined],
    ['depth 65', nested(65), 'json_too_deep', `${'/a'.repeat(64)}`],
    ['depth of arrays', `{"a":${'['.repeat(100_000)}`, 'json_too_deep', `/a${'/0'.repeat(63)}`],
    ['20,001 items', items(20_001), 'json_too_many_items', '/a'],
    ['20,001 members', keys(20_001), 'json_too_many_items', undefined],
    [
      '200,001 keys and values',
      `{"a":[${Array.from({ length: 11 }, () => items(20_000)).join(',')}]}`,
      'json_too_many_items',
      '/a/9/a/19967',
    ],
    ['a key twice', '{"model":"a","model":"b"}', 'json_duplicate_key', '/model'],
    ['a key twice, once escaped', '{"model":"a","mod\\u0065l":"b"}', 'json_duplicate_key', '/model'],
    ['a key twice, first escaped', '{"mod\\u0065l":"a","model":"b"}', 'json_duplicate_key', '/model'],
    ['a key twice, deep', '{"a":[{"x":{}},{"x":{"b":1,"c":2,"b":3}}]}', 'json_duplicate_key', '/a/1/x/b'],
    [
      'a key twice among many',
      '{"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"8":0,"9":0,"10":0,"3":1}',
      'json_duplicate_key',
      '/3',
    ],
    ['a key with a slash twice', '{"a/b~c":0,"a/b~c":1}', 'json_duplicate_key', '/a~1b~0c'],
    ['a high surrogate alone', '{"messages":[{"content":"a\\ud800"}]}', 'text_invalid', '/messages/0/content'],
    ['a high surrogate before a letter', '{"a":"\\ud83dx"}', 'text_invalid', '/a'],
    ['a low surrogate alone', '{"a":"\\udc00"}', 'text_invalid', '/a'],
    ['a high surrogate before another escape', '{"a":"\\ud83d\\ue000"}', 'text_invalid', '/a'],
    ['two low surrogates', '{"a":"\\ude00\\ude00"}', 'text_invalid', '/a'],
    ['two high surrogates', '{"a":"\\ud83d\\ud83d\\ude00"}', 'text_invalid', '/a'],
    ['half a surrogate in a key', '{"\\ud800":1}', 'text_invalid', undefined],
  ])('%s', (_, body, code, pointer) => {
    const fault = faultOf(body)
    expect([fault.code, fault.detail.param]).toEqual([code, pointer])
  })

  it('accepts exactly what the limits allow', () => {
    for (const body of [nested(64), items(20_000), keys(20_000)])
      expect(readJson(Buffer.from(body)).bytes.toString()).toBe(body)
  })

  it.each<[bytes: number[], at: number, says?: string]>([
    [[0x7b, 0xff, 0x7d], 1],
    [[0x7b, 0x22, 0xc3, 0x22, 0x7d], 2],
    [[0x22, 0xed, 0xa0, 0x80, 0x22], 1],
    [[0x22, 0xc0, 0xaf, 0x22], 1],
    [[0x22, 0xf5, 0x80, 0x80, 0x80], 1],
    [[0xe4, 0xb8], 0],
    [[0xff, 0xfe, 0x7b, 0x00], 0, 'UTF-16'],
    [[0x1f, 0x8b, 0x08], 1, 'Content-Encoding: gzip'],
  ])('bytes %j are not UTF-8', (bytes, at, says = 'Send UTF-8.') => {
    const fault = faultOf(Uint8Array.from(bytes))
    expect(fault.code).toBe('encoding_invalid')
    expect(fault.message).toContain(`byte ${at} `)
    expect(fault.message).toContain(says)
  })

  it('forgives a provider what only the reader behind us can judge', () => {
    const json = readJson(Buffer.from('{"a":"\\ud83d","a":2}'), PROVIDER_JSON)
    expect(json.root.member('a')?.number()).toBe(2)
  })
})

describe('reading', () => {
  const source =
    '\uFEFF {"model": "a\\u0062\\n", "seed":9007199254740993,"list":[1, {"x":[]} ,true,null], "":false, "f\\u006f":-1.50e3}\n'
  const json = readJson(Buffer.from(source))
  const { root } = json

  it('drops the byte order mark and keeps every other byte', () => {
    expect(json.bytes.toString()).toBe(source.slice(1))
  })

  it('finds members, whatever escapes their keys are written with', () => {
    expect(root.members().map(({ key, value }) => [key, value.kind])).toEqual([
      ['model', 'string'],
      ['seed', 'number'],
      ['list', 'array'],
      ['', 'boolean'],
      ['fo', 'number'],
    ])
    expect(root.member('fo')?.number()).toBe(-1500)
    expect(root.member('absent')).toBeUndefined()
    expect(root.member('list')?.member('x')).toBeUndefined()
    expect(root.elements()).toEqual([])
  })

  it('reads texts decoded and numbers digit by digit', () => {
    expect(root.member('model')?.text()).toBe('ab\n')
    expect(root.member('model')?.textByteLength()).toBe(3)
    expect(root.member('model')?.textBytes().toString()).toBe('ab\n')
    expect(root.member('seed')?.raw.toString()).toBe('9007199254740993')
    expect(root.member('fo')?.raw.toString()).toBe('-1.50e3')
  })

  it.each([
    ['\\u007f', 1],
    ['\\u0080', 2],
    ['\\u07ff', 2],
    ['\\u0800', 3],
    ['\\uffff', 3],
    ['\\ud800\\udc00', 4],
    ['\\udbff\\udfff', 4],
    ['\\n\\\\', 2],
  ])('counts the bytes %s stands for', (escaped, length) => {
    const text = readJson(Buffer.from(`{"a":"${escaped}"}`)).root.member('a')
    expect([text?.textByteLength(), text?.textBytes().length]).toEqual([length, length])
  })

  it('knows where each value is', () => {
    const list = root.member('list')
    expect(list?.elements().map(({ kind, pointer }) => [kind, pointer])).toEqual([
      ['number', '/list/0'],
      ['object', '/list/1'],
      ['boolean', '/list/2'],
      ['null', '/list/3'],
    ])
    expect(list?.elements()[1]?.member('x')?.pointer).toBe('/list/1/x')
    expect(root.pointer).toBe('')
    expect(root.pointerOf('a/b')).toBe('/a~1b')
    expect(list?.elements()[2]?.isTrue()).toBe(true)
    expect(root.member('')?.isTrue()).toBe(false)
  })
})

describe('text, which is read several bytes at a time', () => {
  /** The bytes as a part of larger ones, at every distance from where four bytes begin, with what must not be read around. */
  function* placements(text: string): Generator<Buffer> {
    const bytes = Buffer.from(text)
    for (let before = 0; before < 4; before += 1) {
      const around = Buffer.alloc(before + bytes.length + 8, before % 2 === 0 ? '"' : '\\')
      bytes.copy(around, before)
      yield around.subarray(before, before + bytes.length)
    }
  }

  /** Strings of all lengths, with this at all places in them. */
  function* stringsWith(piece: string): Generator<{ written: string; at: number }> {
    for (let length = 0; length <= 26; length += 1)
      for (let at = 0; at <= length; at += 1)
        yield { written: `${'x'.repeat(at)}${piece}${'x'.repeat(length - at)}`, at }
  }

  it.each([
    '',
    '!',
    '#',
    '[',
    ']',
    ' ',
    '\u007f',
    '\u0080',
    'é',
    '价',
    '😀',
    '\\n',
    '\\"',
    '\\\\',
    '\\t\\"',
    '\\u00e9',
    '\\u4ef7',
    '\\ud83d\\ude00',
  ])('says what JSON.parse says of it with %j at every place', (piece) => {
    const wrong: string[] = []
    for (const { written } of stringsWith(piece)) {
      const said = JSON.parse(`"${written}"`) as string
      for (const bytes of placements(`{"a":"${written}","b":""}`)) {
        const value = readJson(bytes).root.member('a')
        if (value?.text() !== said || value.textBytes().toString() !== said) wrong.push(written)
        if (value?.textByteLength() !== Buffer.byteLength(said)) wrong.push(`length of ${written}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it.each<[piece: string, code: string]>([
    ...Array.from({ length: 0x20 }, (_, code): [string, string] => [String.fromCharCode(code), 'json_invalid']),
    ['\\x', 'json_invalid'],
    ['\\u12', 'json_invalid'],
    ['\\ud83d', 'text_invalid'],
    ['\\ude00', 'text_invalid'],
    ['\\ud83d\\u0061', 'text_invalid'],
  ])('refuses %j at every place', (piece, code) => {
    const wrong: unknown[] = []
    for (const { written, at } of stringsWith(piece)) {
      for (const bytes of placements(`{"a":"${written}"}`)) {
        const { code: found, message, detail } = faultOf(bytes)
        const isPlaced = code === 'text_invalid' || message.startsWith(`Line 1, column ${at + 7}:`)
        if (found !== code || detail.param !== '/a' || !isPlaced) wrong.push([written, found, detail.param, message])
      }
    }
    expect(wrong).toEqual([])
  })

  it.each(['', 'x', '\\n'])('sees where a text was cut off behind %j', (piece) => {
    for (const { written } of stringsWith(piece))
      for (const bytes of placements(`{"a":"${written}`)) expect(faultOf(bytes).message).toContain('its closing quote')
  })
})

describe('against JSON.parse', () => {
  const structure = [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '\\',
    '0',
    '-',
    '.',
    'e',
    '+',
    't',
    'n',
    ' ',
    '\n',
    '\u0000',
    'é',
    '😀',
  ]
  const fragment = fc.constantFrom(...structure, '\\ud800', '\\u0061', '\\n', '"a":1,', 'null', '1e5', '//', '\u2028')
  const text = fc
    .tuple(
      fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 4 })),
      fc.constantFrom('', ' ', '\t', '\n\r '),
    )
    .map(([value, indent]) => JSON.stringify(value, null, indent))
  const mutation = fc.record({ at: fc.nat(400), removed: fc.nat(2), inserted: fc.option(fragment, { nil: '' }) })

  /** Depth, keys and halves of characters, judged token by token on what JSON.parse has accepted. */
  function isAcceptable(source: string): boolean {
    let value: unknown
    try {
      value = JSON.parse(source)
    } catch {
      return false
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const tokens = source.match(/"(?:[^"\\]|\\[^])*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) ?? []
    const open: Set<string>[] = []
    return tokens.every((token, index) => {
      if (token === '{' || token === '[') return open.push(new Set()) <= 64
      if (token === '}' || token === ']') return open.pop() !== undefined
      if (!token.startsWith('"')) return true
      const said = JSON.parse(token) as string
      if (/\p{Cs}/u.test(said)) return false
      const keys = open.at(-1)
      if (tokens[index + 1] !== ':' || keys === undefined) return true
      return keys.size < keys.add(said).size
    })
  }

  function isAccepted(source: string): boolean {
    try {
      readJson(Buffer.from(source))
      return true
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(PaddockError)
      return false
    }
  }

  it('accepts and refuses the same texts, whole and broken', () => {
    fc.assert(
      fc.property(text, fc.array(mutation, { maxLength: 3 }), (whole, mutations) => {
        const source = mutations.reduce((broken, { at, removed, inserted }) => {
          const from = Math.min(at, broken.length)
          return broken.slice(0, from) + inserted + broken.slice(from + removed)
        }, whole)
        expect(isAccepted(source)).toBe(isAcceptable(Buffer.from(source).toString()))
      }),
      { numRuns: 3_000 },
    )
  })

  it('reads the same values', () => {
    const build = (node: ReturnType<typeof readJson>['root']): unknown => {
      if (node.kind === 'object') return Object.fromEntries(node.members().map(({ key, value }) => [key, build(value)]))
      if (node.kind === 'array') return node.elements().map(build)
      if (node.kind === 'string') {
        expect(node.textByteLength()).toBe(Buffer.byteLength(node.text()))
        expect(node.textBytes().toString()).toBe(node.text())
        return node.text()
      }
      if (node.kind === 'number') return node.number()
      return node.kind === 'null' ? null : node.isTrue()
    }
    const escaped = text.map((source) =>
      source.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    )
    fc.assert(
      fc.property(fc.oneof(text, escaped), (source) => {
        fc.pre(isAccepted(source))
        expect(build(readJson(Buffer.from(source)).root)).toEqual(JSON.parse(source))
      }),
      { numRuns: 1_000 },
    )
  })

  it('points to every value with the pointer that finds it', () => {
    const find = (value: unknown, pointer: string): unknown =>
      pointer
        .split('/')
        .slice(1)
        .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
        .reduce((inside, name) => (inside as Record<string, unknown>)[name], value)
    const key = fc.string({ unit: fc.constantFrom('a', '~', '/', 'é'), minLength: 1, maxLength: 3 })
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.integer(),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(key, tie('node'), { maxKeys: 3 }),
      ),
    })).node
    fc.assert(
      fc.property(fc.dictionary(key, tree), (value) => {
        const visit = (node: ReturnType<typeof readJson>['root']): void => {
          expect(JSON.parse(node.raw.toString())).toEqual(find(value, node.pointer))
          for (const each of [...node.members().map((member) => member.value), ...node.elements()]) visit(each)
        }
        visit(readJson(Buffer.from(JSON.stringify(value, null, 1))).root)
      }),
    )
  })
})
