/**
 * What the small rooms load with their first use: the panels' hosts, and what commands do. One bundle for all of them,
 * since finding and compiling a file costs more than what each of them holds.
 */
export { AuditController } from './audit/panels/audit/controller';
export { Preview } from './authoring/panels/preview/controller';
export { revealNode } from './authoring/reveal';
export { copyPolicy } from './aws/copy-policy';
export { pickConnection } from './aws/pick';
export { openAgain, revealInProgram } from './pipelines/commands/programs';
export { askMfaCode, signIn } from './aws/sign-in';
export { checkOutCommit, currentCommit, pickRunsOfCommit } from './pipelines/commands/commits';
export { openObject, openStepLog } from './pipelines/commands/open-remote';
export { reproduceRun } from './pipelines/commands/reproduce';
export { pickExecution, pickOthers, pickPipeline } from './pipelines/commands/pick';
export { FactsReader } from './pipelines/compare/read';
export { ComparePanel } from './pipelines/panels/compare/controller';
export { MetricsPanel } from './pipelines/panels/metrics/controller';
export { SweepController } from './pipelines/panels/sweep/controller';
export { Sweeps } from './pipelines/sweep/sweeps';
export { followRun } from './pipelines/failed-runs';
export { RunFormController } from './pipelines/panels/run-form/controller';
export { RunGraph } from './pipelines/panels/run-graph/controller';
export { MeasurementReader, readAllMetrics, readConfusion, readMakingRun, readNumbers } from './pipelines/reading';
export { trackingOf } from './pipelines/mlflow/desk';
export { digestOf, readProvenance } from './pipelines/provenance';
export { ConnectionRecords } from './pipelines/records';
export { PipelineReadings } from './pipelines/readings';
export { createSample } from './projects/commands/create-sample';
export { decideOn, pickVersion } from './registry/commands/approval';
export { VersionController } from './registry/panels/version/controller';
export { askFilter, askOrder, viewWords } from './registry/commands/list';
export { ModelReadings } from './registry/readings';
export { describeVersion } from './registry/service';
export { listSteps, registeredModels } from './pipelines/service';
export { runCommands } from './pipelines/commands';
