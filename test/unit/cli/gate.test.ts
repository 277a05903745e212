/** The gates of a release by the command line, against real repositories and a real control plane. */
import { chmodSync, cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RepositoryFiles, workTreeState } from '../../../src/gitflow/lifecycle/files';
import { startRun } from '../../../src/pipelines/commands/start';
import { madeOf, projectOf } from '../../../src/cli/run/made-of';
import { digestOf, readProvenance } from '../../../src/pipelines/provenance';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { config, GatedProject, pipeline } from '../../fixtures/gitflow/gated-project';
import { buildProgram } from '../gitflow/program';
import { Sandbox } from '../gitflow/sandbox';

const sandbox = new Sandbox();
const program = sandbox.path('dist/cli.cjs');
let local: LocalSession;

beforeAll(async () => {
  [local] = await Promise.all([startLocalSession('gate'), buildProgram('src/cli.ts', program)]);
});
afterAll(async () => {
  sandbox.remove();
  await local.end();
});

const project = (settings: object = config): GatedProject => new GatedProject(program, local, sandbox, settings);
/** As much of an SDK as a script needs: a pipeline whose definition has an address of its own each time. */
const fakeSdk = {
  'sagemaker-2.250.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: sagemaker\nVersion: 2.250.0\n',
  'sagemaker/__init__.py': '',
  'sagemaker/workflow/__init__.py': '',
  'sagemaker/workflow/pipeline.py': `import json, secrets


class Pipeline:
    def __init__(self, name, template, **values):
        self.name, self.template, self.values = name, template, values

    def definition(self):
        made = json.loads(open(self.template).read())
        place = "s3://sagemaker-us-east-1-%s/quick-2026-01-31-12-30-59-%s/%s/code" % (
            "".join(secrets.choice("0123456789") for _ in range(12)), secrets.randbelow(900) + 100, secrets.token_hex(32))
        made["Parameters"].append({"Name": "Place", "Type": "String", "DefaultValue": place})
        made["Metadata"] = dict(self.values)
        return json.dumps(made)
`,
};

/** A program that makes the pipeline `quick`, and what it makes. */
class ScriptedProject extends GatedProject {
  constructor() {
    super(program, local, sandbox, { ...config, environments: { dev: { connection: 'Local', pipeline: 'quick' } } });
    this.work.git('mv', 'quick.pipeline.json', 'template.json');
    this.work.commit('pipeline.py', this.script(1));
  }

  /** What the script with the value 1 made once. */
  readonly definition = JSON.stringify({
    ...(JSON.parse(pipeline) as { Parameters: object[] }),
    Parameters: [
      ...(JSON.parse(pipeline) as { Parameters: object[] }).Parameters,
      {
        Name: 'Place',
        Type: 'String',
        DefaultValue: `s3://sagemaker-eu-west-1-111122223333/quick-2026-02-01-00-00-00-001/${'a'.repeat(64)}/code`,
      },
    ],
    Metadata: { value: 1 },
  });

  script(value: number): string {
    return `from sagemaker.workflow.pipeline import Pipeline\n\npipeline = Pipeline("quick", "template.json", value=${value})\n`;
  }

  /** The gates by the program, which Python is run from. */
  async rendered(...words: string[]): Promise<{ code: number; text: string }> {
    const { code, stdout, stderr } = await this.spawned(['gate', ...words], { PYTHONPATH: sandbox.path('sdk') });
    return { code, text: stdout + stderr };
  }
}

const record = /MLOps-Commit: \w{40}\nMLOps-Tree: \w{40}\nMLOps-Run: arn:\S+execution\S+\nMLOps-Model: arn:\S+/;

/** A project whose release has everything that its gates ask for. */
async function ready(): Promise<{ made: GatedProject; arn: string }> {
  const made = project();
  const arn = await made.run();
  await made.approve(arn);
  return { made, arn };
}

