import type { Session } from '../../aws';
import { executionRoleArn } from '../../local/domain/arns';
import { UserError } from '../../workbench/errors';
import { recordInputs } from '../inputs';
import type { Provenance } from '../model';
import { writeProvenance } from '../provenance';
import { listExecutions, token } from '../service';
import { provideStandIns, type StandIns, stubsFor } from './stand-ins';

/** A run to be started. */
export interface StartRequest {
  pipeline: string;
  /** The definition's text. */
  definition: string;
  provenance: Provenance;
  /** What differs from the defaults of the definition. */
  values: Readonly<Record<string, string>>;
  /** Letters, digits and hyphens between them, 82 at most. */
  displayName: string;
  /** The role that pipelines are created with on AWS. */
  roleArn?: string;
  /** The version of the pipeline's definition; the newest where this is left out. */
  version?: number;
  /** The same for every try at this run: the service starts it once. A fresh one where this is left out. */
  token?: string;
  /** Data and ends of steps for a run on this machine. */
  standIns?: StandIns;
}

/** What has to be done with the pipeline before it runs a definition. */
export type Preparation = { kind: 'none' } | { kind: 'create' } | { kind: 'update'; existing: string };

/** Compares a definition with that of the pipeline. */
export async function preparationFor(session: Session, pipeline: string, definition: string): Promise<Preparation> {
  const { sdk, sagemaker } = session;
  return session.call(`look for ${pipeline}`, async () => {
    try {
      const found = await sagemaker.send(new sdk.DescribePipelineCommand({ PipelineName: pipeline }));
      const { PipelineDefinition: existing = '' } = found;
      return existing === definition ? { kind: 'none' } : { kind: 'update', existing };
    } catch (error) {
      if (error instanceof sdk.ResourceNotFound) return { kind: 'create' };
      throw error;
    }
  });
}

/**
 * Brings the pipeline up to date with its definition and starts it.
 *
 * @param preparation what to do before; found out where it is left out
 * @returns the ARN of the execution
 */
export async function startRun(session: Session, request: StartRequest, preparation?: Preparation): Promise<string> {
  await prepare(session, request, preparation ?? (await preparationFor(session, request.pipeline, request.definition)));
  const { sdk, sagemaker } = session;
  const ClientRequestToken = request.token ?? token();
  const standIns = session.connection.kind === 'local' ? await standInsOf(request) : undefined;
  if (standIns) await provideStandIns(session, standIns, ClientRequestToken);
  // After the fixtures are in their places: they are part of the data.
  const inputs = await recordInputs(session, request.definition, request.values);
  const provenance = {
    ...request.provenance,
    ...(inputs.length > 0 ? { inputs } : {}),
    ...(standIns?.stubs.size ? { stubs: [...standIns.stubs.keys()] } : {}),
  };
  const parameters = Object.entries(request.values).map(([Name, Value]) => ({ Name, Value }));
  const started = await session.change(`start ${request.pipeline}`, () =>
    sagemaker.send(
      new sdk.StartPipelineExecutionCommand({
        PipelineName: request.pipeline,
        ClientRequestToken,
        PipelineExecutionDescription: writeProvenance(provenance),
        PipelineExecutionDisplayName: request.displayName,
        ...(parameters.length > 0 ? { PipelineParameters: parameters } : {}),
        ...(request.version === undefined ? {} : { PipelineVersionId: request.version }),
      }),
    ),
  );
  return started.PipelineExecutionArn ?? '';
}

async function standInsOf({ standIns, definition }: StartRequest): Promise<StandIns | undefined> {
  return standIns && { ...standIns, stubs: await stubsFor(definition, standIns) };
}

/** The run that an earlier try has started although its answer was lost; told by its name. */
export async function findStarted(
  session: Session,
  pipeline: string,
  displayName: string,
): Promise<string | undefined> {
  return (await listExecutions(session, pipeline)).find(({ name }) => name === displayName)?.arn;
}

async function prepare(
  session: Session,
  { pipeline, definition, roleArn }: StartRequest,
  { kind }: Preparation,
): Promise<void> {
  if (kind === 'none') return;
  const { sdk, sagemaker } = session;
  const role = session.connection.kind === 'local' ? executionRoleArn : roleArn;
  if (kind === 'update') {
    const command = new sdk.UpdatePipelineCommand({
      PipelineName: pipeline,
      PipelineDefinition: definition,
      ...(role ? { RoleArn: role } : {}),
    });
    await session.change(`update ${pipeline}`, () => sagemaker.send(command));
    return;
  }
  if (!role) {
    throw new UserError(
      `${pipeline} does not exist yet, and creating it needs a role: set mlopsFlow.pipelines.roleArn.`,
      { title: 'Open Settings', command: 'workbench.action.openSettings', arguments: ['mlopsFlow.pipelines.roleArn'] },
    );
  }
  const command = new sdk.CreatePipelineCommand({
    PipelineName: pipeline,
    PipelineDefinition: definition,
    RoleArn: role,
    ClientRequestToken: token(),
  });
  await session.change(`create ${pipeline}`, () => sagemaker.send(command));
}

/**
 * A run's name where none is given: the branch and the time, which tell more than the service's own
 * `execution-1795362366565`. A display name has letters, digits and hyphens between them, 82 at most.
 */
export function defaultName(branch: string | undefined, now: Date): string {
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join('');
  const slug =
    (branch ?? 'run')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'run';
  return `${slug.replace(/-$/, '')}-${time}`;
}
