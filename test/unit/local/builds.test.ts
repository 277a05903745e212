import {
  BatchGetReportsCommand,
  DescribeCodeCoveragesCommand,
  DescribeTestCasesCommand,
  RetryBuildCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuildBed, phasesOf, printed } from './build-bed';
import { Bed, bucket, eventually, makeTemp } from './support';

let bed: Bed;
let build: BuildBed;
beforeAll(async () => {
  bed = await Bed.start();
  build = new BuildBed(bed);
  const secrets = join(bed.folder, 'data', 'secrets.json');
  writeFileSync(
    secrets,
    JSON.stringify({
      parameters: { '/app/key': 'parameter-value-1' },
      secrets: { db: { password: 'pass-word-42', note: 'first line\nsecond line' } },
    }),
  );
  chmodSync(secrets, 0o600);
});
afterAll(() => bed.stop());

const all = ['SUBMITTED', 'QUEUED', 'PROVISIONING', 'DOWNLOAD_SOURCE', 'INSTALL', 'PRE_BUILD', 'BUILD', 'POST_BUILD'];

/** What has ended may stand in the table of processes until its parent takes notice. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A buildspec of commands by phase. */
function spec(phases: Record<string, string[] | object>, rest = ''): string {
  const list = Object.entries(phases).map(([name, body]) => [name, Array.isArray(body) ? { commands: body } : body]);
  return `version: 0.2\nphases: ${JSON.stringify(Object.fromEntries(list))}\n${rest}`;
}