/** A hotfix that was released while the release branch was open. */
function hotfix({ work }: GatedProject, path = 'fix.py'): void {
  work.git('checkout', '-q', 'main');
  work.commit(path, 'fixed');
  work.git('checkout', '-q', 'release/1.0');
}

describe('the exit code', () => {
  it('is 0 where nothing is asked', async () => {
    const work = sandbox.repository();
    const { code, stdout } = await project().cli(['gate'], { folder: work.folder });
    expect([code, stdout]).toEqual([0, 'develop has no .mlops/config.json: nothing is asked.\n']);
  });

  it('is 1 without a run, 1 before the model is approved, 0 afterwards', async () => {
    const made = project();
    expect(await made.gate()).toMatchObject({ code: 1, gates: { tree: 'passed', run: 'failed', model: 'failed' } });
    const arn = await made.run();
    expect(await made.gate()).toMatchObject({ code: 1, gates: { run: 'passed', model: 'failed' } });
    await made.approve(arn);
    expect(await made.gate()).toMatchObject({ code: 0, gates: { tree: 'passed', run: 'passed', model: 'passed' } });
    // From another branch, by its name.
    made.work.git('checkout', '-q', 'develop');
    expect((await made.gate('--ref', 'release/1.0')).code).toBe(0);
  });

  it('is 2 where the runs cannot be looked up, and 1 where a gate has failed beside', async () => {
    const { made } = await ready();
    const nowhere = { env: { AWS_ENDPOINT_URL: '', MLOPS_FLOW_DATA: join(local.folder, 'nowhere') } };
    const { code, stdout } = await made.cli(['gate'], nowhere);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^unknown run: .*Local has no data in .*nowhere\. Name its folder with --data/m);
    made.work.write('untracked', '');
    const strict = { ...config.gates.release, cleanTree: true };
    made.work.commit('.mlops/config.json', JSON.stringify({ ...config, gates: { release: strict } }));
    expect((await made.cli(['gate'], nowhere)).code).toBe(1);
  });

  it('is 2 for wrong usage', async () => {
    const made = project();
    const answers = [
      await made.cli(['gate', '--format', 'xml']),
      await made.cli(['gate', '--override', 'model']),
      await made.cli(['gate', '--ref', 'nowhere']),
      await made.cli(['gate', 'release/1.0']),
    ];
    expect(answers.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(answers.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
      "--format is one of text, json, github, not 'xml'.",
      `'model' is not an override. Write it as --override GATE=REASON: --override model="seen by Ann".`,
      "There is no commit 'nowhere' here.",
      "'release/1.0' is not expected. Name a branch with --ref.",
    ]);
  });

  it('is 0 with a reason for each gate that is open, which annotations say', async () => {
    const made = project();
    const reasons = ['--override', 'run=by Ann', '--override', 'model=by Ben'];
    const { code, stdout } = await made.cli(['gate', '--format', 'github', ...reasons]);
    expect(code).toBe(0);
    expect(stdout).toContain('::notice title=Gate run%3A overridden::');
    const held = await made.cli(['gate', '--format', 'github', ...reasons.slice(0, 2)]);
    expect(held.code).toBe(1);
    expect(held.stdout).toContain('::error title=Gate model%3A failed::');
  });
});

