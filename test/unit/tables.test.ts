import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import actions from '../../src/definition/generated/actions.json';
import { loaders } from '../../src/definition/generated/services';
import { integrationNames, integrationOf } from '../../src/definition/shape/integrations.bundle';
import { type RawTable, ServiceTable, type Shape } from '../../src/definition/shape/service-table';

const read = (file: string): string => readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

describe.each(['src/definition/generated', 'src/local/generated', 'src/aws/generated'])('%s', (folder) => {
  const made = JSON.parse(read(join(folder, 'source.json'))) as {
    source: string;
    specification: string;
    scripts: string;
    files: Record<string, string>;
  };

  test('is what the scripts of today made of the source of today: else npm run generate', () => {
    const hash = createHash('sha256');
    const scripts = [...globSync('service-models/*', { cwd: 'scripts' }), 'generate-tables.mjs'].toSorted();
    for (const file of scripts) hash.update(`${basename(file)}\n${read(join('scripts', file))}`);
    expect(made.scripts).toBe(hash.digest('hex'));
    expect(read('scripts/service-models/requirements.txt')).toContain(`\n${made.source} --hash=sha256:`);
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
    const [name = '', version] = made.specification.split('==');
    expect(devDependencies[name]).toBe(version);
  });

  test('has the files that were made, as they were made', () => {
    const files = globSync('**/*.{json,ts}', { cwd: folder })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name !== 'source.json');
    const now = Object.fromEntries(files.toSorted().map((name) => [name, digest(read(join(folder, name)))]));
    expect(now).toEqual(made.files);
  });
});

describe('a table of a service', () => {
  const raw: RawTable = {
    limits: [{ i: 1, min: 1 }, { max: 3, p: 0 }, { max: 2 }],
    patterns: ['[a-z]*'],
    structures: {
      A: {
        r: 1,
        m: { Name: 's1', Count: 'n0', Kind: '=K', Tags: '{2k1:[:.B', Free: 'a', At: 't', On: 'b', Many: '[2:s' },
      },
      B: { r: 0, m: { One: 's', Two: 's' }, u: 1 },
    },
    enums: { K: ['x', 'y'] },
  };
  const table = new ServiceTable(raw);
  const a = table.structure('A');

  test('is decoded to any depth, with limits at their places', () => {
    expect(a.required).toEqual(['Name']);
    expect(a.isUnion).toBe(false);
    expect(table.structure('B').isUnion).toBe(true);
    const word = { integer: false, min: undefined, max: 3, pattern: /^(?:[a-z]*)$/su };
    const two = { integer: false, min: undefined, max: 2, pattern: undefined };
    const text: Shape = { kind: 'string', enum: undefined, limit: undefined };
    expect(Object.fromEntries(a.members)).toEqual({
      Name: { ...text, limit: word },
      Count: { kind: 'number', limit: { integer: true, min: 1, max: undefined, pattern: undefined } },
      Kind: { ...text, enum: { name: 'K', values: new Set(['x', 'y']) } },
      Tags: {
        kind: 'map',
        keys: word,
        limit: two,
        value: { kind: 'list', limit: undefined, element: { kind: 'structure', name: 'B' } },
      },
      Free: { kind: 'any' },
      At: { kind: 'timestamp' },
      On: { kind: 'boolean' },
      Many: { kind: 'list', element: text, limit: two },
    });
    expect(table.structure('A')).toBe(a);
  });

  test.each(['C', 'constructor', '__proto__'])('has no structure %s', (name) => {
    expect(() => table.structure(name)).toThrow(`The tables have no structure ${name}.`);
  });
});

describe('what state machines can call', () => {
  test('every table can be read whole, and its actions are those of its service', async () => {
    for (const name of integrationNames) {
      const entry = (actions as Record<string, { table?: string } | undefined>)[name];
      const service = await integrationOf(name);
      expect(service?.actions.size, name).toBeGreaterThan(0);
      if (!service || entry?.table === undefined) continue;
      const raw = (await loaders[entry.table]?.()) as RawTable & { operations: object };
      for (const action of Object.keys(raw.operations)) {
        expect(service.actions.has(action), `${name}:${action}`).toBe(true);
        expect(() => service.action(action)).not.toThrow();
      }
      for (const structure of Object.keys(raw.structures)) {
        for (const shape of service.structure(structure).members.values())
          expectWhole(shape, (inner) => service.structure(inner));
      }
    }
  });

  test('a request is known to any depth, with the members that must be given', async () => {
    const sagemaker = await integrationOf('sagemaker');
    const request = sagemaker?.action('createTrainingJob')?.request;
    expect(request?.required).toContain('TrainingJobName');
    expect(sagemaker?.structure('ResourceConfig').members.get('VolumeSizeInGB')).toMatchObject({
      kind: 'number',
      limit: { integer: true, min: 0 },
    });
    expect(sagemaker?.action('createTrainingJob')?.errors).toContain('ResourceLimitExceeded');
  });

  test('members begin with a capital, whatever the service writes', async () => {
    const batch = await integrationOf('batch');
    expect(batch?.action('submitJob')?.request?.required).toEqual(['JobName', 'JobQueue', 'JobDefinition']);
  });

  test('a token that the sender makes is not asked of the writer', async () => {
    const serverless = await integrationOf('emrserverless');
    expect(serverless?.action('startJobRun')?.request?.required).not.toContain('ClientToken');
  });

  test('services are called as in the SDK for Java', () => {
    expect(integrationNames).toEqual(
      expect.arrayContaining(['sfn', 'eventbridge', 'cloudwatchlogs', 'config', 'dynamodb']),
    );
  });

  test.each(['sagemakr', 'constructor', ''])('there is no service %j', async (name) => {
    expect(await integrationOf(name)).toBeUndefined();
  });

  test('of a service without a table the names are known', async () => {
    const ec2 = await integrationOf('ec2');
    expect(ec2?.actions.has('runInstances')).toBe(true);
    expect(ec2?.action('runInstances')).toBeUndefined();
  });
});

function expectWhole(shape: Shape, structure: (name: string) => unknown): void {
  if (shape.kind === 'list') expectWhole(shape.element, structure);
  else if (shape.kind === 'map') expectWhole(shape.value, structure);
  else if (shape.kind === 'structure') expect(() => structure(shape.name)).not.toThrow();
  else if (shape.kind === 'string' && shape.enum) expect(shape.enum.values.size).toBeGreaterThan(0);
}
