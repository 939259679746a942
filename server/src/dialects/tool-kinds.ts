import { describe, refuse } from './check.ts'
import { memberBoolean, memberRaw, memberText } from './json-read.ts'
import { textOrNull, type JsonValue } from './json-text.ts'
import type { AnswerFormat, NeutralTool, ToolChoice } from './neutral.ts'

/** What requests of several dialects write alike about tools and forms, and how they are refused what is not theirs. */

/** A function without the object that some dialects put around it. */
export function readFunction(described: JsonValue): NeutralTool {
  return {
    name: memberText(described, 'name'),
    description: memberText(described, 'description') || null,
    schema: memberRaw(described, 'parameters'),
    param: described.pointerOf('parameters'),
    strict: memberBoolean(described, 'strict'),
  }
}

/** A choice in one word, or of the function that is named, in an object of its own or not. */
export function readToolChoice(choice: JsonValue | undefined): ToolChoice | null {
  if (choice === undefined) return null
  const word = textOrNull(choice)
  const kind = (['auto', 'none', 'required'] as const).find((each) => each === word)
  if (kind !== undefined) return { kind }
  const name = memberText(choice.member('function') ?? choice, 'name')
  if (name !== '') return { kind: 'named', name }
  throw refuse('value_unknown', choice, 'must be "auto", "none", "required" or the name of a function.')
}

/** A form with a schema; without one it is any JSON. */
export function readSchemaFormat(described: JsonValue): AnswerFormat {
  const schema = memberRaw(described, 'schema')
  if (schema === null) return { kind: 'json' }
  return {
    kind: 'schema',
    name: memberText(described, 'name'),
    description: memberText(described, 'description') || null,
    schema,
    param: described.pointerOf('schema'),
    strict: memberBoolean(described, 'strict'),
  }
}

/** Tools that run at a provider are that provider's own: nobody else could run them. */
export function notOurs(tool: JsonValue): Error {
  return refuse(
    'tools_invalid',
    tool.member('type') ?? tool,
    'names a tool that runs at another provider. This model takes tools that are functions of yours only.',
  )
}

/** What to say of an item, part or block that only providers of its own dialect could read; `known` are those all can. */
export function notTranslated(typed: JsonValue, known: string): string {
  const type = typed.member('type') ?? typed
  return `is ${describe(type)}, which only a provider of this API could understand, and this model is served by another. It can be sent: ${known}.`
}

/** A file that one provider keeps is not there for another. */
export function storedElsewhere(part: JsonValue): Error {
  return refuse(
    'modality_unsupported',
    part,
    'names a file that is stored at another provider. Send the file itself, in base64.',
  )
}
