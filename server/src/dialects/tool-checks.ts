import { needKind, needMember, needName, refuse } from './check.ts'
import type { JsonValue } from './json-text.ts'
import type { RequestLimits } from './limits.ts'

/** The tools a model is offered. Their schemas are the provider's to read: nothing in them is touched. */

/** Names given so far: no two tools may have the same. */
type ToolCheck = (tool: JsonValue, names: Set<string>) => void

export function checkToolList(tools: JsonValue, { toolsMax }: RequestLimits, check: ToolCheck): void {
  needKind(tools, 'array')
  const list = tools.elements()
  if (list.length > toolsMax)
    throw refuse('tools_invalid', tools, `may have ${toolsMax} entries; this one has ${list.length}.`)
  const names = new Set<string>()
  for (const tool of list) {
    needKind(tool, 'object')
    check(tool, names)
  }
}

/** A tool of the caller's own; `schemaName` is how its dialect calls the schema of its arguments. */
export function checkTool(described: JsonValue, names: Set<string>, schemaName: string): void {
  needKind(described, 'object')
  const nameField = needMember(described, 'name', 'Give the tool a name.')
  const name = needName(nameField, 'tools_invalid')
  if (names.has(name))
    throw refuse('tools_invalid', nameField, `is "${name}", and so is that of an earlier one. Give each its own.`)
  names.add(name)
  const schema = described.member(schemaName)
  if (schema) needKind(schema, ['object', 'null'], 'a JSON schema')
}
