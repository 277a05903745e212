/** What a gate is and what it is judged by. */
import { messageOf } from '../../workbench/errors';
import type { ParameterValue } from './config-file';
import type { ModelEvidence, RunEvidence } from './evidence';
import type { Tagged } from './tagged';

export type GateId = 'config' | 'account' | 'tree' | 'cleanTree' | 'definitions' | 'run' | 'model' | `metric:${string}`;

/** One gate, judged. */
export interface GateResult {
  id: GateId;
  /** What is asked, as a short phrase: `A succeeded run of penguins for this commit`. */
  title: string;
  /** `unknown`: the evidence could not be looked up. It holds the release back as `failed` does. */
  state: 'passed' | 'failed' | 'unknown';
  /** What was found, as a sentence. */
  evidence: string;
  /** What to do about it, as a sentence; only where it has not passed. */
  remedy?: string;
  /** A program would have to be run to know more, which needs the user's consent. */
  program?: true;
  /** ARN of the run that the evidence is about. */
  run?: string;
  /** ARN of the model version that the evidence is about. */
  model?: string;
}

/** The run, model versions and metrics that speak for a commit. */
export interface Proof {
  run?: RunEvidence;
  models: readonly ModelEvidence[];
  metrics: Readonly<Record<string, number>>;
}

export interface GateReport {
  gates: GateResult[];
  /** What the tag's message records. */
  proof: Proof;
}

/** What is to be released, and what it is to be compared with. */
export interface Candidate {
  /** Full object name of the branch's tip. */
  commit: string;
  /** Name of the branch, for the sentences. */
  branch: string;
  tagged: Tagged;
  /** The environment that the runs are looked for in. */
  environment?: { name: string; account?: string };
  /** The pipeline whose runs are looked up where no run gate names one: that of the environment. */
  pipeline?: string;
  /** The environment's values of parameters. */
  values: Readonly<Record<string, ParameterValue>>;
  /** Files and folders by the parameter that names where a run finds them. */
  uploads: ReadonlyMap<string, string>;
}

/** What came of a look at the evidence. */
export type Verdict = Pick<GateResult, 'state' | 'evidence' | 'remedy' | 'program'>;

/** The result of a gate that is asked for; where the look-up fails, that is the result. */
export async function judge(
  asked: boolean,
  look: () => Promise<GateResult>,
  unknown: (cause: string) => GateResult,
  signal: AbortSignal,
): Promise<GateResult[]> {
  if (!asked) return [];
  try {
    return [await look()];
  } catch (error) {
    signal.throwIfAborted();
    return [unknown(messageOf(error))];
  }
}

/** What could be looked up, or why it could not. */
export type Attempt<T> = { value: T; cause?: undefined } | { value?: undefined; cause: string };

/** Looks something up; throws only where `signal` was aborted. */
export async function attempt<T>(look: () => Promise<T>, signal: AbortSignal): Promise<Attempt<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    signal.throwIfAborted();
    return { cause: messageOf(error) };
  }
}

/** Evidence that could not be looked up. */
export function unavailable(cause: string): Verdict {
  return { state: 'unknown', evidence: cause, remedy: 'See to the cause and check again.' };
}
