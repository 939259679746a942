// Makes a checkout ready and then does what was asked: `npm start`, `npm test` and the other scripts all come through here.
// Plain JavaScript, because it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bin = (name) => join(root, 'node_modules', '.bin', name)
const INSTALLED = join(root, 'node_modules', '.installed-from')
const BUILT = join(root, 'server', 'dist', '.built-from')
const SOURCES = [
  'contract/src',
  'server/src',
  'tsconfig.json',
  'contract/tsconfig.build.json',
  'server/tsconfig.build.json',
  'webkit/src',
  'console/src',
  'console/public',
  'console/index.html',
  'console/vite.config.ts',
]
const CODE = ['contract', 'server', 'webkit', 'console', 'tests', 'scripts', 'benchmarks', 'examples']
const LINTED = CODE.map((folder) => (existsSync(join(root, folder, 'src')) ? `${folder}/src` : folder))

const CHECKS = [
  ['node', ['scripts/lock-check.mjs']],
  [bin('tsc'), ['-p', 'tsconfig.json']],
  [bin('tsc'), ['-p', 'webkit']],
  [bin('tsc'), ['-p', 'console']],
  [bin('oxlint'), ['--type-aware', '--deny-warnings', ...LINTED]],
  [bin('oxfmt'), ['--check', ...CODE, 'vitest.config.ts']],
  [bin('knip'), []],
]

const [wanted = 'serve', ...rest] = process.argv.slice(2)
const tasks = {
  serve: () => serve(['serve', ...rest]),
  build: () => build(),
  test: () => run(bin('vitest'), ['run', ...rest]),
  check: () => check(),
  dev: () =>
    run('node', ['--watch', '--conditions=paddock-source', '--import', 'tsx', 'server/src/main.ts', 'serve', ...rest]),
  bench: () => run('node', ['--conditions=paddock-source', '--import', 'tsx', 'benchmarks/run.ts', ...rest]),
}
const task = tasks[wanted]
if (!task) fail(`There is no task "${wanted}". Choose one of: ${Object.keys(tasks).join(', ')}.`)

checkNode()
install()
if (wanted !== 'build') buildIfNeeded()
await task()

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Paddock needs Node 20.19 or newer; this is ${process.versions.node}.`)
}

function install() {
  const lock = digest(['package-lock.json'])
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === lock) return
  console.error('Installing what is missing (once) …')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(INSTALLED, lock)
}

function buildIfNeeded() {
  if (existsSync(BUILT) && readFileSync(BUILT, 'utf8') === digest(SOURCES)) return
  console.error('Building …')
  build()
}

function build() {
  run(bin('tsc'), ['-p', 'contract/tsconfig.build.json'])
  run(bin('tsc'), ['-p', 'server/tsconfig.build.json'])
  run(bin('vite'), ['build', 'console', '--logLevel', 'warn'])
  writeFileSync(BUILT, digest(SOURCES))
}

/** Everything that must be clean. With --no-tests the tests are left out, for a run that has had them. */
function check() {
  for (const [command, args] of CHECKS) run(command, args)
  if (!rest.includes('--no-tests')) tasks.test()
}

/** Serves from this very process, so that a signal sent to it reaches the server. */
async function serve(args) {
  stopWithParent()
  process.argv = [process.argv[0], 'paddock', ...args]
  await import('../server/dist/main.js')
}

/** npm runs scripts through a shell, which dies of a signal without passing it on: an orphan stops as if it had got it. */
function stopWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}

function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) fail(`${command} could not be started: ${error.message}`)
  if (signal) process.exit(1)
  if (status !== 0) process.exit(status ?? 1)
}

/** One digest over files and folders, names and contents. */
function digest(paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    const whole = join(root, path)
    const files = path.includes('.') ? [''] : readdirSync(whole, { recursive: true, encoding: 'utf8' }).sort()
    for (const file of files) {
      if (file !== '' && !file.includes('.')) continue
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(whole, file)))
    }
  }
  return hash.digest('hex')
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
