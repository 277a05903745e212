/** `mlops-flow build`: runs a buildspec on this machine. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path';
import { parseBuildspec } from '../local/jobs/build/buildspec';
import { restoreCache, saveCache } from '../local/jobs/build/cache';
import { copySource } from '../local/jobs/build/copy';
import { ReportError, readCoverage, readTests, typeOf } from '../local/jobs/build/reports';
import { BuildError, type BuildHost, type BuildStatus, type Prepared, runBuild } from '../local/jobs/build/run';
import { localSecret } from '../local/jobs/build/secrets';
import { NothingSelected, selectFiles } from '../local/jobs/build/select';
import { makeTools } from '../local/jobs/build/tools';
import { Environments } from '../local/jobs/run/environment';
import { Guard } from '../local/jobs/run/guard';
import { Python, PythonMissing } from '../local/jobs/run/python';
import type { LocalHandle } from '../local/launch';
import { localEnvironment } from '../sources/local-environment';
import { openLocal } from './local';
import { readOptions, UsageError } from './options';
import { assignments } from './run/pipeline';
import { defaultData } from './serve-node';

/** Milliseconds that a stopped command has to end by itself. */
const grace = 5000;
const defaultMinutes = 60;

/** Exit codes: the build's own end; 2 is wrong usage. */
const codes: Readonly<Record<BuildStatus, number>> = { SUCCEEDED: 0, FAILED: 1, FAULT: 1, STOPPED: 3, TIMED_OUT: 4 };

interface Wish {
  /** Folder of the project. */
  root: string;
  /** Path of the buildspec. */
  buildspec: string;
  inPlace: boolean;
  artifacts: string | undefined;
  variables: Record<string, string>;
  data: string;
  minutes: number;
  python: string | undefined;
}

/** Answers 0 succeeded, 1 failed, 2 wrong usage, 3 stopped, 4 timed out. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    source: { type: 'string', default: '.' },
    'in-place': { type: 'boolean', default: false },
    artifacts: { type: 'string' },
    env: { type: 'string', multiple: true, default: [] },
    'env-file': { type: 'string' },
    timeout: { type: 'string', default: String(defaultMinutes) },
    python: { type: 'string' },
    data: { type: 'string', default: defaultData },
  });
  if (positionals.length > 1) throw new UsageError('Name one buildspec at most.');
  const root = resolve(values.source);
  const buildspec = positionals[0] === undefined ? join(root, 'buildspec.yml') : resolve(positionals[0]);
  if (!existsSync(buildspec)) throw new UsageError(`There is no buildspec ${relative('.', buildspec)}. Name one.`);
  const minutes = Number(values.timeout);
  if (!(minutes > 0)) throw new UsageError(`--timeout takes minutes, not '${values.timeout}'.`);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.on('SIGINT', end).on('SIGTERM', end);
  const local = await openLocal(values.data, values.python);
  try {
    const status = await build(
      {
        root,
        buildspec,
        inPlace: values['in-place'],
        artifacts: values.artifacts === undefined ? undefined : resolve(values.artifacts),
        variables: { ...(await fileVariables(values['env-file'])), ...assignments('env', values.env) },
        data: values.data,
        minutes,
        python: values.python,
      },
      local,
      stop.signal,
    );
    process.stdout.write(`${status}\n`);
    return codes[status];
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    await local.stop();
  }
}

/** Variables of a file of `NAME=VALUE` lines; quotes are part of the value. */
async function fileVariables(file: string | undefined): Promise<Record<string, string>> {
  if (file === undefined) return {};
  const lines = (
    await readFile(file, 'utf8').catch(() => {
      throw new UsageError(`The file ${file} cannot be read.`);
    })
  ).split(/\r?\n/);
  return assignments(
    'env-file',
    lines.filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#')),
  );
}

