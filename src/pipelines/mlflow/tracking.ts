/** Reads what runs have logged to an MLflow tracking server. */
import type { PipelineExecutionStep } from '@aws-sdk/client-sagemaker';
import { abreast, outcomeOf, type Session } from '../../aws';
import { UserError } from '../../workbench/errors';
import { basicAuthorization } from '../../shared/basic-authorization';
import { isString, shape } from '../../shared/guards';
import { valueOfJson } from '../../shared/json';
import type { Definition } from '../definition';
import { nameIn, pipelineIn } from '../model';
import type { Series } from '../panels/metrics/contract';
import type { Job } from '../service';
import { type Access, type Experiment, type MetricPoint, MlflowClient } from './client';
import {
  type Ground,
  isOfMachine,
  type Marks,
  type Naming,
  namingIn,
  ownRuns,
  runIdsIn,
  serverId,
  type TrackedRun,
  type TrackingServer,
  trackedPrefix,
  valuesInArguments,
  valuesInTags,
} from './model';

/** What reading asks of the extension. */
export interface TrackingDesk {
  /** Where it is false, nothing is asked of any server. */
  isTrusted(): boolean;
  /** What `.mlops/config.json` says of a pipeline's runs. */
  configured(pipeline: string): Promise<Naming | undefined>;
  /** What the user has kept for a server: JSON of a user and a password, or of a token. */
  secret(key: string): Thenable<string | undefined>;
  /** The variables of the environment that VS Code was started in. */
  environment: Readonly<Record<string, string | undefined>>;
}

/** An execution whose runs of MLflow are looked for. */
export interface Tracked {
  arn: string;
  definition: Definition | undefined;
  steps: readonly PipelineExecutionStep[];
  jobs: readonly Job[];
}

/** What MLflow has of an execution. */
export interface Tracking {
  /** As sentences name it: `localhost:5000`, or the name of a managed server. */
  server: string;
  /** Each with its page, where it has one. */
  runs: (TrackedRun & { experiment: string; link?: string })[];
  ground: Ground;
  series: Series[];
  /** What is missing, in a sentence. */
  note?: string;
}

/** How long the list of a server's experiments, or that it does not answer, is taken as it is. Milliseconds. */
const lasting = 30_000;
/** Before the first step of an execution and behind its last. Milliseconds. */
const around = 10 * 60_000;
/** Series of one run that are read. */
const mostSeries = 40;
/** Requests at a time. */
const most = 4;
/** So many experiments are searched with one request. */
const experimentsAtATime = 100;

const isSecret = shape({ user: isString, secret: isString });

/** The key under which the user's secret for a server is kept. */
export function secretOf(server: TrackingServer): string {
  return `mlflow ${serverId(server)}`;
}

interface Server {
  at: number;
  experiments: Promise<Experiment[]>;
}

export class TrackingReader {
  private readonly servers = new Map<string, Server>();

  constructor(private readonly desk: TrackingDesk) {}

  /** What MLflow has of an execution; undefined where it names no server, or the workspace is not trusted. */
  async read(session: Session, run: Tracked, withSeries: boolean): Promise<Tracking | undefined> {
    if (!this.desk.isTrusted()) return undefined;
    const named = namingOf(run) ?? (await this.desk.configured(pipelineIn(run.arn)));
    if (!named) return undefined;
    const access = await this.access(session, named.server);
    const client = new MlflowClient(access);
    const experiments = await this.experiments(serverId(named.server), client);
    const { runs, ground } = await runsOf(client, run, named, experiments);
    const names = new Map(experiments.map(({ id, name }) => [id, name]));
    return {
      server: access.name,
      runs: runs.map((each) => ({
        ...each,
        experiment: names.get(each.experimentId) ?? each.experimentId,
        ...(named.server.kind === 'address'
          ? { link: `${access.url}/#/experiments/${each.experimentId}/runs/${each.id}` }
          : {}),
      })),
      ground,
      series: withSeries ? await seriesOf(client, runs) : [],
      ...(runs.length > 0 ? {} : { note: `No run at ${access.name} names this execution, or one of its jobs.` }),
    };
  }

  /** The user has signed in: what a server refused is asked for anew. */
  forget(): void {
    this.servers.clear();
  }

