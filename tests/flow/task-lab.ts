import type { EntryRecord } from '@paddock/contract/entry'
import OpenAI from 'openai'
import type { BilledCall } from '../fake-provider/bill.ts'
import { sharedTestbed, type Testbed } from '../testbed.ts'

/** What tests of tasks work with: a server in front of a provider of every task, and the official client. */
export type TaskBed = {
  readonly testbed: () => Testbed
  readonly client: () => OpenAI
  readonly entryOf: (answered: { readonly response: Pick<Response, 'headers'> }) => Promise<EntryRecord>
  /** The last call on the provider's own bill. */
  readonly lastBilled: () => BilledCall | undefined
}

export function sharedTaskBed(): TaskBed {
  const testbed = sharedTestbed(taskLab)
  return {
    testbed,
    client: () => new OpenAI({ baseURL: `${testbed().server.url}/v1`, apiKey: testbed().key, maxRetries: 0 }),
    entryOf: ({ response }) => testbed().entry(response),
    lastBilled: () => testbed().provider.bill().at(-1),
  }
}

/** A provider of every task, and what each of its models costs. */
const taskLab = (url: string): readonly string[] => [
  'providers:',
  `  lab: { base_url: "${url}", api_key: the-provider-key, currency: USD, abort_bills: produced }`,
  `  texts: { base_url: "${url}", api_key: any, currency: USD, tasks: { embeddings: /embeddings } }`,
  'prices:',
  '  - { model: lab/embed, currency: USD, per: 1000000, input: "0.02", valid_from: 2024-01-01, match: prefix }',
  '  - { model: texts/embed, currency: USD, per: 1000000, input: "0.05", valid_from: 2024-01-01, match: prefix }',
  '  - { model: lab/rank, currency: USD, per: 1000000, input: "0.05", valid_from: 2024-01-01, match: prefix }',
  '  - { model: lab/search, currency: USD, per: 1000, search_unit: "2", valid_from: 2024-01-01, match: prefix }',
  '  - { model: lab/paint, currency: USD, per: 1, image: "0.04", request: "0.001", valid_from: 2024-01-01, match: prefix }',
  '  - { model: lab/token-paint, currency: USD, per: 1000000, input: "5", image_output: "40", valid_from: 2024-01-01 }',
  '  - { model: lab/say, currency: USD, per: 1000000, character: "15", valid_from: 2024-01-01, match: prefix }',
  '  - { model: lab/token-say, currency: USD, per: 1000000, input: "0.6", audio_output: "12", valid_from: 2024-01-01 }',
  '  - { model: lab/hear, currency: USD, per: 1, audio_second: "0.0001", valid_from: 2024-01-01, match: prefix }',
  '  - { model: lab/token-hear, currency: USD, per: 1000000, input: "2.5", audio_input: "6", output: "10", valid_from: 2024-01-01 }',
  '  - { model: lab/paint-cheap, currency: USD, per: 1, image: "0.03", valid_from: 2024-01-01 }',
  '  - { model: lab/token-flat, currency: USD, per: 1, image: "0.05", valid_from: 2024-01-01 }',
  'routes:',
  '  - { name: thrifty, strategy: cheapest, candidates: [{ model: lab/paint }, { model: lab/paint-cheap }] }',
  '  - { name: sturdy, candidates: [{ model: "texts/embed+503" }, { model: lab/embed }] }',
  '  - { name: mixed, candidates: [{ model: texts/embed }, { model: lab/paint }] }',
]
