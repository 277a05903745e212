import { asksForRun, configPath, type GateConfig, type Threshold } from './config';
import type { Evidence, ModelEvidence, RunEvidence } from './evidence';
import type { ConfigProblem } from './read';
import { formatNames } from '../../shared/format';

export type GateId = 'config' | 'cleanTree' | 'definitions' | 'run' | 'model' | `metric:${string}`;

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
  /** ARN of the run that the evidence is about. */
  run?: string;
  /** ARN of the model version that the evidence is about. */
  model?: string;
}

/** The run, model version and metrics that speak for a commit. */
export interface Proof {
  run?: RunEvidence;
  model?: ModelEvidence;
  metrics: Readonly<Record<string, number>>;
}

export interface GateReport {
  gates: GateResult[];
  /** What the tag's message records. */
  proof: Proof;
}

/** The commit that is to be released. */
export interface Candidate {
  /** Full object name. */
  commit: string;
  /** Name of the branch, for the sentences. */
  branch: string;
  /** The pipeline whose runs are looked up where no run gate names one: that of the environment. */
  pipeline?: string;
}

/** True where nothing holds the release back. */
export function allPassed(report: GateReport): boolean {
  return report.gates.every((gate) => gate.state === 'passed');
}

/**
 * Judges every gate on its own, so that one failed look-up hides no other gate. Of several succeeded runs of the
 * commit the one counts for which most gates pass, the newest among equals.
 *
 * @throws only where `signal` was aborted.
 */