describe('a run from the command line', () => {
  it('is made of what one from the editor is made of, with the values of the environment, and counts', async () => {
    const dev = { ...config.environments.dev, parameters: { Epochs: 5, Unknown: 1 } };
    const made = project({ ...config, environments: { dev } });
    const found = await projectOf(join(made.work.folder, 'quick.pipeline.json'));
    if (found === undefined) throw new Error('The project was not found.');
    const { values, description } = await madeOf(local.session, found, pipeline, {});
    expect(values).toEqual({ Epochs: '5', CodeUri: expect.stringMatching(/code\/[0-9a-f]{64}$/) as string });
    const provenance = readProvenance(description);
    expect(provenance).toMatchObject({
      branch: 'release/1.0',
      dirty: false,
      commit: made.work.git('rev-parse', 'HEAD'),
    });
    await startRun(local.session, {
      pipeline: 'quick',
      definition: pipeline,
      provenance: provenance ?? {},
      values,
      displayName: 'cli',
    });
    await expect.poll(async () => (await made.gate()).gates['run']).toBe('passed');
    expect((await madeOf(local.session, found, pipeline, { Epochs: '6' })).values['Epochs']).toBe('6');
  });

  it('has no project outside of a repository, and none where the configuration is not valid', async () => {
    expect(await projectOf(join(tmpdir(), 'x.pipeline.json'))).toBeUndefined();
    const made = project();
    made.work.write('.mlops/config.json', '{ "uploads": 1 }');
    await expect(projectOf(join(made.work.folder, 'quick.pipeline.json'))).rejects.toThrow(/is not valid in line 1/);
  });
});

describe('a pipeline that a Python script makes', () => {
  beforeAll(() => {
    const sdk = sandbox.path('sdk');
    for (const [name, text] of Object.entries(fakeSdk)) {
      mkdirSync(join(sdk, dirname(name)), { recursive: true });
      writeFileSync(join(sdk, name), text);
    }
    cpSync('media/python', sandbox.path('media/python'), { recursive: true });
  });

  it('is compared as the commit makes it, once somebody consents to run it', { timeout: 120_000 }, async () => {
    const made = new ScriptedProject();
    const { definition } = made;
    await made.approve(await made.run({}, { definition }));
    const unasked = await made.rendered();
    expect([unasked.code, unasked.text]).toEqual([2, expect.stringContaining('has no definition of quick')]);
    expect(unasked.text).toContain('judge it with --render');
    // What lies in the working tree does not matter.
    made.work.write('pipeline.py', made.script(2));
    const judged = await made.rendered('--render');
    expect(judged.text).toMatch(/^passed +run: /m);
    expect(judged.code).toBe(0);
    made.work.commit('pipeline.py', made.script(2));
    await made.approve(await made.run({}, { definition }));
    const other = await made.rendered('--render');
    expect([other.code, other.text]).toEqual([
      1,
      expect.stringContaining('ran another definition than pipeline.py of release/1.0'),
    ]);
    made.work.commit('pipeline.py', `raise ValueError("no such bucket")\n${made.script(2)}`);
    await made.approve(await made.run({}, { definition }));
    const broken = await made.rendered('--render');
    expect([broken.code, broken.text]).toEqual([2, expect.stringContaining('no such bucket')]);
  });
});