describe('phases', () => {
  test('1: an empty build goes through all phases and succeeds', async () => {
    const { build: made, phases } = await build.run('version: 0.2\nphases:\n  build:\n    commands: []\n');
    expect(made.buildStatus).toBe('SUCCEEDED');
    expect(made.phases?.map(({ phaseType }) => phaseType)).toEqual([
      ...all,
      'UPLOAD_ARTIFACTS',
      'FINALIZING',
      'COMPLETED',
    ]);
    expect(Object.values(phases).slice(0, -1)).toEqual(Array(10).fill('SUCCEEDED'));
  });

  test('2: in version 0.2 a directory lasts, in 0.1 it does not', async () => {
    const later = await build.run(spec({ install: ['mkdir x', 'cd x'], build: ['basename "$PWD"'] }));
    expect(printed(later.log)).toEqual(['x']);
    const old = await build.run(
      'version: 0.1\nphases:\n  build:\n    commands:\n      - mkdir x\n      - cd x\n      - test -d x && echo at the top\n',
    );
    expect(printed(old.log)).toEqual(['at the top']);
  });

  test('3: variables, functions and options of the shell last', async () => {
    const { log } = await build.run(
      spec({ pre_build: ['export A=1', 'b=2', 'say() { echo "$A $b"; }'], build: ['say'], post_build: ['say'] }),
    );
    expect(printed(log)).toEqual(['1 2', '1 2']);
  });

  test('4: after a failed install nothing else runs', async () => {
    const { build: made, log, phases } = await build.run(spec({ install: ['false'], build: ['echo built'] }));
    expect(made.buildStatus).toBe('FAILED');
    expect(phases).toMatchObject({ INSTALL: 'FAILED', FINALIZING: 'SUCCEEDED' });
    expect(phases).not.toHaveProperty('PRE_BUILD');
    expect(phases).not.toHaveProperty('BUILD');
    expect(printed(log)).toEqual([]);
    expect(log.join('\n')).toContain('Command did not exit successfully false exit status 1');
    const install = made.phases?.find(({ phaseType }) => phaseType === 'INSTALL');
    expect(install?.contexts).toEqual([
      { statusCode: 'COMMAND_EXECUTION_ERROR', message: 'Error while executing command: false. Reason: exit status 1' },
    ]);
  });

  test('5: after a failed build post_build runs and artifacts are made', async () => {
    const {
      build: made,
      log,
      phases,
    } = await build.run(
      spec(
        { build: ['echo text > made.txt', 'false'], post_build: ['echo "succeeding $CODEBUILD_BUILD_SUCCEEDING"'] },
        'artifacts: {files: [made.txt]}',
      ),
      {},
      { artifacts: { type: 'S3', location: bucket, path: 'five', name: 'out' } },
    );
    expect(made.buildStatus).toBe('FAILED');
    expect(phases).toMatchObject({ BUILD: 'FAILED', POST_BUILD: 'SUCCEEDED', UPLOAD_ARTIFACTS: 'SUCCEEDED' });
    expect(printed(log)).toEqual(['succeeding 0']);
    expect(await build.keys('five/')).toEqual(['five/out/made.txt']);
  });

  test('6: a build that goes well says so', async () => {
    const { log } = await build.run(spec({ post_build: ['echo "$CODEBUILD_BUILD_SUCCEEDING"'] }));
    expect(printed(log)).toEqual(['1']);
  });

  test('7: CONTINUE goes on, and the build has failed', async () => {
    const { build: made, log } = await build.run(
      spec({ pre_build: { 'on-failure': 'CONTINUE', commands: ['false', 'echo never'] }, build: ['echo built'] }),
    );
    expect(made.buildStatus).toBe('FAILED');
    expect(printed(log)).toEqual(['built']);
  });

  test('8: ABORT leaves post_build out', async () => {
    const {
      build: made,
      log,
      phases,
    } = await build.run(spec({ build: { 'on-failure': 'ABORT', commands: ['false'] }, post_build: ['echo after'] }));
    expect(made.buildStatus).toBe('FAILED');
    expect(phases).not.toHaveProperty('POST_BUILD');
    expect(printed(log)).toEqual([]);
  });

  test('RETRY runs a phase again, so often at most, where the message matches', async () => {
    const twice = 'test -f once || { touch once; exit 7; }';
    const { build: made } = await build.run(spec({ build: { 'on-failure': 'RETRY-1', commands: [twice] } }));
    expect(made.buildStatus).toBe('SUCCEEDED');
    const never = await build.run(spec({ build: { 'on-failure': 'RETRY-2-other', commands: [twice] } }));
    expect(never.build.buildStatus).toBe('FAILED');
    const three = await build.run(spec({ build: { 'on-failure': 'RETRY-2', commands: ['echo try', 'false'] } }));
    expect(printed(three.log)).toEqual(['try', 'try', 'try']);
    expect(three.build.buildStatus).toBe('FAILED');
  });

  test('9, 10: finally runs after a failure, and its own failure fails the phase', async () => {
    const nine = await build.run(
      spec({ build: { commands: ['echo one', 'false', 'echo three'], finally: ['echo last'] } }),
    );
    expect(printed(nine.log)).toEqual(['one', 'last']);
    expect(nine.phases).toMatchObject({ BUILD: 'FAILED' });
    const ten = await build.run(spec({ build: { commands: ['echo one'], finally: ['false', 'echo never'] } }));
    expect(ten.build.buildStatus).toBe('FAILED');
    expect(printed(ten.log)).toEqual(['one']);
  });

  test('11: of several lines the last exit status counts', async () => {
    const { build: made, log } = await build.run(spec({ build: ['false\necho ok'] }));
    expect(made.buildStatus).toBe('SUCCEEDED');
    expect(printed(log).at(-1)).toBe('ok');
  });

  test('12: exit ends the command alone; finally finds directory and variables', async () => {
    const { build: made, log } = await build.run(
      spec({
        build: {
          commands: ['mkdir d && cd d', 'export KEPT=yes', 'exit 3'],
          finally: ['echo "$KEPT $(basename "$PWD")"'],
        },
      }),
    );
    expect(made.phases?.find(({ phaseType }) => phaseType === 'BUILD')?.contexts?.[0]?.message).toBe(
      'Error while executing command: exit 3. Reason: exit status 3',
    );
    expect(printed(log)).toEqual(['yes d']);
    const syntax = await build.run(spec({ build: { commands: ['if then'], finally: ['echo last'] } }));
    expect(syntax.build.buildStatus).toBe('FAILED');
    expect(printed(syntax.log).at(-1)).toBe('last');
  });

  test('30: an unknown phase is a YAML_FILE_ERROR, and nothing runs', async () => {
    const { build: made, phases } = await build.run('version: 0.2\nphases:\n  prebuild:\n    commands: [echo]\n');
    expect(phases).toMatchObject({ DOWNLOAD_SOURCE: 'FAILED' });
    expect(phases).not.toHaveProperty('INSTALL');
    expect(made.phases?.find(({ phaseType }) => phaseType === 'DOWNLOAD_SOURCE')?.contexts?.[0]?.statusCode).toBe(
      'YAML_FILE_ERROR',
    );
  });
});

