/**
 * Entry of the program that git and ssh start when they need a user name, a password or a yes:
 *
 *     askpass.js PROMPT
 *
 * It hands the prompt to the extension, whose socket and token stand in the environment, and prints the answer. Where
 * there is none it ends with code 1, and git gives up.
 */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { isAnswered, variables, type Asked } from './gitflow/remote/askpass/wire';

function main(prompt: string): void {
  const { [variables.address]: address = '', [variables.token]: token = '' } = process.env;
  const asked: Asked = { token, prompt, asker: String(process.ppid) };
  process.exitCode = 1;
  const socket = connect(address, () => socket.write(`${JSON.stringify(asked)}\n`));
  // Without the extension there is no answer.
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket })
    .on('error', () => socket.destroy())
    .once('line', (line) => {
      const answered: unknown = JSON.parse(line);
      if (!isAnswered(answered) || answered.answer === undefined) return;
      process.stdout.write(`${answered.answer}\n`);
      process.exitCode = 0;
    });
}

main(process.argv[2] ?? '');
