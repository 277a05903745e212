/** MLflow beside a run: which tracking server it names, and which runs there are its own. Pure. */
import { isRecord } from '../../shared/guards';

/** A tracking server: an address, or one that SageMaker AI manages. */
export type TrackingServer =
  | { kind: 'address'; url: string }
  | { kind: 'managed'; arn: string; region: string; resource: 'mlflow-tracking-server' | 'mlflow-app'; name: string };

/** Where something of a run names a tracking server. */
export interface Naming {
  server: TrackingServer;
  /** The experiment that is named beside it. */
  experiment?: string;
}

/** A run of MLflow. Times are milliseconds since the epoch. */
export interface TrackedRun {
  id: string;
  name: string;
  experimentId: string;
  status: string;
  started?: number;
  ended?: number;
  /** The last value of each. */
  metrics: Readonly<Record<string, number>>;
  parameters: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
}

/** By what a run of MLflow is known to belong to an execution: what it says of itself, or its time alone. */
export type Ground = 'name' | 'time';

/** What tells the runs of an execution from others. */
export interface Marks {
  /** The ARN of the execution and its last part. */
  execution: string;
  id: string;
  /** Names and ARNs of its jobs. */
  jobs: readonly string[];
  /** Ids of MLflow runs that the execution names itself. */
  runs: readonly string[];
  /** When each job that names a server ran, in milliseconds, and the experiment that it names. */
  spans: readonly { from: number; to: number; experimentId?: string }[];
}

const managedServer = /^arn:aws[a-z-]*:sagemaker:([a-z0-9-]+):\d{12}:(mlflow-tracking-server|mlflow-app)\/([\w-]+)$/;
const serverName = /(mlflow|tracking).*(uri|url|server|host|arn|endpoint)$|^mlflow$/i;
const experimentName = /mlflow.*experiment(_?name)?$|^experiment_?name$/i;
const runIdName = /mlflow.*run_?id$/i;

/** A tracking server by its address or ARN; undefined for what is neither: a folder, a database. */
export function serverOf(value: string): TrackingServer | undefined {
  const [, region, resource, name] = managedServer.exec(value) ?? [];
  if (
    region !== undefined &&
    name !== undefined &&
    (resource === 'mlflow-tracking-server' || resource === 'mlflow-app')
  )
    return { kind: 'managed', arn: value, region, resource, name };
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return undefined;
  return { kind: 'address', url: value.replace(/\/+$/, '') };
}

/** The id by which a server is known: never with a password. */
export function serverId(server: TrackingServer): string {
  if (server.kind === 'managed') return server.arn;
  const { origin, pathname } = new URL(server.url);
  return `${origin}${pathname.replace(/\/+$/, '')}`;
}

/**
 * The tracking server that values name: variables of an environment, hyperparameters, arguments or tags. An ARN of a
 * server speaks for itself; of an address the name must say what it is.
 */
export function namingIn(values: Readonly<Record<string, unknown>>): Naming | undefined {
  const texts = Object.entries(values).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, unquoted(value)] as const] : [],
  );
  const server = texts
    .map(([name, value]) => {
      const found = serverOf(value);
      return found?.kind === 'managed' || serverName.test(name.replace(/[.:-]/g, '_')) ? found : undefined;
    })
    .find((found) => found !== undefined);
  if (!server) return undefined;
  const experiment = texts.find(([name]) => experimentName.test(name.replace(/[.:-]/g, '_')))?.[1];
  return { server, ...(experiment === undefined || experiment === '' ? {} : { experiment }) };
}

/** The ids of MLflow runs that values name. */
export function runIdsIn(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const text = typeof value === 'string' ? unquoted(value) : '';
    return runIdName.test(name.replace(/[.:-]/g, '_')) && /^[0-9a-f]{32}$/.test(text) ? [text] : [];
  });
}

/** The SDK writes hyperparameters as JSON. */
function unquoted(value: string): string {
  return /^".*"$/s.test(value) ? value.slice(1, -1) : value;
}

