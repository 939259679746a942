/** One after the other: what is read, changed and written back must not be read by another meanwhile. */
export type InTurn = <Result>(act: () => Promise<Result>) => Promise<Result>

export function openTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const turn = last.then(act)
    last = turn.catch(() => undefined)
    return turn
  }
}
