/** What fills the panels of this room and what its commands do, loaded with the first use. */
export { MetricsPanel } from './metrics-panel';
export { openObject, openStepLog } from './open-remote';
export { pickDefinition, pickExecution, pickPipeline } from './pick';
export { MeasurementReader, readNumbers } from './reading';
export { ConnectionRecords } from './records';
export { RunFormController } from './run-form';
export { RunGraph } from './run-graph';
export { retryExecution, stopExecution } from './service';
