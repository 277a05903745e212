/** `gate`: the gates of a release, for continuous integration and for people; `flow release finish` asks them too. */
import type { Plan, Planned, Repository } from '../gitflow';
import { kindOf, openRepository, runGit } from '../gitflow';
import {
  admitPlan,
  composeTagMessage,
  judgeRelease,
  recordOf,
  subjectOfBranch,
  writeRecord,
  type BranchSubject,
  type Judgement,
  type Reasons,
  type RenderDefinition,
} from '../gitflow/lifecycle';
import { RepositoryFiles } from '../gitflow/lifecycle/files';
import { mergeCommit } from '../gitflow/lifecycle/merge-commit';
import { openRecords, type RecordOptions } from './gate/records';
import { readReasons } from './gate/reasons';
import type { RenderingOptions } from './gate-render.bundle';
import { gateFormats, outcomeOf } from './gate/report';
import { choose, readOptions, UsageError } from './options';

interface AdmitOptions extends RecordOptions, RenderingOptions {
  reasons: Reasons;
  /** The user's consent to run programs of the judged commit. */
  render: boolean;
}

/** Whether a plan may begin: its gates are judged now. */
export async function admit(root: string, plan: Plan, { reasons, ...options }: AdmitOptions): Promise<Planned> {
  const records = openRecords(options);
  try {
    const files = new RepositoryFiles({ root, trusted: true });
    const { recordsOf } = records;
    const { signal } = new AbortController();
    const render = options.render ? { render: renderLater(files, options) } : {};
    return await admitPlan({ files, recordsOf, reasons, signal, ...render }, plan);
  } finally {
    await records.close();
  }
}

/** What renders is loaded once a pipeline is made by a program. */
function renderLater(files: RepositoryFiles, { data, python }: RenderingOptions): RenderDefinition {
  return async (...asked) => (await import('./gate-render.bundle')).renderOf(files, { data, python })(...asked);
}

/** Runs `gate`. Answers 0 where every gate has passed or has a reason, 1 where one holds, 2 where one is unknown. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ref: { type: 'string' },
    into: { type: 'string' },
    kind: { type: 'string' },
    format: { type: 'string', default: 'text' },
    override: { type: 'string', multiple: true, default: [] },
    connection: { type: 'string' },
    data: { type: 'string' },
    tag: { type: 'string' },
    message: { type: 'string', short: 'm' },
    merge: { type: 'boolean', default: false },
    render: { type: 'boolean', default: false },
    python: { type: 'string' },
  });
  if (positionals.length > 0)
    throw new UsageError(`'${positionals[0] ?? ''}' is not expected. Name a branch with --ref.`);
  const format = choose('format', values.format, ['text', 'json', 'github']);
  const kind = values.kind === undefined ? undefined : choose('kind', values.kind, ['release', 'hotfix']);
  const reasons = readReasons(values.override);
  const repository = await openRepository(process.cwd(), { trusted: true });
  const files = new RepositoryFiles({ root: repository.root, trusted: true });
  // What is tagged here is there already: nothing is merged into anything.
  const of = await branchOf(repository, files, {
    ref: values.ref ?? 'HEAD',
    into: values.tag === undefined ? values.into : (values.ref ?? 'HEAD'),
    kind,
  });
  if (values.merge) return makeMerge(files, of);
  const records = openRecords({ connection: values.connection, data: values.data });
  try {
    const subject = await subjectOfBranch(files, of);
    if (subject === undefined) throw new UsageError(`There is no commit '${of.tip}' here.`);
    const judgement = await judgeRelease(
      files,
      records.recordsOf,
      subject,
      new AbortController().signal,
      values.render ? renderLater(files, { data: values.data, python: values.python }) : undefined,
    );
    process.stdout.write(gateFormats[format](subject, judgement, reasons));
    const code = outcomeOf(judgement, reasons);
    if (code === 0 && values.tag !== undefined) {
      await tag(repository, values.tag, { commit: subject.commit, judgement, reasons, message: values.message });
    }
    return code;
  } finally {
    await records.close();
  }
}

interface Asked {
  ref: string;
  into: string | undefined;
  kind: 'release' | 'hotfix' | undefined;
}

/**
 * What a ref is in the branching model, also in a clone of a build server: HEAD is detached there, and the other
 * branches are only on the remote.
 */
async function branchOf(
  repository: Repository,
  files: RepositoryFiles,
  { ref, into, kind }: Asked,
): Promise<BranchSubject> {
  const configuration = await repository.configuration();
  const { branch: current } = await repository.state();
  const { origin } = configuration;
  const main = configuration.main || 'main';
  const develop = configuration.develop || 'develop';
  const name = ref === 'HEAD' ? (current ?? nameInBuild()) : ref.replace(/^refs\/(heads|remotes\/[^/]+)\//, '');
  const role = name === undefined ? undefined : kindOf(configuration, name);
  const place = async (branch: string): Promise<string> => {
    for (const candidate of [`refs/heads/${branch}`, `refs/remotes/${origin}/${branch}`]) {
      if ((await files.commit(candidate)) !== undefined) return candidate;
    }
    return branch;
  };
  const target = into ?? main;
  const chosen = kind ?? (role === 'hotfix' ? 'hotfix' : 'release');
  return {
    kind: chosen,
    branch: name ?? ref,
    tip: ref === 'HEAD' ? 'HEAD' : await place(ref),
    into: { name: target, ref: target === 'HEAD' ? 'HEAD' : await place(target) },
    bases: [await place(chosen === 'hotfix' ? main : develop)],
  };
}

/** The branch that a build server builds, where HEAD does not tell: GitHub Actions, GitLab CI, CodeBuild, Jenkins. */
function nameInBuild(): string | undefined {
  const { GITHUB_HEAD_REF, GITHUB_REF_NAME, CI_COMMIT_REF_NAME, CODEBUILD_WEBHOOK_HEAD_REF, BRANCH_NAME } = process.env;
  const name = GITHUB_HEAD_REF || GITHUB_REF_NAME || CI_COMMIT_REF_NAME || CODEBUILD_WEBHOOK_HEAD_REF || BRANCH_NAME;
  return name?.replace(/^refs\/heads\//, '') || undefined;
}

/** Makes the merge that a finish would make, under a ref of its own, so that it can be checked out and run first. */
async function makeMerge(files: RepositoryFiles, { branch, tip, into }: BranchSubject): Promise<number> {
  const made = await mergeCommit(files.git, { branch, tip, into });
  if (!made.ok) {
    process.stderr.write(`${made.message}\n`);
    return 1;
  }
  process.stdout.write(`${made.commit}\n`);
  process.stderr.write(
    `The merge of ${branch} into ${into.name}: git checkout --detach ${made.ref}, and run the pipeline.\n`,
  );
  return 0;
}

interface TagRequest {
  commit: string;
  judgement: Judgement | undefined;
  reasons: Reasons;
  message: string | undefined;
}

/** Tags the judged commit, with the record in the message. */
async function tag(
  repository: Repository,
  name: string,
  { commit, judgement, reasons, message }: TagRequest,
): Promise<void> {
  const record =
    judgement === undefined ? '' : writeRecord(recordOf(judgement.judged, judgement.proof, judgement.gates, reasons));
  const text = composeTagMessage(message ?? `Release ${name}`, record);
  const answer = await runGit(repository.root, ['tag', '-a', '--cleanup=verbatim', '-m', text, '--', name, commit]);
  if (answer.code !== 0) throw new Error(`The tag ${name} could not be made: ${answer.stderr.trim()}`);
}
