/** What test and coverage reports say, read from the files that tools write. */
import { XMLParser } from 'fast-xml-parser';
import { valueOfJson } from '../../../shared/json';
import { isRecord } from '../../wire/validate';
import type { ReportFormat } from './buildspec';

export type TestStatus = 'SUCCEEDED' | 'FAILED' | 'ERROR' | 'SKIPPED' | 'UNKNOWN';

export interface TestCase {
  name: string;
  /** What it belongs to: a class, a suite, a file. */
  prefix: string;
  status: TestStatus;
  nanoseconds: number;
  message?: string;
}

export interface FileCoverage {
  path: string;
  linesCovered: number;
  linesMissed: number;
  branchesCovered: number;
  branchesMissed: number;
}

/** A file that is no report of the format that it is said to have. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

export type ReportType = 'TEST' | 'CODE_COVERAGE';

const coverageFormats: ReadonlySet<ReportFormat> = new Set(['CLOVERXML', 'COBERTURAXML', 'JACOCOXML', 'SIMPLECOV']);

export function typeOf(format: ReportFormat): ReportType {
  return coverageFormats.has(format) ? 'CODE_COVERAGE' : 'TEST';
}

/** Longest name and message that the service keeps. */
const longestName = 1000;
const longestMessage = 5000;

/** The test cases in a file. @throws {ReportError} */
export function readTests(text: string, format: ReportFormat): TestCase[] {
  const cases = format === 'CUCUMBERJSON' ? cucumber(text) : testsOfXml(text, format);
  return cases.map(({ name, message, ...rest }) => ({
    ...rest,
    name: name.slice(0, longestName),
    ...(message === undefined || message === '' ? {} : { message: message.slice(0, longestMessage) }),
  }));
}

/** The coverage of files that a file tells. @throws {ReportError} */
export function readCoverage(text: string, format: ReportFormat): FileCoverage[] {
  if (format === 'SIMPLECOV') return simpleCov(text);
  const root = xml(text);
  if (format === 'COBERTURAXML') return cobertura(expectRoot(root, ['coverage']));
  if (format === 'CLOVERXML') return clover(expectRoot(root, ['coverage']));
  return jacoco(expectRoot(root, ['report']));
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
  text: string;
}

function testsOfXml(text: string, format: ReportFormat): TestCase[] {
  const root = xml(text);
  if (format === 'JUNITXML') return junit(expectRoot(root, ['testsuites', 'testsuite']));
  if (format === 'NUNITXML') return nunit2(expectRoot(root, ['test-results']));
  if (format === 'NUNIT3XML') return nunit3(expectRoot(root, ['test-run']));
  if (format === 'TESTNGXML') return testNg(expectRoot(root, ['testng-results']));
  return trx(expectRoot(root, ['TestRun']));
}

function expectRoot(root: Element, names: readonly string[]): Element {
  if (names.includes(root.name)) return root;
  throw new ReportError(
    `expected element type <${names.at(-1) ?? ''}> but have <${root.name}>. Set file-format to the format of the file.`,
  );
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: true,
  htmlEntities: false,
  cdataPropName: '#cdata',
});

