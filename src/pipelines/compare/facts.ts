/** What two runs can differ in. Pure. */
import type { UploadFile } from '../../shared/uploads';
import type { Provenance, RunStatus } from '../model';

/** A step of a run, as far as it is compared. */
export interface StepFacts {
  name: string;
  status: string;
  /** Milliseconds. */
  duration?: number;
  /** The run whose result was taken from the cache. */
  cachedFrom?: string;
  /** The container image of its job. */
  image?: string;
  /** The artifact that its training made, and its ETag, which changes with its bytes. */
  artifact?: { uri: string; etag?: string };
}

/** Everything that is compared of a run. What is absent is not known. */
export interface RunFacts {
  arn: string;
  name: string;
  pipeline: string;
  status: RunStatus;
  failureReason?: string;
  /** Milliseconds since the epoch. */
  startedAt?: number;
  endedAt?: number;
  provenance?: Provenance;
  /** The version of the pipeline's definition. */
  version?: number;
  /** The text of the definition. */
  definition?: string;
  parameters: Readonly<Record<string, string>>;
  metrics: Readonly<Record<string, number>>;
  steps: readonly StepFacts[];
  /** The files that were copied for the run, by the parameter that names their place. */
  files: ReadonlyMap<string, readonly UploadFile[]>;
  /** What could not be read. */
  problems: readonly string[];
}

/** The paths in which two lists of files differ, each with what happened to it on the way. */
export function changedFiles(
  before: readonly UploadFile[],
  after: readonly UploadFile[],
): { path: string; change: 'added' | 'removed' | 'changed' }[] {
  const old = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const now = new Map(after.map(({ path, sha256 }) => [path, sha256]));
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((path) => {
    if (old.get(path) === now.get(path)) return [];
    return [{ path, change: !old.has(path) ? 'added' : !now.has(path) ? 'removed' : 'changed' } as const];
  });
}
