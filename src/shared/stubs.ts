/**
 * Stubs: steps of a run on Local that end as they are told instead of being run. A client puts them into an object of
 * Local that is named by the token of its start, and Local takes them from there: they hold for that start alone, and
 * a client that knows nothing of them is never given any.
 */
import { either, isBoolean, isNumber, isRecord, isString, oneOf, optional, recordOf, shape } from './guards';
import { valueOfJson } from './json';

/** How a step ends that is not run. */
export interface Stub {
  status: 'Succeeded' | 'Failed';
  /** Of a failure. */
  reason?: string;
  /**
   * Of a step that declares outputs their values by name; of others what references read, by its path:
   * `ModelArtifacts.S3ModelArtifacts`.
   */
  outputs: Readonly<Record<string, StubValue>>;
  /** Final metrics of a training job. */
  metrics: Readonly<Record<string, number>>;
  /** S3 URIs of what the step's outputs hold afterwards, by the output's name; `model` and `output` of a training. */
  artifacts: Readonly<Record<string, string>>;
}

export type StubValue = string | number | boolean;

/** Stubs by the name of a step, or by a step type for all steps of it; the name goes first. */
export type Stubs = Readonly<Record<string, Stub>>;

/** The beginning of the description of a step that was not run. */
export const stubbedMark = 'Stubbed: nothing was run.';

/** The key, in Local's default bucket, of the stubs for the start with a token. */
export function stubsKey(token: string): string {
  return `.mlops-flow/stubs/${token}.json`;
}

/** The stub of a step; undefined for one that is to be run. */
export function stubOf(stubs: Stubs | undefined, { name, type }: { name: string; type: string }): Stub | undefined {
  if (!stubs) return undefined;
  if (Object.hasOwn(stubs, name)) return stubs[name];
  return Object.hasOwn(stubs, type) ? stubs[type] : undefined;
}

const isStub = shape<Partial<Stub>>({
  status: optional(oneOf('Succeeded', 'Failed')),
  reason: optional(isString),
  outputs: optional(recordOf(either(isString, either(isNumber, isBoolean)))),
  metrics: optional(recordOf(isNumber)),
  artifacts: optional(recordOf(isString)),
});

/** Reads stubs from JSON; what a stub leaves out is empty, and it succeeds. @throws {TypeError} that names the stub */
export function readStubs(text: string): Stubs {
  const value = valueOfJson(text);
  if (!isRecord(value)) throw new TypeError('Stubs must be a JSON object.');
  return Object.fromEntries(
    Object.entries(value).map(([name, stub]) => {
      if (!isStub(stub)) throw new TypeError(`The stub of '${name}' is not valid.`);
      return [name, { status: 'Succeeded', outputs: {}, metrics: {}, artifacts: {}, ...stub }];
    }),
  );
}