describe('variables', () => {
  test('13: those of the start win over the project, which wins over the buildspec', async () => {
    const { log } = await build.run(
      spec({ build: ['echo "$A $B $C"'] }, 'env: {variables: {A: spec, B: spec, C: spec}}'),
      {},
      {
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'image',
          computeType: 'BUILD_GENERAL1_SMALL',
          environmentVariables: [
            { name: 'B', value: 'project' },
            { name: 'C', value: 'project' },
          ],
        },
      },
      { environmentVariablesOverride: [{ name: 'C', value: 'start' }] },
    );
    expect(printed(log)).toEqual(['spec project start']);
  });

  test('14: values are taken literally', async () => {
    const { log } = await build.run(spec({ build: ['echo "$V"'] }, 'env: {variables: {V: "$HOME:/x"}}'));
    expect(printed(log)).toEqual(['$HOME:/x']);
  });

  test('15: exported variables are as post_build leaves them', async () => {
    const { build: made } = await build.run(
      spec(
        { build: ['export V=1'], post_build: ['export V=2'] },
        'env: {exported-variables: [V, MISSING, AWS_REGION]}',
      ),
    );
    expect(made.exportedEnvironmentVariables).toEqual([{ name: 'V', value: '2' }]);
  });

  test('16: secrets are not in the log, in whatever pieces', async () => {
    const { log } = await build.run(
      spec(
        {
          build: [
            'echo "$KEY"',
            'echo "$PASSWORD"',
            'printf %s "$PASSWORD" | cut -c1-4 | tr -d "\\n"; printf %s "$PASSWORD" | cut -c5-',
            'echo "$NOTE"',
          ],
        },
        'env: {parameter-store: {KEY: /app/key}, secrets-manager: {PASSWORD: "db:password", NOTE: "db:note"}}',
      ),
    );
    expect(log.join('\n')).not.toMatch(/parameter-value-1|pass-word-42|first line|second line/);
    expect(printed(log)).toEqual(['***', '***', '***', '***', '***']);
  });

  test('a secret that is not there names the file; one that others can read is refused', async () => {
    const { build: made } = await build.run(spec({ build: ['true'] }, 'env: {secrets-manager: {A: other}}'));
    const message = made.phases?.find(({ phaseType }) => phaseType === 'DOWNLOAD_SOURCE')?.contexts?.[0]?.message;
    expect(message).toMatch(/^The secret 'other' is not known here\. Add it to secrets in .*secrets\.json\.$/);
  });

  test("HOME is the build's own, and the log says first what differs", async () => {
    const { log } = await build.run(spec({ build: ['touch ~/mine && ls ~'] }));
    expect(printed(log)).toEqual(['mine']);
    expect(log[0]).toMatch(/^\[(Local|Container)\]/);
    expect(log.slice(0, 6).join('\n')).toContain('not in aws/codebuild/standard:7.0');
  });
});

