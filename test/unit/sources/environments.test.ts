/** The private Python environment: made with the version that a project asks for, once, and nothing of the user's changed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EnvironmentError, makeEnvironment } from '../../../src/sources/environments';
import { readProject, renderSource } from '../../../src/sources/project';

/** Writes wheels into the working folder by hand: a little SDK in two versions, and a library. */
const wheels = `
import zipfile
sdk = {
    "sagemaker/__init__.py": "",
    "sagemaker/workflow/__init__.py": "",
    "sagemaker/workflow/steps.py": "class Step:\\n    def __init__(self, name):\\n        self.name = name\\n",
    "sagemaker/workflow/pipeline.py": """import json


class Pipeline:
    def __init__(self, name, steps=()):
        self.name, self.steps = name, steps

    def definition(self):
        return json.dumps({"Version": "2020-12-01", "Steps": [{"Name": s.name} for s in self.steps]})
""",
}
for name, version, files in (("sagemaker", "2.93.0", sdk), ("sagemaker", "2.250.0", sdk), ("rivers", "1.0", {"rivers.py": ""})):
    with zipfile.ZipFile(f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        info = f"{name}-{version}.dist-info"
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
`;

const script = `from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.steps import Step
import rivers

def get_pipeline():
    return Pipeline("rivers", [Step("Flow")])
`;

function python(...words: string[]): string {
  return execFileSync('python3', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function obstacle(): string | undefined {
  if (process.platform === 'win32') return 'this is Windows';
  try {
    python('-c', 'import venv, ensurepip, pip');
  } catch {
    return 'this machine has no Python with venv and pip';
  }
  const found = python('-c', 'import importlib.util as u; print(u.find_spec("sagemaker") is not None)');
  return found.trim() === 'True' ? 'the Python of this machine has the SageMaker SDK' : undefined;
}

const why = obstacle();

describe.skipIf(why !== undefined)(`the private environment${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  const names = ['PIP_NO_INDEX', 'PIP_FIND_LINKS', 'PIP_CONFIG_FILE'] as const;
  const before = names.map((name) => process.env[name]);
  let folder: string;
  let home: string;
  let said: string[];

  function offline(isOffline: boolean): void {
    const values = isOffline ? ['1', join(folder, 'wheels'), '/dev/null'] : before;
    for (const [index, name] of names.entries()) {
      const value = values[index];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'environments-'));
    home = join(folder, 'home');
    mkdirSync(join(folder, 'wheels'));
    execFileSync('python3', ['-c', wheels], { cwd: join(folder, 'wheels') });
  });
  afterAll(() => {
    offline(false);
    rmSync(folder, { recursive: true, force: true });
  });

  async function render(requirement: string, text = script) {
    offline(true);
    const root = join(folder, `project-${requirement.replace(/\W+/g, '-')}`);
    for (const [name, content] of Object.entries({ 'ml/pipeline.py': text, 'requirements.txt': `${requirement}\n` })) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
    const project = await readProject(root);
    const [pipeline] = project.pipelines;
    if (!pipeline) throw new Error('a pipeline was expected');
    said = [];
    return renderSource({
      project,
      pipeline,
      access: {
        endpoint: 'http://127.0.0.1:9',
        region: 'us-east-1',
        accessKeyId: 'a',
        secretAccessKey: 'b',
        account: '000000000000',
        role: 'role',
      },
      media: resolve('media'),
      saved: {},
      environments: home,
      timeout: 60_000,
      say: (line) => void said.push(line),
    });
  }

  test('has the version that the requirements name, and what the script imports besides; it is made once', async () => {
    const users = python('-m', 'pip', 'list', '--format', 'json');
    const { sdk, pipelines } = await render('sagemaker==2.93.0');
    expect([sdk, pipelines.map(({ name }) => name)]).toEqual(['2.93.0', ['rivers']]);
    expect(said.filter((line) => line.startsWith('Creating'))).toEqual([
      'Creating a Python environment with sagemaker==2.93.0.',
      'Creating a Python environment with sagemaker==2.93.0, rivers.',
    ]);
    const made = readdirSync(home).length;
    expect((await render('sagemaker==2.93.0')).sdk).toBe('2.93.0');
    expect(said.filter((line) => line.startsWith('Creating'))).toEqual([]);
    expect(readdirSync(home)).toHaveLength(made);
    expect(python('-m', 'pip', 'list', '--format', 'json')).toBe(users);
  }, 600_000);

  test('has the generation of the script where the version has no build here', async () => {
    const { sdk } = await render('sagemaker==2.1.7', script.replace('import rivers', ''));
    expect(sdk).toBe('2.250.0');
    expect(said).toContain('sagemaker==2.1.7 cannot be installed here; trying sagemaker<3.');
  }, 600_000);

  test('has the very version of PyPI', async () => {
    offline(false);
    const request = {
      home,
      python: 'python3',
      requirements: ['sagemaker==2.257.1', '--no-deps'],
      say: () => undefined,
    };
    try {
      const made = await makeEnvironment(request);
      const ask = 'from importlib.metadata import version; print(version("sagemaker"))';
      expect(execFileSync(made, ['-c', ask], { encoding: 'utf8' }).trim()).toBe('2.257.1');
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      console.warn(`not tried: PyPI cannot be reached from here: ${error.message}`);
    }
  }, 600_000);
});
