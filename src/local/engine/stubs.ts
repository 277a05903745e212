import { readFileSync } from 'node:fs';
import { type Stub, type Stubs, readStubs, stubsKey } from '../../shared/stubs';
import { defaultBucket } from '../domain/arns';
import { objects } from '../domain/objects';
import type { Store } from '../store/store';
import { invalid } from '../wire/errors';
import { isRecord } from '../wire/validate';
import type { StepDefinition } from './definition';
import { memberOf, parsePath } from './references';

/**
 * The stubs that a client has put down for the start with this token; they hold once.
 * @throws {ServiceError} `ValidationException` where they are not valid
 */
export function takeStubs(store: Store, token: string | undefined): Stubs | undefined {
  if (token === undefined) return undefined;
  const key = stubsKey(token);
  const object = objects(store).get(defaultBucket, key);
  if (!object) return undefined;
  const text = readFileSync(object.path, 'utf8');
  void objects(store).delete(defaultBucket, key);
  try {
    return readStubs(text);
  } catch (error) {
    if (error instanceof TypeError) throw invalid(error.message);
    throw error;
  }
}

/** Why a step cannot end as its stub says, in half a sentence; undefined where it can. */
export function stubProblem({ type, outputParameters }: StepDefinition, stub: Stub): string | undefined {
  if (stub.status === 'Failed') return undefined;
  const missing = outputParameters.filter(({ name }) => !Object.hasOwn(stub.outputs, name)).map(({ name }) => name);
  if (missing.length > 0) return `its stub gives no value for the outputs ${missing.join(', ')}`;
  if (type === 'Condition' && outcomeOf(stub) === undefined) return 'its stub needs the output Outcome, True or False';
  return undefined;
}

/** The branch that a stubbed Condition step takes. */
export function outcomeOf({ outputs }: Stub): 'True' | 'False' | undefined {
  const text = String(outputs.Outcome ?? '');
  if (/^true$/i.test(text)) return 'True';
  return /^false$/i.test(text) ? 'False' : undefined;
}

/** What references read of a stubbed step: `base` with the values that the stub gives, each at its path. */
export function withOutputs(base: object, { outputs }: Stub): Record<string, unknown> {
  const result = structuredClone(base) as Record<string, unknown>;
  for (const [path, value] of Object.entries(outputs)) {
    const parts = parsePath(path);
    const last = parts.pop();
    if (last === undefined) continue;
    let place = result;
    for (const part of parts) {
      let inner = memberOf(place, part);
      if (!isRecord(inner) && !Array.isArray(inner)) set(place, part, (inner = {}));
      place = inner as Record<string, unknown>;
    }
    set(place, last, value);
  }
  return result;
}

function set(place: object, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true });
}