async function build(wish: Wish, local: LocalHandle, signal: AbortSignal): Promise<BuildStatus> {
  const folder = await mkdtemp(join(tmpdir(), 'mlops-flow-build-'));
  const guard = new Guard();
  const cache = join(
    homedir(),
    '.mlops-flow',
    'build-cache',
    createHash('sha256').update(wish.root).digest('hex').slice(0, 16),
  );
  const log = (lines: readonly string[]): void => {
    for (const line of lines) process.stdout.write(`${line}\n`);
  };
  const home = join(folder, 'home');
  const host: BuildHost = {
    folder,
    guard,
    signal,
    grace,
    timeout: wish.minutes * 60_000,
    enter: () => undefined,
    leave: () => undefined,
    log,
    prepare: () => prepare(wish, local, folder, guard, signal, log),
    secret: (kind, reference) => Promise.resolve(localSecret(wish.data, kind, reference)),
    restoreCache: async (prepared, expand) => log(await restoreCache(cache, prepared, home, expand)),
    saveCache: async (prepared, expand) => log(await saveCache(cache, prepared, home, expand)),
    reports: (prepared) => tellReports(prepared),
    upload: (prepared, expand) => copyArtifacts(prepared, wish.artifacts, expand),
  };
  try {
    return (await runBuild(host)).status;
  } finally {
    guard.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function prepare(
  { root, buildspec: file, inPlace, variables, data, python }: Wish,
  local: LocalHandle,
  folder: string,
  guard: Guard,
  signal: AbortSignal,
  log: (lines: readonly string[]) => void,
): Promise<Prepared> {
  const source = inPlace ? root : join(folder, 'src');
  if (!inPlace) await copySource(root, source);
  const buildspec = parseBuildspec(await readFile(file, 'utf8'));
  if (buildspec.batch && Object.keys(buildspec.phases).length === 0) {
    throw new BuildError('CLIENT_ERROR', 'This buildspec is a batch of others. Run one of them.');
  }
  const id = `local:${crypto.randomUUID()}`;
  const base: NodeJS.ProcessEnv = {
    ...localEnvironment(local, join(__dirname, '..', 'media'), process.env),
    MLOPS_FLOW_DATA: data,
    CI: 'true',
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_BUILD_ARN: `arn:aws:codebuild:${local.region}:000000000000:build/${id}`,
    CODEBUILD_BUILD_NUMBER: '1',
    CODEBUILD_BUILD_IMAGE: '',
    CODEBUILD_INITIATOR: 'local',
    CODEBUILD_LOG_PATH: id.slice(id.indexOf(':') + 1),
    CODEBUILD_SOURCE_VERSION: '',
    CODEBUILD_RESOLVED_SOURCE_VERSION: '',
    CODEBUILD_SOURCE_REPO_URL: '',
    CODEBUILD_START_TIME: String(Date.now()),
    AWS_ACCOUNT_ID: '000000000000',
  };
  const environments = new Environments(join(data, 'environments'), join(folder, 'environments'));
  const own = await new Python(python)
    .interpreter()
    .then((found) => environments.prepare(found, {}, { env: base, guard, signal, onLines: log }))
    .catch((error: unknown) => {
      // A build that needs no Python runs where there is none.
      if (error instanceof PythonMissing) return undefined;
      throw error;
    });
  const tools = await makeTools(join(__dirname, 'cli.js'), folder);
  const env = own?.env ?? base;
  return {
    buildspec,
    place: file,
    source,
    secondary: {},
    env: { ...env, PATH: [tools, env['PATH'] ?? ''].join(delimiter) },
    variables,
    hidden: [local.secretAccessKey],
    notes: [
      'This build runs on this machine, not in an image: it uses the tools that are installed here.',
      inPlace
        ? 'Commands run in the folder itself (--in-place).'
        : 'The source is a copy of what git knows or would add; changes stay in the copy.',
      'AWS clients reach Local, never an account; Python packages that the build installs go with it.',
    ],
    ...(own ? { release: own.release } : {}),
  };
}

/** What the reports say, a line each. */
async function tellReports({ buildspec, source }: Prepared): Promise<string[]> {
  const said: string[] = [];
  for (const report of buildspec.reports) {
    try {
      const { files } = await selectFiles(source, report);
      const texts = await Promise.all(files.map(({ path }) => readFile(path, 'utf8')));
      if (typeOf(report.format) === 'TEST') {
        const cases = texts.flatMap((text) => readTests(text, report.format));
        const count = (...words: string[]): number => cases.filter(({ status }) => words.includes(status)).length;
        said.push(
          `Report ${report.group}: ${cases.length} tests, ${count('FAILED', 'ERROR')} failed, ${count('SKIPPED')} skipped`,
          ...cases
            .filter(({ status }) => status === 'FAILED' || status === 'ERROR')
            .map(({ prefix, name, message }) => `  ${prefix} ${name}: ${(message ?? '').split('\n')[0] ?? ''}`),
        );
      } else {
        const all = texts.flatMap((text) => readCoverage(text, report.format));
        const [covered, missed] = [
          all.reduce((sum, one) => sum + one.linesCovered, 0),
          all.reduce((sum, one) => sum + one.linesMissed, 0),
        ];
        const part = covered + missed === 0 ? 0 : Math.round((1000 * covered) / (covered + missed)) / 10;
        said.push(`Report ${report.group}: ${part} % of ${covered + missed} lines covered`);
      }
    } catch (error) {
      if (!(error instanceof ReportError) && !(error instanceof NothingSelected)) throw error;
      said.push(`Error in the report ${report.group}: ${error.message}`);
    }
  }
  return said;
}

/** Copies the artifacts to a folder: the primary one as it is, others below their names. */
async function copyArtifacts(
  { buildspec, source }: Prepared,
  folder: string | undefined,
  expand: (text: string) => Promise<string>,
): Promise<string[]> {
  const said: string[] = [];
  const wanted = [
    ...(buildspec.artifacts ? [['', buildspec.artifacts] as const] : []),
    ...Object.entries(buildspec.secondary),
  ];
  for (const [id, artifact] of wanted) {
    const { files, complaints } = await selectFiles(source, artifact);
    said.push(...complaints, `Found ${files.length} file(s)${id === '' ? '' : ` for ${id}`}`);
    if (folder === undefined) continue;
    const name = artifact.name === undefined ? id : await expand(artifact.name);
    const target = resolve(folder, name.replace(/^\/+/, ''));
    if (target !== folder && !target.startsWith(folder + sep))
      throw new UsageError(`The name ${name} leads out of ${basename(folder)}.`);
    for (const file of files) {
      const to = join(target, file.name);
      await mkdir(dirname(to), { recursive: true });
      await cp(file.path, to, file.link === undefined ? { dereference: true } : { verbatimSymlinks: true });
    }
  }
  return said;
}