describe('artifacts', () => {
  const upload = { artifacts: { type: 'S3' as const, location: bucket, name: 'out.zip', packaging: 'ZIP' as const } };

  test('17: a base directory by pattern, without folders', async () => {
    await build.run(
      spec(
        { build: ['mkdir -p my-1/sub && echo a > my-1/sub/a.txt'] },
        "artifacts: {files: ['**/*'], base-directory: 'my-*', discard-paths: yes}",
      ),
      {},
      { artifacts: { ...upload.artifacts, path: 'seventeen' } },
    );
    expect(await build.unzipped('seventeen/out.zip')).toEqual({ 'a.txt': 'a\n' });
  });

  test('18: excluded paths', async () => {
    await build.run(
      spec(
        { build: ['mkdir -p b/x && touch b/keep b/x/drop b/.hidden'] },
        "artifacts: {files: ['**/*'], base-directory: b, exclude-paths: ['x/**/*']}",
      ),
      {},
      { artifacts: { ...upload.artifacts, path: 'eighteen' } },
    );
    expect(Object.keys(await build.unzipped('eighteen/out.zip'))).toEqual(['.hidden', 'keep']);
  });

  test('19, 20: no match and no files fail, each in its phase', async () => {
    const none = await build.run(spec({ build: ['true'] }, 'artifacts: {files: [nothing/*]}'), {}, upload);
    expect(none.phases).toMatchObject({ BUILD: 'SUCCEEDED', UPLOAD_ARTIFACTS: 'FAILED' });
    expect(none.build.buildStatus).toBe('FAILED');
    expect(none.build.phases?.find(({ phaseType }) => phaseType === 'UPLOAD_ARTIFACTS')?.contexts?.[0]).toMatchObject({
      statusCode: 'CLIENT_ERROR',
      message: expect.stringContaining('no matching artifact paths found') as string,
    });
    const only = await build.run(
      spec({ build: ['true'] }, 'artifacts: {secondary-artifacts: {a: {files: [x]}}}'),
      {},
      upload,
    );
    expect(only.phases).toMatchObject({ DOWNLOAD_SOURCE: 'FAILED' });
  });

  test('21: a link in the source is followed, one out of it never', async () => {
    const { log } = await build.run(
      spec(
        { build: ['echo in > real && ln -s real inside && ln -s /etc/passwd outside'] },
        "artifacts: {files: ['*side']}",
      ),
      {},
      { artifacts: { ...upload.artifacts, path: 'links' } },
    );
    expect(await build.unzipped('links/out.zip')).toEqual({ inside: 'in\n' });
    expect(log.join('\n')).toContain('outside is a link that leads out of the source. It is left out.');
  });

  test('22: a name that the shell expands counts where the project allows it', async () => {
    const buildspec = spec(
      { build: ['touch f'] },
      "artifacts: {files: [f], name: 'n-$(date +%Y)-$CODEBUILD_BUILD_NUMBER'}",
    );
    const named = { artifacts: { type: 'S3' as const, location: bucket, path: 'named', name: 'plain' } };
    await build.run(buildspec, {}, { artifacts: { ...named.artifacts, overrideArtifactName: true } });
    await build.run(buildspec, {}, named);
    expect(await build.keys('named/')).toEqual([`named/n-${new Date().getUTCFullYear()}-1/f`, 'named/plain/f']);
  });

  test('secondary artifacts go where the project says', async () => {
    const { build: made } = await build.run(
      spec({ build: ['touch a b'] }, 'artifacts: {files: [a], secondary-artifacts: {second: {files: [b]}}}'),
      {},
      {
        artifacts: { type: 'S3', location: bucket, path: 'both', name: 'first' },
        secondaryArtifacts: [
          { type: 'S3', location: bucket, path: 'both', name: 'second', artifactIdentifier: 'second' },
        ],
      },
    );
    expect(made.secondaryArtifacts?.[0]?.location).toBe(`arn:aws:s3:::${bucket}/both/second`);
    expect(await build.keys('both/')).toEqual(['both/first/a', 'both/second/b']);
  });
});

