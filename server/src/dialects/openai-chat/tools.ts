import type { JsonValue } from '../json-text.ts'
import { needKind, needMember, needName, needText, refuse } from '../check.ts'
import type { RequestLimits } from '../limits.ts'

/** The tools a model is offered. Their schemas are the provider's to read: nothing in them is touched. */

const NAME_ADVICE = 'Give the function a name.'

export function checkTools(tools: JsonValue, limits: RequestLimits): void {
  const names = new Set<string>()
  for (const tool of listOf(tools, limits)) {
    needKind(tool, 'object')
    const type = needText(needMember(tool, 'type', 'It is "function" for a function of yours.'))
    // Other types are tools that run at the provider, each with a shape of its own.
    if (type === 'function') checkFunction(needMember(tool, 'function', 'Describe the function.'), names)
  }
}

/** The older spelling: functions without the object around them. */
export function checkFunctions(functions: JsonValue, limits: RequestLimits): void {
  const names = new Set<string>()
  for (const each of listOf(functions, limits)) checkFunction(each, names)
}

function listOf(tools: JsonValue, { toolsMax }: RequestLimits): readonly JsonValue[] {
  needKind(tools, 'array')
  const list = tools.elements()
  if (list.length > toolsMax)
    throw refuse('tools_invalid', tools, `may have ${toolsMax} entries; this one has ${list.length}.`)
  return list
}

function checkFunction(described: JsonValue, names: Set<string>): void {
  needKind(described, 'object')
  const nameField = needMember(described, 'name', NAME_ADVICE)
  const name = needName(nameField, 'tools_invalid')
  if (names.has(name))
    throw refuse('tools_invalid', nameField, `is "${name}", and so is that of an earlier one. Give each its own.`)
  names.add(name)
  const parameters = described.member('parameters')
  if (parameters) needKind(parameters, ['object', 'null'], 'a JSON schema')
}
