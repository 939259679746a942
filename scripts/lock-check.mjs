// A lock made from very new packages can lack the platform packages that its entries name; `npm ci` then refuses it.
// Checks that every optional dependency of every entry has an entry of its own, and that no entry names a registry host.
import { readFileSync } from 'node:fs'

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'))
const problems = []
for (const [place, entry] of Object.entries(packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!packages[`node_modules/${name}`] && !packages[`${place}/node_modules/${name}`]) {
      problems.push(`${place} names ${name}, which the lock does not hold`)
    }
  }
  if (/^https?:/.test(entry.resolved ?? '')) problems.push(`${place} is tied to a registry host`)
}
if (problems.length > 0) {
  console.error(
    `package-lock.json:\n  ${problems.join('\n  ')}\nMake it again with: npm install --before=<two months ago>`,
  )
  process.exit(1)
}
