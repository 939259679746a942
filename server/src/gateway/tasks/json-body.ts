import { PaddockError } from '../../base/errors.ts'
import { needKeyAllowed } from '../../dialects/check.ts'
import type { FieldCheck } from '../../dialects/field-checks.ts'
import { JsonEdit } from '../../dialects/json-edit.ts'
import { readJson, type JsonText } from '../../dialects/json-text.ts'
import { REQUEST_LIMITS } from '../../dialects/limits.ts'
import { needModel } from '../../dialects/request-fields.ts'
import { nameRequest } from '../once.ts'
import { checkContentType, readBytes } from '../read-body.ts'
import type { Received, TaskBody } from './task.ts'

/** Reads a JSON body whole and checks the fields that are known; all others pass. Throws a PaddockError for the first fault. */
export async function readJsonBody(
  { exchange, bounds, modelsOffered }: Received,
  checks: Readonly<Record<string, FieldCheck>>,
): Promise<JsonText> {
  const { request, response } = exchange
  checkContentType(request.headers['content-type'])
  const body = await readBytes(request, response, bounds.bodyBytesMax)
  if (body.length === 0) {
    throw new PaddockError('body_empty', {
      message: `The request body is empty. Send a JSON object with ${Object.keys(checks).slice(0, 2).join(' and ')} in it.`,
    })
  }
  nameRequest(exchange, [body])
  const json = readJson(body)
  needModel(json.root, { modelsOffered })
  const limits = { ...REQUEST_LIMITS, choicesMax: bounds.choicesMax }
  for (const { key, value } of json.root.members()) {
    needKeyAllowed(key, value)
    if (Object.hasOwn(checks, key)) checks[key]?.(value, limits)
  }
  return json
}

/** The caller's own bytes, with nothing changed but the model's name. */
export function withModel(json: JsonText, model: string): TaskBody {
  const bytes = new JsonEdit(json).setMember('model', JSON.stringify(model)).bytes()
  return { contentType: 'application/json', bytes }
}
