import type { NeutralEvent } from './neutral.ts'
import type { Signature } from './signature.ts'

/**
 * Numbers the calls of a stream from 0 in the order they begin, whatever their provider numbers them, and begins a call
 * only once its name is known.
 */
export class CallNumbers {
  private readonly requestId: string
  private readonly calls: Call[] = []
  private count = 0

  constructor(requestId: string) {
    this.requestId = requestId
  }

  /** Pieces that never got a name are of no call: tools that run at the provider send such. */
  get any(): boolean {
    return this.count > 0
  }

  /** The events of one piece of a call. */
  *add(piece: CallPiece): Generator<NeutralEvent> {
    const call = this.find(piece)
    call.name ||= piece.name
    call.id ||= piece.id
    call.signature ??= piece.signature
    call.waiting += piece.arguments
    if (call.name === '') return
    if (call.index === null) {
      call.index = this.count
      this.count += 1
      call.id ||= `call_${this.requestId.replaceAll('-', '')}_${call.index}`
      yield { kind: 'call', index: call.index, id: call.id, name: call.name, signature: call.signature }
    }
    if (call.waiting !== '') yield { kind: 'arguments', index: call.index, text: call.waiting }
    call.waiting = ''
  }

  /** The call a piece belongs to: of its number and no other id, else of its id, else a new one. */
  private find({ key, id, name, begins }: CallPiece): Call {
    const known = this.calls.findLast((call) => key !== null && call.key === key)
    const other = this.calls.findLast((call) => id !== '' && call.id === id)
    if (other !== undefined) return other
    const isNew = begins === true || (known?.id !== '' && id !== '' && name !== '')
    if (known !== undefined && !isNew) return known
    const last = this.calls.at(-1)
    if (key === null && last !== undefined && id === '' && name === '') return last
    const call: Call = { key, id: '', name: '', index: null, signature: null, waiting: '' }
    this.calls.push(call)
    return call
  }
}

export type CallPiece = {
  /** The provider's number; null where it has none that can be used. */
  readonly key: number | null
  readonly id: string
  readonly name: string
  readonly arguments: string
  readonly signature: Signature | null
  /** Set where the provider says that a new call begins. */
  readonly begins?: boolean
}

type Call = {
  readonly key: number | null
  id: string
  name: string
  index: number | null
  signature: Signature | null
  waiting: string
}
