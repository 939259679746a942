import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'

/** What a look at the machine finds: for `paddock doctor`, and for the console. */

/** One thing that was looked at. `note` is worth knowing, `fault` stops something from working. */
export type Finding = { readonly check: string; readonly result: 'good' | 'note' | 'fault'; readonly detail: string }

const FREE_BYTES_WANTED = 1024 ** 3
const NODE_MAJORS_TESTED: readonly number[] = [20, 22, 24]

export function nodeFinding(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  const tested = NODE_MAJORS_TESTED.includes(major)
  return {
    check: 'node',
    result: tested ? 'good' : 'note',
    detail: tested
      ? process.versions.node
      : `${process.versions.node} is not one of those tested: ${NODE_MAJORS_TESTED.join(', ')}`,
  }
}

export async function folderFindings(folder: string): Promise<Finding[]> {
  if (!existsSync(folder)) {
    const detail = `${folder} is not there yet; the first start makes it`
    return [{ check: 'data folder', result: 'note', detail }]
  }
  const findings: Finding[] = []
  await attempt(findings, 'data folder', () => {
    accessSync(folder, constants.R_OK | constants.W_OK)
    const open = (statSync(folder).mode & 0o077) !== 0
    return {
      value: null,
      detail: open ? `${folder}; others on this machine can read it (chmod 700 ends that)` : folder,
      note: open,
    }
  })
  await attempt(findings, 'free space', () => {
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    return { value: null, detail: `${(free / 1024 ** 3).toFixed(1)} GiB`, note: free < FREE_BYTES_WANTED }
  })
  return findings
}

export function problemFindings(check: string, problems: readonly { readonly message: string }[]): Finding[] {
  return problems.map(({ message }) => ({ check, result: 'note', detail: message }))
}

type Looked<Value> = { readonly value: Value; readonly detail: string; readonly note?: boolean }

/** Notes what was found, or the fault that kept it from being looked at. */
export async function attempt<Value>(
  findings: Finding[],
  check: string,
  look: () => Looked<Value> | Promise<Looked<Value>>,
): Promise<Value | null> {
  try {
    const { value, detail, note } = await look()
    findings.push({ check, result: note === true ? 'note' : 'good', detail })
    return value
  } catch (thrown) {
    findings.push({ check, result: 'fault', detail: thrown instanceof Error ? thrown.message : String(thrown) })
    return null
  }
}
