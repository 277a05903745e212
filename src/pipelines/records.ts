import { outcomeOf, type Session } from '../aws';
import type { ModelEvidence, RunEvidence, RunInputs, RunRecords } from '../gitflow/lifecycle';
import type { LiveVersions } from '../deployment/live-versions.bundle';
import { manifestOf, readManifest, type UploadFile } from '../shared/uploads';
import { readAllMetrics } from './reading';
import { definitionOf, describeModel, listExecutions, listParameters, listSteps, readObject } from './service';

/** How far back a run of a commit is looked for. */
const mostRuns = 500;

/**
 * What the gates of a release ask about runs, answered from one connection. Nothing is kept from one look to the
 * next: a model may be rejected meanwhile, and a run retried.
 */
export class ConnectionRecords implements RunRecords {
  constructor(
    private readonly session: () => Promise<Session>,
    /** Hears of each run and model version that was found. */
    private readonly found: (arn: string) => void = () => undefined,
  ) {}

  async account(): Promise<string> {
    return (await (await this.session()).identity()).account;
  }

  async runs(pipeline: string): Promise<RunEvidence[]> {
    const executions = await listExecutions(await this.session(), pipeline, mostRuns);
    return executions.flatMap(({ arn, name, status, start, provenance }): RunEvidence[] => {
      const { commit, tree, dirty, stubs } = provenance ?? {};
      if (commit === undefined) return [];
      this.found(arn);
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
          ...(stubs === undefined ? {} : { stubs }),
        },
      ];
    });
  }

  async inputsOfRun({ arn }: RunEvidence): Promise<RunInputs> {
    const session = await this.session();
    const [definition, parameters] = await Promise.all([definitionOf(session, arn), listParameters(session, arn)]);
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
    const { value: live } = await outcomeOf(placesOf(session, registered.length > 0));
    return Promise.all(
      registered.map(async ({ step, model }): Promise<ModelEvidence> => {
        const described = await describeModel(session, model);
        this.found(model);
        const endpoints = (live?.get(model) ?? []).map(({ arn: endpoint, config }) => `${endpoint}; ${config}`);
        return {
          arn: model,
          step,
          group: described.ModelPackageGroupName ?? '',
          version: described.ModelPackageVersion ?? 0,
          approval: described.ModelApprovalStatus,
          ...(endpoints.length > 0 ? { endpoints } : {}),
        };
      }),
    );
  }

  async metricsOfRun({ arn }: RunEvidence): Promise<Readonly<Record<string, number | readonly number[]>>> {
    return readAllMetrics(await this.session(), arn);
  }
}

/** Where versions are live. That it cannot be told keeps no release back. */
async function placesOf(session: Session, isAsked: boolean): Promise<LiveVersions['places']> {
  if (!isAsked) return new Map();
  const { liveVersions } = await import('../deployment/live-versions.bundle');
  return (await liveVersions(session)).places;
}