describe('reports', () => {
  const junit = `<testsuites><testsuite name="s"><testcase classname="a.B" name="good" time="0.5"/>
    <testcase classname="a.B" name="bad" time="1"><failure message="no">trace</failure></testcase>
    <testcase classname="a.B" name="left"><skipped/></testcase></testsuite></testsuites>`;
  const cobertura = `<coverage><packages><package><classes><class filename="a.py"><lines><line number="1" hits="1"/>
    <line number="2" hits="0"/><line number="3" hits="2" branch="true" condition-coverage="50% (1/2)"/></lines></class></classes></package></packages></coverage>`;

  test('23: a name makes a group of the project, an ARN names one; failed builds have reports', async () => {
    const arn = 'arn:aws:codebuild:us-east-1:000000000000:report-group/shared';
    const { build: made } = await build.run(
      spec(
        { build: ['false'] },
        `reports: {tests: {files: [j.xml], file-format: junitxml}, '${arn}': {files: [c.xml], file-format: COBERTURAXML}}`,
      ),
      { 'j.xml': junit, 'c.xml': cobertura },
      { name: 'reporting' },
    );
    const groups = (made.reportArns ?? []).map((report) => report.replace(/:[^:]+$/, ''));
    expect(groups).toEqual([
      'arn:aws:codebuild:us-east-1:000000000000:report/reporting-tests',
      'arn:aws:codebuild:us-east-1:000000000000:report/shared',
    ]);
    const { reports = [] } = await build.client.send(new BatchGetReportsCommand({ reportArns: made.reportArns }));
    expect(reports.map(({ status }) => status)).toEqual(['FAILED', 'SUCCEEDED']);
    expect(reports[0]?.testSummary).toEqual({
      total: 3,
      statusCounts: { SUCCEEDED: 1, FAILED: 1, ERROR: 0, SKIPPED: 1, UNKNOWN: 0 },
      durationInNanoSeconds: 1_500_000_000,
    });
    expect(reports[1]?.codeCoverageSummary).toMatchObject({
      linesCovered: 2,
      linesMissed: 1,
      branchesCovered: 1,
      branchesMissed: 1,
    });
    const { testCases = [] } = await build.client.send(
      new DescribeTestCasesCommand({ reportArn: made.reportArns?.[0], filter: { status: 'FAILED' } }),
    );
    expect(testCases).toMatchObject([{ prefix: 'a.B', name: 'bad', message: 'no\ntrace' }]);
    const { codeCoverages = [] } = await build.client.send(
      new DescribeCodeCoveragesCommand({ reportArn: made.reportArns?.[1] }),
    );
    expect(codeCoverages).toMatchObject([{ filePath: 'a.py', lineCoveragePercentage: 66.67 }]);
  });

  test('24: a file of another format says so, and the build goes on', async () => {
    const { build: made, log } = await build.run(spec({ build: ['true'] }, 'reports: {r: {files: [c.xml]}}'), {
      'c.xml': cobertura,
    });
    expect(made.buildStatus).toBe('SUCCEEDED');
    expect(log.join('\n')).toContain('expected element type <testsuite> but have <coverage>');
    const { reports = [] } = await build.client.send(new BatchGetReportsCommand({ reportArns: made.reportArns }));
    expect(reports[0]?.status).toBe('INCOMPLETE');
  });
});

test('25: the cache comes back, is kept by key, and a failed build does not change it', async () => {
  const buildspec = spec(
    { build: ['cat kept/n 2>/dev/null; mkdir -p kept; echo "$N" > kept/n', 'test "$N" != bad'] },
    "cache: {paths: ['kept/**/*'], key: 'k-$KEY'}",
  );
  const name = await build.project(buildspec, {}, { cache: { type: 'LOCAL', modes: ['LOCAL_CUSTOM_CACHE'] } });
  const run = async (N: string, KEY: string): Promise<string[]> => {
    const variables = Object.entries({ N, KEY }).map(([key, value]) => ({ name: key, value }));
    const made = await build.end(await build.start(name, { environmentVariablesOverride: variables }));
    return printed(await build.log(made));
  };
  expect(await run('one', 'a')).toEqual([]);
  expect(await run('two', 'a')).toEqual(['one']);
  expect(await run('bad', 'a')).toEqual(['two']);
  expect(await run('three', 'a')).toEqual(['two']);
  expect(await run('four', 'b')).toEqual([]);
});

