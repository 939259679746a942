import { z } from 'zod'
import { isDecimal } from '../decimal.ts'

/** What an endpoint of the control plane is, and the shapes that many of them share. */

/**
 * What a person may do in an organisation. `owner`: everything. `admin`: everything but owners. `billing`: prices, budgets,
 * bills. `developer`: keys, routes, test calls, races. `viewer`: looks. `auditor`: looks, and sees the audit log.
 */
export const ROLES = ['owner', 'admin', 'billing', 'developer', 'viewer', 'auditor'] as const
export type Role = (typeof ROLES)[number]

type Roles = readonly [Role, ...Role[]]

/**
 * Who may call an endpoint. There is no endpoint without a rule, and none that leaves one open: `anyone` says that no
 * credential is asked for.
 */
export type Rule =
  | { readonly who: 'anyone' }
  /** Whoever has signed in as a person, whatever the role. */
  | { readonly who: 'person' }
  | {
      readonly who: Roles
      /** `organisation`: what belongs to one's own. `installation`: what all share, for members of the first organisation only. */
      readonly of: 'organisation' | 'installation'
      /** A key with the scope `read` may call it as well, and then sees what belongs to its team. */
      readonly readKey?: true
    }

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export type Endpoint = {
  readonly method: Method
  /** Names in braces stand for parts of the path: "/api/keys/{id}". */
  readonly path: `/api/${string}`
  readonly summary: string
  readonly rule: Rule
  /** What may stand behind "?": texts, read into what the shape says. */
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  readonly answer: z.ZodType
  /** 200 if left out. */
  readonly status?: 200 | 201
  /** It only looks, although it is asked with a body. Whatever else is no GET stands in the audit log. */
  readonly looks?: true
  /** A mebibyte if left out. */
  readonly bodyBytesMax?: number
  /** `answer` is one event of a stream (text/event-stream). It ends after ten minutes, and the browser asks again. */
  readonly stream?: true
  /** `answer` is a file: it is sent as it is, for a link in a browser to open or save. */
  readonly file?: true
}

type Parts<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Parts<Rest> : never

/** What stands in the braces of its path. */
export type ParamsOf<Of extends Endpoint> = { readonly [Name in Parts<Of['path']>]: string }
export type QueryOf<Of extends Endpoint> = Of extends { readonly query: infer Shape extends z.ZodType }
  ? z.output<Shape>
  : Readonly<Record<never, never>>
export type BodyOf<Of extends Endpoint> = Of extends { readonly body: infer Shape extends z.ZodType }
  ? z.output<Shape>
  : undefined
/** What a client may leave out of query and body because it has a default. */
export type QueryInput<Of extends Endpoint> = Of extends { readonly query: infer Shape extends z.ZodType }
  ? z.input<Shape>
  : Readonly<Record<never, never>>
export type BodyInput<Of extends Endpoint> = Of extends { readonly body: infer Shape extends z.ZodType }
  ? z.input<Shape>
  : undefined
export type AnswerOf<Of extends Endpoint> = z.output<Of['answer']>
/** What a server may give for it: what the shape does not name is left out of the answer. */
export type AnswerInput<Of extends Endpoint> = Unchanging<z.input<Of['answer']>>

type Unchanging<Value> = Value extends readonly (infer Item)[]
  ? readonly Unchanging<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Unchanging<Value[Name]> }
    : Value

/** Keeps the exact type of an endpoint, and sees that it is one. */
export function endpoint<const Shape extends Endpoint>(shape: Shape): Shape {
  return shape
}

/** Whatever the role. */
export const EVERY_ROLE: Roles = [...ROLES]

/** An amount: a decimal as text, and the currency it is in. Never converted, never added across currencies. */
export const amount = z.object({
  amount: z.string().refine(isDecimal, 'write a decimal as text, such as "0.8"'),
  currency: z.string(),
})

export const decimal = z.string().refine(isDecimal, 'write a decimal as text, such as "0.8"')

/** An instant in UTC, as answers have it. */
export const instant = z.iso.datetime()

/** What may be asked with: a day (midnight UTC) or an instant. */
export const when = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'write a day such as 2024-05-21, or an instant such as 2024-05-20T16:00:00Z',
})

export const day = z.iso.date('write a day such as 2024-05-21')

/** What people call something: no control characters, and none that turn the direction of writing. */
export const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'leave out characters that cannot be seen')

/** From (included) to (not included). */
export const span = z.strictObject({ from: when.optional(), to: when.optional() })

/** `after`: the `next` of the page before. */
export const paging = z.strictObject({
  limit: z.coerce.number<number>().int().min(1).max(200).default(50),
  after: z.string().max(200).optional(),
})

/** One page of a list. `next` asks for the following one; null: this was the last. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() })
}

/** A list that is short, and whole. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item) })
}

export const usage = z.object({
  input: z.int(),
  cached_input: z.int(),
  cache_write: z.int(),
  cache_write_1h: z.int(),
  output: z.int(),
  reasoning: z.int(),
  /** What is not text, by its counter; left out where there is none, and in sums of many requests. */
  extra: z.record(z.string(), z.number()).optional(),
})

/** A file to open or to save: its name, what it is, and what is in it. */
export const fileAnswer = z.object({
  name: z.string(),
  type: z.enum(['text/html', 'text/csv', 'application/json']),
  text: z.string(),
})
export type FileAnswer = z.output<typeof fileAnswer>

export const done = z.object({ done: z.literal(true) })

/** How an error is answered, whatever was asked. */
export const errorAnswer = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    code: z.string(),
    /** Where in the body or query: "/email". */
    param: z.string().nullable(),
  }),
})
