/** The commands of the room, each `mlopsFlow.delivery.<name>`. */
import type { ActionName } from './index';

export const actionNames: readonly ActionName[] = [
  'stop',
  'retryFailed',
  'retryAll',
  'rollback',
  'override',
  'enableTransition',
  'disableTransition',
  'approve',
  'reject',
  'openDeclaration',
  'compareDeclaration',
  'deployDeclaration',
  'startDeclared',
  'openBuildLog',
  'showBuildResults',
  'runBuildspec',
  'startBuild',
  'retryBuild',
  'stopBuild',
];
