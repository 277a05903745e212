import type { Session } from '../aws';
import type { ModelEvidence, RunEvidence, RunRecords } from '../gitflow/lifecycle';
import type { MeasurementReader } from './reading';
import { describeModel, isSettled, listExecutions, listSteps, registeredModels } from './service';

/** How far back a run of a commit is looked for. */
const MOST_RUNS = 500;

/** What the gates of a release ask about runs, answered from one connection. */
export class ConnectionRecords implements RunRecords {
  constructor(
    private readonly session: () => Promise<Session>,
    private readonly measurements: MeasurementReader,
  ) {}

  async runsOfCommit(pipeline: string, commit: string): Promise<RunEvidence[]> {
    const executions = await listExecutions(await this.session(), pipeline, MOST_RUNS).catch((error: unknown) => {
      // A pipeline that was never created has no runs.
      if (error instanceof Error && error.cause instanceof Error && error.cause.name === 'ResourceNotFound') return [];
      throw error;
    });
    return executions.flatMap(({ arn, name, status, start, provenance }) =>
      provenance?.commit === commit
        ? [{ arn, name, pipeline, status, commit, dirty: provenance.dirty ?? false, startedAt: start?.getTime() ?? 0 }]
        : [],
    );
  }

  async modelsOfRun({ arn }: RunEvidence): Promise<ModelEvidence[]> {
    const session = await this.session();
    return Promise.all(
      registeredModels(await listSteps(session, arn)).map(async (package_) => {
        const described = await describeModel(session, package_);
        return {
          arn: package_,
          group: described.ModelPackageGroupName ?? '',
          version: described.ModelPackageVersion ?? 0,
          approval: described.ModelApprovalStatus ?? 'PendingManualApproval',
        };
      }),
    );
  }

  async metricsOfRun({ arn, status }: RunEvidence): Promise<Readonly<Record<string, number>>> {
    return (await this.measurements.read(await this.session(), arn, isSettled(status), false)).metrics;
  }
}
