/**
 * What the small rooms load with their first use: the panels' hosts, and what commands do. One bundle for all of them,
 * since finding and compiling a file costs more than what each of them holds.
 */
export { auditPanels } from './audit/panels';
export { previewPanels } from './authoring/panels/preview';
export { revealNode } from './authoring/reveal';
export { copyPolicy } from './aws/copy-policy';
export { pickConnection } from './aws/pick';
export { askMfaCode, signIn } from './aws/sign-in';
export { pickPipeline } from './pipelines/commands/pick';
export { comparisons, metricsPanels, runForms, runGraphs, sweepPanels } from './pipelines/panels';
export { readAllMetrics, readConfusion, readMakingRun, readNumbers } from './pipelines/reading';
export { ConnectionRecords } from './pipelines/records';
export { digestOf, readProvenance } from './pipelines/provenance';
export { openRoom } from './pipelines/room';
export { PipelinesTree } from './pipelines/tree';
export { loadMore } from './workbench';
export { createSample } from './projects/commands/create-sample';
export { modelCommands } from './registry/commands';
export { versionPanels } from './registry/panels';
export { ModelsTree } from './registry/tree';
export { describeVersion } from './registry/service';
export { listSteps, registeredModels } from './pipelines/service';
export { runCommands } from './pipelines/commands';
