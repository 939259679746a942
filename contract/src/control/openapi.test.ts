import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { API } from './api.ts'
import { endpoint, type Endpoint } from './endpoint.ts'
import { openApi } from './openapi.ts'

type Operation = {
  readonly operationId: string
  readonly security: readonly object[]
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly responses: Record<string, { readonly content?: object }>
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Record<string, unknown> }> }
}
type Description = {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: object }
}

const ENDPOINTS = Object.entries(API).flatMap(([subject, endpoints]) =>
  Object.entries<Endpoint>(endpoints).map(([verb, endpoint]) => [`${subject}.${verb}`, endpoint] as const),
)
// As it is sent: what has no place in JSON would be lost on the way.
const description = JSON.parse(JSON.stringify(openApi('1.2.3'))) as Description

describe('the description of the control plane', () => {
  it('has every endpoint once, under a name of its own', () => {
    const operations = Object.values(description.paths).flatMap((path) => Object.values(path))
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
      ENDPOINTS.map(([name]) => name).toSorted(),
    )
  })

  it.each(ENDPOINTS)('says of %s what it takes, and whether it needs a credential', (name, endpoint) => {
    const operation = description.paths[endpoint.path]?.[endpoint.method.toLowerCase()]
    expect(operation?.operationId).toBe(name)
    const inPath = operation?.parameters.filter(({ in: place, required }) => place === 'path' && required)
    expect(inPath?.map((parameter) => `{${parameter.name}}`)).toEqual(endpoint.path.match(/\{\w+\}/g) ?? [])
    const inQuery = operation?.parameters
      .filter(({ in: place }) => place === 'query')
      .map((parameter) => parameter.name)
    const isList =
      endpoint.method === 'GET' && Object.keys(operation?.responses['200']?.content ?? {}).includes('text/csv')
    const own = Object.keys(endpoint.query?.shape ?? {})
    expect(inQuery).toEqual(isList && endpoint.file !== true ? [...own, 'format'] : own)
    expect(operation?.security.length === 0).toBe(endpoint.rule.who === 'anyone')
    const schema = operation?.requestBody?.content['application/json']?.schema
    expect(schema === undefined).toBe(endpoint.body === undefined)
    // A field that nobody knows is refused, and the description says so.
    if (schema !== undefined) expect(schema['additionalProperties']).toBe(false)
  })

  it('has no endpoint without a rule: one cannot be written', () => {
    // @ts-expect-error Property 'rule' is missing: this line is what keeps the type from becoming laxer.
    const open = endpoint({ method: 'GET', path: '/api/open', summary: 'Open to all', answer: z.object({}) })
    expect(open).not.toHaveProperty('rule')
    for (const [name, { rule }] of ENDPOINTS) expect([name, rule.who.length > 0]).toEqual([name, true])
  })

  it('refers to nothing that is not in it', () => {
    const references = JSON.stringify(description).match(/"\$ref":"[^"]+"/g) ?? []
    expect(new Set(references)).toEqual(new Set(['"$ref":"#/components/schemas/Error"']))
    expect(Object.keys(description.components.schemas)).toEqual(['Error'])
  })
})
