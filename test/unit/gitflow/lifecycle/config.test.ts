import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import {
  brokenConfig,
  configFile,
  configIn,
  defaultConfig,
  environmentOf,
  partsOfRun,
  readConfig,
  withArguments,
  withFixtures,
} from '../../../../src/gitflow/lifecycle/index';

const full = `{
  // Comments are allowed.
  "version": 1,
  "environments": {
    "dev": { "connection": "Local", "pipeline": "penguins", "definition": "pipelines/penguins.json", "parameters": { "Epochs": 5 } },
    "staging": { "connection": { "profile": "stage", "region": "eu-west-1" }, "parameters": { "Full": true } },
    "production": { "connection": { "profile": "prod" } },
  },
  "branches": { "release": "staging" },
  "gates": {
    "release": {
      "cleanTree": true,
      "definitions": ["pipelines/penguins.json"],
      "run": { "pipeline": "penguins" },
      "model": { "group": "penguins" },
      "metrics": { "accuracy": { "min": 0.9 }, "loss": { "min": 0, "max": 0.3 } }
    },
    "hotfix": { "model": {} }
  }
}`;

describe('the MLflow server', () => {
  it.each(['http://127.0.0.1:5000', 'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/team'])(
    'may be %s',
    (server) => {
      const { config, problems } = readConfig(JSON.stringify({ mlflow: { server, experiment: 'penguins' } }));
      expect(problems).toEqual([]);
      expect(config.mlflow).toEqual({ server, experiment: 'penguins' });
    },
  );

  it.each(['mlruns', 'https://me:secret@mlflow.example.com', 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/team'])(
    'cannot be %s',
    (server) => {
      const { config, problems } = readConfig(JSON.stringify({ mlflow: { server } }));
      expect(problems.map(({ part }) => part)).toEqual(['mlflow']);
      expect(config.mlflow).toBeUndefined();
    },
  );
});

describe('arguments of scripts', () => {
  it('are read by path, values of any kind', () => {
    const text = '{"arguments": {"a/pipeline.py": {"role": "r", "sizes": [1, 2], "on": null}, "/b.py": {}, "c.py": 3}}';
    const { config, problems } = readConfig(text);
    expect(config.arguments.get('a/pipeline.py')).toEqual({ role: 'r', sizes: [1, 2], on: null });
    expect(problems.map(({ part }) => part)).toEqual(['arguments', 'arguments']);
    expect(defaultConfig.arguments.size).toBe(0);
  });

  it('are written into what is there, and into no file at all', () => {
    expect(readConfig(withArguments('', 'a.py', { role: 'r' })).config.arguments.get('a.py')).toEqual({ role: 'r' });
    const before =
      '{\n  // kept\n  "arguments": {\n    "a.py": { "role": "old", "size": 1 }\n  },\n  "version": 1,\n}\n';
    const after = withArguments(before, 'a.py', { role: 'new', list: [1] });
    expect(after).toContain('// kept');
    const { config, problems } = readConfig(after);
    expect(problems).toEqual([]);
    expect(config.arguments.get('a.py')).toEqual({ role: 'new', size: 1, list: [1] });
    expect(withArguments(after, 'b.py', {})).toBe(after);
  });
});

describe('data of this machine', () => {
  it('is written for S3 locations beside what is there', () => {
    const before = '{ "version": 1, "fixtures": { "s3://kept/a": "a" } }';
    const { config, problems } = readConfig(withFixtures(before, { 's3://b/data/': 'data', 's3://b/x.csv': 'x.csv' }));
    expect(problems).toEqual([]);
    expect([...config.fixtures]).toEqual([
      ['s3://kept/a', 'a'],
      ['s3://b/data/', 'data'],
      ['s3://b/x.csv', 'x.csv'],
    ]);
  });
});

describe('the configuration file', () => {
  it('gives every member its place in the model', () => {
    const { config, problems } = readConfig(full);
    expect(problems).toEqual([]);
    expect(environmentOf(config, 'feature')).toEqual({
      name: 'dev',
      connection: 'Local',
      pipeline: 'penguins',
      definition: 'pipelines/penguins.json',
      parameters: { Epochs: 5 },
    });
    expect(environmentOf(config, 'release')).toEqual({
      name: 'staging',
      connection: { profile: 'stage', region: 'eu-west-1' },
      parameters: { Full: true },
    });
    expect(environmentOf(config, 'main')?.name).toBe('production');
    expect(config.gates).toEqual({
      release: {
        cleanTree: true,
        definitions: ['pipelines/penguins.json'],
        run: { pipeline: 'penguins' },
        model: { group: 'penguins' },
        metrics: new Map([
          ['accuracy', { min: 0.9 }],
          ['loss', { min: 0, max: 0.3 }],
        ]),
      },
      hotfix: { model: {} },
    });
  });

  it('is Local for features and nothing else where there is no file', () => {
    expect(environmentOf(defaultConfig, 'feature')?.connection).toBe('Local');
    expect(environmentOf(defaultConfig, 'bugfix')?.connection).toBe('Local');
    expect(environmentOf(defaultConfig, 'develop')).toBeUndefined();
    expect(environmentOf(defaultConfig, 'main')).toBeUndefined();
    expect(readConfig('').config).toEqual(defaultConfig);
    expect(readConfig('{}')).toEqual({ config: defaultConfig, problems: [] });
  });

  it('marks the exact token and says what would be right', () => {
    const text =
      '{\n  "environments": { "staging": { "connection": "Locl" } },\n  "branches": { "develop": "stagin" }\n}';
    const { problems } = readConfig(text);
    expect(problems).toEqual([
      {
        message: `environments.staging.connection must be "Local", or an object with a profile and a region.`,
        range: { start: { line: 1, character: 47 }, end: { line: 1, character: 53 } },
        part: 'environments',
        inSchema: true,
      },
      {
        message: `branches.develop names the environment 'stagin', which is not there. Did you mean 'staging'?`,
        range: { start: { line: 2, character: 27 }, end: { line: 2, character: 35 } },
        part: 'branches',
        inSchema: false,
      },
    ]);
  });

  it('suggests a near name and keeps what is right', () => {
    const { config, problems } = readConfig(
      '{ "gates": { "release": { "clean_tree": true, "run": { "pipeline": "p" } } } }',
    );
    expect(problems.map(({ message }) => message)).toEqual([
      `gates.release has no member "clean_tree". Did you mean 'cleanTree'?`,
    ]);
    expect(config.gates.release).toEqual({ run: { pipeline: 'p' } });
  });

  it('reads what is left of broken JSON', () => {
    const { config, problems } = readConfig('{ "gates": { "release": { "cleanTree": true }, ');
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.message).toMatch(/^This is not JSON: /);
    expect(config.gates.release.cleanTree).toBe(true);
  });

  it.each(['/etc/x.json', '..\\x.json', 'a/../../x.json', 'C:\\x.json', '..'])(
    'refuses the path %s outside the repository',
    (path) => {
      const { config, problems } = readConfig(JSON.stringify({ gates: { release: { definitions: [path] } } }));
      expect(problems.map(({ message }) => message)).toEqual([
        'gates.release.definitions[0] must be a path inside the repository, relative to its root.',
      ]);
      expect(config.gates.release.definitions).toEqual([]);
    },
  );

  it('has no bound that no number is', () => {
    const { config, problems } = readConfig('{ "gates": { "release": { "metrics": { "loss": { "max": 1e999 } } } } }');
    expect(problems.map(({ message }) => message)).toEqual(['gates.release.metrics.loss.max must be a finite number.']);
    expect(config.gates.release).toEqual({ metrics: new Map() });
  });

  it('has rules for parameters', () => {
    const rules = '{ "A": 1, "B": ["x", true], "C": { "any": true }, "D": { "min": 5, "max": 9 } }';
    const { config } = readConfig(`{ "gates": { "release": { "parameters": ${rules} } } }`);
    expect(config.gates.release.parameters).toEqual(
      new Map<string, unknown>([
        ['A', { values: [1] }],
        ['B', { values: ['x', true] }],
        ['C', { any: true }],
        ['D', { min: 5, max: 9 }],
      ]),
    );
  });

  it('takes names that JavaScript objects have for what they are', () => {
    const { config, problems } = readConfig(
      '{ "environments": { "constructor": { "connection": "Local", "parameters": { "valueOf": 1 } }, "__proto__": {} }, "branches": { "main": "constructor", "toString": "dev" } }',
    );
    expect(environmentOf(config, 'main')?.name).toBe('constructor');
    expect(Object.keys(environmentOf(config, 'main')?.parameters ?? {})).toEqual(['valueOf']);
    expect(problems.map(({ message, inSchema }) => [message.split('. ')[0], inSchema])).toEqual([
      ['"__proto__" cannot be a name here.', false],
      ['branches has no member "toString"', true],
    ]);
  });

  it('tells every unknown member at its key, and each mistake of a list', () => {
    const text = '{ "gates": { "release": { "runs": 1, "definitions": ["../a", "b", "/c"], "modl": 2 } } }';
    const { config, problems } = readConfig(text);
    expect(
      problems.map(({ message, range }) => [text.slice(range.start.character, range.end.character), message]),
    ).toEqual([
      ['"../a"', 'gates.release.definitions[0] must be a path inside the repository, relative to its root.'],
      ['"/c"', 'gates.release.definitions[2] must be a path inside the repository, relative to its root.'],
      ['"runs"', `gates.release has no member "runs". Did you mean 'run'?`],
      ['"modl"', `gates.release has no member "modl". Did you mean 'model'?`],
    ]);
    expect(config.gates.release).toEqual({ definitions: ['b'] });
  });

  it.each([
    ['{ "version": 2 }', 'version must be 1.'],
    ['[]', 'The configuration must be an object.'],
    ['{ "environments": { "qa": {} } }', 'environments.qa needs "connection".'],
    ['{ "environments": { "qa": { "connection": {} } } }', 'environments.qa.connection needs "profile".'],
    [
      '{ "environments": { "qa": { "connection": { "profile": "p", "endpoint": "x" } } } }',
      'environments.qa.connection has no member "endpoint". There are: profile, region.',
    ],
    ['{ "gates": { "release": { "metrics": { "loss": {} } } } }', 'gates.release.metrics.loss needs a min or a max.'],
    [
      '{ "gates": { "release": { "parameters": { "E": [] } } } }',
      'gates.release.parameters.E must be a value, a list of values, or an object with min, max, or "any": true.',
    ],
    [
      '{ "gates": { "release": { "parameters": { "E": { "min": "5" } } } } }',
      'gates.release.parameters.E.min must be a number.',
    ],
    [
      '{ "gates": { "release": { "parameters": { "a b": null } } } }',
      'gates.release.parameters["a b"] must be a value, a list of values, or an object with min, max, or "any": true.',
    ],
    ['{ "uploads": { "Code": "a", "Code": "b" } }', '"Code" is written twice; the later one counts.'],
    ['{ "uploads": [] }', 'uploads must be an object.'],
  ])('says of %s what is wrong', (text, message) => {
    expect(readConfig(text).problems.map((problem) => problem.message)).toEqual([message]);
  });

  it('is read where it lies, is the defaults where it does not, and is told where it cannot be', async () => {
    const root = mkdtempSync(join(tmpdir(), 'config-'));
    expect(await configIn(root)).toEqual({ config: defaultConfig, problems: [] });
    mkdirSync(join(root, '.mlops'));
    writeFileSync(join(root, '.mlops', 'config.json'), full);
    expect(await configIn(root)).toEqual(readConfig(full));
    rmSync(join(root, '.mlops', 'config.json'));
    mkdirSync(join(root, '.mlops', 'config.json'));
    await expect(configIn(root)).rejects.toThrow('EISDIR');
    rmSync(root, { recursive: true });
  });

  it('stops what depends on a broken part, and nothing else', () => {
    const gates = readConfig('{\n"gates": { "release": { "run": {} } } }').problems;
    expect(brokenConfig(gates, partsOfRun)).toBeUndefined();
    expect(brokenConfig(gates, ['gates'])).toBe(
      '.mlops/config.json is not valid in line 2: gates.release.run needs "pipeline".',
    );
    const environments = readConfig('{ "environments": { "dev": { "connection": "local" } } }').problems;
    expect(brokenConfig(environments, partsOfRun)).toContain('in line 1: environments.dev.connection must be');
    // What is misspelt at the top, or cut off, may be any part.
    for (const text of ['{ "uplods": {} }', '{ "gates": {}']) {
      expect(brokenConfig(readConfig(text).problems, partsOfRun)).toContain('is not valid in line 1');
    }
  });
});

