/** What fills the panels of this room and what its commands do, loaded with the first use. */
export { MetricsPanel } from './panels/metrics/controller';
export { openObject, openStepLog } from './commands/open-remote';
export { pickDefinition, pickExecution, pickPipeline } from './commands/pick';
export { MeasurementReader, readNumbers } from './reading';
export { ConnectionRecords } from './records';
export { RunFormController } from './panels/run-form/controller';
export { RunGraph } from './panels/run-graph/controller';
export { retryExecution, stopExecution } from './service';
