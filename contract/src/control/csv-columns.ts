import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'

/** Lists of the control plane as tables: which there are, and the columns of each. */

/** A column: the way to its value, which is also its name: ["cost", "amount"] is "cost.amount". */
export type Column = readonly string[]

/** The columns of an endpoint that gives a list; null for the others. */
export function csvColumns({ method, answer, stream }: Endpoint): readonly Column[] | null {
  if (method !== 'GET' || stream === true || !(answer instanceof z.ZodObject)) return null
  const items: unknown = answer.shape['items']
  return items instanceof z.ZodArray && bare(items.element) instanceof z.ZodObject ? columnsOf(items.element, []) : null
}

/** An object is as many columns as it has fields; a list, or an object whose keys are free, is one. */
function columnsOf(shape: unknown, path: Column): readonly Column[] {
  const inner = bare(shape)
  if (!(inner instanceof z.ZodObject)) return [path]
  return Object.entries(inner.shape).flatMap(([name, field]) => columnsOf(field, [...path, name]))
}

function bare(shape: unknown): unknown {
  const isWrapped = shape instanceof z.ZodNullable || shape instanceof z.ZodOptional || shape instanceof z.ZodDefault
  return isWrapped ? bare(shape.unwrap()) : shape
}
