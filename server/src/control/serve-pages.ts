import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pathOf } from '../base/http.ts'
import { PAGE_HEADERS } from './security-headers.ts'

/**
 * The pages of the console: the files of a folder, read once, when somebody first asks for one. Only what is there is served,
 * so no path leads anywhere else.
 */
export type Pages = { handle(request: IncomingMessage, response: ServerResponse): void }

const ROOT = '/console'
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const COMPRESSED = /^(?:text\/|application\/|image\/svg)/
/** The names of these hold a digest of what is in them. */
const UNCHANGING = `${ROOT}/assets/`

type Page = { readonly type: string; readonly plain: Buffer; readonly gzip: Buffer | null; readonly etag: string }

export function isPagePath(request: IncomingMessage): boolean {
  const path = pathOf(request)
  return path === ROOT || path.startsWith(`${ROOT}/`)
}

/** `folder`: null where the console is not part of this build. */
export function servePages(folder: string | null): Pages {
  let pages: ReadonlyMap<string, Page> | null = null
  return {
    handle: (request, response) => {
      const { method = '' } = request
      if (method !== 'GET' && method !== 'HEAD') {
        tell(response, { status: 405, text: 'Pages are read with GET.', headers: { allow: 'GET, HEAD' } })
        return
      }
      const path = pathOf(request)
      pages ??= folder === null ? new Map<string, Page>() : readPages(folder)
      // What is no file is a place within the console, which finds its way by itself.
      const page = pages.get(path) ?? (extname(path) === '' ? pages.get(`${ROOT}/index.html`) : undefined)
      if (page) send(request, response, page)
      else tell(response, { status: 404, text: folder === null ? WITHOUT_CONSOLE : 'There is no such file.' })
    },
  }
}

const WITHOUT_CONSOLE = `The console is not part of this build. What it does can be done over the control plane: /api/openapi.json

The first owner (the token stands behind "#" in the link that was printed):
  curl -X POST <url>/api/setup -H "Content-Type: application/json" -d '{"token":"…","email":"…","name":"…","password":"…"}'
An invitation:
  curl -X POST <url>/api/session/invitation -H "Content-Type: application/json" -d '{"token":"…","name":"…","password":"…"}'
`

function readPages(folder: string): Map<string, Page> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    names.map((file) => {
      const path = `${ROOT}${file.slice(folder.length).replaceAll('\\', '/')}`
      const type = TYPES[extname(file)] ?? 'application/octet-stream'
      const plain = readFileSync(file)
      const gzip = COMPRESSED.test(type) ? gzipSync(plain) : null
      return [path, { type, plain, gzip, etag: `"${createHash('sha256').update(plain).digest('base64url')}"` }]
    }),
  )
}

function send({ method, headers, url = '' }: IncomingMessage, response: ServerResponse, page: Page): void {
  const isUnchanging = url.startsWith(UNCHANGING)
  const common = {
    ...PAGE_HEADERS,
    etag: page.etag,
    vary: 'accept-encoding',
    'cache-control': isUnchanging ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (headers['if-none-match'] === page.etag) {
    response.writeHead(304, common).end()
    return
  }
  const takesGzip = /\bgzip\b/.test(headers['accept-encoding'] ?? '')
  const bytes = takesGzip && page.gzip ? page.gzip : page.plain
  response.writeHead(200, {
    ...common,
    'content-type': page.type,
    'content-length': bytes.length,
    ...(bytes === page.gzip ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(method === 'HEAD' ? undefined : bytes)
}

type Telling = { readonly status: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> }

function tell(response: ServerResponse, { status, text, headers = {} }: Telling): void {
  response.writeHead(status, { ...PAGE_HEADERS, 'content-type': 'text/plain; charset=utf-8', ...headers })
  response.end(text)
}
