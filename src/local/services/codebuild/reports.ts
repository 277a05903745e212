import type {
  BatchGetReportGroupsInput,
  BatchGetReportGroupsOutput,
  BatchGetReportsInput,
  BatchGetReportsOutput,
  CodeCoverage,
  DescribeCodeCoveragesInput,
  DescribeCodeCoveragesOutput,
  DescribeTestCasesInput,
  DescribeTestCasesOutput,
  GetReportGroupTrendInput,
  GetReportGroupTrendOutput,
  ListReportGroupsInput,
  ListReportGroupsOutput,
  ListReportsForReportGroupInput,
  ListReportsForReportGroupOutput,
  ListReportsInput,
  ListReportsOutput,
  Report,
  ReportFilter,
} from '@aws-sdk/client-codebuild';
import { type ReportRecord, reportGroups, reports } from '../../domain/builds';
import type { Context } from '../../engine/context';
import type { Filter } from '../../store/records';
import { ServiceError } from '../../wire/errors';
import { pageToken, readPageToken } from '../../wire/pages';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { pageSize } from './projects';

export function reportOperations({ store }: Context): Operations {
  const find = (arn: string): ReportRecord => {
    const found = reports(store).get(arn);
    if (found) return found;
    throw new ServiceError('ResourceNotFoundException', `Report cannot be found: ${arn}`);
  };
  const list = (
    filters: Filter[],
    filter: ReportFilter | undefined,
    input: { sortOrder?: string | undefined; maxResults?: number | undefined; nextToken?: string | undefined },
    question: unknown[],
  ): { reports: string[]; nextToken?: string } => {
    const all: Filter[] = filter?.status === undefined ? filters : [...filters, ['status = ?', filter.status]];
    const { records, nextToken } = reports(store).page(all, {
      sort: 'created',
      descending: input.sortOrder !== 'ASCENDING',
      limit: input.maxResults ?? pageSize,
      token: input.nextToken,
      question: [...question, filter, input.sortOrder],
    });
    return { reports: records.map(({ arn }) => arn), ...(nextToken === undefined ? {} : { nextToken }) };
  };
  return {
    BatchGetReports({ reportArns }: Checked<BatchGetReportsInput>): BatchGetReportsOutput {
      const found = reportArns.flatMap((arn) => reports(store).get(arn) ?? []);
      return {
        reports: found.map(({ report }) => report),
        reportsNotFound: reportArns.filter((arn) => !reports(store).get(arn)),
      };
    },

    ListReports: (input: ListReportsInput): ListReportsOutput => list([], input.filter, input, ['ListReports']),

    ListReportsForReportGroup: (input: Checked<ListReportsForReportGroupInput>): ListReportsForReportGroupOutput =>
      list([['report_group = ?', input.reportGroupArn]], input.filter, input, ['OfGroup', input.reportGroupArn]),

    ListReportGroups({ sortBy, sortOrder, maxResults, nextToken }: ListReportGroupsInput): ListReportGroupsOutput {
      const sort = sortBy === 'NAME' ? 'name' : 'created';
      const { records, nextToken: next } = reportGroups(store).page([], {
        sort,
        descending: sortOrder === 'DESCENDING',
        limit: maxResults ?? pageSize,
        token: nextToken,
        question: ['ListReportGroups', sort, sortOrder],
      });
      return { reportGroups: records.map(({ arn }) => arn), ...(next === undefined ? {} : { nextToken: next }) };
    },

    BatchGetReportGroups({ reportGroupArns }: Checked<BatchGetReportGroupsInput>): BatchGetReportGroupsOutput {
      return {
        reportGroups: reportGroupArns.flatMap((arn) => reportGroups(store).get(arn)?.group ?? []),
        reportGroupsNotFound: reportGroupArns.filter((arn) => !reportGroups(store).get(arn)),
      };
    },

    DescribeTestCases(input: Checked<DescribeTestCasesInput>): DescribeTestCasesOutput {
      const { filter } = input;
      const cases = find(input.reportArn).tests.filter(
        ({ status, name, prefix }) =>
          (filter?.status === undefined || filter.status === status) &&
          (filter?.keyword === undefined || `${prefix ?? ''} ${name ?? ''}`.includes(filter.keyword)),
      );
      const { records, nextToken } = slice(cases, input, ['DescribeTestCases', input.reportArn, filter]);
      return { testCases: records, ...(nextToken === undefined ? {} : { nextToken }) };
    },

    DescribeCodeCoverages(input: Checked<DescribeCodeCoveragesInput>): DescribeCodeCoveragesOutput {
      const { minLineCoveragePercentage: least = 0, maxLineCoveragePercentage: most = 100, sortBy, sortOrder } = input;
      const sign = sortOrder === 'DESCENDING' ? -1 : 1;
      const coverages = find(input.reportArn)
        .coverages.filter(({ lineCoveragePercentage: part = 0 }) => part >= least && part <= most)
        .toSorted((a, b) => sign * compare(a, b, sortBy === 'LINE_COVERAGE_PERCENTAGE'));
      const question = ['DescribeCodeCoverages', input.reportArn, least, most, sortBy, sortOrder];
      const { records, nextToken } = slice(coverages, input, question);
      return { codeCoverages: records, ...(nextToken === undefined ? {} : { nextToken }) };
    },

    GetReportGroupTrend(input: Checked<GetReportGroupTrendInput>): GetReportGroupTrendOutput {
      const { reportGroupArn, trendField, numOfReports = pageSize } = input;
      const rows = reports(store)
        .list('report_group = ?', reportGroupArn)
        .slice(-numOfReports)
        .flatMap(({ arn, report }) => {
          const value = trendValue(report, trendField);
          return value === undefined ? [] : [{ reportArn: arn, data: String(value) }];
        });
      const values = rows.map(({ data }) => Number(data));
      const average = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
      return {
        rawData: rows,
        stats: {
          average: String(average),
          max: String(Math.max(0, ...values)),
          min: String(Math.min(...values, Infinity)),
        },
      };
    },
  };
}

