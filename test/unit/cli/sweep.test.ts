/** `mlops-flow sweep` as a program, on a Local of its own. */
import { spawn } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildServer, makeTemp, root } from '../local/support';

let folder: string;
beforeAll(async () => {
  folder = makeTemp();
  await buildServer(join(folder, 'dist'));
  cpSync(join(root, 'media', 'python'), join(folder, 'media', 'python'), { recursive: true });
  writeFileSync(
    join(folder, 'gate.pipeline.json'),
    JSON.stringify({
      Version: '2020-12-01',
      Parameters: [
        { Name: 'Score', Type: 'Float', DefaultValue: 1 },
        { Name: 'Least', Type: 'Float', DefaultValue: 0 },
      ],
      Steps: [
        {
          Name: 'IsGood',
          Type: 'Condition',
          Arguments: {
            Conditions: [
              {
                Type: 'GreaterThanOrEqualTo',
                LeftValue: { Get: 'Parameters.Score' },
                RightValue: { Get: 'Parameters.Least' },
              },
            ],
            IfSteps: [],
            ElseSteps: [{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: 'too low' } }],
          },
        },
      ],
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sweep(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const main = `require('./sweep.js').run(process.argv.slice(1)).then((code) => process.exit(code), (error) => { console.error(error.message); process.exit(2); })`;
  const child = spawn(process.execPath, ['-e', main, '--', ...args, '--data', join(folder, 'data')], {
    cwd: join(folder, 'dist'),
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

test('twelve runs of a grid, three at a time, are one table in the end', async () => {
  const file = join(folder, 'gate.pipeline.json');
  const { code, out, err } = await sweep(
    file,
    '--vary',
    'Score=0..1 points 4',
    '--vary',
    'Least=0, 0.5, 0.9',
    '--name',
    'scores',
    '--at-a-time',
    '3',
  );
  expect(err).not.toContain('Error');
  const [head, ...rows] = out.trim().split('\n');
  expect(head).toBe('run,status,Score,Least');
  expect(rows).toHaveLength(12);
  expect(rows[0]).toBe('scores-01,Succeeded,0,0');
  expect(rows[1]).toBe('scores-02,Failed,0,0.5');
  expect(rows[11]).toBe('scores-12,Succeeded,1,0.9');
  expect(code).toBe(1);
}, 120_000);

test('wrong usage is a sentence and starts nothing', async () => {
  const file = join(folder, 'gate.pipeline.json');
  expect(await sweep(file, '--vary', 'Rate=1,2')).toMatchObject({
    code: 2,
    err: expect.stringContaining('has no parameter Rate; it has Score, Least.') as string,
  });
  expect(await sweep(file)).toMatchObject({ code: 2, err: expect.stringContaining('Choose a parameter') as string });
  expect((await sweep(file, '--vary', 'Score=0..1')).err).toContain('a grid needs a step');
}, 120_000);
