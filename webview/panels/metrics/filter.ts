/** The filter of the table: words, and comparisons with a column, all of which must hold. */
import type { MetricsRun } from '../../../src/pipelines/panels/metrics/contract';
import type { Column } from './columns';

type Test = (run: MetricsRun) => boolean;

const comparisonPattern = /^(-?)([^<>=!~]+)(<=|>=|!=|<|>|=|~)(.*)$/;

/**
 * The test that a filter's text stands for:
 *
 * ```
 * word            a cell contains it           "two words"   so do these together
 * accuracy>0.9    <, <=, >, >=, =, !=          branch~feature   the cell contains it
 * -word           none of that: a minus turns each term round
 * ```
 */
export function filterOf(text: string, columns: readonly Column[], now: number): Test {
  const tests = termsOf(text).map((term) => comparison(term, columns, now) ?? contains(term, columns, now));
  return (run) => tests.every((test) => test(run));
}

/** The terms of a text. Quotes keep words together, within a term too: `branch="my branch"`. */
function termsOf(text: string): string[] {
  const terms = text.match(/(?:[^\s"]+|"[^"]*"?)+/g) ?? [];
  return terms.map((term) => term.replaceAll('"', '')).filter((term) => term !== '' && term !== '-');
}

function contains(term: string, columns: readonly Column[], now: number): Test {
  const isTurned = term.startsWith('-') && term.length > 1;
  const wanted = (isTurned ? term.slice(1) : term).toLowerCase();
  return (run) => columns.some((column) => column.text(run, now)?.toLowerCase().includes(wanted) ?? false) !== isTurned;
}

/** `name op value` on a column whose label is, or ends with, the name. */
function comparison(term: string, columns: readonly Column[], now: number): Test | undefined {
  const [, turn, name = '', operator, wanted = ''] = comparisonPattern.exec(term) ?? [];
  if (!operator || wanted === '') return undefined;
  const label = name.toLowerCase();
  const column =
    columns.find((each) => each.label.toLowerCase() === label) ??
    columns.find((each) => each.label.toLowerCase().endsWith(label));
  if (!column) return undefined;
  const isTurned = turn === '-';
  return (run) => holds(column, run, operator, wanted, now) !== isTurned;
}

function holds(column: Column, run: MetricsRun, operator: string, wanted: string, now: number): boolean {
  const value = column.value(run, now);
  const text = column.text(run, now)?.toLowerCase();
  // What is missing is not the same as anything, and contains nothing.
  if (value === undefined || text === undefined) return operator === '!=';
  if (operator === '~') return text.includes(wanted.toLowerCase());
  if (typeof value === 'string') {
    const isSame = value.toLowerCase() === wanted.toLowerCase();
    if (operator === '=') return isSame;
    return operator === '!=' && !isSame;
  }
  const number = Number(wanted);
  switch (operator) {
    case '<':
      return value < number;
    case '<=':
      return value <= number;
    case '>':
      return value > number;
    case '>=':
      return value >= number;
    case '!=':
      return value !== number;
    default:
      return value === number;
  }
}
