import { NO_USAGE } from '@paddock/contract/usage'
import { needKind, needMember, needText, needWholeNumber, refuse } from '../../dialects/check.ts'
import { checkModel, kindOf, orNull } from '../../dialects/field-checks.ts'
import { memberText } from '../../dialects/json-read.ts'
import type { JsonValue } from '../../dialects/json-text.ts'
import { countTokens, estimateTokens } from '../../dialects/token-count.ts'
import type { Measure } from '../../dialects/usage-reading.ts'
import { JSON_OBJECT } from '../answer-form.ts'
import { readJsonBody, withModel } from './json-body.ts'
import { measured, units, type Task } from './task.ts'
import { needed, promptTokensTold, readTokens, unitsTold } from './told.ts'

const DOCUMENTS_MAX = 10_000
/** A search unit is one query with up to so many documents: https://cohere.com/pricing */
const DOCUMENTS_PER_SEARCH_UNIT = 100

const CHECKS = {
  model: checkModel,
  query: (value: JsonValue) => needText(value),
  documents: checkDocuments,
  top_n: orNull((value) => needWholeNumber(value, { min: 1, max: Infinity })),
  return_documents: orNull(kindOf('boolean')),
}

/** POST /v1/rerank: documents by how well they answer a query. Billed by tokens, or by searches of a hundred documents. */
export const rerank: Task = {
  name: 'rerank',
  promptField: 'documents',
  read: async (received) => {
    const json = await readJsonBody(received, CHECKS)
    const { root } = json
    const query = needMember(root, 'query', 'Give the text that documents are compared with.')
    const documents = needMember(root, 'documents', 'Give a list of texts.').elements()
    const texts = documents.flatMap((document) => textIn(document) ?? [])
    // The query is read anew with each document.
    const promptBytes = query.textByteLength() * documents.length + sum(texts.map((text) => text.textByteLength()))
    const searchUnits = units({ search_unit: Math.ceil(documents.length / DOCUMENTS_PER_SEARCH_UNIT) })
    return {
      model: memberText(root, 'model'),
      user: null,
      stream: false,
      promptBytes,
      n: 1,
      form: JSON_OBJECT,
      write: (model) => withModel(json, model),
      atMost: [{ ...NO_USAGE, input: estimateTokens(promptBytes) }, searchUnits],
      told: (answer) => [...toldBy(answer), measured('counted', searchUnits, 'documents sent')],
      count: async () => {
        const asked = await countTokens(query.text())
        const read = await countTokens(texts.map((text) => text.text()).join('\n'))
        const input = asked.tokens * documents.length + read.tokens
        return [
          measured('counted', { ...NO_USAGE, input }, `${asked.method}: every document with the query`),
          measured('counted', searchUnits, 'documents sent'),
        ]
      },
    }
  },
}

function checkDocuments(documents: JsonValue): void {
  needKind(documents, 'array')
  const items = documents.elements()
  if (items.length === 0) throw refuse('out_of_range', documents, 'must not be empty: give at least one text.')
  if (items.length > DOCUMENTS_MAX) {
    throw refuse('too_many', documents, `may have ${DOCUMENTS_MAX} entries; this one has ${items.length}.`)
  }
  for (const item of items) needKind(item, ['string', 'object'], 'a text, or an object with a text')
}

/** A document is a text, or an object that has one; of any other, only the provider knows what it reads. */
function textIn(document: JsonValue): JsonValue | undefined {
  const text = document.kind === 'object' ? document.member('text') : document
  return text?.kind === 'string' ? text : undefined
}

function toldBy(answer: JsonValue): readonly Measure[] {
  const billed = answer.member('meta')?.member('billed_units')
  const searchUnits = unitsTold(billed, 'search_units')
  return [
    ...promptTokensTold(answer),
    ...readTokens(answer.member('meta')?.member('tokens'), (counters) => ({
      ...NO_USAGE,
      input: needed(counters, ['input_tokens']),
    })),
    ...(searchUnits === null ? [] : [measured('provider', units({ search_unit: searchUnits }), 'meta.billed_units')]),
  ]
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
