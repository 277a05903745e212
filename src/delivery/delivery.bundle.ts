/** What the room does, loaded with its first use. */
export { actions, pickPipeline } from './commands';
export { approvalsPanels, pipelinePanels } from './panels';
export { Room } from './room';
export { deliveryTree } from './tree';
