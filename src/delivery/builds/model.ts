/** The words of CodeBuild: builds, their phases, their reports. Pure. Times are milliseconds since the epoch. */
import type {
  Build as ServiceBuild,
  BuildBatch,
  BuildPhase,
  Report as ServiceReport,
  TestCase,
} from '@aws-sdk/client-codebuild';
import type { LogPlace } from '../../aws/logs';

/** A step of a build, with why it ended as it did. */
export interface Phase {
  type: string;
  /** Undefined while it is under way. */
  status?: string;
  started?: number;
  ended?: number;
  /** Of every phase that says something: the cause often stands in another than the last. */
  contexts: readonly { code?: string; message: string }[];
}

export interface Build {
  /** `project:uuid` */
  id: string;
  project: string;
  number?: number;
  /** FAULT, TIMED_OUT, STOPPED and the others; of the build, not of its last phase. */
  status: string;
  phase?: string;
  started?: number;
  ended?: number;
  initiator?: string;
  /** The commit that was built, else the version that was asked for. */
  version?: string;
  phases: readonly Phase[];
  log: BuildLog;
  reports: readonly string[];
  exported: Readonly<Record<string, string>>;
  /** The builds before and after it where it was retried by itself. */
  retryOf?: string;
  retriedBy?: string;
  /** The id of the batch that it is a build of. */
  batch?: string;
}

/** Builds that were started together, as the list, the graph or the matrix of a buildspec says. */
export interface Batch {
  /** `project:uuid` */
  id: string;
  number?: number;
  status: string;
  started?: number;
  ended?: number;
  version?: string;
  builds: readonly BatchMember[];
  /** Why it ended before its builds began. */
  cause?: string;
}

export interface BatchMember {
  identifier: string;
  dependsOn: readonly string[];
  mayFail: boolean;
  /** The id of its newest build; absent until that is started. */
  build?: string;
  status?: string;
  /** How often it was built before. */
  before: number;
}

export function batchOf(batch: BuildBatch): Batch {
  const cause = batch.phases?.flatMap(({ contexts = [] }) => contexts).find(({ message }) => message)?.message;
  return {
    id: batch.id ?? '',
    ...given('number', batch.buildBatchNumber),
    status: batch.buildBatchStatus ?? 'IN_PROGRESS',
    ...given('started', batch.startTime?.getTime()),
    ...given('ended', batch.endTime?.getTime()),
    ...given('version', batch.resolvedSourceVersion ?? batch.sourceVersion),
    builds: (batch.buildGroups ?? []).map(
      ({ identifier = '', dependsOn = [], ignoreFailure, currentBuildSummary: now, priorBuildSummaryList = [] }) => ({
        identifier,
        dependsOn,
        mayFail: ignoreFailure ?? false,
        ...given('build', now?.arn && idIn(now.arn)),
        ...given('status', now?.buildStatus),
        before: priorBuildSummaryList.length,
      }),
    ),
    ...given('cause', cause),
  };
}

/** The id of a build or a batch in its ARN. */
function idIn(arn: string): string {
  return arn.slice(arn.indexOf('/') + 1);
}

/** Where a build logs: a stream of CloudWatch Logs, an object of S3, or nowhere. */
export type BuildLog = { kind: 'stream'; place: LogPlace } | { kind: 'object'; uri: string } | { kind: 'none' };

/** What a build says of tests or of coverage. */
export interface Report {
  arn: string;
  /** The name of its group. */
  name: string;
  kind: 'TEST' | 'CODE_COVERAGE';
  status: string;
  /** By the state of test cases. */
  tests?: { total: number; counts: Readonly<Record<string, number>>; milliseconds: number };
  /** Percentages. */
  coverage?: { lines?: number; branches?: number };
}

export interface Case {
  suite?: string;
  name: string;
  /** SUCCEEDED, FAILED, ERROR, SKIPPED, UNKNOWN. */
  status: string;
  milliseconds: number;
  message?: string;
}

/** How well a file is covered. */
export interface CoveredFile {
  path: string;
  lines: { covered: number; missed: number };
  branches: { covered: number; missed: number };
}

export function buildOf(build: ServiceBuild): Build {
  const { id = '', projectName = projectOf(id), autoRetryConfig: retries } = build;
  return {
    id,
    project: projectName,
    ...given('number', build.buildNumber),
    status: build.buildStatus ?? 'IN_PROGRESS',
    ...given('phase', build.currentPhase),
    ...given('started', build.startTime?.getTime()),
    ...given('ended', build.endTime?.getTime()),
    ...given('initiator', build.initiator),
    ...given('version', build.resolvedSourceVersion ?? build.sourceVersion),
    phases: (build.phases ?? []).map(phaseOf),
    log: logOf(build),
    reports: build.reportArns ?? [],
    exported: Object.fromEntries(
      (build.exportedEnvironmentVariables ?? []).map(({ name = '', value = '' }) => [name, value]),
    ),
    ...given('retryOf', retries?.previousAutoRetry),
    ...given('retriedBy', retries?.nextAutoRetry),
    ...given('batch', build.buildBatchArn && idIn(build.buildBatchArn)),
  };
}

