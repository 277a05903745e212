/**
 * What the small rooms load with their first use: the panels' hosts, and what commands do. One bundle for all of them,
 * since finding and compiling a file costs more than what each of them holds.
 */
export { Preview } from './authoring/panels/preview/controller';
export { revealNode } from './authoring/reveal';
export { copyPolicy } from './aws/copy-policy';
export { pickConnection } from './aws/pick';
export { checkOutCommit, currentCommit, pickRunsOfCommit } from './pipelines/commands/commits';
export { compareDeployed, compareVersions, saveDeployed, showDeployed } from './pipelines/commands/deployed';
export { openObject, openStepLog } from './pipelines/commands/open-remote';
export { reproduceRun } from './pipelines/commands/reproduce';
export { retryRun } from './pipelines/commands/retry';
export { pickDefinition, pickExecution, pickOthers, pickPipeline } from './pipelines/commands/pick';
export { stop } from './pipelines/commands/stop';
export { FactsReader } from './pipelines/compare/read';
export { ComparePanel } from './pipelines/panels/compare/controller';
export { MetricsPanel } from './pipelines/panels/metrics/controller';
export { SweepController } from './pipelines/panels/sweep/controller';
export { Sweeps } from './pipelines/sweep/sweeps';
export { followRun } from './pipelines/failed-runs';
export { RunFormController } from './pipelines/panels/run-form/controller';
export { RunGraph } from './pipelines/panels/run-graph/controller';
export { MeasurementReader, readConfusion, readMakingRun, readNumbers } from './pipelines/reading';
export { ConnectionRecords } from './pipelines/records';
export { createSample } from './projects/commands/create-sample';
export { decideOn, pickVersion } from './registry/commands/approval';
export { VersionController } from './registry/panels/version/controller';
export { describeVersion } from './registry/service';
export { listSteps, registeredModels } from './pipelines/service';
