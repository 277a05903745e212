/** Reports of builds in VS Code's Test Results and Test Coverage views. */
import {
  commands,
  type Disposable,
  FileCoverage,
  TestCoverageCount,
  type TestItem,
  TestMessage,
  type TestRun,
  TestRunRequest,
  tests,
  Uri,
  workspace,
} from 'vscode';
import { abreast, outcomeOf, type Session } from '../../aws';
import { log, messageOf, UserError } from '../../workbench';
import { pathInSource } from '../../workbench/log-text';
import { type Build, type Case, type CoveredFile, filesOf, type Report } from './model';
import { listCases, listCoverage, readBuild, readReports } from './service';

/** A report with what stands in it. */
interface Read {
  report: Report;
  cases: readonly Case[];
  files: readonly CoveredFile[];
}

/** Requests side by side. */
const most = 4;

export class BuildResults implements Disposable {
  private readonly controller = tests.createTestController('mlopsFlow.builds', 'Builds');

  /** Shows the test cases and the coverage of a build. */
  async show(session: Session, id: string): Promise<void> {
    const build = await readBuild(session, id);
    if (build.reports.length === 0) {
      throw new UserError(
        `Build ${id} has no reports. Name its result files under reports in the buildspec to get them.`,
      );
    }
    const read = await abreast(await readReports(session, build.reports), most, (report) =>
      readReport(session, report),
    );
    const root = this.controller.createTestItem(build.project, build.project);
    this.controller.items.add(root);
    const cases: { item: TestItem; test: Case }[] = [];
    for (const { report, cases: listed } of read) {
      if (report.kind !== 'TEST') continue;
      const group = this.controller.createTestItem(report.name, report.name);
      root.children.add(group);
      for (const test of listed) cases.push({ item: await this.itemOf(group, test), test });
    }
    const request = new TestRunRequest([root], undefined, undefined, false, false);
    const run = this.controller.createTestRun(request, titleOf(build), false);
    for (const { item, test } of cases) tell(run, item, test);
    for (const { report, cases: listed, files } of read) {
      run.appendOutput(`${summaryOf(report, listed)}\r\n`);
      for (const file of files) run.addCoverage(await coverageOf(file));
    }
    run.end();
    const view = cases.length > 0 ? 'workbench.panel.testResults.view.focus' : 'testing.openCoverage';
    await commands.executeCommand(view);
  }

  dispose(): void {
    this.controller.dispose();
  }

  private async itemOf(group: TestItem, test: Case): Promise<TestItem> {
    const { suite = '', name } = test;
    let parent = group;
    if (suite !== '') {
      parent = group.children.get(suite) ?? this.controller.createTestItem(suite, suite);
      group.children.add(parent);
    }
    const item = this.controller.createTestItem(`${suite} ${name}`, name, await firstExisting(filesOf(test)));
    parent.children.add(item);
    return item;
  }
}

async function readReport(session: Session, report: Report): Promise<Read> {
  const isTest = report.kind === 'TEST';
  const cases = await outcomeOf(isTest ? listCases(session, report.arn) : Promise.resolve([]));
  const files = await outcomeOf(isTest ? Promise.resolve([]) : listCoverage(session, report.arn));
  for (const problem of [cases.problem, files.problem]) if (problem) log().warn(messageOf(problem));
  return { report, cases: cases.value ?? [], files: files.value ?? [] };
}

function tell(run: TestRun, item: TestItem, { status, message = '', milliseconds }: Case): void {
  run.started(item);
  if (status === 'SUCCEEDED') run.passed(item, milliseconds);
  else if (status === 'FAILED') run.failed(item, new TestMessage(message || 'It failed.'), milliseconds);
  else if (status === 'SKIPPED') run.skipped(item);
  else run.errored(item, new TestMessage(message || `The report says ${status}.`), milliseconds);
}

function titleOf({ project, number }: Build): string {
  return number === undefined ? project : `${project} #${number}`;
}

function summaryOf(report: Report, cases: readonly Case[]): string {
  const { tests: counted, coverage } = report;
  if (coverage) return `${report.name}: lines ${coverage.lines ?? '?'} %, branches ${coverage.branches ?? '?'} %`;
  const counts = Object.entries(counted?.counts ?? {}).filter(([, number]) => number > 0);
  const left = (counted?.total ?? 0) - cases.length;
  const words = counts.map(([status, number]) => `${number} ${status.toLowerCase()}`).join(', ');
  return `${report.name}: ${words || report.status}${left > 0 ? `; ${left} cases are not in the report any more` : ''}`;
}

async function coverageOf({ path, lines, branches }: CoveredFile): Promise<FileCoverage> {
  const count = ({ covered, missed }: { covered: number; missed: number }): TestCoverageCount =>
    new TestCoverageCount(covered, covered + missed);
  const uri = (await firstExisting([pathInSource(path)])) ?? Uri.file(path);
  return new FileCoverage(uri, count(lines), branches.covered + branches.missed > 0 ? count(branches) : undefined);
}

/** The first of the paths that is a file of the workspace. */
async function firstExisting(paths: readonly string[]): Promise<Uri | undefined> {
  for (const folder of workspace.workspaceFolders ?? []) {
    for (const path of paths) {
      const uri = Uri.joinPath(folder.uri, path);
      if ((await outcomeOf(Promise.resolve(workspace.fs.stat(uri)))).value) return uri;
    }
  }
  return undefined;
}
