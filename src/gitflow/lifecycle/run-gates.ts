/** The gates about runs: which run counts, whether it is of what will be tagged, its models and its metrics. */
import { count, formatNames } from '../../shared/format';
import { asksForRun } from './config';
import type { GateConfig, ModelChoice, Threshold } from './config-file';
import { runCounts, type Counts, type Expected } from './counts';
import type { Evidence, ModelEvidence, RunEvidence } from './evidence';
import { messageOf } from '../../workbench/errors';
import { attempt, judge, unavailable, type Candidate, type GateResult, type Proof, type Verdict } from './gate';

interface Trial {
  gates: GateResult[];
  proof: Proof;
}

const nothing: Proof = { models: [], metrics: {} };

/** Every gate about runs. */
export async function judgeRuns(
  gates: GateConfig,
  candidate: Candidate,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Trial> {
  const pipeline = gates.run?.pipeline ?? candidate.pipeline;
  if (pipeline === undefined) {
    return withoutRun(gates, undefined, {
      state: 'unknown',
      evidence: 'No pipeline is named, neither by the run gate nor by the environment.',
      remedy: 'Name the pipeline in .mlops/config.json.',
    });
  }
  const account = await judge(
    candidate.environment?.account !== undefined,
    () => rightAccount(candidate, evidence, signal),
    (cause) => ({ id: 'account', title: accountTitle(candidate), ...unavailable(cause) }),
    signal,
  );
  const elsewhere = account.find(({ state }) => state !== 'passed');
  if (elsewhere) {
    const verdict = { state: elsewhere.state, evidence: 'Runs of another account do not count.' };
    const trial = withoutRun(gates, pipeline, verdict);
    return { ...trial, gates: [...account, ...trial.gates] };
  }
  const trial = await judgeRunsHere(pipeline, gates, candidate, evidence, signal);
  return { ...trial, gates: [...account, ...trial.gates] };
}

async function rightAccount(candidate: Candidate, evidence: Evidence, signal: AbortSignal): Promise<GateResult> {
  const { name, account } = candidate.environment ?? {};
  const actual = await evidence.account(signal);
  const gate = { id: 'account', title: accountTitle(candidate) } as const;
  if (actual === account) return { ...gate, state: 'passed', evidence: `The account is ${actual}.` };
  return {
    ...gate,
    state: 'failed',
    evidence: `The connection of ${name} leads to account ${actual}, not ${account}.`,
    remedy: 'Correct the profile in your AWS configuration, or the account in .mlops/config.json.',
  };
}

function accountTitle({ environment }: Candidate): string {
  return `${environment?.name ?? 'The environment'} is account ${environment?.account ?? ''}`;
}

async function judgeRunsHere(
  pipeline: string,
  gates: GateConfig,
  candidate: Candidate,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Trial> {
  let chosen: Chosen;
  try {
    chosen = await chooseRun(pipeline, gates, candidate, evidence, signal);
  } catch (error) {
    signal.throwIfAborted();
    return withoutRun(gates, pipeline, unavailable(messageOf(error)));
  }
  const tree = asksForRun(gates)
    ? await judge(
        true,
        () => sameTree(candidate, chosen.ofTip, evidence),
        (cause) => ({ id: 'tree', title: treeTitle, ...unavailable(cause) }),
        signal,
      )
    : [];
  const { run } = chosen;
  if (run?.status !== 'Succeeded' || chosen.verdict.state === 'failed') {
    const trial = withoutRun(gates, pipeline, chosen.verdict, run);
    return { ...trial, gates: [...tree, ...trial.gates] };
  }
  const trial = await judgeRun(run, chosen.verdict, gates, evidence, signal);
  return { ...trial, gates: [...tree, ...trial.gates] };
}

const treeTitle = 'What is tagged is what was run';

/** `ofTip`: the run is of the branch's tip, and not of what the merge will make of it. */
async function sameTree(
  { tagged, branch, commit }: Candidate,
  ofTip: boolean,
  evidence: Evidence,
): Promise<GateResult> {
  const gate = { id: 'tree', title: treeTitle } as const;
  if (tagged.state === 'unknown') return { ...gate, ...unavailable(tagged.cause) };
  const remedy = `Merge ${tagged.into} into ${branch} and run the pipeline on the result; or check out the merge before it is made, and run that (mlops-flow gate --merge).`;
  if (tagged.state === 'conflict') {
    return {
      ...gate,
      state: 'unknown',
      evidence: `The merge into ${tagged.into} stops at conflicts in ${formatNames(tagged.files, 3)}: what they become has not been run.`,
      remedy,
    };
  }
  const own = await evidence.treeOf(commit);
  const others = own === tagged.tree || own === undefined ? [] : await evidence.differences(own, tagged.tree);
  if (others.length === 0) {
    return { ...gate, state: 'passed', evidence: `${tagged.into} will have exactly the files of ${branch}.` };
  }
  const difference = `differs from ${branch} in ${count(others.length, 'file')}: ${formatNames(others, 5)}`;
  if (!ofTip) {
    return { ...gate, state: 'passed', evidence: `The merge into ${tagged.into} itself was run. It ${difference}.` };
  }
  return { ...gate, state: 'failed', evidence: `The merge into ${tagged.into} ${difference}.`, remedy };
}

interface Chosen {
  run?: RunEvidence;
  /** The run is of the branch's tip, which is not what will be tagged. */
  ofTip: boolean;
  verdict: Verdict;
}

/** The run that counts, and what came of it; or why none does. */
async function chooseRun(
  pipeline: string,
  gates: GateConfig,
  candidate: Candidate,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Chosen> {
  const runs = (await evidence.runs(pipeline, signal)).toSorted((a, b) => b.startedAt - a.startedAt);
  const trees = new Map<string, Promise<string | undefined>>();
  const treeOf = ({ commit, tree }: RunEvidence): Promise<string | undefined> => {
    // What git knows of the commit counts before what the run says of it.
    const known = trees.get(commit) ?? evidence.treeOf(commit).then((found) => found ?? tree);
    trees.set(commit, known);
    return known;
  };
  const { tagged, commit } = candidate;
  const own = await evidence.treeOf(commit);
  const what: [treeish: string, name: string, ofTip: boolean][] = [];
  if (tagged.state === 'known') what.push([tagged.tree, tagged.tree === own ? candidate.branch : 'the merge', false]);
  if (tagged.state !== 'known' || tagged.tree !== own) what.push([commit, candidate.branch, true]);
  let none: Chosen | undefined;
  for (const [treeish, name, ofTip] of what) {
    const wanted = ofTip ? own : treeish;
    const mine: RunEvidence[] = [];
    for (const run of runs) {
      if ((ofTip && run.commit === commit) || (wanted !== undefined && (await treeOf(run)) === wanted)) mine.push(run);
    }
    const { environment, values, uploads } = candidate;
    const expected: Expected = {
      treeish,
      name,
      pipeline,
      values,
      uploads,
      ...(environment && { environment: environment.name }),
      rules: gates.parameters ?? new Map(),
    };
    const chosen = await newestThatCounts(mine, expected, evidence, signal);
    if (chosen?.run) return { ...chosen, ofTip };
    none ??= chosen && { ...chosen, ofTip: true };
  }
  return none ?? { ofTip: true, verdict: noRun(pipeline, candidate) };
}

/** The newest of the runs that may be one of what is released. Undefined where there are no runs. */
async function newestThatCounts(
  runs: readonly RunEvidence[],
  expected: Expected,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Omit<Chosen, 'ofTip'> | undefined> {
  const others: string[] = [];
  let first: Exclude<Counts, { counts: 'yes' }> | undefined;
  for (const run of runs) {
    const counts = await runCounts(run, expected, evidence, signal);
    if (counts.counts !== 'no') return { run, verdict: verdictOf(run, counts, others) };
    first ??= counts;
    others.push(`Run ${run.name} ${counts.why}`);
  }
  if (first === undefined) return undefined;
  const remedy =
    first.remedy ??
    `Check out ${expected.name} with a clean working tree and run ${expected.pipeline} with the values of the environment.`;
  return { verdict: { state: 'failed', evidence: `${others[0] ?? ''}.`, remedy } };
}

function verdictOf(run: RunEvidence, counts: Counts, others: readonly string[]): Verdict {
  const newer =
    others.length === 0
      ? ''
      : ` ${count(others.length, 'newer run does', 'newer runs do')} not count: ${others[0] ?? ''}.`;
  if (run.status === 'Executing' || run.status === 'Stopping') {
    return {
      state: 'failed',
      evidence: `Run ${run.name} has not ended yet.${newer}`,
      remedy: 'Wait until the run has succeeded.',
    };
  }
  if (run.status !== 'Succeeded') {
    return {
      state: 'failed',
      evidence: `Run ${run.name}, the newest, ended as ${run.status}.${newer}`,
      remedy: 'Check the run, fix the cause, and run the pipeline again.',
    };
  }
  if (counts.counts === 'yes') return { state: 'passed', evidence: `Run ${run.name} succeeded.${newer}` };
  return {
    state: 'unknown',
    evidence: `Run ${run.name} ${counts.why}.${newer}`,
    ...(counts.program && { program: true }),
    remedy: counts.remedy ?? 'Start a run from the editor or the command line, which record what it is made of.',
  };
}

function noRun(pipeline: string, { commit, branch }: Candidate): Verdict {
  return {
    state: 'failed',
    evidence: `${pipeline} has no run for commit ${short(commit)}.`,
    remedy: `Check out ${branch} with a clean working tree and run ${pipeline}.`,
  };
}

/** Every gate about a run, where there is no run to judge. */
function withoutRun(gates: GateConfig, pipeline: string | undefined, verdict: Verdict, run?: RunEvidence): Trial {
  const dependent: Verdict = { state: verdict.state, evidence: 'There is no run to judge.' };
  const results: GateResult[] = [];
  // A model or metric gate needs a run even where no run gate is written: then the run gate says what is missing.
  if (asksForRun(gates)) {
    results.push({ id: 'run', title: runTitle(pipeline), ...verdict, ...(run && { run: run.arn }) });
  }
  if (gates.model !== undefined) results.push({ id: 'model', title: modelTitle(gates.model), ...dependent });
  for (const [name, threshold] of gates.metrics ?? []) {
    results.push({ id: `metric:${name}`, title: metricTitle(name, threshold), ...dependent });
  }
  return { gates: results, proof: nothing };
}

async function judgeRun(
  run: RunEvidence,
  verdict: Verdict,
  gates: GateConfig,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<Trial> {
  const [models, metrics] = await Promise.all([
    attempt(() => evidence.modelsOfRun(run, signal), signal),
    attempt(() => evidence.metricsOfRun(run, signal), signal),
  ]);
  const chosen = (models.value ?? []).filter((model) => isChosen(model, gates.model ?? {}));
  const results: GateResult[] = [];
  if (asksForRun(gates)) results.push({ id: 'run', title: runTitle(run.pipeline), ...verdict, run: run.arn });
  if (gates.model !== undefined) {
    const judged =
      models.value === undefined ? unavailable(models.cause) : judgeModels(chosen, `Run ${run.name}`, gates.model);
    const [model] = chosen.toSorted((a, b) => Number(isApproved(a)) - Number(isApproved(b)));
    results.push({
      id: 'model',
      title: modelTitle(gates.model),
      ...judged,
      run: run.arn,
      ...(model && { model: model.arn }),
    });
  }
  for (const [name, threshold] of gates.metrics ?? []) {
    const judged =
      metrics.value === undefined
        ? unavailable(metrics.cause)
        : judgeMetric(name, threshold, metrics.value, `Run ${run.name}`);
    results.push({ id: `metric:${name}`, title: metricTitle(name, threshold), ...judged, run: run.arn });
  }
  return { gates: results, proof: { run, models: chosen, metrics: plain(metrics.value ?? {}) } };
}

/** The metrics that have one value. */
function plain(metrics: Readonly<Record<string, number | readonly number[]>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]): [string, number][] =>
      typeof value === 'number' ? [[name, value]] : [],
    ),
  );
}

export function isChosen({ group, step, version }: ModelEvidence, choice: ModelChoice): boolean {
  return (
    (choice.group === undefined || choice.group === group) &&
    // The SDK appends what the step does to its name: `Register-RegisterModel`.
    (choice.step === undefined || choice.step === step || `${choice.step}-RegisterModel` === step) &&
    (choice.version === undefined || choice.version === version)
  );
}

function isApproved({ approval }: ModelEvidence): boolean {
  return approval === 'Approved';
}

/** All of them have to be approved: of two models of a run, one that was rejected is not made good by the other. */
export function judgeModels(models: readonly ModelEvidence[], who: string, choice: ModelChoice): Verdict {
  if (models.length === 0) {
    return {
      state: 'failed',
      evidence: `${who} registered no model version${wordsOf(choice)}.`,
      remedy: 'Run the pipeline so that its RegisterModel step is reached.',
    };
  }
  const name = ({ group, version }: ModelEvidence): string => `${group} version ${version}`;
  const rejected = models.find(({ approval }) => approval === 'Rejected');
  if (rejected) {
    return {
      state: 'failed',
      evidence: `${name(rejected)} was rejected.`,
      remedy: 'Correct the model, run the pipeline again and approve its version.',
    };
  }
  const waiting = models.find((model) => model.approval !== undefined && !isApproved(model));
  if (waiting) {
    return {
      state: 'failed',
      evidence: `${name(waiting)} waits for approval.`,
      remedy: `Review ${name(waiting)} in the Models view and approve it.`,
    };
  }
  const silent = models.find(({ approval }) => approval === undefined);
  if (silent) {
    return {
      state: 'unknown',
      evidence: `${silent.arn} has no approval status.`,
      remedy: 'Register the model in a model package group, and approve its version.',
    };
  }
  const [only, ...more] = models;
  return {
    state: 'passed',
    evidence:
      only && more.length === 0
        ? `${name(only)} is approved.`
        : `All ${models.length} are approved: ${formatNames(models.map(name), 3)}.`,
  };
}

/** @param who who measured it, as a sentence begins: `Run first` */
export function judgeMetric(
  name: string,
  { min, max }: Threshold,
  metrics: Readonly<Record<string, number | readonly number[]>>,
  who: string,
): Verdict {
  const measured = Object.hasOwn(metrics, name) ? metrics[name] : undefined;
  if (measured === undefined) {
    const names = Object.keys(metrics);
    return {
      state: 'failed',
      evidence: `${who} has no metric ${name}. ${names.length === 0 ? 'It has none at all.' : `It has ${formatNames(names, 3)}.`}`,
      remedy: 'Correct the name in .mlops/config.json, or let the pipeline record the metric.',
    };
  }
  const values = typeof measured === 'number' ? [measured] : measured;
  const found = values.length === 1 ? `${name} is ${values[0]}` : `${name} was measured as ${values.join(' and as ')}`;
  if (!values.every(Number.isFinite)) {
    return {
      state: 'failed',
      evidence: `${found}, which is not a finite number.`,
      remedy: 'Correct what measures it, and run the pipeline again.',
    };
  }
  const passed = values.every((value) => (min === undefined || value >= min) && (max === undefined || value <= max));
  return passed
    ? { state: 'passed', evidence: `${found}.` }
    : {
        state: 'failed',
        evidence: `${found}.`,
        remedy: 'Improve the model and run the pipeline again, or change the bound in .mlops/config.json.',
      };
}

function runTitle(pipeline: string | undefined): string {
  return pipeline === undefined ? 'A succeeded run for this commit' : `A succeeded run of ${pipeline} for this commit`;
}

function modelTitle(choice: ModelChoice): string {
  return `Every model version that the run made${wordsOf(choice)} is approved`;
}

function wordsOf({ group, step, version }: ModelChoice): string {
  return [
    ...(group === undefined ? [] : [` in ${group}`]),
    ...(step === undefined ? [] : [` by ${step}`]),
    ...(version === undefined ? [] : [` with number ${version}`]),
  ].join('');
}

export function metricTitle(name: string, { min, max }: Threshold): string {
  if (min !== undefined && max !== undefined) return `${name} from ${min} to ${max}`;
  return min === undefined ? `${name} at most ${max}` : `${name} at least ${min}`;
}

function short(commit: string): string {
  return commit.slice(0, 8);
}