describe('a run is no evidence', () => {
  it('with untracked files, other parameters, another definition, changed code', async () => {
    const made = project();
    made.work.write('src/more.py', 'x');
    await made.approve(await made.run());
    expect((await made.gate()).text).toContain('was started with uncommitted changes or untracked files');
    made.work.git('clean', '-qfd');
    await made.approve(await made.run({ Epochs: '5' }));
    expect((await made.gate()).text).toContain('was run with Epochs 5, and the definition has 200');
    // The run says that it was clean: the digest of what was copied tells all the same.
    made.work.write('src/train.py', 'print(2)\n');
    await made.approve(await made.run({}, { dirty: false }));
    const changed = await made.gate();
    expect(changed.text).toContain('was made of other files than src of release/1.0: 1 file differs, train.py');
    expect(changed.code).toBe(1);
  });

  it('with a change at which git was told not to look', async () => {
    const made = project();
    const look = async (): Promise<string[]> => (await workTreeState(made.work.folder, true)).changes;
    made.work.git('update-index', '--assume-unchanged', 'src/train.py');
    made.work.git('update-index', '--skip-worktree', 'notes');
    expect(await look()).toEqual([]);
    made.work.write('src/train.py', 'print(2)\n');
    made.work.write('notes', 'other');
    expect(await look()).toEqual(['notes', 'src/train.py']);
    // In the moment in which it was checked out, and as long as it was: neither time nor size tells.
    made.work.git('config', 'core.trustctime', 'false');
    const [source, index] = ['src/train.py', '.git/index'].map((path) => join(made.work.folder, path)) as [
      string,
      string,
    ];
    const then = new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000);
    const committed = `${made.work.git('show', 'HEAD:src/train.py')}\n`;
    made.work.write('src/train.py', committed);
    utimesSync(source, then, then);
    made.work.git('update-index', '-q', '--really-refresh');
    made.work.git('update-index', '--assume-unchanged', 'src/train.py');
    utimesSync(index, then, then);
    made.work.write('src/train.py', committed.replace('1', '2'));
    utimesSync(source, then, then);
    expect(await look()).toEqual(['notes', 'src/train.py']);
    // A sparse checkout leaves files out; one that is not looked at is missed.
    rmSync(join(made.work.folder, 'notes'));
    rmSync(join(made.work.folder, 'src/train.py'));
    expect(await look()).toEqual(['src/train.py']);
    expect(made.work.git('ls-files', '-v')).toMatch(/^h src\/train.py$/m);
    made.work.git('checkout', '-q', '-f', 'HEAD', '--', 'src/train.py');
    // A monitor says that nothing has changed.
    made.work.git('update-index', '--no-skip-worktree', 'notes');
    made.work.git('checkout', '-q', 'HEAD', '--', 'notes');
    made.work.write('.git/quiet', '#!/bin/sh\nprintf "1\\0"\n');
    chmodSync(join(made.work.folder, '.git/quiet'), 0o755);
    made.work.git('config', 'core.fsmonitor', '.git/quiet');
    made.work.git('status');
    made.work.write('notes', 'other');
    expect(await look()).toEqual(['notes']);
  });

  it('for a commit that another stands for in this clone alone', async () => {
    const made = project();
    const tip = made.work.git('rev-parse', 'HEAD');
    const real = made.work.git('rev-parse', 'HEAD^{tree}');
    made.work.commit('src/train.py', 'print(3)');
    const better = made.work.git('rev-parse', 'HEAD');
    made.work.git('reset', '-q', '--hard', tip);
    made.work.git('replace', tip, better);
    const files = new RepositoryFiles({ root: made.work.folder, trusted: true });
    expect(made.work.git('rev-parse', 'HEAD^{tree}')).not.toBe(real);
    expect(await files.tree('HEAD')).toBe(real);
  });

  it('by what somebody wrote into its description', async () => {
    const made = project();
    const provenance = { commit: made.work.git('rev-parse', 'HEAD'), dirty: false, digest: digestOf(pipeline) };
    const values = {};
    await startRun(local.session, { pipeline: 'quick', definition: pipeline, provenance, values, displayName: 'a' });
    const unsaid = await made.gate();
    expect(unsaid.gates['run']).toBe('unknown');
    expect(unsaid.text).toContain('read CodeUri from s3://sagemaker-us-east-1-000000000000/quick/code');
    const definition = pipeline.replace('200', '201');
    await startRun(local.session, { pipeline: 'quick', definition, provenance, values, displayName: 'b' });
    await expect
      .poll(async () => (await made.gate()).text)
      .toContain('Run b ran another definition than quick.pipeline.json');
  });

  it('in another account than the environment names', async () => {
    const dev = { ...config.environments.dev, account: '111122223333' };
    const made = project({ ...config, environments: { dev } });
    await made.approve(await made.run());
    expect(await made.gate()).toMatchObject({ code: 1, gates: { account: 'failed', run: 'failed' } });
  });
});

