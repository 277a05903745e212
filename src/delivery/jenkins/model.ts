/** What Jenkins says of jobs and builds. Pure. Times are milliseconds since the epoch, lengths milliseconds. */
import { isRecord } from '../../shared/guards';

export interface JenkinsBuild {
  number: number;
  /** A word of `deliveryFaces`. */
  status: string;
  started?: number;
  length?: number;
  commits: readonly string[];
  cause?: string;
}

export interface JenkinsStage {
  name: string;
  status: string;
  length?: number;
}

/** A job with its builds, or a folder or a multibranch project with its jobs. */
export interface JenkinsItem {
  jobs: readonly { name: string; status: string }[];
  builds: readonly JenkinsBuild[];
}

/** What is asked of an item, in one request. */
export const itemQuery =
  'api/json?tree=jobs[name,color],builds[number,result,building,timestamp,duration,' +
  'actions[lastBuiltRevision[SHA1],causes[shortDescription]]]{0,20}';

const results: Readonly<Record<string, string>> = {
  SUCCESS: 'Succeeded',
  UNSTABLE: 'Unstable',
  FAILURE: 'Failed',
  FAILED: 'Failed',
  NOT_BUILT: 'Skipped',
  NOT_EXECUTED: 'Skipped',
  ABORTED: 'Cancelled',
  IN_PROGRESS: 'InProgress',
  PAUSED_PENDING_INPUT: 'Waiting',
};

/** The colour of a job's ball: that of its last build, with `_anime` while one runs. */
const balls: Readonly<Record<string, string>> = {
  blue: 'Succeeded',
  yellow: 'Unstable',
  red: 'Failed',
  aborted: 'Cancelled',
  notbuilt: 'NotRun',
  disabled: 'NotRun',
};

function records(value: unknown, key: string): Record<string, unknown>[] {
  const list = isRecord(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function text(value: Record<string, unknown>, key: string): string {
  const member = value[key];
  return typeof member === 'string' ? member : '';
}

export function itemOf(answer: unknown): JenkinsItem {
  return {
    jobs: records(answer, 'jobs').map((job) => {
      const color = text(job, 'color');
      return {
        name: text(job, 'name'),
        status: color.endsWith('_anime') ? 'InProgress' : (balls[color] ?? 'NotRun'),
      };
    }),
    builds: records(answer, 'builds').map(buildOf),
  };
}

function buildOf(build: Record<string, unknown>): JenkinsBuild {
  const actions = records(build, 'actions');
  const result = text(build, 'result');
  const commits = actions.flatMap(({ lastBuiltRevision }) =>
    isRecord(lastBuiltRevision) ? [text(lastBuiltRevision, 'SHA1')] : [],
  );
  const cause = actions.flatMap((action) => records(action, 'causes')).map((one) => text(one, 'shortDescription'))[0];
  const { number, timestamp, duration, building } = build;
  return {
    number: typeof number === 'number' ? number : 0,
    status: building === true ? 'InProgress' : (results[result] ?? (result === '' ? 'InProgress' : result)),
    ...(typeof timestamp === 'number' ? { started: timestamp } : {}),
    ...(typeof duration === 'number' && building !== true ? { length: duration } : {}),
    commits: [...new Set(commits.filter((commit) => commit !== ''))],
    ...(cause ? { cause } : {}),
  };
}

/** The stages of a build, as the plugin Pipeline: Stage View tells them. */
export function stagesOf(answer: unknown): JenkinsStage[] {
  return records(answer, 'stages').map((stage) => {
    const { durationMillis } = stage;
    const status = text(stage, 'status');
    return {
      name: text(stage, 'name'),
      status: results[status] ?? status,
      ...(typeof durationMillis === 'number' ? { length: durationMillis } : {}),
    };
  });
}

/** The addresses of jobs that the settings name, each with a slash at its end; without those that are none. */
export function jobAddresses(configured: readonly unknown[]): string[] {
  return configured.flatMap((one) => {
    if (typeof one !== 'string' || !URL.canParse(one)) return [];
    const { protocol, origin, pathname } = new URL(one);
    return protocol === 'https:' || protocol === 'http:' ? [`${origin}${pathname.replace(/\/*$/, '/')}`] : [];
  });
}

/** A job below another: addresses are made from the one that the settings name, for Jenkins may call itself otherwise. */
export function jobBelow(url: string, name: string): string {
  // A branch's slash is part of the name of its job, which Jenkins has encoded once already.
  return `${url}job/${encodeURIComponent(name)}/`;
}
