import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml'
import { PaddockError } from './errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A YAML file that remembers where each value stands and how each number was written. */
export type YamlText = {
  readonly value: unknown
  /** "paddock.yaml:12:5" for the value at this path, or for the nearest one above it. */
  place(path: readonly PropertyKey[]): string
  /** The values below this path with every scalar as the text it was written with. */
  textsAt(path: readonly PropertyKey[]): unknown
}

/** Parses YAML 1.2, replaces `${NAME}` in strings by the environment, and throws `config_invalid` with file, line and column. */
export function parseYaml(file: string, text: string, environment: Environment): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const placeAt = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const problems = document.errors.map((error) => `${placeAt(error.pos[0])}: ${error.message}`)
  if (problems.length === 0) problems.push(...fillIn(document, environment, placeAt))
  if (problems.length > 0) throw new PaddockError('config_invalid', { message: problems.join('\n') })
  return {
    value: document.toJS(),
    place: (path) => placeAt(nearest(document, path)?.range?.[0] ?? 0),
    textsAt: (path) => texts(nodeAt(document, path), document),
  }
}

/** Fills `${NAME}` in; returns what is wrong instead of half-filling a file. */
function fillIn(document: Document.Parsed, environment: Environment, placeAt: (offset: number) => string): string[] {
  const problems: string[] = []
  const complain = (node: Node, what: string): void => {
    problems.push(`${placeAt(node.range?.[0] ?? 0)}: ${what}`)
  }
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value !== 'string') return
      node.value = node.value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
        const value = Object.hasOwn(environment, name) ? environment[name] : undefined
        if (value === undefined) complain(node, `the environment variable ${name} is not set`)
        return value ?? whole
      })
    },
    Alias: (_, node, path) => {
      const meant = node.resolve(document)
      if (meant !== undefined && path.includes(meant)) complain(node, `*${node.source} stands inside what it repeats`)
    },
  })
  return problems
}

function nearest(document: Document.Parsed, path: readonly PropertyKey[]): Node | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined
    if (node?.range) return node
  }
  return document.contents
}

/** The node at the end of a path, which may lead through aliases. */
function nodeAt(document: Document.Parsed, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((node, key) => {
    const inside = meantBy(node, document)
    return isMap(inside) || isSeq(inside) ? inside.get(key, true) : null
  }, document.contents)
}

function meantBy(node: unknown, document: Document.Parsed): unknown {
  return isAlias(node) ? node.resolve(document) : node
}

function texts(given: unknown, document: Document.Parsed): unknown {
  const node = meantBy(given, document)
  if (isMap(node)) return Object.fromEntries(node.items.map(({ key, value }) => [String(key), texts(value, document)]))
  if (isSeq(node)) return node.items.map((item) => texts(item, document))
  if (isScalar(node)) {
    if (typeof node.value === 'number') return node.source ?? String(node.value)
    return node.value
  }
  return null
}