/** The arguments of a command as values by name: `--tracking-uri http://…` and `--tracking-uri=http://…`. */
export function valuesInArguments(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.flatMap((word, at) => {
      const [, name, value] = /^--?([\w.-]+)(?:=(.*))?$/s.exec(word) ?? [];
      if (name === undefined) return [];
      return [[name.replaceAll('-', '_'), value ?? words[at + 1] ?? '']];
    }),
  );
}

/** The tags of a step's arguments, `[{Key, Value}]`, as values by name. */
export function valuesInTags(tags: unknown): Record<string, string> {
  if (!Array.isArray(tags)) return {};
  return Object.fromEntries(
    tags.flatMap((tag: unknown) => {
      const { Key: key, Value: value } = isRecord(tag) ? tag : {};
      return typeof key === 'string' && typeof value === 'string' ? [[key, value]] : [];
    }),
  );
}

/** Milliseconds by which the clock of a run may be off, or its end lie behind that of its job. */
const slack = 5000;

/**
 * The runs of MLflow that belong to an execution, the oldest first: those that it names, those that say so in name, tag or
 * parameter, and those below one of them. Where none does, a run belongs to a job if it is the only one that was begun and
 * ended while the job ran.
 */
export function ownRuns(
  candidates: readonly TrackedRun[],
  marks: Marks,
): { runs: readonly TrackedRun[]; ground: Ground } {
  const own = new Set(candidates.filter((run) => isMarked(run, marks)).map(({ id }) => id));
  for (let before = -1; before < own.size;) {
    before = own.size;
    for (const { id, tags } of candidates) if (own.has(tags['mlflow.parentRunId'] ?? '')) own.add(id);
  }
  const ground: Ground = own.size > 0 ? 'name' : 'time';
  if (own.size === 0) {
    for (const { from, to, experimentId } of marks.spans) {
      const within = candidates.filter(
        ({ started, ended, tags, experimentId: of }) =>
          started !== undefined &&
          started >= from - slack &&
          started <= to &&
          (ended ?? to) <= to + slack &&
          tags['mlflow.parentRunId'] === undefined &&
          (experimentId === undefined || experimentId === of),
      );
      const [only] = within;
      if (only && within.length === 1) own.add(only.id);
    }
  }
  const runs = candidates.filter(({ id }) => own.has(id)).toSorted((a, b) => (a.started ?? 0) - (b.started ?? 0));
  return { runs, ground };
}

function isMarked({ id, name, tags, parameters }: TrackedRun, marks: Marks): boolean {
  if (marks.runs.includes(id)) return true;
  const texts = [name, ...Object.values(tags), ...Object.values(parameters)];
  return texts.some(
    (text) => text.includes(marks.execution) || hasWord(text, marks.id) || marks.jobs.some((job) => hasWord(text, job)),
  );
}

/** Whether a word stands in a text and is not a part of another. */
function hasWord(text: string, word: string): boolean {
  if (word === '') return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[A-Za-z0-9]/.test(text[at - 1] ?? '') && !/[A-Za-z0-9]/.test(text[at + word.length] ?? '')) return true;
  }
  return false;
}

/** What the names of MLflow's metrics, series and parameters begin with beside ours. */
export const trackedPrefix = 'mlflow.';

/** Whether MLflow measured the machine, not the model. */
export function isOfMachine(metric: string): boolean {
  return metric.startsWith('system/');
}

/** What runs of MLflow were given, by names that stand beside the parameters of the execution. */
export function trackedParameters(
  tracking: { runs: readonly Pick<TrackedRun, 'parameters'>[] } | undefined,
): Record<string, string> {
  return Object.fromEntries(
    (tracking?.runs ?? []).flatMap(({ parameters }) =>
      Object.entries(parameters).map(([name, value]) => [`${trackedPrefix}${name}`, value]),
    ),
  );
}
