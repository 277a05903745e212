import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { BuildShell } from '../../../src/local/jobs/build/shell';
import { Guard } from '../../../src/local/jobs/run/guard';
import { makeTemp } from './support';

const guard = new Guard();
afterAll(() => guard.close());

function makeShell(): BuildShell {
  const cwd = makeTemp();
  const folder = join(cwd, 'shell');
  return new BuildShell({
    program: '/bin/sh',
    folder,
    cwd,
    env: process.env,
    onOutput: () => undefined,
    grace: 500,
    guard,
  });
}

test('a stop ends a command at whatever moment of its start it comes', async () => {
  // From before its file is written until the shell runs it.
  for (let turns = 0; turns < 40; turns++) {
    const shell = makeShell();
    const running = shell.run('sleep 600');
    for (let done = 0; done < turns; done++) await turn();
    shell.end('stopped');
    expect(await running, `stopped after ${turns} turns`).toEqual({ ended: 'stopped' });
    await shell.close();
  }
});

test('a stopped shell takes no more commands', async () => {
  const shell = makeShell();
  expect(await shell.run('exit 3')).toEqual({ code: 3 });
  shell.end('stopped');
  expect(await shell.run('true')).toEqual({ ended: 'stopped' });
  await shell.close();
});