describe('the schema', () => {
  const schema: unknown = JSON.parse(
    readFileSync(new URL('../../../../media/mlops-config.schema.json', import.meta.url), 'utf8'),
  );
  it('is the one that is written in the code', () => {
    const made = z.toJSONSchema(configFile, { target: 'draft-7', io: 'input' });
    expect(schema, 'npm run generate').toEqual(JSON.parse(JSON.stringify(made)));
  });

  const service = getLanguageService({});
  service.configure({ schemas: [{ uri: 'schema://config', fileMatch: ['*/config.json'], schema: schema as object }] });

  async function refused(text: string): Promise<boolean> {
    const document = TextDocument.create('file:///config.json', 'jsonc', 1, text);
    const found = await service.doValidation(document, service.parseJSONDocument(document), {
      comments: 'ignore',
      trailingCommas: 'ignore',
    });
    return found.length > 0;
  }

  const wrong: unknown[] = [
    [],
    { version: 2 },
    { environment: {} },
    { environments: { dev: {} } },
    { environments: { dev: { connection: 'local' } } },
    { environments: { dev: { connection: { region: 'eu-west-1' } } } },
    { environments: { dev: { connection: { profile: ' ' } } } },
    { environments: { dev: { connection: { profile: 'p', endpoint: 'http://x' } } } },
    { environments: { dev: { connection: 'Local', parameters: { a: [1] } } } },
    { environments: { dev: { connection: 'Local', definition: '../x.json' } } },
    { environments: { dev: { connection: 'Local', pipeline: '' } } },
    { branches: { featur: 'dev' } },
    { branches: { feature: 1 } },
    { gates: { feature: {} } },
    { gates: { release: { cleanTree: 'yes' } } },
    { gates: { release: { definitions: 'x.json' } } },
    { gates: { release: { definitions: ['/x.json'] } } },
    { gates: { release: { run: {} } } },
    { gates: { release: { run: 'penguins' } } },
    { gates: { release: { model: true } } },
    { gates: { release: { metrics: { accuracy: {} } } } },
    { gates: { release: { metrics: { accuracy: { min: '0.9' } } } } },
    { gates: { release: { metrics: { accuracy: { above: 0.9 } } } } },
    { environments: { dev: { connection: 'Local', account: 111122223333 } } },
    { environments: { dev: { connection: 'Local', account: '1111' } } },
    { gates: { release: { model: { version: '3' } } } },
    { gates: { release: { model: { name: 'x' } } } },
    { gates: { release: { parameters: { Epochs: [] } } } },
    { gates: { release: { parameters: { Epochs: [[1]] } } } },
    { gates: { release: { parameters: { Epochs: {} } } } },
    { gates: { release: { parameters: { Epochs: { any: false } } } } },
    { gates: { release: { parameters: { Epochs: { min: '5' } } } } },
    { gates: { release: { parameters: { Epochs: null } } } },
  ];

  it.each(wrong.map((value) => JSON.stringify(value)))('refuses what the reader refuses: %s', async (text) => {
    expect(await refused(text)).toBe(true);
    expect(readConfig(text).problems.length).toBeGreaterThan(0);
  });

  const right = [
    '{}',
    full,
    '{ "version": 1, "environments": {}, "branches": {}, "gates": {} }',
    '{ "environments": { "qa": { "connection": "Local", "definition": "a..b/c.json" } }, "branches": { "other": "qa" } }',
    '{ "gates": { "release": { "definitions": [], "metrics": {} } } }',
    '{ "environments": { "qa": { "connection": { "profile": "qa" }, "account": "111122223333" } } }',
    '{ "gates": { "release": { "parameters": { "A": 1, "B": ["x", true], "C": { "any": true }, "D": { "min": 5 } } } } }',
    '{ "gates": { "release": { "model": { "group": "g", "step": "Register", "version": 3 } } } }',
  ];

  it.each(right)('takes what the reader takes: %s', async (text) => {
    expect(await refused(text)).toBe(false);
    expect(readConfig(text).problems).toEqual([]);
  });

  it('completes members and explains them', async () => {
    const text = '{ "gates": { "release": {  } } }';
    const document = TextDocument.create('file:///config.json', 'jsonc', 1, text);
    const list = await service.doComplete(
      document,
      { line: 0, character: text.indexOf('{  }') + 2 },
      service.parseJSONDocument(document),
    );
    const labels = list?.items.map((item) => item.label) ?? [];
    expect(labels).toEqual(expect.arrayContaining(['cleanTree', 'definitions', 'run', 'model', 'metrics']));
    expect(list?.items.find((item) => item.label === 'run')?.documentation).toBeTruthy();
  });
});

describe('the environment of a branch in any model', () => {
  const { config } = readConfig(
    '{ "environments": { "dev": { "connection": "Local" }, "staging": { "connection": "Local" }, "production": { "connection": "Local" } } }',
  );

  it.each([
    ['production', 'main', 'main'],
    ['staging', 'base', 'staging'],
    ['dev', 'base', 'main'],
    ['dev', 'topic', 'fix/a'],
    ['dev', 'experiment', 'exp-1'],
    ['production', 'tag', undefined],
    ['dev', 'other', undefined],
  ])('is %s for %s %s', (environment, role, branch) => {
    expect(environmentOf(config, role, branch)?.name).toBe(environment);
  });
});