  private experiments(id: string, client: MlflowClient): Promise<Experiment[]> {
    const known = this.servers.get(id);
    if (known && Date.now() - known.at < lasting) return known.experiments;
    const experiments = client.experiments();
    this.servers.set(id, { at: Date.now(), experiments });
    experiments.catch((error: unknown) => {
      // What was cancelled says nothing of the server.
      if (!(error instanceof UserError) && this.servers.get(id)?.experiments === experiments) this.servers.delete(id);
    });
    return experiments;
  }

  private async access(session: Session, server: TrackingServer): Promise<Access> {
    if (server.kind === 'managed') return managedAccess(session, server);
    const url = new URL(server.url);
    const authorization = await this.authorization(server, url);
    url.username = '';
    url.password = '';
    return {
      url: url.href.replace(/\/+$/, ''),
      name: url.host,
      headers: () => Promise.resolve<Record<string, string>>(authorization === undefined ? {} : { authorization }),
      signIn: { title: 'Sign In', command: 'mlopsFlow.signInToMlflow', arguments: [serverId(server)] },
    };
  }

  /**
   * Who asks: what the user has kept for the server; else what the environment says, if it is of this server; else what
   * its address says itself.
   */
  private async authorization(server: TrackingServer, url: URL): Promise<string | undefined> {
    const kept = valueOfJson((await this.desk.secret(secretOf(server))) ?? '');
    if (isSecret(kept)) return kept.user === '' ? `Bearer ${kept.secret}` : basicAuthorization(kept.user, kept.secret);
    const { MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: token } = this.desk.environment;
    const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = this.desk.environment;
    // A server that a run names must not be shown what is meant for another.
    if (uri !== undefined && URL.canParse(uri) && new URL(uri).origin === url.origin) {
      if (token) return `Bearer ${token}`;
      if (user) return basicAuthorization(user, password ?? '');
    }
    return url.username === ''
      ? undefined
      : basicAuthorization(decodeURIComponent(url.username), decodeURIComponent(url.password));
  }
}

/** The parts of a managed server's protocol that differ by its kind, as the client library has them. */
const managed = {
  'mlflow-tracking-server': {
    service: 'sagemaker-mlflow',
    header: 'x-mlflow-sm-tracking-server-arn',
    url: (region: string) => `https://${region}.experiments.sagemaker.aws`,
  },
  'mlflow-app': {
    service: 'sagemaker',
    header: 'x-sm-mlflow-app-arn',
    url: (region: string) => `https://mlflow.sagemaker.${region}.app.aws`,
  },
} as const;

/** @see https://pypi.org/project/sagemaker-mlflow/ */
function managedAccess(
  session: Session,
  { arn, name, region, resource }: Extract<TrackingServer, { kind: 'managed' }>,
): Access {
  if (session.connection.kind === 'local')
    throw new UserError(`The tracking server ${name} is in AWS. Its runs are read over a connection to its account.`);
  const { service, header, url: address } = managed[resource];
  return {
    url: address(region),
    name,
    headers: async (request) => {
      const { signedHeaders } = await import('../../aws/metrics-sdk.bundle');
      const headers = { [header]: arn, 'content-type': 'application/json' };
      return signedHeaders(session, service, region, { ...request, headers });
    },
    signIn: undefined,
  };
}

/** Where an execution names a server: its definition, else a job, else a tag of a step. */
function namingOf({ definition, jobs }: Tracked): Naming | undefined {
  const { mlflow } = definition ?? {};
  if (mlflow) return mlflow;
  for (const job of jobs) {
    const named = namingIn(valuesOf(job));
    if (named) return named;
  }
  for (const { arguments: given } of definition?.steps.values() ?? []) {
    const named = namingIn(valuesInTags(given['Tags']));
    if (named) return named;
  }
  return undefined;
}

