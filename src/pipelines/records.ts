import type { Session } from '../aws';
import type { ModelEvidence, RunEvidence, RunInputs, RunRecords } from '../gitflow/lifecycle';
import { manifestOf, readManifest, type UploadFile } from '../shared/uploads';
import { MeasurementReader } from './reading';
import {
  definitionOf,
  describeExecution,
  describeModel,
  isSettled,
  listExecutions,
  listSteps,
  readObject,
} from './service';

/** How far back a run of a commit is looked for. */
const MOST_RUNS = 500;

/**
 * What the gates of a release ask about runs, answered from one connection. Nothing is kept from one look to the
 * next: a model may be rejected meanwhile, and a run retried.
 */
export class ConnectionRecords implements RunRecords {
  constructor(private readonly session: () => Promise<Session>) {}

  async account(): Promise<string> {
    return (await (await this.session()).identity()).account;
  }

  async runs(pipeline: string): Promise<RunEvidence[]> {
    const executions = await listExecutions(await this.session(), pipeline, MOST_RUNS).catch((error: unknown) => {
      // A pipeline that was never created has no runs.
      if (error instanceof Error && error.cause instanceof Error && error.cause.name === 'ResourceNotFound') return [];
      throw error;
    });
    return executions.flatMap(({ arn, name, status, start, provenance }): RunEvidence[] => {
      const { commit, tree, dirty } = provenance ?? {};
      if (commit === undefined) return [];
      const startedAt = start?.getTime() ?? 0;
      return [
        {
          arn,
          name,
          pipeline,
          status,
          commit,
          startedAt,
          ...(tree === undefined ? {} : { tree }),
          ...(dirty === undefined ? {} : { dirty }),
        },
      ];
    });
  }

  async inputsOfRun({ arn }: RunEvidence): Promise<RunInputs> {
    const session = await this.session();
    const [definition, { parameters }] = await Promise.all([
      definitionOf(session, arn),
      describeExecution(session, arn),
    ]);
    return { definition, parameters: new Map(parameters.map(({ name, value }) => [name, value])) };
  }

  async filesAt(uri: string): Promise<readonly UploadFile[] | undefined> {
    const manifest = manifestOf(uri);
    return manifest === undefined ? undefined : readManifest(await readObject(await this.session(), manifest));
  }

  async modelsOfRun({ arn }: RunEvidence): Promise<ModelEvidence[]> {
    const session = await this.session();
    const registered = (await listSteps(session, arn)).flatMap(({ StepName = '', Metadata }) => {
      const model = Metadata?.RegisterModel?.Arn;
      return model === undefined ? [] : [{ step: StepName, model }];
    });
    return Promise.all(
      registered.map(async ({ step, model }): Promise<ModelEvidence> => {
        const described = await describeModel(session, model);
        return {
          arn: model,
          step,
          group: described.ModelPackageGroupName ?? '',
          version: described.ModelPackageVersion ?? 0,
          approval: described.ModelApprovalStatus,
        };
      }),
    );
  }

  async metricsOfRun({ arn, status }: RunEvidence): Promise<Readonly<Record<string, number>>> {
    const reader = new MeasurementReader();
    return (await reader.read(await this.session(), arn, isSettled(status), false)).metrics;
  }
}