/** A page of a list that lies whole in a record. */
function slice<T>(
  all: readonly T[],
  { nextToken, maxResults = pageSize }: { nextToken?: string | undefined; maxResults?: number | undefined },
  question: unknown,
): { records: T[]; nextToken?: string } {
  const from = Number(readPageToken(question, nextToken)?.key ?? 0);
  const records = all.slice(from, from + maxResults);
  const next = from + records.length;
  return next < all.length ? { records, nextToken: pageToken(question, { value: next, key: next }) } : { records };
}

function compare(a: CodeCoverage, b: CodeCoverage, byPercentage: boolean): number {
  if (byPercentage) return (a.lineCoveragePercentage ?? 0) - (b.lineCoveragePercentage ?? 0);
  return (a.filePath ?? '') < (b.filePath ?? '') ? -1 : 1;
}

function trendValue({ testSummary, codeCoverageSummary: coverage }: Report, field: string): number | undefined {
  switch (field) {
    case 'PASS_RATE':
      return (
        testSummary && (100 * (testSummary.statusCounts?.['SUCCEEDED'] ?? 0)) / Math.max(1, testSummary.total ?? 0)
      );
    case 'DURATION':
      return testSummary?.durationInNanoSeconds;
    case 'TOTAL':
      return testSummary?.total;
    case 'LINE_COVERAGE':
      return coverage?.lineCoveragePercentage;
    case 'LINES_COVERED':
      return coverage?.linesCovered;
    case 'LINES_MISSED':
      return coverage?.linesMissed;
    case 'BRANCH_COVERAGE':
      return coverage?.branchCoveragePercentage;
    case 'BRANCHES_COVERED':
      return coverage?.branchesCovered;
    default:
      return coverage?.branchesMissed;
  }
}
