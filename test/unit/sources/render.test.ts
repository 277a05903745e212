import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Maker } from '../../../src/sources/model';
import { render, RenderError, type Rendering, type RenderRequest } from '../../../src/sources/render';

const helper = resolve('media/python/render_pipeline.py');

/** As much of an SDK as the helper looks for. */
const fakeSdk = {
  'sagemaker-2.250.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: sagemaker\nVersion: 2.250.0\n',
  'sagemaker/__init__.py': '',
  'sagemaker/workflow/__init__.py': '',
  'sagemaker/workflow/steps.py': 'class Step:\n    def __init__(self, name):\n        self.name = name\n',
  'sagemaker/workflow/pipeline.py': `import json


class Pipeline:
    def __init__(self, name, steps=()):
        self.name, self.steps = name, steps

    def definition(self):
        return json.dumps({"Version": "2020-12-01", "Steps": [{"Name": s.name} for s in self.steps]})
`,
};

const head = 'from sagemaker.workflow.pipeline import Pipeline\nfrom sagemaker.workflow.steps import Step\n';

describe('rendering a Python script', () => {
  let root: string;
  let sdk: string;
  const pythonPath = process.env['PYTHONPATH'];

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'render-'));
    sdk = mkdtempSync(join(tmpdir(), 'sdk-'));
    for (const [name, text] of Object.entries(fakeSdk)) write(sdk, name, text);
    process.env['PYTHONPATH'] = sdk;
  });
  afterAll(() => {
    if (pythonPath === undefined) delete process.env['PYTHONPATH'];
    else process.env['PYTHONPATH'] = pythonPath;
    for (const folder of [root, sdk]) rmSync(folder, { recursive: true, force: true });
  });

  function write(folder: string, name: string, text: string): string {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  function renderText(name: string, text: string, options: Partial<RenderRequest> = {}): Promise<Rendering> {
    const script = write(root, name, text);
    return render({ python: 'python3', helper, script, root, timeout: 20_000, env: process.env, ...options });
  }

  async function failure(promise: Promise<unknown>): Promise<RenderError> {
    const error: unknown = await promise.catch((reason: unknown) => reason);
    if (!(error instanceof RenderError)) throw new Error(`Not a RenderError: ${String(error)}`);
    return error;
  }

  it('finds modules in the folders above, and none of them before what Python itself finds', async () => {
    write(root, 'flows/deep/parts/names.py', 'name = "beside"\n');
    write(root, 'flows/src/parts.py', 'raise RuntimeError("a module of another folder")\n');
    write(root, 'flows/src/shared.py', 'step = "above"\n');
    write(root, 'src/settings/steps.py', 'more = "without __init__"\n');
    const text = `from parts.names import name\nimport shared\nfrom settings.steps import more\npipeline = Pipeline(name, [Step(shared.step), Step(more)])\n`;
    const { pipelines } = await renderText('flows/deep/flow.py', `${head}${text}`);
    expect(pipelines.map((one) => one.name)).toEqual(['beside']);
    expect(pipelines[0]?.definition).toContain('above');
    expect(pipelines[0]?.definition).toContain('without __init__');
  });

  it('leaves no file that the SDK writes beside the code, and those that are there as they were', async () => {
    const launcher = write(root, 'src/_repack_script_launcher.sh', 'echo ours\n');
    const own = join(root, 'src/notes.txt');
    const writes = ['_repack_model.py', '_repack_script_launcher.sh', 'notes.txt']
      .map((name) => `with open("src/${name}", "w") as file:\n    file.write("theirs")\n`)
      .join('');
    const { pipelines } = await renderText('repacks.py', `${head}${writes}pipeline = Pipeline("one", [Step("A")])\n`);
    expect(pipelines.map((one) => one.name)).toEqual(['one']);
    expect(existsSync(join(root, 'src/_repack_model.py'))).toBe(false);
    expect(readFileSync(launcher, 'utf8')).toBe('echo ours\n');
    expect(readFileSync(own, 'utf8')).toBe('theirs');
  });

  it('leaves no file empty: not one that is there, and none that is new, whether the script goes on or fails', async () => {
    const kept = write(root, 'data/kept.csv', '1,2\n');
    write(root, 'data/was-empty', '');
    const lines = [
      'import os, pathlib',
      'os.makedirs("fetched/rows")',
      'for name in ("data/kept.csv", "data/was-empty", "fetched/rows/new.csv"):',
      '    open(name, "wb").close()',
      'os.makedirs("written")',
      'open("written/own.csv", "w").write("3,4")',
    ].join('\n');
    const pipeline = 'pipeline = Pipeline("one", [Step("A")])';
    const asLeft = (): void => {
      expect(readFileSync(kept, 'utf8')).toBe('1,2\n');
      expect(['data/was-empty', 'fetched', 'written/own.csv'].map((name) => existsSync(join(root, name)))).toEqual([
        true,
        false,
        true,
      ]);
      rmSync(join(root, 'written'), { recursive: true });
    };
    await renderText('empties.py', `${head}${lines}\n${pipeline}\n`);
    asLeft();
    await failure(renderText('empties.py', `${head}${lines}\nraise ValueError("stop")\n`));
    asLeft();
  });

  it('leaves none empty where it is stopped', async () => {
    const kept = write(root, 'data/half.csv', '1,2\n');
    const stop = new AbortController();
    const ready = join(root, 'ready');
    const text = `${head}import time\nopen("data/half.csv", "wb")\nopen("ready", "w").write("x")\ntime.sleep(60)\n`;
    const stopped = failure(
      renderText('stops.py', text, { signal: stop.signal }).catch(() => undefined as never),
    ).catch(() => undefined);
    await vi.waitUntil(() => existsSync(ready), { timeout: 15_000 });
    stop.abort();
    await stopped;
    await vi.waitUntil(() => readFileSync(kept, 'utf8') === '1,2\n', { timeout: 5000 });
  });

  it('finds a Pipeline at module level, and the lines that made its steps', async () => {
    const { pipelines } = await renderText(
      'a.py',
      `${head}print("noise")\npipeline = Pipeline("one", [\n    Step("A"),\n    Step(f"B{1}"),\n])\n`,
    );
    expect(pipelines.map((one) => one.name)).toEqual(['one']);
    expect(JSON.parse(pipelines[0]?.definition ?? '')).toEqual({
      Version: '2020-12-01',
      Steps: [{ Name: 'A' }, { Name: 'B1' }],
    });
    expect(Object.values(pipelines[0]?.steps ?? {}).map((place) => place.line)).toEqual([4, 5]);
  });

  it('finds the call that names a step, through functions, loops and modules', async () => {
    write(root, 'shared.py', `${head}def make(name):\n    return Step(\n        name,\n    )\n`);
    const { pipelines } = await renderText(
      'split.py',
      `${head}from shared import make\nsteps = [make(f"Loop{at}") for at in (1, 2)]\nnamed = make(\n    "Named",\n)\nuse = "Loop1"\npipeline = Pipeline("split", [*steps, named])\n`,
    );
    const places = Object.entries(pipelines[0]?.steps ?? {}).map(([name, { file, line, end }]) => [
      name,
      basename(file),
      line,
      end,
    ]);
    expect(places).toEqual([
      ['Loop1', 'shared.py', 3, 5],
      ['Loop2', 'shared.py', 3, 5],
      ['Named', 'split.py', 4, 6],
    ]);
  });

  it('tells what is wrong with a whole pipeline where it was made', async () => {
    const broken = `${head}\nclass Broken(Pipeline):\n    def definition(self):\n        return super().definition(1)\n\npipeline = Broken(\n    "p")\n`;
    expect((await failure(renderText('whole.py', broken))).place).toMatchObject({ line: 5 });
    const generated = `${head}\npipeline = Pipeline("p", [Step(name="s")])\nexec(compile("pipeline.steps[0].name = object()", "<made up>", "exec"))\n`;
    const error = await failure(renderText('generated.py', generated));
    expect(error.message).toMatch(/not JSON serializable/);
    expect(error.place).toMatchObject({ line: 3 });
  });

  it('tells an error in code that was made up on the line that ran it', async () => {
    const error = await failure(
      renderText('made.py', `${head}\n\nexec(compile("raise ValueError('no')", "<made up>", "exec"))\n`),
    );
    expect(error.message).toBe('ValueError: no');
    expect(error.place).toMatchObject({ line: 4 });
  });

  const getPipeline: Maker = { kind: 'function', name: 'get_pipeline', parameters: [] };

  it("takes variables from .env files, gives the account's own for those that are not set, and says so", async () => {
    const role = 'arn:aws:iam::000000000000:role/service/runner';
    write(root, '.env', 'STAGE=outer\nTEAM="ml ops" # ours\nAWS_PROFILE=theirs\n');
    write(root, 'variables/.env', "export STAGE='inner'\nDATA=<your-path>\n");
    const asked = ['STAGE', 'TEAM', 'DATA_BUCKET', 'EXECUTION_ROLE_ARN', 'EXECUTION_ROLE_NAME', 'REGION', 'ACCOUNT_ID'];
    const optional = `os.environ.get("AWS_PROFILE"), os.getenv("DATA"), os.environ.get("S3_BUCKET", "given"), "X_BUCKET" in os.environ`;
    const script = `import os\n${head}Pipeline(str([os.environ[one] for one in ${JSON.stringify(asked)}]) + str((${optional})))\n`;
    const env = { ...process.env, AWS_REGION: 'eu-west-1' };
    const { pipelines, missing } = await renderText('variables/a.py', script, { role, env });
    const values = ['inner', 'ml ops', 'sagemaker-eu-west-1-000000000000', role, 'runner', 'eu-west-1', '000000000000'];
    const shown = values.map((one) => `'${one}'`).join(', ');
    expect(pipelines[0]?.name).toBe(`[${shown}](None, None, 'given', False)`);
    expect(missing).toContain(
      'The environment variable DATA_BUCKET is not set: sagemaker-eu-west-1-000000000000 stands for it.',
    );
    expect(missing.join()).not.toMatch(/STAGE|TEAM|S3_BUCKET/);
  });

  it('lets something stand for a variable that nothing tells, from whatever folder; strictly it is told', async () => {
    const script = `import os\n${head}name = os.environ["TRACKING_URI"].rstrip("/")\nopen("variables/here.txt")\nPipeline("p", [Step(name)])\n`;
    write(root, 'variables/here.txt', '');
    const folders = [join(root, 'variables'), root];
    const { pipelines, missing } = await renderText('variables/b.py', script, { folders });
    expect(pipelines[0]?.unknown).toEqual(['stand-in-for-TRACKING-URI']);
    expect(missing).toEqual([
      'The environment variable TRACKING_URI is not set: stand-in-for-TRACKING-URI stands for it.',
    ]);
    const error = await failure(renderText('variables/b.py', script, { folders, strict: true }));
    expect(error.message).toBe("KeyError: 'TRACKING_URI'");
  });

  it('gives an argument that stands in texts its name where nothing tells it', async () => {
    const script = `${head}def get_pipeline(tenant=None, made=None, optional=None, used=None):
    made = made or "own"
    assert optional is None
    return Pipeline(f"{tenant}/{made}" + str(used))\n`;
    const { pipelines, missing } = await renderText('told.py', script, { maker: getPipeline });
    expect(pipelines[0]?.name).toBe('tenant/ownNone');
    expect(missing).toEqual(['Nothing tells the argument tenant: tenant stands for it.']);
    const given = { maker: getPipeline, arguments: { tenant: 'us' } };
    expect((await renderText('told.py', script, given)).pipelines[0]?.name).toBe('us/ownNone');
  });

  it('lets a stand-in have the shape of what it stands for', async () => {
    const script = `import os, json\n${head}value = os.environ["SETTINGS"]


def get_pipeline():
    return {"Version": "2020-12-01", "Steps": [{"Name": value, "Arguments": {"Environment": value, "Subnets": value}}]}\n`;
    const { pipelines } = await renderText('shape.py', script, { maker: getPipeline });
    const { Steps } = JSON.parse(pipelines[0]?.definition ?? '') as { Steps: object[] };
    const text = 'stand-in-for-SETTINGS';
    expect(Steps).toEqual([{ Name: text, Arguments: { Environment: { unknown: text }, Subnets: [text] } }]);
    expect(pipelines[0]?.unknown).toEqual([text]);
  });

  it('tells the variables that are not set where they have made a None', async () => {
    const script = `import os\n${head}prefix = os.getenv("PREFIX")\nos.getenv("DEBUG")\nPipeline("p", [Step(f"s3://b/{prefix}/x")])\n`;
    expect((await renderText('none.py', script)).missing).toEqual([
      'Environment variables that are not set: PREFIX, DEBUG.',
    ]);
    expect((await renderText('none.py', script.replace('{prefix}', 'y'))).missing).toEqual([]);
  });

  it('calls the function with the arguments that it takes, and its name for what nobody gives', async () => {
    const script = `${head}def get_pipeline(region, role=None, *, project, size=3):\n    return Pipeline(f"{region}-{role}-{project}-{size}")\n`;
    const given = { region: 'eu-west-1', other: 1, size: 4 };
    const { pipelines } = await renderText('b.py', script, {
      maker: getPipeline,
      arguments: given,
      assumed: { project: 'churn', size: 5 },
    });
    expect(pipelines[0]?.name).toBe('eu-west-1-role-churn-4');
  });

  it('takes what a call in another script or notebook gives, as it is computed there', async () => {
    const cells = [
      '!pip install x',
      'import os\nbase = os.path.join("a", "b")',
      'p = get_pipeline(role=base, kind=nowhere)',
    ];
    const notebook = { cells: cells.map((source) => ({ cell_type: 'code', source: [source] })) };
    const caller = write(root, 'try.ipynb', JSON.stringify(notebook));
    const script = `${head}def get_pipeline(role=None, kind=None):\n    return Pipeline(f"{role} {kind}")\n`;
    const asked = { maker: getPipeline, caller: { script: caller, function: 'get_pipeline' } };
    expect((await renderText('called.py', script, asked)).pipelines[0]?.name).toBe('a/b kind');
    const given = { ...asked, arguments: { role: 'mine' } };
    expect((await renderText('called.py', script, given)).pipelines[0]?.name).toBe('mine kind');
  });

  it('goes on without a package that this Python lacks, and says so', async () => {
    const script = `import seaborn.colors as sns\nfrom nowhere_at_all import Base\n${head}class Own(Base):\n    pass\n\n@sns.plot\ndef name():\n    return "n"\n\npipeline = Pipeline(name(), [Step("A")])\n`;
    const { missing, pipelines } = await renderText('plots.py', script);
    expect(pipelines.map(({ name, unknown }) => [name, unknown])).toEqual([['n', []]]);
    expect(missing).toEqual(['This Python has no module seaborn.', 'This Python has no module nowhere_at_all.']);
    const error = await failure(renderText('plots.py', script, { strict: true }));
    expect(error).toMatchObject({ missing: 'seaborn', place: { line: 0 } });
  });

  it('tells what stops a script behind a package that this Python lacks', async () => {
    const script = `import nowhere_at_all\n${head}print(NOT_THERE)\npipeline = Pipeline("p", [Step("A")])\n`;
    const error = await failure(renderText('behind.py', script));
    expect(error).toMatchObject({ missing: 'nowhere_at_all', place: { line: 0 } });
    expect(error.message).toMatch(
      /^This Python has no module nowhere_at_all\. .* With something in its place it ends at another, line \d+: NameError: name 'NOT_THERE' is not defined\.$/,
    );
  });

  it('tells which texts of the definition only stand for something', async () => {
    const { pipelines } = await renderText(
      'unknown.py',
      `import nowhere_at_all\n${head}pipeline = Pipeline("p", [Step(nowhere_at_all.version())])\n`,
    );
    expect(pipelines[0]?.unknown).toEqual(['stand-in-for-nowhere-at-all-version']);
  });

  it('runs no installer, however it is called', async () => {
    const calls = [
      'subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", "no-such-package-at-all"])',
      'subprocess.run("pip install -U no-such-package-at-all", shell=True, check=True)',
      'assert os.system("pip3 install no-such-package-at-all") == 0',
      'assert subprocess.check_output([sys.executable, "-c", "print(1)"]).strip() == b"1"',
    ];
    const { pipelines } = await renderText(
      'installs.py',
      `import os, subprocess, sys\n${calls.join('\n')}\n${head}pipeline = Pipeline("p")\n`,
    );
    expect(pipelines[0]?.name).toBe('p');
  });

  it('gives the names of a failed cell something to stand for them, where later cells want them', async () => {
    const cells = ['url = open("not-there").read()', head, 'pipeline = Pipeline("p", [Step(url)])'];
    const notebook = JSON.stringify({ cells: cells.map((source) => ({ cell_type: 'code', source: [source] })) });
    const { missing, pipelines } = await renderText('cells.ipynb', notebook);
    expect(pipelines[0]?.unknown).toEqual(['stand-in-for-url']);
    expect(missing).toEqual([
      expect.stringMatching(/^Cell 1 failed \(FileNotFoundError: .*\), so url is not known\.$/),
    ]);
  });

  it('takes a definition that is written out: of a function, or at the top', async () => {
    const definition = '{"Version": "2020-12-01", "Steps": [{"Name": "A", "Type": cfg["kind"].strip()}]}';
    const make = `def build(cfg):\n    return ${definition}\n`;
    const maker: Maker = { kind: 'function', name: 'build', parameters: [] };
    const known = await renderText('dict.py', make, { maker, name: 'mine', arguments: { cfg: { kind: 'Fail' } } });
    expect(known.pipelines).toMatchObject([{ name: 'mine', unknown: [] }]);
    expect(JSON.parse(known.pipelines[0]?.definition ?? '')).toMatchObject({ Steps: [{ Name: 'A', Type: 'Fail' }] });
    const open = await renderText('dict.py', make, { maker, name: 'mine', assumed: { cfg: 'guess' } });
    expect(open.pipelines).toMatchObject([{ unknown: ['stand-in-for-cfg-kind'] }]);
    const top = await renderText('top.py', `cfg = {"kind": "Fail"}\nDEFINITION = ${definition}\n`, {
      maker: { kind: 'module' },
      name: 'mine',
    });
    expect(top.pipelines.map(({ name }) => name)).toEqual(['mine']);
  });

  it('gives what nobody tells a value that its annotation allows, and tells which', async () => {
    const script = `from __future__ import annotations\nimport dataclasses, enum\nfrom typing import Literal, Optional\n${head}
Stage = Literal["local", "dev", "prod"]

class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"

@dataclasses.dataclass
class Settings:
    role: str
    depth: int
    name: str = "own"

def build(stage: Stage, size: Size, settings: Settings, rate: Optional[float], told: int, team: str):
    return Pipeline(f"{stage} {size.value} {settings.name} {settings.depth} {settings.role[:12]} {rate} {told} {team}")
`;
    const maker: Maker = { kind: 'function', name: 'build', parameters: [] };
    const assumed = { stage: 'x-stage', size: 'x-size', settings: 'x-settings', rate: 1, told: 1, team: 'x-team' };
    const { pipelines, assumed: told } = await renderText('annotated.py', script, {
      maker,
      assumed,
      arguments: { told: 7 },
    });
    expect(pipelines[0]?.name).toMatch(/^dev s own 1 \S+ 1\.0 7 x-team$/);
    expect(told).toEqual({ stage: 'dev', size: 'SMALL', settings: 'Settings()', rate: 1, team: 'x-team' });
  });

  it('makes an object of a class, and calls its method', async () => {
    const script = `${head}class Factory:\n    def __init__(self, team):\n        self.team = team\n\n    def create(self, role):\n        return Pipeline(f"{self.team} {role}")\n`;
    const maker: Maker = { kind: 'method', className: 'Factory', name: 'create', parameters: [] };
    const { pipelines } = await renderText('factory.py', script, { maker, arguments: { role: 'r' } });
    expect(pipelines[0]?.name).toBe('team r');
  });

  it('runs a program up to the start of an execution', async () => {
    const mark = join(root, 'started');
    const script = `${head}import sys\n\ndef main():\n    pipeline = Pipeline(sys.argv[1])\n    pipeline.start()\n    open(${JSON.stringify(mark)}, "w")\n\nif __name__ == "__main__":\n    main()\n`;
    const { pipelines } = await renderText('program.py', script, { maker: { kind: 'main' }, argv: ['named'] });
    expect(pipelines[0]?.name).toBe('named');
    expect(existsSync(mark)).toBe(false);
  });

  it('runs the cells of a notebook, whatever a notebook alone understands, and goes on after a cell that fails', async () => {
    const cells = [
      '%matplotlib inline\n!ls\nfiles = !ls',
      '%%bash\nexit 1',
      'raise ValueError("not needed")',
      `${head}name = "cells"`,
      'pipeline = Pipeline(name, [Step("One")])',
      'raise SystemExit("after it")',
    ];
    const text = JSON.stringify({ cells: cells.map((source) => ({ cell_type: 'code', source: [source] })) });
    const { pipelines } = await renderText('book.ipynb', text, { maker: { kind: 'notebook' } });
    expect(pipelines.map(({ name }) => name)).toEqual(['cells']);
    const broken = JSON.stringify({ cells: [{ cell_type: 'code', source: ['1/0'] }] });
    expect((await failure(renderText('broken.ipynb', broken))).message).toMatch(/^Cell 1: ZeroDivisionError/);
  });

  it('runs the cells after a class that makes the pipeline, with something for names that no cell makes', async () => {
    const cells = [
      '%store -r\nteam = input("Team (default: none)") or "none"\n',
      `from sagemaker.workflow.pipeline import Pipeline\nclass Maker:\n    def make(self):\n        return Pipeline(team, [Step(data_uri)])\n`,
      'Maker().make()\n',
      'never = 1 / 0\n',
    ];
    const text = JSON.stringify({ cells: cells.map((source) => ({ cell_type: 'code', source: [source] })) });
    const { pipelines, missing } = await renderText('stored.ipynb', text, { maker: { kind: 'notebook' } });
    expect(pipelines.map(({ name, unknown }) => [name, unknown])).toEqual([['none', ['stand-in-for-data-uri']]]);
    expect(missing).toEqual([
      'The script asks Team (default: none): an empty line stands for the answer.',
      'Cell 3 needs Step, which no cell before it makes: sagemaker.workflow.steps.Step stands for it.',
      'Cell 3 needs data_uri, which no cell before it makes: stand-in-for-data-uri stands for it.',
    ]);
  });

  it("takes what the script's own command line gives for arguments that nothing tells, else what their types are", async () => {
    const script = `import argparse\n${head}LIMIT = 3.5\n\ndef build(team, limit, tries, size: int, ratio: float):\n    return Pipeline(str([team, limit, tries, size, ratio]))\n\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument("--team", required=True)\n    p.add_argument("--limit", default=LIMIT)\n    p.add_argument("--tries", type=int)\n`;
    const maker: Maker = { kind: 'function', name: 'build', parameters: [] };
    const { pipelines } = await renderText('line.py', script, { maker });
    expect(pipelines[0]?.name).toBe("['team', 3.5, 1, 1, 1.0]");
  });

  it("fills the variables of a shell in the words of a project's own command line, where they are known", async () => {
    const argv = ['--bucket', '${ARTIFACT_BUCKET}', '--region=$AWS_REGION', '--other', '$NOT_SET'];
    const script = `import sys\n${head}Pipeline(" ".join(sys.argv[1:]))\n`;
    const { pipelines } = await renderText('words.py', script, {
      argv,
      role: 'arn:aws:iam::000000000000:role/runner',
      env: { ...process.env, AWS_REGION: 'eu-west-1' },
      maker: { kind: 'main' },
    });
    expect(pipelines[0]?.name).toBe('--bucket sagemaker-eu-west-1-000000000000 --region=eu-west-1 --other $NOT_SET');
  });

  it('tells the error that a script has caught before it ended itself, and one that comes behind another', async () => {
    const caught = `import sys\ntry:\n    open("nowhere.txt")\nexcept Exception:\n    sys.exit(1)\n`;
    const error = await failure(renderText('caught.py', caught));
    expect(error.message).toMatch(/^FileNotFoundError/);
    expect(error.place).toMatchObject({ line: 2 });
    const two = `import os\nname = os.environ["NOT_SET"]\nraise ValueError("of its own")\n`;
    expect((await failure(renderText('two.py', two))).message).toBe(
      "KeyError: 'NOT_SET' With something in its place it ends at another, line 3: ValueError: of its own",
    );
  });

  it('copies what a notebook copies with the AWS command line, and writes a file that a cell holds where there is none', async () => {
    const boto3 = `class Client:
    def download_file(self, bucket, key, path):
        open(path, "w").write(f"{bucket} {key}")

    def upload_file(self, path, bucket, key):
        print(path, bucket, key)
        sent.append(f"{path} {bucket} {key}")

    def get_paginator(self, name):
        return self

    def paginate(self, Bucket, Prefix):
        return [{"Contents": [{"Key": Prefix + name} for name in ("one.csv", "in/two.csv")]}] if "empty" not in Prefix else [{}]


sent = []


def client(name):
    return Client()
`;
    write(root, 'shell/own_boto3.py', boto3);
    write(root, 'shell/kept.py', 'mine');
    const folder = join(root, 'shell');
    const cells = [
      `import os, sys, own_boto3\nsys.modules["boto3"] = own_boto3\nbucket = "data"\n!mkdir -p made/here\n!aws s3 cp s3://{bucket}/rows.csv \\\n    made/here --quiet`,
      '!aws s3 sync s3://$bucket/all ./all\n!aws s3 cp --recursive all s3://{bucket}/back\n!aws s3 cp s3://data/empty all --recursive',
      '%%writefile made/code.py\nprint(1)\n',
      '%%writefile kept.py\nprint(2)\n',
      `!touch ran\n${head}texts = [open(p).read() for p in ("made/here/rows.csv", "all/in/two.csv", "made/code.py", "kept.py")]`,
      'pipeline = Pipeline(str([*texts, sorted(own_boto3.sent), os.path.exists("ran")]))',
    ];
    const text = JSON.stringify({ cells: cells.map((source) => ({ cell_type: 'code', source: [source] })) });
    const asked = { maker: { kind: 'notebook' } as const, folders: [folder] };
    const { pipelines, missing } = await renderText('shell/book.ipynb', text, asked);
    const sent = "['all/in/two.csv data back/in/two.csv', 'all/one.csv data back/one.csv']";
    expect(pipelines[0]?.name).toBe(`['data rows.csv', 'data all/in/two.csv', 'print(1)\\n', 'mine', ${sent}, False]`);
    expect(missing).toEqual(['!aws s3 cp s3://data/empty: nothing is there.']);
  });

  it('tries the working folders in turn', async () => {
    write(root, 'inner/data.txt', 'there');
    const script = `${head}print("once")\npipeline = Pipeline(open("data.txt").read())\n`;
    const folders = [root, join(root, 'inner')];
    const rendering = await renderText('folder.py', script, { folders });
    expect(rendering.pipelines[0]?.name).toBe('there');
    expect(basename(rendering.folder)).toBe('inner');
    const error = await failure(renderText('folder.py', `${head}open("nowhere")\n`, { folders }));
    expect(error.message).toMatch(/^FileNotFoundError.*nowhere/);
  });

  it('imports a script by its name in its package', async () => {
    write(root, 'pipelines/__init__.py', '');
    write(root, 'pipelines/names.py', 'NAME = "packaged"\n');
    const { pipelines } = await renderText(
      'pipelines/make.py',
      `${head}from pipelines.names import NAME\nfrom . import names\npipeline = Pipeline(names.NAME)\n`,
    );
    expect(pipelines[0]?.name).toBe('packaged');
  });

  it('takes a folder that relative imports start from for a package', async () => {
    write(root, 'loose/parts/names.py', 'NAME = "loose"\n');
    const { pipelines } = await renderText(
      'loose/make/here.py',
      `${head}from ..parts.names import NAME\npipeline = Pipeline(NAME)\n`,
    );
    expect(pipelines[0]?.name).toBe('loose');
  });

  it('does not reach AWS where an endpoint stands for it', async () => {
    const script = `${head}import socket\ntry:\n    socket.create_connection(("sagemaker.eu-west-1.amazonaws.com", 443))\n    name = "reached"\nexcept OSError as error:\n    name = str(error)\npipeline = Pipeline(name)\n`;
    const env = { ...process.env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const { pipelines } = await renderText('d.py', script, { env });
    expect(pipelines[0]?.name).toContain('AWS itself is not reached while rendering');
  });

  it.each([
    ['a module that is missing', 'import nowhere_to_be_found\n', /no module nowhere_to_be_found/, 0],
    ['an SDK of another version', `${head}import sagemaker.mlops\n`, /pip install "sagemaker>=3"/, 2],
    [
      'a module that no SDK has',
      `${head}import sagemaker.nowhere\n`,
      /SDK \(2\.250\.0\) has no module sagemaker\.nowhere/,
      2,
    ],
    ['no pipeline', 'x = 1\n', /makes no pipeline/, 0],
    ['an error of the script', `${head}\n\npipeline = Pipeline()\n`, /TypeError/, 4],
    ['a syntax error', `${head}def f(:\n`, /SyntaxError/, 2],
    ['a script that exits', 'import sys\n\nsys.exit(3)\n', /ended itself \(3\)/, 2],
  ])('says what to do about %s, with its line', async (_what, text, message, line) => {
    const error = await failure(renderText('e.py', text));
    expect(error.message).toMatch(message);
    expect(error.place).toMatchObject({ line });
  });

  it('says how to install the SDK where there is none', async () => {
    process.env['PYTHONPATH'] = '';
    try {
      const found = execFileSync(
        'python3',
        ['-c', 'import importlib.util as u; print(u.find_spec("sagemaker") is not None)'],
        { encoding: 'utf8' },
      );
      if (found.trim() === 'True') return console.warn('skipped: this Python has the SageMaker SDK');
      const error = await failure(renderText('f.py', head));
      expect(error.message).toContain('"python3" -m pip install "sagemaker"');
    } finally {
      process.env['PYTHONPATH'] = sdk;
    }
  });

  it('says that Python is missing', async () => {
    const error = await failure(renderText('g.py', head, { python: join(root, 'no-python') }));
    expect(error.message).toMatch(/Python was not found.*mlopsFlow\.python\.path/);
  });

  it('stops a script that does not end, and what it started', async () => {
    const mark = join(root, 'child.pid');
    const script = `import os, subprocess, time\nchild = subprocess.Popen(["sleep", "60"])\nopen(${JSON.stringify(mark)}, "w").write(str(child.pid))\ntime.sleep(60)\n`;
    let timeout = 1500;
    for (;;) {
      const error = await failure(renderText('h.py', script, { timeout }));
      expect(error.message).toContain(`did not end within ${Math.round(timeout / 1000)} s`);
      // On a busy machine it may be stopped before it has begun.
      if (existsSync(mark) || timeout > 30_000) break;
      timeout *= 3;
    }
    const pid = Number(execFileSync('cat', [mark], { encoding: 'utf8' }));
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
  }, 120_000);

  it('is cancelled', async () => {
    const controller = new AbortController();
    const promise = renderText('i.py', 'import time\ntime.sleep(60)\n', { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(promise).rejects.toThrow(/abort/i);
  });
});

/** Whether a process runs; one that nobody has waited for yet does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^\S+\s+Z/.test(execFileSync('ps', ['-o', 'pid=,stat=', '-p', String(pid)], { encoding: 'utf8' }).trim());
  } catch {
    return false;
  }
}
