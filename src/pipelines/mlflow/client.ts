/**
 * MLflow's REST interface over fetch, for reading alone.
 *
 * @see https://mlflow.org/docs/latest/api_reference/rest-api.html
 */
import { isRecord } from '../../shared/guards';
import { valueOfJson } from '../../shared/json';
import { causeOf, type NextAction, UserError } from '../../workbench/errors';
import type { TrackedRun } from './model';

/** How a server is reached. */
export interface Access {
  /** Its address with its path, without a slash at the end. */
  url: string;
  /** As sentences name it: `localhost:5000`. */
  name: string;
  /** The headers of a request that say who asks. */
  headers(request: { method: 'GET' | 'POST'; url: URL; body?: string }): Promise<Readonly<Record<string, string>>>;
  /** What can be done where the server asks who reads it. */
  signIn: NextAction | undefined;
}

export interface Experiment {
  id: string;
  name: string;
}

/** One value of a metric. */
export interface MetricPoint {
  step: number;
  /** Milliseconds since the epoch. */
  time: number;
  value: number;
}

/** Milliseconds. */
const longest = 15_000;
/** The most that one page is asked for; older servers refuse more. */
const pageSize = 1000;
/** Pages of a list that are read; a run with more values than these has its first ones. */
const mostPages = 20;

export class MlflowClient {
  constructor(private readonly access: Access) {}

  /** The experiments that are not deleted. */
  async experiments(): Promise<Experiment[]> {
    const found = await this.pages('experiments', (page_token) =>
      this.ask('POST', 'experiments/search', { max_results: pageSize, ...page_token }),
    );
    return found.map(({ experiment_id, name }) => ({ id: text(experiment_id), name: text(name) }));
  }

  /** The runs of experiments that were begun between two times, in milliseconds. */
  async runs(experiments: readonly string[], from: number, to: number): Promise<TrackedRun[]> {
    if (experiments.length === 0) return [];
    const filter = `attributes.start_time >= ${Math.floor(from)} AND attributes.start_time <= ${Math.ceil(to)}`;
    const found = await this.pages('runs', (page_token) =>
      this.ask('POST', 'runs/search', { experiment_ids: experiments, filter, max_results: pageSize, ...page_token }),
    );
    return found.map(runOf);
  }

  /** One run; undefined where there is none of this id. */
  async run(id: string): Promise<TrackedRun | undefined> {
    const answer = await this.ask('GET', 'runs/get', { run_id: id });
    return isRecord(answer?.['run']) ? runOf(answer['run']) : undefined;
  }

  /** All values of a metric, in the order in which they were logged. */
  async history(run: string, metric: string): Promise<MetricPoint[]> {
    const found = await this.pages('metrics', (page_token) =>
      this.ask('GET', 'metrics/get-history', { run_id: run, metric_key: metric, max_results: pageSize, ...page_token }),
    );
    return found
      .map(({ step, timestamp, value }) => ({ step: Number(step ?? 0), time: Number(timestamp), value: Number(value) }))
      .filter(({ value }) => Number.isFinite(value));
  }

  private async pages(
    member: string,
    read: (page: { page_token?: string }) => Promise<Record<string, unknown> | undefined>,
  ): Promise<Record<string, unknown>[]> {
    const all: Record<string, unknown>[] = [];
    let token: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const answer = await read(token === undefined ? {} : { page_token: token });
      const items: unknown = answer?.[member];
      if (Array.isArray(items)) all.push(...items.filter(isRecord));
      const next = text(answer?.['next_page_token']);
      if (next === '' || next === token) break;
      token = next;
    }
    return all;
  }

  /** @returns undefined where the server has no such thing */
  private async ask(
    method: 'GET' | 'POST',
    path: string,
    given: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown> | undefined> {
    const { access } = this;
    const url = new URL(`${access.url}/api/2.0/mlflow/${path}`);
    if (method === 'GET') for (const [name, value] of Object.entries(given)) url.searchParams.set(name, String(value));
    const body = method === 'POST' ? JSON.stringify(given) : undefined;
    const sent = body === undefined ? {} : { body };
    const headers = await access.headers({ method, url, ...sent });
    const patience = AbortSignal.timeout(longest);
    let response: Response;
    let content: string;
    try {
      response = await fetch(url, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        // A redirect could lead what proves the identity elsewhere.
        redirect: 'manual',
        signal: patience,
        ...sent,
      });
      content = await response.text();
    } catch (error) {
      const why = patience.aborted ? `no answer within ${longest / 1000} s` : causeOf(error);
      throw new UserError(`MLflow at ${access.name} was not reached (${why}). Check that it runs, and the network.`);
    }
    const answer = valueOfJson(content);
    if (response.ok) {
      if (isRecord(answer)) return answer;
      throw new UserError(`${access.name} does not answer as MLflow does. Check the address of the tracking server.`);
    }
    const { error_code: code, message } = isRecord(answer) ? answer : {};
    if (code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw refused(access, response.status, text(message));
  }
}

function refused({ name, signIn }: Access, status: number, message: string): UserError {
  if (status === 401 || status === 403) {
    const next = signIn ? 'Sign in with a user or a token.' : 'Check the permissions of the connection.';
    const why = message === '' ? '' : ` (${firstLine(message)})`;
    return new UserError(`MLflow at ${name} does not let you read it${why}. ${next}`, signIn);
  }
  if (status >= 300 && status < 400)
    return new UserError(`MLflow at ${name} sends requests elsewhere. Name the address that it leads to.`);
  const why = message === '' ? `with status ${status}` : `"${firstLine(message)}"`;
  return new UserError(`MLflow at ${name} answered ${why}. Check the address of the tracking server.`);
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.slice(0, 200) ?? '';
}

function runOf(run: Readonly<Record<string, unknown>>): TrackedRun {
  const info = isRecord(run['info']) ? run['info'] : {};
  const data = isRecord(run['data']) ? run['data'] : {};
  const tags = pairs(data['tags'], text);
  const metrics = Object.entries(pairs(data['metrics'], Number)).filter(([, value]) => Number.isFinite(value));
  const id = text(info['run_id'] ?? info['run_uuid']);
  return {
    id,
    name: text(info['run_name']) || (tags['mlflow.runName'] ?? id),
    experimentId: text(info['experiment_id']),
    status: text(info['status']),
    ...time('started', info['start_time']),
    ...time('ended', info['end_time']),
    metrics: Object.fromEntries(metrics),
    parameters: pairs(data['params'], text),
    tags,
  };
}

function time<K extends string>(name: K, value: unknown): { [name in K]?: number } {
  const read = Number(value ?? Number.NaN);
  return Number.isFinite(read) && read > 0 ? ({ [name]: read } as { [name in K]?: number }) : {};
}

function pairs<T>(list: unknown, read: (value: unknown) => T): Record<string, T> {
  if (!Array.isArray(list)) return {};
  return Object.fromEntries(list.filter(isRecord).map((item): [string, T] => [text(item['key']), read(item['value'])]));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
