import { setFlagsFromString } from 'node:v8'

/** How V8 keeps its memory. All of these are settings that may change while it runs. */

/** Lets the young generation grow, which `bin/paddock.js` keeps from it while the program is read: from now on there is work. */
export function letYoungGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}

/**
 * Tells V8 not to learn which objects live long. All that a request makes lives until its answer is out, so whenever the
 * young generation is collected in the middle of many requests V8 takes that for a rule and makes such objects old from the
 * start: then every request leaves tens of kilobytes for the collector of the old generation. It was a quarter of all
 * processor time under load.
 */
export function keepRequestsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring')
}

/**
 * Has the old generation collected when it is twice as large as what lived in it the last time. V8 would let it grow several
 * times over while much is allotted, and what it has once taken it keeps: it was 50 MiB after a thousand streams.
 */
export function keepOldSmall(): void {
  setFlagsFromString('--heap-growing-percent=100')
}

/**
 * Keeps what is compiled. V8 drops the code of functions that were not called for some collections, which a server that has
 * nothing to do for seconds soon has behind it: then whoever comes next waits for it to be compiled again.
 */
export function keepCompiled(): void {
  setFlagsFromString('--no-flush-bytecode')
}
