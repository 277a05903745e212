/** Whether a run that was made to be the same as another came to the same. Pure. */
import { count, formatNames, formatNumber } from '../../shared/format';
import { trackedPrefix } from '../mlflow/model';
import { isSettled } from '../model';
import type { Verdict } from '../panels/compare/contract';
import type { RunFacts } from './facts';

/** So many metrics are named. */
const metricsNamed = 3;

/**
 * Compares the metrics of a reproduction with those of its original.
 *
 * @param tolerance the relative difference up to which a metric counts as the same; 0 asks for the last digit
 */
export function verdictOf(original: RunFacts, reproduction: RunFacts, tolerance: number): Verdict {
  const notes = notesOf(original, reproduction);
  if (!isSettled(reproduction.status)) {
    return { state: 'running', text: `${reproduction.name} is running. The verdict comes with its end.`, notes };
  }
  if (reproduction.status !== original.status) {
    return {
      state: 'differs',
      text: `Not reproduced: ${original.name} is ${original.status}, ${reproduction.name} ${reproduction.status}.`,
      notes,
    };
  }
  // What a tracking server has can be changed there, and be gone.
  const names = Object.keys(original.metrics).filter((name) => !name.startsWith(trackedPrefix));
  if (names.length === 0) {
    return { state: 'unknown', text: `${original.name} has no metrics to compare.`, notes };
  }
  const differing = names.filter((name) => !Object.is(original.metrics[name], reproduction.metrics[name]));
  if (differing.length === 0) {
    return { state: 'same', text: `Reproduced: ${count(names.length, 'metric')} the same to the last digit.`, notes };
  }
  const outside = differing.filter((name) => !isWithin(original.metrics[name], reproduction.metrics[name], tolerance));
  const say = (name: string): string => {
    return `${name} ${original.metrics[name] ?? 'missing'} → ${reproduction.metrics[name] ?? 'missing'}`;
  };
  const named = formatNames((outside.length === 0 ? differing : outside).map(say), metricsNamed);
  if (outside.length === 0) {
    return {
      state: 'within',
      text: `Reproduced within ${formatNumber(tolerance * 100)} %: ${named}.`,
      notes,
    };
  }
  return { state: 'differs', text: `Not reproduced: ${named}.`, notes };
}

function isWithin(from: number | undefined, to: number | undefined, tolerance: number): boolean {
  if (from === undefined || to === undefined) return false;
  return Math.abs(to - from) <= tolerance * Math.abs(from);
}

/** What the verdict cannot speak for. */
function notesOf(original: RunFacts, reproduction: RunFacts): string[] {
  const cached = reproduction.steps.filter(({ cachedFrom }) => cachedFrom !== undefined).map(({ name }) => name);
  const changed = (reproduction.provenance?.inputs ?? []).filter(({ name, tag }) => {
    const before = original.provenance?.inputs?.find((input) => input.name === name);
    return before !== undefined && before.tag !== tag;
  });
  return [
    ...(cached.length > 0 ? [`${formatNames(cached, 3)} came from the cache and did not run again.`] : []),
    ...changed.map(({ name, uri }) => `The data of ${name} has changed since: ${uri}.`),
    ...reproduction.problems,
    ...original.problems,
  ];
}
