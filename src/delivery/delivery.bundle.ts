/** What the room does, loaded with its first use. */
export { actions, pickPipeline } from './commands';
export { ApprovalsPanel } from './panels/approvals/controller';
export { PipelinePanel } from './panels/pipeline/controller';
export { Room } from './room';
