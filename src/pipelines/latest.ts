/** What the lens above a definition says of its runs. Pure. */
import type { Execution } from './model';

/** The run that tells most of a definition as it is now. */
export interface TellingRun {
  run: Execution;
  /** What is said before its status: `Last run of this content`. */
  words: string;
}

/**
 * The newest run of this very definition; where it has not run yet, the newest of the pipeline, and that it ran
 * another. Runs that do not say what they ran count as the pipeline's.
 *
 * @param runs the newest first
 * @param digest of the definition, as provenance has it
 */
export function tellingRun(runs: readonly Execution[], digest: string): TellingRun | undefined {
  const same = runs.find(({ provenance }) => provenance?.digest === digest);
  if (same) return { run: same, words: 'Last run of this content' };
  const [newest] = runs;
  if (!newest) return undefined;
  const isOther = newest.provenance?.digest !== undefined;
  return { run: newest, words: isOther ? 'Last run, of other content' : 'Last run' };
}
