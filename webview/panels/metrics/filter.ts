import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import type { Column } from './columns';

type Test = (run: MetricsRun) => boolean;

const comparisonPattern = /^([^<>=]+)(<=|>=|<|>|=)(.+)$/;

/** The test that a filter's text stands for. All its terms must hold. */
export function filterOf(text: string, columns: readonly Column[], now: number): Test {
  const tests = text
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map((term) => comparison(term, columns, now) ?? contains(term, columns, now));
  return (run) => tests.every((test) => test(run));
}

function contains(term: string, columns: readonly Column[], now: number): Test {
  const wanted = term.toLowerCase();
  return (run) => columns.some((column) => column.text(run, now)?.toLowerCase().includes(wanted) ?? false);
}

/** `name op value` on a column whose label is, or ends with, the name. */
function comparison(term: string, columns: readonly Column[], now: number): Test | undefined {
  const [, name = '', operator, wanted = ''] = comparisonPattern.exec(term) ?? [];
  if (!operator) return undefined;
  const label = name.toLowerCase();
  const column =
    columns.find((each) => each.label.toLowerCase() === label) ??
    columns.find((each) => each.label.toLowerCase().endsWith(label));
  if (!column) return undefined;
  const number = Number(wanted);
  return (run) => {
    const value = column.value(run, now);
    if (value === undefined) return false;
    if (typeof value === 'string') return operator === '=' && value.toLowerCase() === wanted.toLowerCase();
    switch (operator) {
      case '<':
        return value < number;
      case '<=':
        return value <= number;
      case '>':
        return value > number;
      case '>=':
        return value >= number;
      default:
        return value === number;
    }
  };
}