describe('what is tagged', () => {
  it('is held where a hotfix got in between, until the merge itself was run', async () => {
    const { made } = await ready();
    hotfix(made);
    const held = await made.gate();
    expect(held).toMatchObject({ code: 1, gates: { tree: 'failed', run: 'passed', model: 'passed' } });
    expect(held.text).toContain('The merge into main differs from release/1.0 in 1 file: fix.py.');
    const refused = await made.cli(['flow', 'release', 'finish', '-m', 'x', '1.0']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Gate tree: What is tagged is what was run.');
    expect(made.work.git('tag')).toBe('');

    const before = made.work.state();
    const merge = (await made.cli(['gate', '--merge'])).stdout.trim();
    expect(made.work.state().replace(/^refs\/mlops-flow.*\n/m, '')).toBe(before);
    made.work.git('checkout', '-q', '--detach', merge);
    await made.approve(await made.run());
    made.work.git('checkout', '-q', 'release/1.0');
    expect((await made.gate()).code).toBe(0);
    expect((await made.cli(['flow', 'release', 'finish', '-m', 'x', '1.0'])).code).toBe(0);
    expect(made.message('v1.0')).toMatch(record);
    expect(made.message('v1.0')).toContain(`MLOps-Tree: ${made.work.git('rev-parse', 'v1.0^{tree}')}`);
  });

  it('is unknown where the merge stops at a conflict', async () => {
    const { made } = await ready();
    hotfix(made, 'notes');
    const { code, gates, text } = await made.gate();
    expect([code, gates['tree']]).toEqual([2, 'unknown']);
    expect(text).toContain('The merge into main stops at conflicts in notes');
    expect((await made.cli(['gate', '--merge'])).code).toBe(1);
  });

  it('is no other tree than the one that was judged, whatever a hook does', async () => {
    const { made } = await ready();
    const hook = join(made.work.folder, '.git/hooks/pre-flow-release-finish');
    mkdirSync(join(hook, '..'), { recursive: true });
    const commit = 'echo 2 > hooked && git add hooked && git commit -qm hooked';
    writeFileSync(hook, `#!/bin/sh\ngit checkout -q main && ${commit} && git checkout -q release/1.0\n`, {
      mode: 0o755,
    });
    const before = made.work.git('for-each-ref', 'refs/heads/develop', 'refs/tags');
    const held = await made.cli(['flow', 'release', 'finish', '-m', 'x', '1.0']);
    expect(held.code).toBe(1);
    expect(held.stderr).toContain("'main' is not what the gates judged, so 'v1.0' is not made: hooked differs.");
    expect(made.work.git('for-each-ref', 'refs/heads/develop', 'refs/tags')).toBe(before);
  });

  it('carries the reason where there is one', async () => {
    const made = project();
    const words = ['flow', 'release', 'finish', '-m', 'First', '--override', 'run=no account yet', '1.0'];
    const held = await made.cli(words);
    expect(held.code).toBe(1);
    expect(held.stderr).toContain('Gate model: ');
    expect(held.stderr).not.toContain('Gate run: ');
    expect((await made.cli([...words, '--override', 'model=by phone'])).code).toBe(0);
    expect(made.message('v1.0')).toMatch(/^First\n\nMLOps-Commit/);
    expect(made.message('v1.0')).toContain('MLOps-Override: run; no account yet\nMLOps-Override: model; by phone');
  });

  it('is judged anew when the finish begins: a model that was rejected meanwhile holds', async () => {
    const { made, arn } = await ready();
    expect((await made.gate()).code).toBe(0);
    await made.approve(arn, false);
    const held = await made.cli(['flow', 'release', 'finish', '-m', 'x', '1.0']);
    expect(held.code).toBe(1);
    expect(held.stderr).toContain('quick version');
    expect(held.stderr).toContain('was rejected');
  });

  it('is made once by two finishes at the same time', async () => {
    const { made } = await ready();
    const words = ['flow', 'release', 'finish', '-m', 'x', '1.0'];
    const codes = (await Promise.all([made.spawned(words), made.spawned(words)])).map(({ code }) => code);
    expect(codes.toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(made.message('v1.0')).toMatch(record);
    expect(made.work.git('rev-list', '--merges', '--count', 'main')).toBe('1');
  });

  it('is judged anew when an action that waited goes on, with the reasons from before', async () => {
    const { made, arn } = await ready();
    hotfix(made, 'notes');
    const conflict = await made.cli([
      'flow',
      'release',
      'finish',
      '-m',
      'x',
      '--override',
      'tree=merged by hand',
      '1.0',
    ]);
    expect(conflict.stderr).toContain('There were merge conflicts');
    made.work.write('notes', 'both\n');
    made.work.git('commit', '-qam', 'resolved');
    await made.approve(arn, false);
    const held = await made.cli(['flow', 'resume']);
    expect(held.code).toBe(1);
    expect(held.stderr).toContain('Gate model: ');
    expect(held.stderr).not.toContain('Gate tree: ');
    await made.approve(arn);
    expect((await made.cli(['flow', 'resume'])).code).toBe(0);
    expect(made.message('v1.0')).toContain('MLOps-Override: tree; merged by hand');
    expect(made.message('v1.0')).toContain(`MLOps-Tree: ${made.work.git('rev-parse', 'v1.0^{tree}')}`);
  });

  it('has a message though none is given', async () => {
    const { made } = await ready();
    expect((await made.cli(['flow', 'release', 'finish', '1.0'])).code).toBe(0);
    expect(made.message('v1.0')).toMatch(/^Release v1\.0\n\nMLOps-Commit/);
  });

  it('keeps what a message file says', async () => {
    const { made } = await ready();
    const file = sandbox.path('message');
    writeFileSync(file, 'From a file\n');
    expect((await made.cli(['flow', 'release', 'finish', '-f', file, '1.0'])).code).toBe(0);
    expect(made.message('v1.0')).toMatch(/^From a file\n\nMLOps-Commit/);
  });
});

describe('the configuration', () => {
  it('that asks for less than what the branch came from is told and held, and one that asks for more is not', async () => {
    const { made } = await ready();
    const write = (settings: object) => made.work.commit('.mlops/config.json', JSON.stringify(settings));
    const { run, model } = config.gates.release;
    const to = (release: object) => ({ ...config, gates: { ...config.gates, release } });
    for (const [settings, less] of [
      [to({ run }), 'asks for less than that of main: model.'],
      [to({ model }), 'asks for less than that of main: run.'],
      [{ ...config, uploads: {} }, 'the files of CodeUri.'],
      [
        { ...config, environments: { dev: { ...config.environments.dev, parameters: { Epochs: 1 } } } },
        'the parameters.',
      ],
      [{ ...config, branches: { release: 'nowhere' } }, 'config.json has 1 problem'],
    ] as const) {
      write(settings);
      const { gates, text } = await made.gate();
      expect(gates['config']).toBe('failed');
      expect(text).toContain(less);
    }
    write(to({ run, model, cleanTree: true }));
    expect((await made.gate()).gates).not.toHaveProperty('config');
    // What develop was agreed to ask for is enough.
    write(to({ run }));
    made.work.git('checkout', '-q', 'develop');
    write(to({ run }));
    made.work.git('checkout', '-q', 'release/1.0');
    expect((await made.gate()).gates).not.toHaveProperty('config');
  });

  it('that a release branch has lost is told and held', async () => {
    const made = project();
    made.work.git('rm', '-q', '.mlops/config.json');
    made.work.git('commit', '-q', '-m', 'no gates');
    const { code, gates, text } = await made.gate();
    expect([code, gates]).toEqual([1, { config: 'failed' }]);
    expect(text).toContain('release/1.0 has no .mlops/config.json, but main has');
    expect((await made.cli(['flow', 'release', 'finish', '-m', 'x', '1.0'])).code).toBe(1);
  });

  it('with a problem is held', async () => {
    const made = project();
    made.work.commit('.mlops/config.json', JSON.stringify({ ...config, gates: { release: { rum: {} } } }));
    expect(await made.gate()).toMatchObject({ code: 1, gates: { config: 'failed' } });
  });
});

describe('in a clone of a build server', () => {
  it("the gates of the release are those of its branch, and main is the remote's", async () => {
    const { made } = await ready();
    sandbox.remote(made.work);
    made.work.git('push', '-q', 'origin', 'release/1.0');
    const clone = sandbox.path(`clone-${Date.now()}`);
    made.work.git('clone', '-q', made.work.git('remote', 'get-url', 'origin'), clone);
    made.work.git('-C', clone, 'checkout', '-q', '--detach', 'origin/release/1.0');
    const env = { GITHUB_REF_NAME: 'release/1.0' };
    const { code, stdout } = await made.cli(['gate'], { folder: clone, env });
    expect(stdout).toContain('main will have exactly the files of release/1.0.');
    expect(code).toBe(0);
  });

  it('credentials of the environment take the place of a profile, if they are of the account that is named', async () => {
    const dev = { ...config.environments.dev, connection: { profile: 'nobody-has-this', region: 'us-east-1' } };
    const nameless = project({ ...config, environments: { dev } });
    expect((await nameless.gate()).text).toContain('There is no profile nobody-has-this on this machine.');
    const made = project({ ...config, environments: { dev: { ...dev, account: '000000000000' } } });
    await made.approve(await made.run());
    expect(await made.gate()).toMatchObject({ code: 0, gates: { account: 'passed', run: 'passed' } });
  });

  it('a merge that a pull request made is judged as it is, and tagged with the record', async () => {
    const { made } = await ready();
    made.work.git('checkout', '-q', 'main');
    made.work.git('merge', '-q', '--no-ff', '-m', 'Merge pull request #1', 'release/1.0');
    const { code } = await made.cli(['gate', '--tag', 'v1.0', '-m', 'Release 1.0']);
    expect(code).toBe(0);
    expect(made.message('v1.0')).toMatch(record);
    expect(made.work.git('rev-parse', 'v1.0^{commit}')).toBe(made.work.git('rev-parse', 'main'));
    hotfix(made);
    made.work.git('checkout', '-q', 'main');
    expect((await made.cli(['gate', '--tag', 'v1.1'])).code).toBe(1);
    expect(made.work.git('tag')).toBe('v1.0');
  });

  it('a release that is tagged without a branch of its own is held, and has the record with a reason', async () => {
    const { made } = await ready();
    for (const section of ['gitflow.branch', 'gitflow.prefix']) made.work.git('config', '--remove-section', section);
    made.work.git('checkout', '-q', 'main');
    made.work.git('merge', '-q', '--ff-only', 'release/1.0');
    // What is tagged is the commit that was run.
    expect((await made.cli(['flow', 'tag', '1.0', '-m', 'Release 1.0'])).code).toBe(0);
    const [tagged = ''] = made.work.git('tag').split('\n');
    expect(made.message(tagged)).toMatch(record);
    // What has not been run since is held, and nothing is tagged.
    made.work.commit('train.py', 'changed');
    const held = await made.cli(['flow', 'tag', '1.1', '-m', 'Release 1.1']);
    expect(held.code).toBe(1);
    expect(held.stderr + held.stdout).toContain('Gate run:');
    expect(made.work.git('tag')).toBe(tagged);
    const reasons = ['run', 'model'].flatMap((gate) => ['--override', `${gate}=seen by Ann`]);
    expect((await made.cli(['flow', 'tag', '1.1', '-m', 'Release 1.1', ...reasons])).code).toBe(0);
    const next =
      made.work
        .git('tag')
        .split('\n')
        .find((name) => name.includes('1.1')) ?? '';
    expect(made.message(next)).toContain('MLOps-Override: run; seen by Ann');
  });
});
