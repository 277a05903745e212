import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, posix } from 'node:path';
import { promisify } from 'node:util';
import { type ZlibOptions, gunzip } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { parseS3Uri } from '../../domain/arns';
import type { ObjectStore } from '../../domain/objects';
import { valueOfJson } from '../../../shared/json';
import { isRecord } from '../../wire/validate';
import { frameworkOf } from '../images/frameworks';
import { ownModules } from '../images/own';
import { recordIn } from '../refuse';
import { hostOf, isHostFound } from './hosts';
import { type Python, isPython } from './python';

const run = promisify(execFile);
const unzip = promisify<Buffer, ZlibOptions, Buffer>(gunzip);

/** Larger files are no scripts that someone wrote, and larger archives hold more than scripts. */
const largest = 1024 * 1024;
const largestArchive = 16 * largest;

/** How long the Python that looks at scripts may take. */
const patience = 20_000;

/** A Python script that a job would run, as it is found before there is a job. */
export interface Script {
  /** `preprocess.py` */
  name: string;
  text: string;
  /** The modules that lie beside it. */
  beside: readonly string[];
  /** The options that its command gives it. */
  options: readonly string[];
  /** What it imports need not be there when it begins: it has requirements, or calls pip. */
  installs: boolean;
  /** What its environment gets before it runs. */
  provided: readonly string[];
  /** Addresses of data that its command names. */
  reads: readonly string[];
  /** The words of its command, null for those that only a run can tell; null where none is known. */
  words: readonly (string | null)[] | null;
  /** The variables that its job is given, as far as they are known. */
  variables: Readonly<Record<string, string>>;
}

/** What a script reads in S3, as far as its text and its command tell it. */
export interface Places {
  /** Without these it fails. */
  needed: readonly string[];
  /** Of these it takes what it finds. */
  listed: readonly string[];
}

/** What is known of a script before it runs. */
export interface Judgement {
  /** Why it could not do its work here, in half sentences. */
  reasons: readonly string[];
  /** Why it could not do it anywhere. */
  faults: readonly string[];
  places: Places;
}

/** The addresses among words whose option says that they are data. */
function addressesIn(words: readonly string[]): string[] {
  return words.filter(
    (word, at) =>
      /^https?:\/\/[^/]+\.[a-z]+(?::\d+)?\//i.test(word) &&
      /^--?[\w-]*(?:url|data|source|input)[\w-]*$/i.test(words[at - 1] ?? ''),
  );
}

/** The script that a training job with this request would run; undefined where that is not known, or not one in Python. */
export async function trainingScript(
  known: Readonly<Record<string, unknown>>,
  objects: ObjectStore,
): Promise<Script | undefined> {
  const [algorithm, values] = [recordIn(known, 'AlgorithmSpecification'), recordIn(known, 'HyperParameters')];
  if (algorithm && isNotebookCommand(algorithm['ContainerEntrypoint'])) return notebookScript(known, objects);
  if (!values || !algorithm || 'ContainerEntrypoint' in algorithm) return undefined;
  const [program, source] = [plain(values['sagemaker_program']), plain(values['sagemaker_submit_directory'])];
  if (!program?.endsWith('.py') || !source?.endsWith('.tar.gz')) return undefined;
  const files = await filesOfArchive(source, program, objects);
  if (files?.text === undefined) return undefined;
  const own = Object.keys(values).filter((name) => !name.startsWith('sagemaker_') && !name.startsWith('_tuning'));
  return script(program, files.text, files.names, {
    options: own.map(optionOf),
    words: own.flatMap((name) => [optionOf(name), plain(values[name]) ?? null]),
    image: algorithm['TrainingImage'],
    environment: { ...recordIn(known, 'Environment'), ...toolkitVariables(values, own) },
  });
}

/** The variables by which the training toolkit gives a script its hyperparameters. */
function toolkitVariables(
  values: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [`SM_HP_${name.toUpperCase()}`, plain(values[name])]));
}

