#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'

// Reading some seven hundred modules makes V8's young generation grow to 32 MiB, which it would keep while nothing runs. It
// stays small until then; main.js lets it grow again when it is needed.
setFlagsFromString('--semi-space-growth-factor=1')
await import('../dist/main.js')
