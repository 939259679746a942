import { z } from 'zod'
import { API } from './api.ts'
import { csvColumns } from './csv-columns.ts'
import { errorAnswer, type Endpoint, type Rule } from './endpoint.ts'

/** The control plane as OpenAPI 3.1, made from the same shapes that requests are checked with. */
export function openApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const [subject, endpoints] of Object.entries(API)) {
    for (const [verb, endpoint] of Object.entries<Endpoint>(endpoints)) {
      const operations = (paths[endpoint.path] ??= {})
      operations[endpoint.method.toLowerCase()] = operationOf(`${subject}.${verb}`, endpoint)
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Paddock control plane', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'paddock_session' },
        key: { type: 'http', scheme: 'bearer', description: 'A key with the scope admin or read.' },
      },
      schemas: { Error: schemaOf(errorAnswer, 'output') },
    },
  }
}

function operationOf(name: string, endpoint: Endpoint): object {
  const { summary, rule, body, status = 200 } = endpoint
  return {
    operationId: name,
    tags: [name.slice(0, name.indexOf('.'))],
    summary,
    description: ruleText(rule),
    security: rule.who === 'anyone' ? [] : rule.who === 'person' ? [{ session: [] }] : [{ session: [] }, { key: [] }],
    parameters: parametersOf(endpoint),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }),
    responses: {
      [status]: { description: 'Done.', content: contentOf(endpoint) },
      default: {
        description: 'An error of docs/reference/errors.md.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function contentOf(endpoint: Endpoint): object {
  const { answer, stream, file } = endpoint
  const text = { schema: { type: 'string' } }
  if (file === true) return { 'text/html': text, 'text/csv': text, 'application/json': {} }
  const type = stream === true ? 'text/event-stream' : 'application/json'
  const schema = { schema: schemaOf(answer, 'output') }
  return csvColumns(endpoint) === null ? { [type]: schema } : { [type]: schema, 'text/csv': text }
}

const FORMAT = { name: 'format', in: 'query', required: false, schema: { enum: ['json', 'csv'] } }

function parametersOf(endpoint: Endpoint): object[] {
  return csvColumns(endpoint) === null ? ownParameters(endpoint) : [...ownParameters(endpoint), FORMAT]
}

function ownParameters({ path, query }: Endpoint): object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  if (query === undefined) return inPath
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
  return [...inPath, ...inQuery]
}

function ruleText(rule: Rule): string {
  if (rule.who === 'anyone') return 'Needs no credential.'
  if (rule.who === 'person') return 'For whoever has signed in; keys cannot.'
  const where = rule.of === 'organisation' ? 'of the organisation' : 'of the first organisation'
  const keys =
    rule.readKey === true
      ? ' Keys with the scope admin, or read for what is of their team.'
      : ' Keys with the scope admin.'
  return `For ${rule.who.join(', ')} ${where}.${keys}`
}

function schemaOf(shape: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' })
  return schema
}