export async function evaluateGates(
  gates: GateConfig,
  candidate: Candidate,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<GateReport> {
  const [tree, definitions, trial] = await Promise.all([
    judge(gates.cleanTree === true, () => cleanTree(evidence, signal), cleanTreeUnknown, signal),
    judge(
      (gates.definitions?.length ?? 0) > 0,
      () => validDefinitions(gates.definitions ?? [], evidence, signal),
      definitionsUnknown,
      signal,
    ),
    bestRun(gates, candidate, evidence, signal),
  ]);
  return { gates: [...tree, ...definitions, ...trial.gates], proof: trial.proof };
}

/** A configuration with problems may have lost a gate, so it holds the release back until it is mended. */
export function configGate(problems: readonly ConfigProblem[]): GateResult[] {
  const [first] = problems;
  if (first === undefined) return [];
  return [
    {
      id: 'config',
      title: 'Gates that can be read',
      state: 'failed',
      evidence: `${configPath} has ${count(problems.length, 'problem', 'problems')}, the first in line ${first.range.start.line + 1}: ${first.message}`,
      remedy: 'Mend the file and commit it.',
    },
  ];
}

/** The result of a gate that is asked for; where the look-up fails, that is the result. */
async function judge(
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

async function cleanTree(evidence: Evidence, signal: AbortSignal): Promise<GateResult> {
  const changes = await evidence.changes(signal);
  const title = 'No uncommitted change';
  if (changes.length === 0) return { id: 'cleanTree', title, state: 'passed', evidence: 'The working tree is clean.' };
  return {
    id: 'cleanTree',
    title,
    state: 'failed',
    evidence: `${count(changes.length, 'file has', 'files have')} uncommitted changes: ${formatNames(changes, 3)}.`,
    remedy: 'Commit the changes or put them aside.',
  };
}

function cleanTreeUnknown(cause: string): GateResult {
  return unknown('cleanTree', 'No uncommitted change', cause);
}

async function validDefinitions(
  paths: readonly string[],
  evidence: Evidence,
  signal: AbortSignal,
): Promise<GateResult> {
  const checked = await Promise.all(
    paths.map(async (path) => ({ path, errors: await evidence.definitionErrors(path, signal) })),
  );
  const title = definitionsTitle;
  const missing = checked.filter(({ errors }) => errors === undefined).map(({ path }) => path);
  const wrong = checked.filter(({ errors }) => (errors?.length ?? 0) > 0);
  if (missing.length === 0 && wrong.length === 0) {
    return { id: 'definitions', title, state: 'passed', evidence: `No error in ${formatNames(paths, 3)}.` };
  }
  const [first] = wrong;
  return {
    id: 'definitions',
    title,
    state: 'failed',
    evidence: [
      ...(missing.length > 0 ? [`The commit has no file ${formatNames(missing, 3)}.`] : []),
      ...(first?.errors === undefined
        ? []
        : [`${first.path} has ${count(first.errors.length, 'error', 'errors')}, the first: ${first.errors[0] ?? ''}`]),
      ...(wrong.length > 1
        ? [
            `Errors also in ${formatNames(
              wrong.slice(1).map(({ path }) => path),
              3,
            )}.`,
          ]
        : []),
    ].join(' '),
    remedy:
      missing.length > 0
        ? 'Correct the path in .mlops/config.json, or add the file.'
        : 'Open the definition, mend its errors and commit.',
  };
}

const definitionsTitle = 'Definitions without errors';

function definitionsUnknown(cause: string): GateResult {
  return unknown('definitions', definitionsTitle, cause);
}

interface Trial {
  gates: GateResult[];
  proof: Proof;
}

/** Tries the gates on each succeeded run of the commit and keeps the best trial. */
async function bestRun(
  gates: GateConfig,
  candidate: Candidate,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Trial> {
  const pipeline = gates.run?.pipeline ?? candidate.pipeline;
  if (pipeline === undefined) {
    const cause = 'No pipeline is named, neither by the run gate nor by the environment.';
    return asksForRun(gates)
      ? withoutRun(gates, undefined, {
          state: 'unknown',
          evidence: cause,
          remedy: 'Name the pipeline in .mlops/config.json.',
        })
      : none;
  }
  let runs: RunEvidence[];
  try {
    runs = await evidence.runsOfCommit(pipeline, candidate.commit, signal);
  } catch (error) {
    signal.throwIfAborted();
    return withoutRun(gates, pipeline, unavailable(messageOf(error)));
  }
  const good = runs.filter((run) => run.status === 'Succeeded' && !run.dirty && run.commit === candidate.commit);
  if (good.length === 0) return withoutRun(gates, pipeline, whyNoRun(runs, pipeline, candidate));
  const trials = await Promise.all(
    good.toSorted((a, b) => b.startedAt - a.startedAt).map((run) => tryRun(run, gates, evidence, signal)),
  );
  const passed = (trial: Trial) => trial.gates.filter((gate) => gate.state === 'passed').length;
  return trials.reduce((best, trial) => (passed(trial) > passed(best) ? trial : best));
}

const none: Trial = { gates: [], proof: { metrics: {} } };

type Verdict = Pick<GateResult, 'state' | 'evidence' | 'remedy'>;

/** Every gate about a run, where there is no run to judge. */
function withoutRun(gates: GateConfig, pipeline: string | undefined, verdict: Verdict): Trial {
  const dependent: Verdict = { state: verdict.state, evidence: 'There is no run to judge.' };
  const results: GateResult[] = [];
  // A model or metric gate needs a run even where no run gate is written: then the run gate says what is missing.
  if (asksForRun(gates)) results.push({ id: 'run', title: runTitle(pipeline), ...verdict });
  if (gates.model !== undefined) results.push({ id: 'model', title: modelTitle(gates.model.group), ...dependent });
  for (const [name, threshold] of gates.metrics ?? []) {
    results.push({ id: `metric:${name}`, title: metricTitle(name, threshold), ...dependent });
  }
  return { gates: results, proof: { metrics: {} } };
}

function whyNoRun(runs: RunEvidence[], pipeline: string, { commit, branch }: Candidate): Verdict {
  const remedy = `Check out ${branch} with a clean working tree and run ${pipeline}.`;
  const newest = runs.toSorted((a, b) => b.startedAt - a.startedAt)[0];
  if (newest === undefined) {
    return { state: 'failed', evidence: `${pipeline} has no run for commit ${short(commit)}.`, remedy };
  }
  if (newest.status === 'Executing' || newest.status === 'Stopping') {
    return {
      state: 'failed',
      evidence: `Run ${newest.name} has not ended yet.`,
      remedy: 'Wait until the run has succeeded.',
    };
  }
  if (newest.status === 'Succeeded') {
    return { state: 'failed', evidence: `Run ${newest.name} was started with uncommitted changes.`, remedy };
  }
  return { state: 'failed', evidence: `Run ${newest.name} ended as ${newest.status}.`, remedy };
}

async function tryRun(run: RunEvidence, gates: GateConfig, evidence: Evidence, signal: AbortSignal): Promise<Trial> {
  const [models, metrics] = await Promise.all([
    attempt(() => evidence.modelsOfRun(run, signal), signal),
    attempt(() => evidence.metricsOfRun(run, signal), signal),
  ]);
  const model = models.value === undefined ? undefined : bestModel(models.value, gates.model?.group);
  const results: GateResult[] = [];
  if (gates.run !== undefined) {
    results.push({
      id: 'run',
      title: runTitle(run.pipeline),
      state: 'passed',
      evidence: `Run ${run.name} succeeded.`,
      run: run.arn,
    });
  }
  if (gates.model !== undefined) {
    const verdict = models.value === undefined ? unavailable(models.cause) : judgeModel(model, run, gates.model.group);
    results.push({
      id: 'model',
      title: modelTitle(gates.model.group),
      ...verdict,
      run: run.arn,
      ...(model && { model: model.arn }),
    });
  }
  for (const [name, threshold] of gates.metrics ?? []) {
    const verdict =
      metrics.value === undefined ? unavailable(metrics.cause) : judgeMetric(name, threshold, metrics.value, run);
    results.push({ id: `metric:${name}`, title: metricTitle(name, threshold), ...verdict, run: run.arn });
  }
  return { gates: results, proof: { run, ...(model && { model }), metrics: metrics.value ?? {} } };
}

/** The approved version before any other, the newest among equals. */
function bestModel(models: ModelEvidence[], group: string | undefined): ModelEvidence | undefined {
  const rank = (model: ModelEvidence) => (model.approval === 'Approved' ? 1 : 0);
  return models
    .filter((model) => group === undefined || model.group === group)
    .sort((a, b) => rank(b) - rank(a) || b.version - a.version)[0];
}

function judgeModel(model: ModelEvidence | undefined, run: RunEvidence, group: string | undefined): Verdict {
  if (model === undefined) {
    return {
      state: 'failed',
      evidence: `Run ${run.name} registered no model version${group === undefined ? '' : ` in ${group}`}.`,
      remedy: 'Run the pipeline so that its RegisterModel step is reached.',
    };
  }
  const name = `${model.group} version ${model.version}`;
  if (model.approval === 'Approved') return { state: 'passed', evidence: `${name} is approved.` };
  return model.approval === 'Rejected'
    ? {
        state: 'failed',
        evidence: `${name} was rejected.`,
        remedy: 'Mend the model, run the pipeline again and approve its version.',
      }
    : {
        state: 'failed',
        evidence: `${name} waits for approval.`,
        remedy: `Look at ${name} in the Models view and approve it.`,
      };
}

function judgeMetric(
  name: string,
  { min, max }: Threshold,
  metrics: Readonly<Record<string, number>>,
  run: RunEvidence,
): Verdict {
  const value = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (value === undefined) {
    const names = Object.keys(metrics);
    return {
      state: 'failed',
      evidence: `Run ${run.name} has no metric ${name}. ${names.length === 0 ? 'It has none at all.' : `It has ${formatNames(names, 3)}.`}`,
      remedy: 'Correct the name in .mlops/config.json, or let the pipeline record the metric.',
    };
  }
  // Written so that a NaN never passes.
  const passed = (min === undefined || value >= min) && (max === undefined || value <= max) && !Number.isNaN(value);
  return passed
    ? { state: 'passed', evidence: `${name} is ${value}.` }
    : {
        state: 'failed',
        evidence: `${name} is ${value}.`,
        remedy: 'Improve the model, run the pipeline again and approve its version.',
      };
}

type Attempt<T> = { value: T; cause?: undefined } | { value?: undefined; cause: string };

async function attempt<T>(look: () => Promise<T>, signal: AbortSignal): Promise<Attempt<T>> {
  try {
    return { value: await look() };
  } catch (error) {
    signal.throwIfAborted();
    return { cause: messageOf(error) };
  }
}

function unavailable(cause = ''): Verdict {
  return { state: 'unknown', evidence: cause, remedy: 'Mend the cause and check again.' };
}

function unknown(id: GateId, title: string, cause: string): GateResult {
  return { id, title, ...unavailable(cause) };
}

function runTitle(pipeline: string | undefined): string {
  return pipeline === undefined ? 'A succeeded run for this commit' : `A succeeded run of ${pipeline} for this commit`;
}

function modelTitle(group: string | undefined): string {
  return `An approved model version${group === undefined ? '' : ` of ${group}`} made by that run`;
}

function metricTitle(name: string, { min, max }: Threshold): string {
  if (min !== undefined && max !== undefined) return `${name} from ${min} to ${max}`;
  return min === undefined ? `${name} at most ${max}` : `${name} at least ${min}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function short(commit: string): string {
  return commit.slice(0, 8);
}

function count(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`;
}
