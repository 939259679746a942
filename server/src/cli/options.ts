import type { Command } from 'commander'

/** The options every command has, said once. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--data <folder>', 'the data folder (PADDOCK_DATA, ./paddock-data)')
    .option('--config <file>', 'the configuration (PADDOCK_CONFIG, ./paddock.yaml if there)')
    .option('--json', 'answer in JSON: one value, or one object a line for a list')
}
