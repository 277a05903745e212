/** Reports of builds in the store: groups, summaries, cases. */
import { readFile } from 'node:fs/promises';
import type { CodeCoverage, CodeCoverageReportSummary, TestCase, TestReportSummary } from '@aws-sdk/client-codebuild';
import { randomUUID } from 'node:crypto';
import { type BuildRecord, builds, codebuildArn, reportGroups, reports } from '../../domain/builds';
import type { Store } from '../../store/store';
import type { ReportSource } from './buildspec';
import {
  type FileCoverage,
  type ReportType,
  ReportError,
  type TestCase as ReadCase,
  readCoverage,
  readTests,
  typeOf,
} from './reports';
import type { Prepared } from './run';
import { NothingSelected, selectFiles } from './select';

/** The service keeps so many cases of a report, and a report for so long. */
const mostCases = 500;
const lifetime = 30 * 86_400_000;

/** Reads the reports of a build and keeps them. @returns lines for the log */
export async function makeReports(store: Store, record: BuildRecord, prepared: Prepared): Promise<string[]> {
  const said: string[] = [];
  for (const source of prepared.buildspec.reports) said.push(...(await makeReport(store, record, prepared, source)));
  return said;
}

async function makeReport(
  store: Store,
  record: BuildRecord,
  prepared: Prepared,
  source: ReportSource,
): Promise<string[]> {
  const type = typeOf(source.format);
  const group = groupOf(store, record, source.group, type);
  const arn = `${group.replace(':report-group/', ':report/')}:${randomUUID()}`;
  const now = new Date();
  const said: string[] = [];
  const { tests, coverages, problem } = await read(prepared.source, source, said);
  const failed = tests.some(({ status }) => status === 'FAILED' || status === 'ERROR');
  const status = problem !== undefined ? 'INCOMPLETE' : failed ? 'FAILED' : 'SUCCEEDED';
  store.transaction(() => {
    reports(store).put({
      arn,
      group,
      report: {
        arn,
        type,
        name: group.slice(group.indexOf('/') + 1),
        reportGroupArn: group,
        executionId: record.build.arn ?? '',
        status,
        created: now,
        expired: new Date(now.getTime() + lifetime),
        exportConfig: { exportConfigType: 'NO_EXPORT' },
        truncated: tests.length > mostCases,
        ...(type === 'TEST'
          ? { testSummary: testSummary(tests) }
          : { codeCoverageSummary: coverageSummary(coverages) }),
      },
      tests: tests.slice(0, mostCases).map(({ name, prefix, status: result, nanoseconds, message }): TestCase => ({
        reportArn: arn,
        testRawDataPath: '',
        prefix,
        name,
        status: result,
        durationInNanoSeconds: nanoseconds,
        ...(message === undefined ? {} : { message }),
        expired: new Date(now.getTime() + lifetime),
      })),
      coverages: coverages.map((one): CodeCoverage => ({
        id: randomUUID(),
        reportARN: arn,
        filePath: one.path,
        lineCoveragePercentage: percentage(one.linesCovered, one.linesMissed),
        linesCovered: one.linesCovered,
        linesMissed: one.linesMissed,
        branchCoveragePercentage: percentage(one.branchesCovered, one.branchesMissed),
        branchesCovered: one.branchesCovered,
        branchesMissed: one.branchesMissed,
        expired: new Date(now.getTime() + lifetime),
      })),
    });
    record.build.reportArns = [...(record.build.reportArns ?? []), arn];
    builds(store).put(record);
  });
  return [...said, ...(problem === undefined ? [] : [`Error in the report ${source.group}: ${problem}`])];
}

async function read(
  folder: string,
  source: ReportSource,
  said: string[],
): Promise<{ tests: ReadCase[]; coverages: FileCoverage[]; problem?: string }> {
  const tests: ReadCase[] = [];
  const coverages: FileCoverage[] = [];
  try {
    const { files } = await selectFiles(folder, source);
    for (const { path, name } of files) {
      said.push(`Preparing the report ${source.group}: ${name}`);
      const text = await readFile(path, 'utf8');
      if (typeOf(source.format) === 'TEST') tests.push(...readTests(text, source.format));
      else coverages.push(...readCoverage(text, source.format));
    }
    return { tests, coverages };
  } catch (error) {
    if (error instanceof ReportError || error instanceof NothingSelected) {
      return { tests, coverages, problem: error.message };
    }
    throw error;
  }
}

/** The group that a report belongs to: an ARN names one, a name makes one of the project. @returns its ARN */
function groupOf(store: Store, { project }: BuildRecord, named: string, type: ReportType): string {
  const arn = named.startsWith('arn:') ? named : codebuildArn('report-group', `${project}-${named}`);
  if (!reportGroups(store).get(arn)) {
    const now = new Date();
    const name = arn.slice(arn.indexOf('/') + 1);
    reportGroups(store).put({
      arn,
      name,
      createdAt: now,
      group: {
        arn,
        name,
        type,
        exportConfig: { exportConfigType: 'NO_EXPORT' },
        created: now,
        lastModified: now,
        status: 'ACTIVE',
      },
    });
  }
  return arn;
}

function testSummary(tests: readonly ReadCase[]): TestReportSummary {
  const statusCounts: Record<string, number> = { SUCCEEDED: 0, FAILED: 0, ERROR: 0, SKIPPED: 0, UNKNOWN: 0 };
  for (const { status } of tests) statusCounts[status] = (statusCounts[status] ?? 0) + 1;
  const durationInNanoSeconds = tests.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
  return { total: tests.length, statusCounts, durationInNanoSeconds };
}

function coverageSummary(files: readonly FileCoverage[]): CodeCoverageReportSummary {
  const sum = (member: Exclude<keyof FileCoverage, 'path'>): number =>
    files.reduce((total, file) => total + file[member], 0);
  const [linesCovered, linesMissed] = [sum('linesCovered'), sum('linesMissed')];
  const [branchesCovered, branchesMissed] = [sum('branchesCovered'), sum('branchesMissed')];
  return {
    lineCoveragePercentage: percentage(linesCovered, linesMissed),
    linesCovered,
    linesMissed,
    branchCoveragePercentage: percentage(branchesCovered, branchesMissed),
    branchesCovered,
    branchesMissed,
  };
}

/** Of a hundred, with two digits. */
function percentage(covered: number, missed: number): number {
  const all = covered + missed;
  return all === 0 ? 0 : Math.round((covered / all) * 10_000) / 100;
}
