/** Judging the gates of a release: the working tree, the definitions, and by `run-gates.ts` what ran. */
import { count, formatNames } from '../../shared/format';
import { configPath, type GateConfig } from './config-file';
import type { Evidence } from './evidence';
import { judge, unavailable, type Candidate, type GateReport, type GateResult } from './gate';
import type { ConfigProblem } from './read';
import { judgeRuns } from './run-gates';

/** True where nothing holds the release back. */
export function allPassed(report: GateReport): boolean {
  return report.gates.every((gate) => gate.state === 'passed');
}

/**
 * Judges every gate on its own, so that one failed look-up hides no other gate. Judged is what will be tagged. Of the
 * runs that are made of exactly that, the newest counts, whatever came of it: an older, better one does not hide it.
 *
 * @throws only where `signal` was aborted.
 */
export async function evaluateGates(
  gates: GateConfig,
  candidate: Candidate,
  evidence: Evidence,
  signal: AbortSignal,
): Promise<GateReport> {
  const asksDefinitions = (gates.definitions?.length ?? 0) > 0;
  const [tree, definitions, trial] = await Promise.all([
    judge(gates.cleanTree === true, () => cleanTree(evidence), cleanTreeUnknown, signal),
    judge(
      asksDefinitions,
      () => validDefinitions(gates.definitions ?? [], treeishOf(candidate), evidence),
      definitionsUnknown,
      signal,
    ),
    judgeRuns(gates, candidate, evidence, signal),
  ]);
  return { gates: [...tree, ...definitions, ...trial.gates], proof: trial.proof };
}

/** The tree that will be tagged, as far as it is known; else the branch's tip. */
function treeishOf({ tagged, commit }: Candidate): string {
  return tagged.state === 'known' ? tagged.tree : commit;
}

/** A configuration with problems may have lost a gate, so it holds the release back until it is corrected. */
export function configGate(problems: readonly ConfigProblem[]): GateResult[] {
  const [first] = problems;
  if (first === undefined) return [];
  return [
    {
      id: 'config',
      title: configTitle,
      state: 'failed',
      evidence: `${configPath} has ${count(problems.length, 'problem')}, the first in line ${first.range.start.line + 1}: ${first.message}`,
      remedy: 'Correct the file and commit it.',
    },
  ];
}

/** A branch that has lost the configuration of what it came from has lost its gates. */
export function configLostGate(branch: string, from: string): GateResult {
  return {
    id: 'config',
    title: configTitle,
    state: 'failed',
    evidence: `${branch} has no ${configPath}, but ${from} has: its gates would not be asked.`,
    remedy: `Bring the file back: git checkout ${from} -- ${configPath}, and commit it.`,
  };
}

/** Gates that a branch brings itself, and that ask for less than those of where it comes from, open nothing. */
export function configWeakerGate(branch: string, base: string, less: readonly string[]): GateResult {
  return {
    id: 'config',
    title: configTitle,
    state: 'failed',
    evidence: `${configPath} of ${branch} asks for less than that of ${base}: ${formatNames(less, 5)}.`,
    remedy: `Change the gates in ${base} first, or give the reason.`,
  };
}

const configTitle = 'Gates that can be read';

async function cleanTree(evidence: Evidence): Promise<GateResult> {
  const changes = await evidence.changes();
  const title = cleanTreeTitle;
  if (changes.length === 0) return { id: 'cleanTree', title, state: 'passed', evidence: 'The working tree is clean.' };
  return {
    id: 'cleanTree',
    title,
    state: 'failed',
    evidence: `${count(changes.length, 'file is', 'files are')} not committed: ${formatNames(changes, 3)}.`,
    remedy: 'Commit or stash the changes; untracked files too.',
  };
}

const cleanTreeTitle = 'No uncommitted change and no untracked file';

function cleanTreeUnknown(cause: string): GateResult {
  return { id: 'cleanTree', title: cleanTreeTitle, ...unavailable(cause) };
}

async function validDefinitions(paths: readonly string[], treeish: string, evidence: Evidence): Promise<GateResult> {
  const checked = await Promise.all(
    paths.map(async (path) => ({ path, errors: await evidence.definitionErrors(treeish, path) })),
  );
  const missing = checked.filter(({ errors }) => errors === undefined).map(({ path }) => path);
  const wrong = checked.flatMap(({ path, errors }) => (errors?.[0] === undefined ? [] : [{ path, errors }]));
  const gate = { id: 'definitions', title: definitionsTitle } as const;
  const [first, ...others] = wrong;
  if (missing.length === 0 && first === undefined) {
    return { ...gate, state: 'passed', evidence: `No error in ${formatNames(paths, 3)}.` };
  }
  const sentences = [
    ...(missing.length > 0 ? [`The commit has no file ${formatNames(missing, 3)}.`] : []),
    ...(first ? [`${first.path} has ${count(first.errors.length, 'error')}, the first: ${first.errors[0] ?? ''}`] : []),
    ...(others.length > 0
      ? [
          `Errors also in ${formatNames(
            others.map(({ path }) => path),
            3,
          )}.`,
        ]
      : []),
  ];
  return {
    ...gate,
    state: 'failed',
    evidence: sentences.join(' '),
    remedy:
      missing.length > 0
        ? 'Correct the path in .mlops/config.json, or add the file.'
        : 'Open the definition, correct its errors and commit.',
  };
}

const definitionsTitle = 'Definitions without errors';

function definitionsUnknown(cause: string): GateResult {
  return { id: 'definitions', title: definitionsTitle, ...unavailable(cause) };
}
