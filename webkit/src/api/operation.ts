import type { API } from '@paddock/contract/control/api'
import type { AnswerOf, BodyInput, Endpoint, ParamsOf, QueryInput } from '@paddock/contract/control/endpoint'

/** The operations of the control plane as types: their names, what they are asked with and what they answer. */

type Api = typeof API

export type Subject = keyof Api

/** "keys.create": subject and verb, as docs/reference/control-api.md lists them. */
export type Operation = { [Name in Subject]: `${Name}.${Extract<keyof Api[Name], string>}` }[Subject]

type EndpointNamed<Name extends Operation> = Name extends `${infer Subject}.${infer Verb}`
  ? Subject extends keyof Api
    ? Verb extends keyof Api[Subject]
      ? Api[Subject][Verb] extends infer Found extends Endpoint
        ? Found
        : never
      : never
    : never
  : never

type IsEmpty<Value> = keyof Value extends never ? true : false
type Part<Name extends string, Value> =
  IsEmpty<Value> extends true
    ? unknown
    : object extends Value
      ? { readonly [Key in Name]?: Value }
      : { readonly [Key in Name]: Value }

/** What an operation is asked with: what stands in its path, behind "?" and in its body. */
export type Ask<Name extends Operation> = Part<'params', ParamsOf<EndpointNamed<Name>>> &
  Part<'query', QueryInput<EndpointNamed<Name>>> &
  (BodyInput<EndpointNamed<Name>> extends undefined ? unknown : { readonly body: BodyInput<EndpointNamed<Name>> })

export type Answer<Name extends Operation> = AnswerOf<EndpointNamed<Name>>