function xml(text: string): Element {
  let parsed: unknown;
  try {
    parsed = parser.parse(text);
  } catch (error) {
    throw new ReportError(`The file is not XML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const root = (Array.isArray(parsed) ? parsed : []).map(element).find((one) => one !== undefined);
  if (!root) throw new ReportError('The file is empty or no XML.');
  return root;
}

function element(value: unknown): Element | undefined {
  if (!isRecord(value)) return undefined;
  const name = Object.keys(value).find((key) => key !== ':@');
  const children = name === undefined ? undefined : value[name];
  if (name === undefined || name.startsWith('#') || name.startsWith('?') || !Array.isArray(children)) return undefined;
  const attributes = isRecord(value[':@']) ? value[':@'] : {};
  return {
    name,
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, text]) => [key, String(text)])),
    children: children.flatMap((child) => element(child) ?? []),
    text: children.map(textOf).join('').trim(),
  };
}

function textOf(value: unknown): string {
  if (!isRecord(value)) return '';
  if (typeof value['#text'] === 'string') return value['#text'];
  const data = value['#cdata'];
  return Array.isArray(data) ? data.map(textOf).join('') : '';
}

function* below(parent: Element, name: string): Generator<Element> {
  for (const child of parent.children) {
    if (child.name === name) yield child;
    yield* below(child, name);
  }
}

const childOf = (parent: Element, name: string): Element | undefined =>
  parent.children.find((child) => child.name === name);

const nanoseconds = (seconds: string | undefined, factor = 1e9): number => {
  const value = Number((seconds ?? '0').replaceAll(',', '')) * factor;
  return Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
};

function junit(root: Element): TestCase[] {
  const cases = root.name === 'testcase' ? [root] : [...below(root, 'testcase')];
  return cases.map((one) => {
    const [failure, error, skipped] = ['failure', 'error', 'skipped'].map((name) => childOf(one, name));
    const told = error ?? failure ?? skipped;
    const message = [told?.attributes['message'], told?.text]
      .filter((part) => part !== undefined && part !== '')
      .join('\n');
    return {
      name: one.attributes['name'] ?? '',
      prefix: one.attributes['classname'] ?? one.attributes['file'] ?? '',
      status: error ? 'ERROR' : failure ? 'FAILED' : skipped ? 'SKIPPED' : 'SUCCEEDED',
      nanoseconds: nanoseconds(one.attributes['time']),
      ...(told ? { message } : {}),
    };
  });
}

function nunit2(root: Element): TestCase[] {
  return [...below(root, 'test-case')].map((one) => {
    const message = [...below(one, 'message')][0]?.text;
    const result = one.attributes['result'] ?? '';
    const status: TestStatus =
      one.attributes['executed'] === 'False' || /ignored|skipped/i.test(result)
        ? 'SKIPPED'
        : /error/i.test(result)
          ? 'ERROR'
          : one.attributes['success'] === 'True' || /success/i.test(result)
            ? 'SUCCEEDED'
            : 'FAILED';
    return {
      ...nameOf(one.attributes['name'] ?? ''),
      status,
      nanoseconds: nanoseconds(one.attributes['time']),
      ...(message === undefined ? {} : { message }),
    };
  });
}

function nunit3(root: Element): TestCase[] {
  return [...below(root, 'test-case')].map((one) => {
    const message = [...below(one, 'message')][0]?.text;
    return {
      name: one.attributes['name'] ?? '',
      prefix: one.attributes['classname'] ?? '',
      status: statusOf(one.attributes['result']),
      nanoseconds: nanoseconds(one.attributes['duration']),
      ...(message === undefined ? {} : { message }),
    };
  });
}

function testNg(root: Element): TestCase[] {
  return [...below(root, 'class')].flatMap((group) =>
    group.children
      .filter((one) => one.name === 'test-method' && one.attributes['is-config'] !== 'true')
      .map((one) => {
        const message = [...below(one, 'message')][0]?.text;
        return {
          name: one.attributes['name'] ?? '',
          prefix: group.attributes['name'] ?? '',
          status: statusOf(one.attributes['status']),
          nanoseconds: nanoseconds(one.attributes['duration-ms'], 1e6),
          ...(message === undefined ? {} : { message }),
        };
      }),
  );
}

function trx(root: Element): TestCase[] {
  return [...below(root, 'UnitTestResult')].map((one) => {
    const message = [...below(one, 'Message')][0]?.text;
    const [hours = 0, minutes = 0, seconds = 0] = (one.attributes['duration'] ?? '').split(':').map(Number);
    return {
      ...nameOf(one.attributes['testName'] ?? ''),
      status: statusOf(one.attributes['outcome']),
      nanoseconds: nanoseconds(String(hours * 3600 + minutes * 60 + seconds)),
      ...(message === undefined ? {} : { message }),
    };
  });
}

function cucumber(text: string): TestCase[] {
  const features = valueOfJson(text);
  if (!Array.isArray(features)) throw new ReportError('The file is not a JSON list of features.');
  return features.filter(isRecord).flatMap((feature) =>
    records(feature['elements'])
      .filter((one) => one['type'] !== 'background')
      .map((scenario) => {
        const results = records(scenario['steps']).map((step) => (isRecord(step['result']) ? step['result'] : {}));
        const words = results.map((result) => String(result['status']).toLowerCase());
        const failed = results.find((result) => result['status'] === 'failed');
        return {
          name: word(scenario['name']),
          prefix: word(feature['name']),
          status: failed
            ? ('FAILED' as const)
            : words.some((word) => ['undefined', 'ambiguous'].includes(word))
              ? ('ERROR' as const)
              : words.some((word) => ['skipped', 'pending'].includes(word))
                ? ('SKIPPED' as const)
                : ('SUCCEEDED' as const),
          nanoseconds: results.reduce((sum, result) => sum + (Number(result['duration']) || 0), 0),
          ...(typeof failed?.['error_message'] === 'string' ? { message: failed['error_message'] } : {}),
        };
      }),
  );
}

/** `a.b.C.test` in its parts. */
function nameOf(full: string): { name: string; prefix: string } {
  const dot = full.replace(/\(.*$/s, '').lastIndexOf('.');
  return dot < 0 ? { name: full, prefix: '' } : { name: full.slice(dot + 1), prefix: full.slice(0, dot) };
}

function statusOf(word = ''): TestStatus {
  if (/^(passed|pass|success)/i.test(word)) return 'SUCCEEDED';
  if (/^(skip|ignored|notexecuted|inconclusive|pending)/i.test(word)) return 'SKIPPED';
  if (/^(failed|fail)/i.test(word)) return 'FAILED';
  return /^(error|aborted|timeout)/i.test(word) ? 'ERROR' : 'UNKNOWN';
}

function cobertura(root: Element): FileCoverage[] {
  const files = new Map<string, { lines: Map<string, boolean>; covered: number; missed: number }>();
  for (const one of below(root, 'class')) {
    const path = one.attributes['filename'] ?? '';
    const file = files.get(path) ?? { lines: new Map<string, boolean>(), covered: 0, missed: 0 };
    files.set(path, file);
    // The lines of methods stand among those of the class too.
    for (const line of childOf(one, 'lines')?.children ?? []) {
      const number = line.attributes['number'] ?? '';
      if (file.lines.has(number)) continue;
      file.lines.set(number, Number(line.attributes['hits'] ?? 0) > 0);
      const branches = /\((\d+)\/(\d+)\)/.exec(line.attributes['condition-coverage'] ?? '');
      if (!branches) continue;
      file.covered += Number(branches[1]);
      file.missed += Number(branches[2]) - Number(branches[1]);
    }
  }
  return [...files].map(([path, { lines, covered, missed }]) => {
    const hit = [...lines.values()].filter(Boolean).length;
    return { path, linesCovered: hit, linesMissed: lines.size - hit, branchesCovered: covered, branchesMissed: missed };
  });
}

function clover(root: Element): FileCoverage[] {
  return [...below(root, 'file')].map((file) => {
    const lines = file.children.filter(({ name }) => name === 'line');
    const plain = lines.filter(({ attributes }) => attributes['type'] !== 'cond');
    const hit = plain.filter(({ attributes }) => Number(attributes['count'] ?? 0) > 0).length;
    const conditions = lines.filter(({ attributes }) => attributes['type'] === 'cond');
    const taken = conditions.reduce(
      (sum, { attributes }) =>
        sum + (Number(attributes['truecount']) > 0 ? 1 : 0) + (Number(attributes['falsecount']) > 0 ? 1 : 0),
      0,
    );
    return {
      path: file.attributes['path'] ?? file.attributes['name'] ?? '',
      linesCovered: hit,
      linesMissed: plain.length - hit,
      branchesCovered: taken,
      branchesMissed: conditions.length * 2 - taken,
    };
  });
}

function jacoco(root: Element): FileCoverage[] {
  return [...below(root, 'package')].flatMap((group) =>
    group.children
      .filter(({ name }) => name === 'sourcefile')
      .map((file) => {
        const count = (type: string): [covered: number, missed: number] => {
          const counter = file.children.find(
            ({ name, attributes }) => name === 'counter' && attributes['type'] === type,
          );
          return [Number(counter?.attributes['covered'] ?? 0), Number(counter?.attributes['missed'] ?? 0)];
        };
        const [linesCovered, linesMissed] = count('LINE');
        const [branchesCovered, branchesMissed] = count('BRANCH');
        const path = [group.attributes['name'], file.attributes['name']].filter((part) => part !== '').join('/');
        return { path, linesCovered, linesMissed, branchesCovered, branchesMissed };
      }),
  );
}

function simpleCov(text: string): FileCoverage[] {
  const value = valueOfJson(text);
  if (!isRecord(value)) throw new ReportError('The file is not SimpleCov JSON.');
  const runs = isRecord(value['coverage']) ? [value] : Object.values(value).filter(isRecord);
  const files = runs.flatMap((run) => (isRecord(run['coverage']) ? Object.entries(run['coverage']) : []));
  if (files.length === 0) throw new ReportError('The file has no coverage as SimpleCov writes it.');
  return files.map(([path, told]) => {
    const lines: unknown = Array.isArray(told) ? told : isRecord(told) ? told['lines'] : [];
    const counts = (Array.isArray(lines) ? lines : []).filter((count): count is number => typeof count === 'number');
    const hit = counts.filter((count) => count > 0).length;
    return { path, linesCovered: hit, linesMissed: counts.length - hit, branchesCovered: 0, branchesMissed: 0 };
  });
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
