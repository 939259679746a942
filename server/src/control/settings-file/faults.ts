import type { PaddockError } from '../../base/errors.ts'

/** What is wrong with paddock.yaml, for a person who looks at its text. */
export type Fault = {
  /** From 1; null where it is about no place. */
  readonly line: number | null
  readonly column: number | null
  readonly where: string | null
  readonly what: string
  readonly fix: string | null
}

/** Errors of the configuration come one a line, "file:line:column: where: what", behind a line that only counts them. */
export function faultsOf(error: PaddockError, file: string): Fault[] {
  const lines = error.message.split('\n').filter((line) => !/^The price book has .* errors?:$/.test(line))
  return lines.map((line) => faultOf(line.trim(), file)).filter(({ what }, index) => index === 0 || !FOLLOWS.test(what))
}

/** Where YAML is broken once, it goes on being broken to the end of the file. */
const FOLLOWS = /^Unexpected .* token in YAML stream/

function faultOf(line: string, file: string): Fault {
  const place = line.startsWith(`${file}:`) ? /^(\d+):(\d+): /.exec(line.slice(file.length + 1)) : null
  const said = place === null ? line : line.slice(file.length + 1 + place[0].length)
  // Where nothing is wrong inside of the file but the whole of it, the way to it is empty.
  const [, where = null, what = said] = /^((?:[\w$-]+(?:\[\d+\])?\.?)*): (.+)$/s.exec(said) ?? []
  return {
    line: place === null ? null : Number(place[1]),
    column: place === null ? null : Number(place[2]),
    where: where === '' ? null : where,
    what,
    fix: fixFor(what),
  }
}

const FIXES: readonly [sign: RegExp, fix: string][] = [
  [
    /^Unrecognized keys?/,
    'Take it out, or correct how it is written: docs/reference/config.md lists the keys there are.',
  ],
  [/^Map keys must be unique/, 'Take one of the two out.'],
  [/^Invalid input: expected (.+?), received/, 'Write a value of the type $1 there.'],
  [/^Invalid option: expected one of (.+)$/, 'Write one of $1.'],
  [/environment variable (\w+) is not set/, 'Set $1 in the environment of the server, or write the value itself.'],
  [/^overlaps /, 'End one where the other begins, or give the correction a higher revision.'],
  [/tab/i, 'Indent with spaces: YAML has no tabs there.'],
  [
    /^Implicit|^Nested mappings|^All mapping items|^Flow |^Missing closing|^Unexpected|^A block sequence/,
    'Mend the YAML at this place: the same indentation for what belongs together, and closed quotes and brackets.',
  ],
]

/** Null where what is wrong already says what to write. */
function fixFor(what: string): string | null {
  for (const [sign, fix] of FIXES) {
    const match = sign.exec(what)
    if (match !== null) return fix.replace('$1', match[1] ?? '')
  }
  return null
}
