import { createHash } from 'node:crypto';
import { durationOf } from '../../definition/duration';
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
  const oldest = Date.now() - lifeOf(step.cache?.expireAfter);
  return steps(store)
    .list('cache_key = ?', key)
    .reverse()
    .find(
      ({ status, cacheSource, endedAt }) =>
        status === 'Succeeded' && cacheSource === undefined && (endedAt?.getTime() ?? 0) >= oldest,
    );
}

/** How old a result may be, in milliseconds: without end where nothing is said, no time where it cannot be read. */
function lifeOf(text: string | undefined): number {
  return text === undefined ? Number.POSITIVE_INFINITY : (durationOf(text) ?? 0);
}
