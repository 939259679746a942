import { isAlias, isPair, isScalar, isSeq, parseDocument, visit, type Node } from 'yaml'

/** A text of a YAML file: where it stands, and the way to it, with "*" for any place in a list. */
export type PlacedText = {
  readonly start: number
  readonly end: number
  readonly path: readonly string[]
  /** What it says; of an alias "*name". */
  readonly value: string
  readonly isAlias: boolean
}

/** Every value of a YAML file that is no list and no map, in order. Of a file with faults, what can be read. */
export function textsIn(text: string): PlacedText[] {
  const found: PlacedText[] = []
  visit(parseDocument(text, { prettyErrors: false, logLevel: 'silent' }), {
    Node: (key, node, ancestors) => {
      if (key === 'key' || !(isScalar(node) || isAlias(node))) return
      const [start = 0, end = start] = node.range ?? []
      found.push({ start, end, path: pathOf(ancestors), value: valueOf(node), isAlias: isAlias(node) })
    },
  })
  return found
}

function valueOf(node: Node): string {
  if (isAlias(node)) return `*${node.source}`
  return isScalar(node) && typeof node.value === 'string' ? node.value : String(isScalar(node) ? node.source : '')
}

function pathOf(ancestors: readonly unknown[]): string[] {
  return ancestors.flatMap((each) => {
    if (isPair(each)) return [isScalar(each.key) ? String(each.key.value) : String(each.key)]
    return isSeq(each) ? ['*'] : []
  })
}

export function isAt({ path }: Pick<PlacedText, 'path'>, ...pattern: readonly string[]): boolean {
  return path.length === pattern.length && pattern.every((part, index) => part === '*' || part === path[index])
}