test('26: a stop ends the whole process group and closes the phases', async () => {
  const mark = join(bed.folder, 'started');
  const id = await build.start(
    await build.project(spec({ build: [`sleep 600 & echo $! > ${mark}; sleep 600`], post_build: ['echo after'] })),
  );
  const pid = await eventually(async () => existsSync(mark) && Number(readFileSync(mark, 'utf8')));
  await build.client.send(new StopBuildCommand({ id }));
  const made = await build.end(id);
  expect(made.buildStatus).toBe('STOPPED');
  expect(phasesOf(made)).toMatchObject({ BUILD: 'STOPPED' });
  expect(made.phases?.every(({ phaseType, endTime }) => phaseType === 'COMPLETED' || endTime !== undefined)).toBe(true);
  expect(isRunning(pid)).toBe(false);
});

test('28: what a command leaves running does not hold the build', async () => {
  const { build: made, log } = await build.run(spec({ build: ['sleep 600 &', 'echo next'] }));
  expect(made.buildStatus).toBe('SUCCEEDED');
  expect(printed(log)).toEqual(['next']);
});

test('29: a line of a megabyte and bytes that are no text come through', async () => {
  const { build: made, log } = await build.run(
    spec({ build: ['head -c 1000000 /dev/zero | tr "\\0" x; echo', 'printf "a\\377b\\n"', 'echo gone > /dev/stderr'] }),
  );
  expect(made.buildStatus).toBe('SUCCEEDED');
  const text = printed(log);
  expect(text.filter((line) => /^x+$/.test(line)).join('')).toHaveLength(1_000_000);
  expect(text.slice(-2)).toEqual(['a\uFFFDb', 'gone']);
});

test('31: a retry is a new build of the same source', async () => {
  const name = await build.project(spec({ build: ['false'] }));
  const first = await build.end(await build.start(name));
  const { build: again } = await build.client.send(new RetryBuildCommand({ id: first.id }));
  expect(again?.id).not.toBe(first.id);
  const second = await build.end(again?.id ?? '');
  expect(second).toMatchObject({ buildNumber: 2, sourceVersion: first.resolvedSourceVersion, buildStatus: 'FAILED' });
});

test('a source in git is the commit, not the folder', async () => {
  const folder = makeTemp();
  mkdirSync(join(folder, 'repo'));
  const repo = join(folder, 'repo');
  const { execFileSync } = await import('node:child_process');
  const git = (...words: string[]): string =>
    execFileSync('git', ['-C', repo, '-c', 'user.name=n', '-c', 'user.email=e@x', ...words], {
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  writeFileSync(join(repo, 'buildspec.yml'), spec({ build: ['cat f; git log -1 --format=%s'] }));
  writeFileSync(join(repo, 'f'), 'committed\n');
  symlinkSync('f', join(repo, 'l'));
  git('add', '-A');
  git('commit', '-q', '-m', 'first');
  writeFileSync(join(repo, 'f'), 'dirty\n');
  const { build: made, log } = await build.run('', {}, { source: { type: 'GITHUB', location: repo } });
  expect(made.resolvedSourceVersion).toBe(git('rev-parse', 'HEAD'));
  expect(printed(log)).toEqual(['committed', 'first']);
  const remote = await build.run('', {}, { source: { type: 'GITHUB', location: 'https://github.com/a/b.git' } });
  expect(remote.phases).toMatchObject({ DOWNLOAD_SOURCE: 'FAILED' });
});