function optionOf(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** Whether a job runs a notebook, as NotebookJobStep asks for it: the command of the image of such jobs. */
export function isNotebookCommand(entry: unknown): boolean {
  return Array.isArray(entry) && entry[0] === 'amazon_sagemaker_scheduler';
}

/** The code of the notebook that a job runs, as far as it is Python; what its cells install is there before they need it. */
async function notebookScript(
  known: Readonly<Record<string, unknown>>,
  objects: ObjectStore,
): Promise<Script | undefined> {
  const channels = Array.isArray(known['InputDataConfig']) ? known['InputDataConfig'].filter(isRecord) : [];
  const name = recordIn(known, 'Environment')?.['SM_INPUT_NOTEBOOK_NAME'];
  const uri = recordIn(recordIn(channels[0] ?? {}, 'DataSource') ?? {}, 'S3DataSource')?.['S3Uri'];
  const place = typeof uri === 'string' ? parseS3Uri(uri) : undefined;
  const object = place && objects.get(place.bucket, `${place.key}/${String(name)}`);
  if (!object || object.size > largest) return undefined;
  const { cells } = readNotebook(await readFile(object.path, 'utf8'));
  const text = cells.join('\n').replaceAll(/^[ \t]*[%!].*$/gm, '');
  const nothing = { beside: [], options: [], provided: [], reads: [], words: null, variables: {} };
  return { name: String(name), text, installs: true, ...nothing };
}

function readNotebook(text: string): { cells: string[] } {
  const notebook = valueOfJson(text);
  const cells = isRecord(notebook) && Array.isArray(notebook['cells']) ? notebook['cells'].filter(isRecord) : [];
  const code = cells.filter((cell) => cell['cell_type'] === 'code').map(({ source }) => source);
  // A cell with a magic of its own is no Python.
  const texts = code.map((source) => (Array.isArray(source) ? source.join('') : String(source)));
  return { cells: texts.filter((one) => !one.trimStart().startsWith('%%')) };
}

/** The script that a processing job with this request would run; undefined where that is not known, or not one in Python. */
export async function processingScript(
  known: Readonly<Record<string, unknown>>,
  objects: ObjectStore,
): Promise<Script | undefined> {
  const app = recordIn(known, 'AppSpecification');
  const [entry, more] = [app?.['ContainerEntrypoint'], app?.['ContainerArguments'] ?? []];
  if (!Array.isArray(entry) || !Array.isArray(more)) return undefined;
  const [program, path, ...words] = [...entry, ...more] as unknown[];
  if (typeof program !== 'string' || !isPython(program) || typeof path !== 'string' || !path.endsWith('.py')) {
    return undefined;
  }
  const inputs = Array.isArray(known['ProcessingInputs']) ? known['ProcessingInputs'].filter(isRecord) : [];
  const places = inputs.flatMap((input) => {
    const s3 = recordIn(input, 'S3Input');
    const [uri, folder] = [s3?.['S3Uri'], s3?.['LocalPath']];
    return typeof uri === 'string' && typeof folder === 'string' ? [{ uri, folder }] : [];
  });
  // Data that lies in the folder of the script may hold modules too.
  const around = places.filter(({ folder }) => isBelow(folder, dirname(path)) || isBelow(dirname(path), folder));
  const found = around.flatMap(({ uri, folder }) => {
    const place = parseS3Uri(uri);
    if (!place) return [];
    return objects.list(place.bucket, place.key, '', 1000).map((object) => {
      const rest = object.key.slice(place.key.length).replace(/^\//, '');
      return { object, path: posix.join(folder, rest === '' ? basename(object.key) : rest) };
    });
  });
  const own = found.find((one) => one.path === path);
  if (!own || own.object.size > largest) return undefined;
  const names = found.map((one) => posix.relative(dirname(path), one.path));
  return script(basename(path), await readFile(own.object.path, 'utf8'), names, {
    options: words.flatMap((word) => /^--[A-Za-z][\w-]*(?==|$)/.exec(String(word)) ?? []),
    reads: addressesIn(words.map(String)),
    words: words.map((word) => (typeof word === 'string' ? word : null)),
    image: app?.['ImageUri'],
    environment: known['Environment'],
  });
}

function script(
  name: string,
  text: string,
  names: readonly string[],
  {
    options,
    reads = [],
    words,
    image,
    environment,
  }: { options: string[]; reads?: string[]; words: (string | null)[]; image: unknown; environment: unknown },
): Script {
  const isOfFramework = typeof image !== 'string' || frameworkOf(image) !== undefined;
  const isLedElsewhere = isRecord(environment) && 'PYTHONPATH' in environment;
  const variables = Object.entries(isRecord(environment) ? environment : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const hasMore = names.some((one) =>
    /(?:^|\/)(?:requirements.*\.txt|setup\.py)$|\.(?:tar\.gz|tgz|zip|whl)$/.test(one),
  );
  return {
    name,
    text,
    beside: [...new Set(names.map((one) => one.split('/')[0]?.replace(/\.\w+$/, '') ?? ''))],
    options,
    // The packages of a framework's image come with its recipe.
    installs: isOfFramework || isLedElsewhere || hasMore || /\b(?:pip3?|conda|subprocess)\b|os\.system/.test(text),
    provided: ownModules,
    reads,
    words,
    variables: Object.fromEntries(variables),
  };
}

/** The names in a `.tar.gz` object, and the text of one of its files; undefined where it is not there or too large. */
async function filesOfArchive(
  uri: string,
  wanted: string,
  objects: ObjectStore,
): Promise<{ names: string[]; text?: string } | undefined> {
  const place = parseS3Uri(uri);
  const object = place && objects.get(place.bucket, place.key);
  if (!object || object.size > largestArchive) return undefined;
  const names: string[] = [];
  try {
    const tar = await unzip(await readFile(object.path), { maxOutputLength: 4 * largestArchive });
    const found = await unpackTar(tar, {
      filter({ name, size }) {
        names.push(plainName(name));
        return plainName(name) === wanted && size <= largest;
      },
    });
    const data = found.find(({ data }) => data !== undefined)?.data;
    return { names, ...(data === undefined ? {} : { text: new TextDecoder().decode(data) }) };
  } catch {
    // What the job says of a broken archive is better.
    return undefined;
  }
}

function plainName(name: string): string {
  return name.replace(/^\.\//, '');
}

function isBelow(path: string, folder: string): boolean {
  return `${path.replace(/\/*$/, '')}/`.startsWith(`${folder.replace(/\/*$/, '')}/`);
}

/** The SageMaker SDK writes hyperparameters as JSON texts. */
function plain(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    const read: unknown = JSON.parse(value);
    return typeof read === 'string' ? read : value;
  } catch {
    return value;
  }
}

/** What the Python that looks at a script finds. */
interface Verdict {
  syntax: { line: number; message: string } | null;
  modules: string[];
  options: string[];
  /** What it cannot do without of the network. */
  reads: { what: string; host: string }[];
  places: Places;
}

const unknown: Judgement = { reasons: [], faults: [], places: { needed: [], listed: [] } };

/** Looks at scripts with the Python that would run them; those that have passed are not looked at again. */
export class Scripts {
  private readonly passed = new Map<string, Judgement>();

  /** @param program the path of `judge_scripts.py` */
  constructor(
    private readonly python: Python,
    private readonly program: string,
    private readonly isFound: (host: string) => Promise<boolean> = isHostFound,
  ) {}

  /** What a script reads from the network and cannot have. */
  private async unreachable({ name, reads }: Script, verdict: Verdict | undefined): Promise<string[]> {
    const wanted = [...(verdict?.reads ?? []), ...reads.map((what) => ({ what, host: hostOf(what) }))];
    const found = await Promise.all(wanted.map(({ host }) => this.isFound(host)));
    const missing = wanted.filter((_, at) => found[at] === false);
    const told = missing.map(({ what, host }) =>
      what.includes(host)
        ? `${name} reads ${what}, whose host cannot be found from here`
        : `${name} reads from ${host} by ${what}, which cannot be found from here`,
    );
    return [...new Set(told)];
  }

  /** What is known of each script; nothing where no Python is found: the job says so. */
  async judge(scripts: readonly Script[]): Promise<Judgement[]> {
    const asked = scripts.map((each) => [digestOf(each), each] as const);
    const open = new Map(asked.filter(([digest]) => !this.passed.has(digest)));
    const judged = open.size === 0 ? [] : await this.look([...open.values()]);
    const told = new Map([...open.keys()].map((digest, at) => [digest, judged[at] ?? unknown]));
    for (const [digest, each] of told)
      if (each !== unknown && each.reasons.length + each.faults.length === 0) this.passed.set(digest, each);
    return asked.map(([digest]) => told.get(digest) ?? this.passed.get(digest) ?? unknown);
  }

  private async look(scripts: readonly Script[]): Promise<Judgement[]> {
    const interpreter = await this.python.interpreter().catch(() => undefined);
    const verdicts = interpreter ? await ask(interpreter.path, this.program, scripts) : undefined;
    if (!interpreter || !verdicts) return [];
    return Promise.all(
      scripts.map(async (each, at): Promise<Judgement> => {
        const own = reasonsOf(each, verdicts[at], interpreter.version);
        const reasons = [...own, ...(await this.unreachable(each, verdicts[at]))];
        const places = verdicts[at]?.places ?? unknown.places;
        return { reasons, faults: faultsOf(each, verdicts[at]), places };
      }),
    );
  }
}

function digestOf(script: Script): string {
  return createHash('sha256').update(JSON.stringify(script)).digest('base64');
}

function reasonsOf({ name }: Script, verdict: Verdict | undefined, version: string): string[] {
  if (!verdict) return [];
  const { syntax, modules } = verdict;
  return [
    ...(syntax
      ? [
          `Python ${version.split('.').slice(0, 2).join('.')} cannot read ${name}, line ${syntax.line}: ${syntax.message}`,
        ]
      : []),
    ...(modules.length === 0 ? [] : [`${name} imports ${modules.join(' and ')}, which your Python does not have`]),
  ];
}

function faultsOf({ name }: Script, verdict: Verdict | undefined): string[] {
  const { options = [] } = verdict ?? {};
  return options.length === 0 ? [] : [`${name} takes no ${options.join(' and no ')}`];
}

async function ask(python: string, program: string, scripts: readonly Script[]): Promise<Verdict[] | undefined> {
  try {
    const asked = run(python, ['-B', program], { timeout: patience, windowsHide: true, maxBuffer: largestArchive });
    asked.child.stdin?.on('error', () => undefined).end(JSON.stringify(scripts));
    return JSON.parse((await asked).stdout) as Verdict[];
  } catch {
    return undefined;
  }
}
