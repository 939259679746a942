import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Tokens } from './answer.ts'
import type { Charged } from './spelling.ts'

/** One call on the provider's own bill. `open`: the provider itself was killed before the call ended. */
export type BilledCall = {
  /** The id in the answer, which a script may make the same for all. */
  readonly id: string
  /** The `x-fake-tag` header or the body's `user`, to find a call again. */
  readonly tag: string | null
  readonly model: string
  readonly at: string
  /** Of the body, as it arrived. */
  readonly sha256: string
  readonly outcome: 'whole' | 'aborted' | 'faulted' | 'refused' | 'open'
  /** Pieces of reasoning and content that were sent. */
  readonly pieces: number
  readonly charged: Tokens
  /** What was charged beside tokens, such as images. */
  readonly units: Charged['units']
}

type Accepted = Pick<BilledCall, 'id' | 'tag' | 'model' | 'at' | 'sha256'> & { readonly ifWhole: Charged }
type Ended = Pick<BilledCall, 'outcome' | 'pieces' | 'charged' | 'units'>
type Line = { readonly call: string } & (({ line: 'accepted' } & Accepted) | ({ line: 'ended' } & Ended))

/** The bill as it is kept: a line when a call is accepted, before any byte of the answer, and a line when it has ended. */
export type Bill = {
  /** `call` is a key that no other call has. */
  accepted(call: string, what: Accepted): void
  ended(call: string, how: Ended): void
  calls(): BilledCall[]
  close(): void
}

/** A bill in memory and, when `path` is given, in an append-only file as well. */
export function openBill(path: string | null): Bill {
  const file = path === null ? null : openSync(path, 'a')
  const lines: Line[] = []
  const append = (line: Line): void => {
    lines.push(line)
    if (file !== null) writeSync(file, `${JSON.stringify(line)}\n`)
  }
  return {
    accepted: (call, what) => {
      append({ line: 'accepted', call, ...what })
    },
    ended: (call, how) => {
      append({ line: 'ended', call, ...how })
    },
    calls: () => foldBill(lines),
    close: () => {
      if (file !== null) closeSync(file)
    },
  }
}

/** Reads a bill's file; a last line that is only half written is left out. */
export function readBill(path: string): BilledCall[] {
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return foldBill(whole.map((line) => JSON.parse(line) as Line))
}

function foldBill(lines: readonly Line[]): BilledCall[] {
  const calls = new Map<string, BilledCall>()
  for (const line of lines) {
    if (line.line === 'accepted') {
      const { line: _, call, ifWhole, ...what } = line
      calls.set(call, { ...what, outcome: 'open', pieces: 0, charged: ifWhole.tokens, units: ifWhole.units })
    } else {
      const { line: _, call, ...how } = line
      const open = calls.get(call)
      if (open !== undefined) calls.set(call, { ...open, ...how })
    }
  }
  return [...calls.values()]
}
