import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answering, launch, runToEnd } from '../rig/processes.ts'
import { sameDialect, type Peer } from './peer.ts'

/** A plain proxy: it reads nothing, checks nothing, writes nothing down. Nobody who does can be cheaper. */
export const nginx: Peer = {
  name: 'nginx',
  ours: false,
  missing: () =>
    spawnSync('nginx', ['-v']).status === 0 ? null : 'Debian has it as nginx-light: npm run bench -- install',
  install: () => {
    runToEnd('apt-get', ['install', '-y', 'nginx-light'])
  },
  model: sameDialect,
  start: async ({ providerPort, port, folder, core }) => {
    const file = join(folder, 'nginx.conf')
    writeFileSync(file, configuration(folder, providerPort, port))
    const child = launch({ core, command: 'nginx', args: ['-c', file] })
    await answering(`http://127.0.0.1:${port}/`, child)
    return { child, port, callers: [{}] }
  },
}

function configuration(folder: string, providerPort: number, port: number): string {
  return `
worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log;
events { worker_connections 8192; }
http {
  access_log off; keepalive_requests 100000000; client_body_buffer_size 256k; client_body_temp_path ${folder};
  proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  upstream provider { server 127.0.0.1:${providerPort}; keepalive 2048; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}`
}