/** What a job is given by name: variables, hyperparameters, arguments. */
function valuesOf(job: Job): Record<string, unknown> {
  switch (job.kind) {
    case 'Training':
      return { ...job.job.HyperParameters, ...job.job.Environment };
    case 'Processing': {
      const { ContainerEntrypoint = [], ContainerArguments = [] } = job.job.AppSpecification ?? {};
      return { ...valuesInArguments([...ContainerEntrypoint, ...ContainerArguments]), ...job.job.Environment };
    }
    case 'Transform':
      return { ...job.job.Environment };
    case 'Tuning':
      return {
        ...job.job.TrainingJobDefinition?.StaticHyperParameters,
        ...job.job.TrainingJobDefinition?.Environment,
      };
    case 'AutoML':
      return {};
  }
}

/** The runs of an execution, the oldest first. */
async function runsOf(
  client: MlflowClient,
  { arn, steps, jobs }: Tracked,
  named: Naming,
  experiments: readonly Experiment[],
): Promise<{ runs: readonly TrackedRun[]; ground: Ground }> {
  const begun = steps.flatMap(({ StartTime }) => StartTime?.getTime() ?? []);
  const ended = steps.flatMap(({ StartTime, EndTime }) => (StartTime ? (EndTime?.getTime() ?? Date.now()) : []));
  const [from, to] = [Math.min(...begun) - around, Math.max(...ended) + around];
  const ids = experiments.map(({ id }) => id);
  const given = [...new Set(jobs.flatMap((job) => runIdsIn(valuesOf(job))))];
  const parts = Array.from({ length: Math.ceil(ids.length / experimentsAtATime) }, (_, at) =>
    ids.slice(at * experimentsAtATime, (at + 1) * experimentsAtATime),
  );
  const listed = begun.length === 0 ? [] : await abreast(parts, most, (part) => client.runs(part, from, to));
  const found = new Map(listed.flat().map((run) => [run.id, run]));
  for (const id of given) {
    const run = found.get(id) ?? (await client.run(id));
    if (run) found.set(id, run);
  }
  return ownRuns([...found.values()], {
    execution: arn,
    id: nameIn(arn) ?? '',
    jobs: jobs.flatMap((job) => [job.name]),
    runs: given,
    spans: jobs.flatMap((job) => spanOf(job, named, experiments)),
  });
}

/** When a job ran that names the server itself. */
function spanOf(job: Job, named: Naming, experiments: readonly Experiment[]): Marks['spans'] {
  const of = namingIn(valuesOf(job));
  const [from, to] =
    job.kind === 'Training'
      ? [job.job.TrainingStartTime ?? job.job.CreationTime, job.job.TrainingEndTime]
      : job.kind === 'Processing'
        ? [job.job.ProcessingStartTime, job.job.ProcessingEndTime]
        : [];
  if (!of || !from || serverId(of.server) !== serverId(named.server)) return [];
  const experimentId = experiments.find(({ name }) => name === of.experiment)?.id;
  return [
    {
      from: from.getTime(),
      to: to?.getTime() ?? Date.now(),
      ...(experimentId === undefined ? {} : { experimentId }),
    },
  ];
}

async function seriesOf(client: MlflowClient, runs: readonly TrackedRun[]): Promise<Series[]> {
  const wanted = runs.flatMap(({ id, metrics }) =>
    Object.keys(metrics)
      .filter((metric) => !isOfMachine(metric))
      .slice(0, mostSeries)
      .map((metric) => ({ id, metric })),
  );
  const read = await abreast(wanted, most, async ({ id, metric }) => {
    const { value = [] } = await outcomeOf(client.history(id, metric));
    return curveOf(metric, value);
  });
  // The metric of several runs is that of the last of them, as it is in the table.
  return [...new Map(read.flat().map((series) => [series.name, series])).values()];
}

/** A metric over its steps; over minutes where it was logged without. */
function curveOf(metric: string, points: readonly MetricPoint[]): Series[] {
  if (points.length < 2) return [];
  const bySteps = new Set(points.map(({ step }) => step)).size === points.length;
  const sorted = points.toSorted((a, b) => (bySteps ? a.step - b.step : a.time - b.time));
  const start = sorted[0]?.time ?? 0;
  return [
    {
      name: `${trackedPrefix}${metric}`,
      axis: bySteps ? 'step' : 'minute',
      x: sorted.map(({ step, time }) => (bySteps ? step : (time - start) / 60_000)),
      y: sorted.map(({ value }) => value),
    },
  ];
}
