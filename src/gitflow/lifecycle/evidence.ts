/**
 * What the gates of a release ask of the rest: of the environment's account what ran, of the repository what the
 * commit is. Every method rejects with an error whose message is a sentence for the user.
 *
 * What a run's description says of itself is a claim. Where the service or git can say it, they are asked: the
 * definition and the parameters of the run, and the files that its parameters name.
 */
import type { UploadFile } from '../../shared/uploads';

/** A run of a pipeline, as far as a gate needs it. */
export interface RunEvidence {
  /** ARN of the pipeline execution. */
  arn: string;
  /** What the user calls it: the display name, else the last part of the ARN. */
  name: string;
  pipeline: string;
  /** SageMaker's status: `Succeeded`, `Failed`, `Executing`, `Stopping`, `Stopped`. */
  status: string;
  /** Full object name of the commit that it says it was started from. */
  commit: string;
  /** The tree of that commit, as the run says. */
  tree?: string;
  /** Whether the working tree had more than the commit; undefined where the run does not say. */
  dirty?: boolean;
  /** Steps that were not run, by name or type. */
  stubs?: readonly string[];
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** What a run was made of, as the service tells it. */
export interface RunInputs {
  /** The text of the definition that it runs. */
  definition: string;
  /** The parameters that it was given, by name; what is absent has the definition's default. */
  parameters: ReadonlyMap<string, string>;
}

/** A version in the model registry, as far as a gate needs it. */
export interface ModelEvidence {
  /** ARN of the model package. */
  arn: string;
  group: string;
  version: number;
  /** The step of the run that registered it. */
  step: string;
  /** SageMaker's approval status: `Approved`, `Rejected`, `PendingManualApproval`; undefined where it tells none. */
  approval: string | undefined;
  /** Where it is live: the ARN of each endpoint and its config, `ARN; CONFIG`. */
  endpoints?: readonly string[];
}

/** The records of one environment. */
export interface RunRecords {
  /** The account that requests are signed for: twelve digits. */
  account(signal: AbortSignal): Promise<string>;
  /** Every run of the pipeline that says which commit it was started from, in any state and order. */
  runs(pipeline: string, signal: AbortSignal): Promise<RunEvidence[]>;
  inputsOfRun(run: RunEvidence, signal: AbortSignal): Promise<RunInputs>;
  /** The list of the files at the address of an upload; undefined where there is none. */
  filesAt(uri: string, signal: AbortSignal): Promise<readonly UploadFile[] | undefined>;
  /** The model versions that the run registered. */
  modelsOfRun(run: RunEvidence, signal: AbortSignal): Promise<ModelEvidence[]>;
  /** The final metrics of the run by name; several values where its steps measured it differently. */
  metricsOfRun(run: RunEvidence, signal: AbortSignal): Promise<Readonly<Record<string, number | readonly number[]>>>;
}

/** A file of a commit that a run may have been given. */
export interface CommitFile extends UploadFile {
  /** SHA-256 with the line ends that a check-out on Windows writes; only where it differs. */
  crlf?: string;
}

/** What a path is in a commit. */
export interface CommitFiles {
  isFile: boolean;
  files: readonly CommitFile[];
}

/** The definition of a pipeline in a commit. */
export interface CommitDefinition {
  path: string;
  text: string;
  /** A program of the commit made it: addresses in S3 have parts that differ from one rendering to the next. */
  rendered?: boolean;
}

/** What is rendered: the program at `path`, else the one that makes the pipeline, in the files of a commit or tree. */
export interface RenderAsked {
  treeish: string;
  pipeline: string;
  path?: string;
}

/** A definition would have to be made by a program that nobody has consented to run. */
export class ConsentNeeded extends Error {
  override readonly name = 'ConsentNeeded';
}

/**
 * Makes a definition by running a program of a commit, which needs the user's consent. Undefined where no program there
 * makes the pipeline; rejects with the sentence why it cannot be rendered.
 */
export type RenderDefinition = (asked: RenderAsked, signal: AbortSignal) => Promise<CommitDefinition | undefined>;

/** The same, with each definition made once; one that failed is made again. */
export function rememberRendered(render: RenderDefinition): RenderDefinition {
  const made = new Map<string, Promise<CommitDefinition | undefined>>();
  return async (asked, signal) => {
    const key = JSON.stringify([asked.treeish, asked.pipeline, asked.path]);
    const making = made.get(key) ?? render(asked, signal);
    made.set(key, making);
    void making.catch(() => made.delete(key));
    return making;
  };
}

/** What the repository says. A `treeish` is the id of a commit or of a tree. */
export interface CommitRecords {
  /** The tree of a commit; undefined where the commit is not in this clone. */
  treeOf(commit: string): Promise<string | undefined>;
  /** The paths in which two trees differ. */
  differences(one: string, other: string): Promise<string[]>;
  /** Undefined where the commit defines no such pipeline. */
  definition(treeish: string, pipeline: string): Promise<CommitDefinition | undefined>;
  /** The files at a path; undefined where the commit has nothing there whose content git knows. */
  files(treeish: string, path: string): Promise<CommitFiles | undefined>;
  /** Paths with uncommitted changes and untracked files, relative to the root. */
  changes(): Promise<string[]>;
  /** The errors in a definition as sentences; undefined where there is no such file. */
  definitionErrors(treeish: string, path: string): Promise<string[] | undefined>;
}

export interface Evidence extends RunRecords, CommitRecords {}
