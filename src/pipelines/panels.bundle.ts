/** What fills the panels of this room, loaded with the first of them. */
export { MetricsPanel } from './metrics-panel';
export { RunFormController } from './run-form';
export { RunGraph } from './run-graph';
