import { describe, expect, it } from 'vitest'
import { RawJson, writeJson } from '../json-write.ts'
import { hasProperties, writeSchema } from './schema.ts'

const written = (schema: unknown): unknown =>
  JSON.parse(writeJson(writeSchema(new RawJson(JSON.stringify(schema)), '/at'))) as unknown

describe('a JSON schema', () => {
  it.each<[what: string, schema: unknown, subset: unknown]>([
    ['a text', { type: 'string', description: 'd', minLength: 1 }, { type: 'STRING', description: 'd', minLength: 1 }],
    ['a text that may be null', { type: ['string', 'null'] }, { type: 'STRING', nullable: true }],
    ['two types', { type: ['string', 'integer'] }, { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }] }],
    ['a constant', { const: 'a' }, { type: 'STRING', format: 'enum', enum: ['a'] }],
    ['a list of texts', { enum: ['a', 'b'] }, { type: 'STRING', format: 'enum', enum: ['a', 'b'] }],
    ['a list of numbers', { type: 'integer', enum: [1, 2] }, { type: 'INTEGER' }],
    ['a format that is known', { type: 'string', format: 'date-time' }, { type: 'STRING', format: 'date-time' }],
    ['a format that is not', { type: 'string', format: 'uri' }, { type: 'STRING' }],
    ['an array of anything', { type: 'array' }, { type: 'ARRAY', items: { type: 'STRING' } }],
    ['an array', { items: { type: 'number' } }, { type: 'ARRAY', items: { type: 'NUMBER' } }],
    [
      'an object with what has no words there',
      {
        $schema: 'x',
        type: 'object',
        additionalProperties: false,
        properties: { b: { type: 'boolean' }, a: { type: 'string', examples: ['x'] } },
        required: ['b', 'gone'],
      },
      {
        type: 'OBJECT',
        properties: { b: { type: 'BOOLEAN' }, a: { type: 'STRING' } },
        propertyOrdering: ['b', 'a'],
        required: ['b'],
      },
    ],
    [
      'alternatives, one of them null',
      { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
      { nullable: true, anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] },
    ],
    ['one alternative to null', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { nullable: true, type: 'STRING' }],
    [
      'several at once',
      {
        allOf: [
          { $ref: '#/$defs/named' },
          { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] },
        ],
        $defs: { named: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] } },
      },
      {
        type: 'OBJECT',
        properties: { name: { type: 'STRING' }, age: { type: 'INTEGER' } },
        propertyOrdering: ['name', 'age'],
        required: ['name', 'age'],
      },
    ],
    [
      'a reference',
      {
        type: 'object',
        properties: { at: { $ref: '#/$defs/a~1b', description: 'where' } },
        $defs: { 'a/b': { type: 'string', description: 'd' } },
      },
      { type: 'OBJECT', properties: { at: { type: 'STRING', description: 'where' } }, propertyOrdering: ['at'] },
    ],
    [
      'a reference to what it is in',
      {
        $ref: '#/$defs/node',
        $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
      },
      { type: 'OBJECT', properties: { next: { type: 'OBJECT' } }, propertyOrdering: ['next'] },
    ],
    [
      'an object that is all of itself',
      { type: 'object', allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { allOf: [{ $ref: '#/$defs/a' }], title: 't' } } },
      { type: 'OBJECT', title: 't' },
    ],
    ['anything', true, {}],
  ])('of %s is written in the subset', (_what, schema, subset) => {
    expect(written(schema)).toEqual(subset)
  })

  /** Each definition refers twice to the next, so that all together are two to the power of their number. */
  const doubling = (count: number, pair: (reference: object) => object): object => ({
    $ref: '#/$defs/0',
    $defs: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [index, pair({ $ref: `#/$defs/${index + 1}` })]),
    ),
  })
  const nested = (levels: number): object => (levels === 0 ? {} : { type: 'array', items: nested(levels - 1) })

  it.each<[what: string, schema: unknown, says: string]>([
    [
      'properties that double',
      doubling(40, (next) => ({ type: 'object', properties: { a: next, b: next } })),
      'more than 10000 pieces',
    ],
    ['alternatives that double', doubling(40, (next) => ({ anyOf: [next, next] })), 'more than 10000 pieces'],
    ['sums that double', doubling(40, (next) => ({ allOf: [next, next] })), 'more than 10000 pieces'],
    ['many levels', doubling(300, (next) => ({ type: 'array', items: next })), 'more than 256 levels'],
    ['levels without references', nested(300), 'more than 256 levels'],
    [
      'a long text, often',
      {
        anyOf: Array.from({ length: 5_000 }, () => ({ $ref: '#/$defs/long' })),
        $defs: { long: { type: 'string', description: 'long '.repeat(200) } },
      },
      'more than 4194304 characters',
    ],
  ])('of %s is refused with its place', (_what, schema, says) => {
    expect(() => written(schema)).toThrow(
      expect.objectContaining({
        code: 'schema_invalid',
        message: expect.stringContaining(says) as string,
        detail: expect.objectContaining({ param: '/at' }) as object,
      }),
    )
  })

  it('of as much as a large application describes is taken', () => {
    const schema = doubling(10, (next) => ({ type: 'object', properties: { a: next, b: next } }))
    expect(JSON.stringify(written(schema)).match(/OBJECT/g)).toHaveLength(2 ** 10 - 1)
  })

  it('of no arguments is left out', () => {
    expect(hasProperties(new RawJson('{"type":"object","properties":{}}'))).toBe(false)
    expect(hasProperties(new RawJson('{"properties":{"a":{}}}'))).toBe(true)
  })
})
