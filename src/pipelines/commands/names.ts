/** The commands on pipelines and runs, each `mlopsFlow.<name>`. */
import type { runCommands } from './index';

export const commandNames: readonly (keyof typeof runCommands)[] = [
  'runPipeline',
  'sweepPipeline',
  'openRun',
  'openMetrics',
  'stopRun',
  'retryRun',
  'compareRuns',
  'runAgain',
  'reproduceRun',
  'checkOutCommit',
  'runsOfCommit',
  'openDeployedDefinition',
  'compareDeployedDefinition',
  'comparePipelineVersions',
  'saveDeployedDefinition',
  'filterPipelines',
  'openDefinition',
  'copyArn',
  'openInConsole',
  'succeedCallback',
  'failCallback',
  'openJob',
  'downloadArtifact',
  'goToStep',
];
