/**
 * The one evaluation of a release's gates: the dialog, the command line and continuous integration ask it, and a
 * finish asks it again just before its first step.
 */
import { basename } from 'node:path';
import type { Plan, Planned, Refusal } from '../model/model';
import { environmentOf, type Environment, type LifecycleConfig } from './config';
import { configPath } from './config-file';
import {
  ConsentNeeded,
  type CommitDefinition,
  type Evidence,
  type RenderAsked,
  type RenderDefinition,
  type RunRecords,
} from './evidence';
import type { RepositoryFiles } from './files';
import type { Candidate, GateReport, GateResult } from './gate';
import { configGate, configLostGate, configWeakerGate, evaluateGates } from './gates';
import { readConfig } from './read';
import {
  composeTagMessage,
  holding,
  parseTagMessage,
  recordOf,
  writeRecord,
  type Judged,
  type Reasons,
} from './record';
import { mergedTree, taggedBy, type Tagged } from './tagged';
import { weakened } from './weaker';

/** What is to be released. */
export interface Subject {
  kind: 'release' | 'hotfix';
  /** Name of the branch, for the sentences. */
  branch: string;
  /** Full object name of its tip. */
  commit: string;
  tagged: Tagged;
  /** Where the branch comes from and goes to: if these have gates, it has to have them too. Refs or commits. */
  bases: readonly string[];
}

/** What was judged, and what came of it. */
export interface Judgement extends GateReport {
  judged: Judged;
}

/** The records of an environment's account; of the connection in use where there is no environment. */
export type RecordsOf = (environment: Environment | undefined) => Promise<RunRecords>;

/**
 * Judges a release or hotfix. The configuration is that of what will be tagged, so that no uncommitted edit opens a
 * gate. Undefined where neither it nor what it comes from has one: then nothing is asked and nothing is recorded.
 */
