import type { Command } from 'commander'

/** The options every command has, said once. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'the data folder (PADDOCK_DATA, ./paddock-data)')
    .option('--config <file>', 'the configuration (PADDOCK_CONFIG, ./paddock.yaml if there)')
    .option('--json', 'answer in JSON: one value, or one object a line for a list')
}

/** For the help of a command: how it is called. */
export function examplesOf(command: string): (...lines: readonly string[]) => string {
  return (...lines) => `\nExamples:\n${lines.map((line) => `  paddock ${command} ${line}`).join('\n')}`
}

/** Of commands that write to the books. */
export const OWNS_FOLDER = `
Needs the data folder for itself: stop the server first. While one runs nothing is done, and the exit code is 73 (data_in_use).
`