function phaseOf({ phaseType: type = 'SUBMITTED', phaseStatus, startTime, endTime, contexts = [] }: BuildPhase): Phase {
  return {
    type,
    ...given('status', phaseStatus),
    ...given('started', startTime?.getTime()),
    ...given('ended', endTime?.getTime()),
    contexts: contexts.flatMap(({ statusCode, message }) =>
      statusCode || message ? [{ ...given('code', statusCode), message: message ?? statusCode ?? '' }] : [],
    ),
  };
}

/**
 * Where the log is. While the stream is not there yet the service names none, or the text `null`: then it will be
 * where builds log by default, unless the project logs elsewhere.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/APIReference/API_LogsLocation.html
 */
function logOf({ id = '', logs, projectName = projectOf(id) }: ServiceBuild): BuildLog {
  const isOff = (status: string | undefined): boolean => status === 'DISABLED';
  const named = (text: string | undefined): string | undefined => (text === 'null' ? undefined : text);
  if (!isOff(logs?.cloudWatchLogs?.status)) {
    const group = named(logs?.groupName) ?? logs?.cloudWatchLogs?.groupName ?? `/aws/codebuild/${projectName}`;
    const before = logs?.cloudWatchLogs?.streamName;
    const own = id.slice(id.indexOf(':') + 1);
    return { kind: 'stream', place: { group, prefix: named(logs?.streamName) ?? (before ? `${before}/${own}` : own) } };
  }
  const object = logs?.s3LogsArn?.replace(/^arn:[\w-]+:s3:::/, '');
  return object ? { kind: 'object', uri: `s3://${object}` } : { kind: 'none' };
}

/** The project in a build's id, or in its ARN. */
export function projectOf(id: string): string {
  const own = id.slice(id.lastIndexOf('/') + 1);
  return own.slice(0, own.lastIndexOf(':'));
}

export function isDone({ status }: Build): boolean {
  return status !== 'IN_PROGRESS';
}

/** Why a build has failed: what its phases say, the cause first. */
export function causesOf({ phases }: Build): string[] {
  return phases.flatMap(({ type, status, contexts }) =>
    status !== undefined && status !== 'SUCCEEDED' ? contexts.map(({ message }) => `${type}: ${message}`) : [],
  );
}

export function reportOf(report: ServiceReport): Report {
  const { arn = '', testSummary: tests, codeCoverageSummary: coverage } = report;
  return {
    arn,
    name: arn.slice(arn.lastIndexOf('/') + 1, arn.lastIndexOf(':')) || (report.name ?? ''),
    kind: report.type ?? 'TEST',
    status: report.status ?? 'GENERATING',
    ...(tests
      ? {
          tests: {
            total: tests.total ?? 0,
            counts: tests.statusCounts ?? {},
            milliseconds: (tests.durationInNanoSeconds ?? 0) / 1e6,
          },
        }
      : {}),
    ...(coverage
      ? {
          coverage: {
            ...given('lines', coverage.lineCoveragePercentage),
            ...given('branches', coverage.branchCoveragePercentage),
          },
        }
      : {}),
  };
}

export function caseOf(test: TestCase): Case {
  return {
    ...given('suite', test.testSuiteName ?? test.prefix),
    name: test.name ?? '',
    status: test.status ?? 'UNKNOWN',
    milliseconds: (test.durationInNanoSeconds ?? 0) / 1e6,
    ...given('message', test.message),
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { [key in K]?: V });
}

/**
 * The files that a test case may stand in, the likeliest first. A report names suite and case, not the file: of pytest
 * the suite is a dotted module, with a class behind it where there is one.
 */
export function filesOf({ suite = '', name }: Case): string[] {
  const words = [suite, name.includes('::') ? name.slice(0, name.indexOf('::')) : ''].filter((word) => word !== '');
  return words.flatMap((word) => {
    if (/\.\w{1,5}$/.test(word) && word.includes('/')) return [word];
    const parts = word.split('.');
    const isClass = /^[A-Z]/.test(parts.at(-1) ?? '');
    return [`${parts.join('/')}.py`, ...(isClass && parts.length > 1 ? [`${parts.slice(0, -1).join('/')}.py`] : [])];
  });
}