export async function judgeRelease(
  files: RepositoryFiles,
  recordsOf: RecordsOf,
  subject: Subject,
  signal: AbortSignal,
  render?: RenderDefinition,
): Promise<Judgement | undefined> {
  const { kind, branch, commit, tagged } = subject;
  const treeish = tagged.state === 'known' ? tagged.tree : commit;
  const judged: Judged = { commit, ...(tagged.state === 'known' && { tree: tagged.tree }) };
  const [own, text] = await Promise.all([files.at(commit, configPath), files.at(treeish, configPath)]);
  const lost = own === undefined ? await lostFrom(files, subject.bases) : undefined;
  const gone = lost === undefined ? [] : [configLostGate(branch, lost.replace(/^refs\/(heads|remotes)\//, ''))];
  if (text === undefined) {
    return gone.length === 0 ? undefined : { judged, gates: gone, proof: { models: [], metrics: {} } };
  }
  const { config, problems } = readConfig(text);
  const environment = environmentOf(config, kind);
  const isWhole = gone.length === 0 && problems.length === 0;
  const weaker = isWhole ? await weakerThanBases(files, subject, config) : [];
  const report = await evaluateGates(
    config.gates[kind],
    candidateOf(subject, config, environment),
    evidenceOf(files, config, {
      records: () => recordsOf(environment),
      ...(render && { render: (asked) => render(asked, signal) }),
    }),
    signal,
  );
  return { ...report, judged, gates: [...configGate(problems), ...gone, ...weaker, ...report.gates] };
}

/** The gate that holds where every base that has gates asks for more than what will be tagged does. */
async function weakerThanBases(
  files: RepositoryFiles,
  { kind, branch, bases }: Subject,
  own: LifecycleConfig,
): Promise<GateResult[]> {
  let first: { base: string; less: string[] } | undefined;
  for (const base of bases) {
    const text = await files.at(base, configPath);
    if (text === undefined) continue;
    const less = weakened(readConfig(text).config, own, kind);
    // What a base itself was agreed to ask for is enough.
    if (less.length === 0) return [];
    first ??= { base, less };
  }
  if (first === undefined) return [];
  return [configWeakerGate(branch, first.base.replace(/^refs\/(heads|remotes)\//, ''), first.less)];
}

/** The first of the bases that has a configuration. */
async function lostFrom(files: RepositoryFiles, bases: readonly string[]): Promise<string | undefined> {
  for (const base of bases) if ((await files.at(base, configPath)) !== undefined) return base;
  return undefined;
}

function candidateOf(
  { branch, commit, tagged }: Subject,
  config: LifecycleConfig,
  environment: Environment | undefined,
): Candidate {
  return {
    branch,
    commit,
    tagged,
    values: environment?.parameters ?? {},
    uploads: config.uploads,
    ...(environment && {
      environment: {
        name: environment.name,
        ...(environment.account !== undefined && { account: environment.account }),
      },
    }),
    ...(environment?.pipeline !== undefined && { pipeline: environment.pipeline }),
  };
}

interface Sources {
  records: () => Promise<RunRecords>;
  /** Only with the user's consent. */
  render?: (asked: RenderAsked) => Promise<CommitDefinition | undefined>;
}

function evidenceOf(files: RepositoryFiles, config: LifecycleConfig, sources: Sources): Evidence {
  let opened: Promise<RunRecords> | undefined;
  const records = (): Promise<RunRecords> => (opened ??= sources.records());
  // Many runs are compared with one definition, and a program takes its time.
  const definitions = new Map<string, Promise<CommitDefinition | undefined>>();
  return {
    treeOf: (commit) => files.tree(commit),
    differences: (one, other) => files.differences(one, other),
    definition: (treeish, pipeline) => {
      const key = `${treeish} ${pipeline}`;
      const found = definitions.get(key) ?? definitionOf(files, config, { treeish, pipeline }, sources.render);
      definitions.set(key, found);
      return found;
    },
    files: (treeish, path) => files.files(treeish, path),
    changes: () => files.changes(),
    definitionErrors: async (treeish, path) => {
      const text = await files.at(treeish, path);
      return text === undefined ? undefined : definitionErrors(path, text);
    },
    account: async (...asked) => (await records()).account(...asked),
    runs: async (...asked) => (await records()).runs(...asked),
    inputsOfRun: async (...asked) => (await records()).inputsOfRun(...asked),
    filesAt: async (...asked) => (await records()).filesAt(...asked),
    modelsOfRun: async (...asked) => (await records()).modelsOfRun(...asked),
    metricsOfRun: async (...asked) => (await records()).metricsOfRun(...asked),
  };
}

/**
 * The definition that an environment names for the pipeline, else the file that is named like it, else what a program
 * of the commit makes. @throws where a program is named that may not be run, or that fails
 */
async function definitionOf(
  files: RepositoryFiles,
  config: LifecycleConfig,
  { treeish, pipeline }: RenderAsked,
  render: Sources['render'],
): Promise<CommitDefinition | undefined> {
  const named = [...config.environments.values()].flatMap((environment) =>
    environment.pipeline === pipeline && environment.definition !== undefined ? [environment.definition] : [],
  );
  const paths =
    named.length > 0
      ? named
      : (await files.paths(treeish)).filter((path) => basename(path) === `${pipeline}.pipeline.json`);
  for (const path of paths) {
    const text = await files.at(treeish, path);
    if (text === undefined) continue;
    if (!/\.(?:py|ipynb)$/.test(path)) return { path, text };
    if (render === undefined) {
      throw new ConsentNeeded(`${path} is a program, which is run only with consent`);
    }
    return render({ treeish, pipeline, path });
  }
  return named.length > 0 ? undefined : render?.({ treeish, pipeline });
}

/** The errors in the text of a definition, as sentences. */
async function definitionErrors(path: string, text: string): Promise<string[]> {
  const { detectLanguage, validateFully } = await import('../../definition/definition.bundle');
  if (detectLanguage(text, path) === undefined) return ['Not a known definition type.'];
  const found = await validateFully(text, { path });
  return found
    .filter(({ severity }) => severity === 'error')
    .map(({ message, range }) => `Line ${range.start.line + 1}: ${message}`);
}

/** What a plan that tags, or finishes a release or hotfix, is to be judged by; undefined for any other plan. */
export async function subjectOf(files: RepositoryFiles, plan: Plan): Promise<Subject | undefined> {
  const { request } = plan;
  const works = plan.steps.map(({ work }) => work);
  const tag = works.find((work) => work.do === 'tag');
  const finished = request.action === 'finish' ? request.kind : undefined;
  if (tag === undefined && finished !== 'release' && finished !== 'hotfix') return undefined;
  const branch = plan.branch ?? tag?.on;
  if (branch === undefined) return undefined;
  const [commit, tagged] = await Promise.all([files.commit(`refs/heads/${branch}`), taggedBy(files.git, plan)]);
  if (commit === undefined || tagged === undefined) return undefined;
  const merged = works.flatMap((work) => (work.do === 'merge' || work.do === 'squash' ? [work.into] : []));
  const bases = [...new Set([tagged.into, ...merged])].map((name) => `refs/heads/${name}`);
  return { kind: finished === 'hotfix' ? 'hotfix' : 'release', branch, commit, tagged, bases };
}

/** A branch to be judged without a plan. */
export interface BranchSubject {
  kind: Subject['kind'];
  /** How the sentences call it. */
  branch: string;
  /** The ref or commit of its tip. */
  tip: string;
  /** The branch that it will be merged into, and its ref or commit. */
  into: { name: string; ref: string };
  bases: readonly string[];
}

/** What a merge of the branch into another is to be judged by; undefined where there is no such branch. */
export async function subjectOfBranch(files: RepositoryFiles, of: BranchSubject): Promise<Subject | undefined> {
  const { kind, branch, into, bases } = of;
  const commit = await files.commit(of.tip);
  if (commit === undefined) return undefined;
  const tagged = await mergedTree(files.git, into.name, into.ref, commit);
  return { kind, branch, commit, tagged, bases: [into.ref, ...bases] };
}

/** What decides, just before its first step, whether a plan may begin. */
export interface Gatekeeper {
  files: RepositoryFiles;
  recordsOf: RecordsOf;
  reasons: Reasons;
  signal: AbortSignal;
  /** How definitions are made that only a program has; absent where nobody consented to run it. */
  render?: RenderDefinition;
  /** Hears what came of it. */
  judged?: (judgement: Judgement) => void;
}

/**
 * Judges a plan as it is about to begin, and gives its tag the record. Refuses where a gate holds that no reason was
 * given for, were it open when the reason was asked for or not.
 */
export async function admitPlan(
  { files, recordsOf, reasons: given, signal, render, judged }: Gatekeeper,
  plan: Plan,
): Promise<Planned> {
  const reasons: Reasons = new Map([...reasonsIn(plan), ...given]);
  const subject = await subjectOf(files, plan);
  const judgement = subject && (await judgeRelease(files, recordsOf, subject, signal, render));
  if (subject === undefined || judgement === undefined) return { ok: true, plan };
  judged?.(judgement);
  const { gates, proof } = judgement;
  const open = holding(gates, reasons);
  if (open.length > 0) {
    return {
      ok: false,
      refusals: [
        ...open.map(({ id, title, evidence, remedy }): Refusal => ({
          code: 'gate',
          message: [`Gate ${id}: ${title}. ${evidence}`, remedy].filter(Boolean).join(' '),
        })),
        ...[...reasons.keys()]
          .filter((id) => !gates.some((gate) => gate.id === id))
          .map((id): Refusal => ({
            code: 'gate',
            message: `There is no gate ${id}. There are: ${gates.map((gate) => gate.id).join(', ')}.`,
          })),
      ],
    };
  }
  const record = writeRecord(recordOf(judgement.judged, proof, gates, reasons));
  // With a reason for it, whatever the merge makes is tagged.
  const tree = reasons.has('tree') ? undefined : judgement.judged.tree;
  return { ok: true, plan: withRecord(plan, subject.kind, record, tree) };
}

/** The reasons that were given when a plan first began: they are in the record of its tag. */
function reasonsIn(plan: Plan): Reasons {
  const tag = plan.steps.map(({ work }) => work).find((work) => work.do === 'tag');
  const overrides = parseTagMessage(composeTagMessage('', tag?.record ?? ''))?.overrides ?? [];
  return new Map(overrides.map(({ gate, reason }) => [gate, reason]));
}

/** The plan with the record in its tag, which is made only of the tree that was judged. */
function withRecord(plan: Plan, kind: Subject['kind'], record: string, tree: string | undefined): Plan {
  const steps = plan.steps.map((step) => {
    if (step.work.do !== 'tag') return step;
    const { message, messageFile, tag } = step.work;
    // Git would ask for a message, and nobody could answer.
    const made = `${kind === 'hotfix' ? 'Hotfix' : 'Release'} ${tag}`;
    const given = message ?? (messageFile === undefined ? made : undefined);
    const work = {
      ...step.work,
      ...(given === undefined ? {} : { message: given }),
      record,
      ...(tree === undefined ? {} : { tree }),
    };
    return { ...step, work };
  });
  return { ...plan, steps };
}
