/** What is printed, sent and kept of large texts has an end, in every language. */
import * as esbuild from 'esbuild';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/validate.bundle';
import { judge } from '../../../src/definition';
import { worthSending } from '../../../src/definition/server/worth-sending';
import { largeTexts } from '../../fixtures/large-texts';

const folder = resolve('.cache', `bounds-${process.pid}`);
beforeAll(() => void mkdirSync(folder, { recursive: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const all = Array.from({ length: 1500 }, (_, index) => index);
const json = (value: unknown): string => JSON.stringify(value);

/** Texts with more problems than anybody reads. */
const wrong: Readonly<Record<string, [path: string, text: string]>> = {
  sagemaker: [
    'a.pipeline.json',
    json({
      Version: '2020-12-01',
      Steps: all.map((at) => ({ Name: `S${at}`, Type: 'Fail', Arguments: { ErrorMessage: 1 } })),
    }),
  ],
  codepipeline: [
    'pipeline.json',
    json({
      pipeline: { name: 'p', roleArn: 'x', stages: all.map((at) => ({ name: `S${at}`, actions: [{ nmae: 'A' }] })) },
    }),
  ],
  asl: [
    'a.asl.json',
    json({ StartAt: 'S0', States: Object.fromEntries(all.map((at) => [`S${at}`, { Type: 'Pass', Next: 'Gone' }])) }),
  ],
  buildspec: [
    'buildspec.yml',
    `version: 0.2\nphases:\n  build:\n    commands:\n${all.map(() => '      - a: b\n').join('')}`,
  ],
  appspec: [
    'appspec.yml',
    `version: 0.0\nos: linux\nfiles:\n${all.map(() => '  - source: a\n    destinatoin: b\n').join('')}`,
  ],
  cloudformation: [
    'template.json',
    json({
      Resources: Object.fromEntries(
        all.map((at) => [
          `R${at}`,
          { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(5)', Targets: [] } },
        ]),
      ),
    }),
  ],
  'cloudformation, of Terraform': [
    'main.tf',
    all
      .map(
        (at) =>
          `resource "aws_sagemaker_endpoint_configuration" "c${at}" {\n  production_variants {\n    serverless_config {\n      memory_size_in_mb = 1000\n    }\n  }\n}\n`,
      )
      .join(''),
  ],
};

describe.each(Object.entries(wrong))('of %s', (name, [path, text]) => {
  it('the command line prints 1,000 problems, and says how many more there are', async () => {
    const file = join(folder, path);
    writeFileSync(file, text);
    let [printed, said] = ['', ''];
    const { stdout, stderr } = process;
    const [out, error] = [stdout.write.bind(stdout), stderr.write.bind(stderr)];
    stdout.write = (part) => ((printed += String(part)), true);
    stderr.write = (part) => ((said += String(part)), true);
    try {
      expect(await run([file, '--format', 'json'])).toBe(1);
    } finally {
      stdout.write = out;
      stderr.write = error;
    }
    const [checked] = JSON.parse(printed) as { diagnostics: unknown[] }[];
    expect(checked?.diagnostics).toHaveLength(1000);
    expect(said).toMatch(/\d+ more problems not shown; --max-problems \d+ shows all/);
  });

  it('the editor gets 1,000 problems and 200 hints at most', async () => {
    const found = await judge(text, { path });
    expect(found?.language).toBe(name.split(',')[0]);
    const problems = found?.graded.filter(({ severity }) => severity !== 'hint') ?? [];
    expect(problems.length).toBeGreaterThan(1000);
    const sent = worthSending(found?.graded ?? [], 0);
    expect(sent.filter(({ severity }) => severity !== 'hint')).toHaveLength(1000);
    expect(sent.length).toBeLessThanOrEqual(1200);
  });
});

it('the heap holds a large text of each language, one after the other', async () => {
  // A process of its own, whose heap ends at 200 MB: more is a crash.
  await esbuild.build({
    stdin: {
      contents: `import { largeTexts } from './test/fixtures/large-texts';
        import { judge } from './src/definition';
        for (const [name, make] of Object.entries(largeTexts)) {
          const { text, path } = make(1e6);
          const found = await judge(text, { path });
          console.log(JSON.stringify([name, found?.language !== undefined, text.length > 9e5]));
        }`,
      resolveDir: resolve('.'),
      loader: 'ts',
    },
    bundle: true,
    splitting: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    format: 'esm',
    packages: 'external',
    mainFields: ['module', 'main'],
  });
  const printed = execFileSync(process.execPath, ['--max-old-space-size=200', join(folder, 'stdin.mjs')], {
    encoding: 'utf8',
  });
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual(Object.keys(largeTexts).map((name) => [name, true, true]));
}, 300_000);
