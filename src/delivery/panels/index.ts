/** The panels of this room: how they are titled, and what stands behind each that is open. */
import { Panels } from '../../workbench/panel';
import type { Room } from '../room';
import { approvalsPanel } from './approvals/contract';
import { ApprovalsPanel } from './approvals/controller';
import { pipelinePanel } from './pipeline/contract';
import { PipelinePanel } from './pipeline/controller';

/** The board, the runs and the actions of pipelines. */
export const pipelinePanels = (room: Room) =>
  new Panels(room.parts.services.panels, {
    contract: pipelinePanel,
    title: ({ pipeline }) => pipeline,
    start: (panel) => new PipelinePanel(room, panel),
  });

/** All approvals that wait. */
export const approvalsPanels = (room: Room) =>
  new Panels(room.parts.services.panels, {
    contract: approvalsPanel,
    title: () => 'Approvals',
    start: (panel) => new ApprovalsPanel(room, panel),
  });
