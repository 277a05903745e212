/** Registers the panels of this room; what fills them is loaded when one opens. */
import { definePanel, type PanelKind, type PanelServices } from '../../workbench/panel';
import type { Room } from '../room';
import { approvalsPanel, type ApprovalsArguments, type ApprovalsToPanel } from './approvals/contract';
import { type PipelineArguments, pipelinePanel, type PipelineToPanel } from './pipeline/contract';

const load = () => import('../delivery.bundle');

/** The board, the runs and the actions of a pipeline. */
export function definePipelinePanel(
  services: PanelServices,
  room: () => Promise<Room>,
): PanelKind<PipelineArguments, PipelineToPanel> {
  return definePanel(services, {
    contract: pipelinePanel,
    title: ({ pipeline }) => pipeline,
    start: async (panel) => {
      const [{ PipelinePanel }, ready] = await Promise.all([load(), room()]);
      return new PipelinePanel(ready, panel);
    },
  });
}

/** All approvals that wait. */
export function defineApprovals(
  services: PanelServices,
  room: () => Promise<Room>,
): PanelKind<ApprovalsArguments, ApprovalsToPanel> {
  return definePanel(services, {
    contract: approvalsPanel,
    title: () => 'Approvals',
    start: async (panel) => {
      const [{ ApprovalsPanel }, ready] = await Promise.all([load(), room()]);
      return new ApprovalsPanel(ready, panel);
    },
  });
}
