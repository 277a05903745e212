import type { EnvironmentVariable, Project } from '@aws-sdk/client-codebuild';
import {
  type BatchRecord,
  type BuildRecord,
  buildProjects,
  projectName,
  type PipelineLink,
} from '../../../domain/builds';
import type { ArtifactPlace } from '../../../domain/deliveries';
import { logOf } from '../../../jobs/build/builds';
import { valueOfJson } from '../../../../shared/json';
import { isRecord } from '../../../wire/validate';
import { type ActionKind, type ActionWork, ActionFailure } from '../action';
import type { ActionResult } from '../machine';

/** A build of a project, or its tests. */
export const codeBuild: ActionKind = {
  categories: ['Build', 'Test'],
  owner: 'AWS',
  provider: 'CodeBuild',
  async run(work) {
    const { configuration, surroundings } = work;
    const name = projectName(configuration['ProjectName'] ?? '');
    const known = buildProjects(surroundings.store).get(name);
    if (!known) {
      throw new ActionFailure(
        `Error calling startBuild: Project cannot be found: ${name}. Create it on Local with CreateProject.`,
        'ConfigurationError',
      );
    }
    const primary = configuration['PrimarySource'] ?? work.run.declaration.inputArtifacts?.[0]?.name;
    const override = configuration['BuildspecOverride'];
    const wish: BuildWish = {
      ...(primary === undefined ? {} : { primary }),
      variables: variablesOf(configuration['EnvironmentVariables']),
      ...(override === undefined ? {} : { buildspec: override }),
    };
    return configuration['BatchEnabled'] === 'true'
      ? batch(work, known.project, wish)
      : build(work, known.project, wish);
  },
};

/**
 * Runs a batch of builds for an action. An output artifact is that of the build whose identifier is its name; with
 * CombineArtifacts the first one has those of all builds.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
 */
async function batch(work: ActionWork, project: Project, wish: BuildWish): Promise<ActionResult> {
  const { builds, signal } = work;
  const { link, outputs } = linkOf(work, wish);
  const record = builds.batches.begin(
    project,
    {
      projectName: project.name,
      environmentVariablesOverride: wish.variables,
      ...(wish.buildspec === undefined ? {} : { buildspecOverride: wish.buildspec }),
      buildBatchConfigOverride: {
        ...project.buildBatchConfig,
        combineArtifacts: work.configuration['CombineArtifacts'] === 'true',
      },
    },
    link,
  );
  const stop = (): void => builds.batches.stop(record, signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    work.note({
      externalId: record.id,
      externalUrl: `https://console.aws.amazon.com/codesuite/codebuild/projects/${record.project}/batch/${encodeURIComponent(record.id)}`,
    });
    const status = await builds.batches.ended(record);
    if (status === 'SUCCEEDED') return { status: 'Succeeded', outputs };
    return { status: 'Failed', error: { code: 'JobFailed', message: whyBatch(status, record) } };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function whyBatch(status: string, { batch: { phases = [], buildGroups = [] } }: BatchRecord): string {
  const context = phases.find(({ phaseStatus }) => phaseStatus === 'FAILED')?.contexts?.[0]?.message ?? '';
  const failed = buildGroups.flatMap(({ identifier = '', currentBuildSummary: build }) =>
    build && build.buildStatus !== 'SUCCEEDED' ? [`${identifier} ${build.buildStatus ?? ''}`] : [],
  );
  const why = [context, failed.join(', ')].filter((text) => text !== '').join(' ');
  return `Batch terminated with state: ${status}${why === '' ? '' : `. ${why}`}`;
}

export interface BuildWish {
  primary?: string;
  variables: EnvironmentVariable[];
  buildspec?: string;
  logGroup?: string;
}

/** Runs a build for an action and tells what it came to. */
export async function build(work: ActionWork, project: Project, wish: BuildWish): Promise<ActionResult> {
  const { builds, signal } = work;
  const { link, outputs } = linkOf(work, wish);
  const record = builds.begin(
    project,
    {
      projectName: project.name,
      environmentVariablesOverride: wish.variables,
      ...(wish.buildspec === undefined ? {} : { buildspecOverride: wish.buildspec }),
    },
    link,
  );
  const stop = (): void => void builds.stop(record, signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    work.note({
      externalId: record.id,
      logStreamArn: logOf(record).arn,
      externalUrl: `https://console.aws.amazon.com/codesuite/codebuild/projects/${record.project}/build/${encodeURIComponent(record.id)}/log`,
    });
    const { status, record: ended } = await builds.ended(record);
    const exported = (ended.build.exportedEnvironmentVariables ?? []).map(({ name = '', value = '' }) => [name, value]);
    if (status === 'SUCCEEDED') {
      return { status: 'Succeeded', outputs, outputVariables: Object.fromEntries(exported) as Record<string, string> };
    }
    return { status: 'Failed', error: { code: 'JobFailed', message: why(ended) } };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What a pipeline gives to a build of it, and where its output artifacts go. */
function linkOf(
  { run, execution, place }: ActionWork,
  wish: BuildWish,
): { link: PipelineLink; outputs: Record<string, ArtifactPlace> } {
  const outputs = Object.fromEntries(
    (run.declaration.outputArtifacts ?? []).map(({ name = '' }) => [name, place(name)]),
  );
  const revision = Object.values(execution.revisions).find(({ artifact }) => artifact === wish.primary)?.revisionId;
  const link: PipelineLink = {
    initiator: `codepipeline/${execution.pipeline}`,
    inputs: Object.entries(run.inputs).map(([name, at]) => ({ name, ...at })),
    outputs: Object.entries(outputs).map(([name, at]) => ({ name, ...at })),
    ...(wish.primary === undefined ? {} : { primary: wish.primary }),
    ...(revision === undefined ? {} : { revision }),
    ...(wish.logGroup === undefined ? {} : { logGroup: wish.logGroup }),
  };
  return { link, outputs };
}

/** The first phase that has failed, in the words of the service. */
function why({ build: { buildStatus, phases = [] } }: BuildRecord): string {
  const phase = phases.find(({ phaseStatus }) => phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED');
  const context = phase?.contexts?.[0];
  const where = phase
    ? `. Phase: ${phase.phaseType ?? ''}, Code: ${context?.statusCode ?? ''}, Message: ${context?.message ?? ''}`
    : '';
  return `Build terminated with state: ${buildStatus ?? ''}${where}`;
}

function variablesOf(text: string | undefined): EnvironmentVariable[] {
  if (text === undefined) return [];
  const list = valueOfJson(text);
  if (!Array.isArray(list) || !list.every(isRecord)) {
    throw new ActionFailure(
      'EnvironmentVariables is not a list of {"name", "value", "type"} in JSON.',
      'ConfigurationError',
    );
  }
  return list.map(({ name, value, type }) => ({
    name: String(name),
    value: String(value),
    type: type === 'PARAMETER_STORE' || type === 'SECRETS_MANAGER' ? type : 'PLAINTEXT',
  }));
}
