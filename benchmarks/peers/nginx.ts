import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answering, launch } from '../rig/processes.ts'
import type { Peer } from './peer.ts'

/** A plain proxy: it reads nothing, checks nothing, writes nothing down. Nobody who does can be cheaper. */
export const nginx: Peer = {
  name: 'nginx',
  install: 'apt-get install nginx-light',
  installed: () => spawnSync('nginx', ['-v']).status === 0,
  speaks: ['chat', 'responses', 'messages'],
  start: async ({ providerPort, port, folder, core }) => {
    const file = join(folder, 'nginx.conf')
    writeFileSync(file, configuration(folder, providerPort, port))
    const child = launch({ core, command: 'nginx', args: ['-c', file] })
    await answering(`http://127.0.0.1:${port}/`, child)
    return { child, port, model: 'small', headers: {} }
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
