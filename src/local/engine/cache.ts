import { createHash } from 'node:crypto';
import { type Step, steps } from '../domain/executions';
import { isRecord } from '../wire/validate';
import type { Store } from '../store/store';
import type { StepDefinition } from './definition';
import { stepKind } from './steps';
import { type Scope, UnresolvedReference, resolve } from './references';

/** Equal for steps that would do the same work; undefined for a step without a cache. */
export function cacheKeyOf(step: StepDefinition, pipeline: string, scope: Scope): string | undefined {
  const names = stepKind(step.type)?.cacheKey;
  if (!step.cache || !names || !isRecord(step.arguments)) return undefined;
  try {
    const { arguments: given } = step;
    const parts = names.map((name) => resolve(given[name] ?? null, scope));
    return createHash('sha256')
      .update(JSON.stringify([pipeline, step.name, step.type, parts]))
      .digest('hex');
  } catch (error) {
    // A reference that leads nowhere fails the step when it runs.
    if (error instanceof UnresolvedReference) return undefined;
    throw error;
  }
}

/** The newest successful run of the same work that is not too old. */
export function cachedStep(store: Store, key: string, step: StepDefinition): Step | undefined {
  const oldest = Date.now() - durationMs(step.cache?.expireAfter);
  return steps(store)
    .list('cache_key = ?', key)
    .reverse()
    .find(
      ({ status, cacheSource, endedAt }) =>
        status === 'Succeeded' && cacheSource === undefined && (endedAt?.getTime() ?? 0) >= oldest,
    );
}

/** ISO 8601 durations as definitions in the wild write them: `P30D`, `PT1H`, also `30d`, `T12H`. In milliseconds. */
export function durationMs(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const match = /^P?(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i.exec(text);
  if (!match) return 0;
  const days = [365, 30, 7, 1];
  const seconds = [3600, 60, 1];
  const count = (group: string | undefined): number => Number(group ?? 0);
  const whole = days.reduce((sum, unit, index) => sum + unit * count(match[index + 1]), 0);
  const rest = seconds.reduce((sum, unit, index) => sum + unit * count(match[index + 5]), 0);
  return (whole * 86_400 + rest) * 1000;
}
