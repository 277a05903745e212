#!/usr/bin/env node
/** Entry of the command line: finds the command and loads only what that command needs. */
import { version } from '../package.json';
import { commands, usage } from './cli/commands';

async function main(args: string[]): Promise<number> {
  const [command = 'help', ...rest] = args;
  if (command === '--version' || command === '-v') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (command === 'help' || command === '--help' || command === '-h') {
    process.stdout.write(usage(rest[0]));
    return 0;
  }
  const found = commands[command];
  if (!found) {
    process.stderr.write(`There is no command '${command}'.\n\n${usage()}`);
    return 2;
  }
  // What follows two hyphens belongs to another program.
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (!found.ownHelp && (own.includes('--help') || own.includes('-h'))) {
    process.stdout.write(usage(command));
    return 0;
  }
  return (await found.load()).run(rest);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
