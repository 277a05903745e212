/** Registers the panels of this room; what fills them is loaded when one opens. */
import { definePanel, type PanelKind } from '../../workbench/panel';
import type { RoomServices } from '../services';
import { type DeploymentArguments, deploymentPanel, type DeploymentToPanel } from './deployment/contract';
import { type EndpointArguments, endpointPanel, type EndpointToPanel } from './endpoint/contract';
import { type TransformArguments, transformPanel, type TransformToPanel } from './transform/contract';

const load = () => import('../deployment.bundle');

/** The form that deploys a version. */
export function defineDeployment(services: RoomServices): PanelKind<DeploymentArguments, DeploymentToPanel> {
  return definePanel(services.panels, {
    contract: deploymentPanel,
    title: () => 'Deploy',
    start: async (panel) => {
      const { DeploymentController } = await load();
      return new DeploymentController(services, panel);
    },
  });
}

/** An endpoint, live. */
export function defineEndpoint(services: RoomServices): PanelKind<EndpointArguments, EndpointToPanel> {
  return definePanel(services.panels, {
    contract: endpointPanel,
    title: ({ endpoint }) => `${endpoint} endpoint`,
    start: async (panel) => {
      const { EndpointController } = await load();
      return new EndpointController(services, panel);
    },
  });
}

/** The form of a batch transform, and the page of its job. */
export function defineTransform(services: RoomServices): PanelKind<TransformArguments, TransformToPanel> {
  return definePanel(services.panels, {
    contract: transformPanel,
    title: ({ job }) => job ?? 'Batch Transform',
    start: async (panel) => {
      const { TransformController, TransformJobController } = await load();
      const { job, model } = panel.args;
      return job === undefined
        ? new TransformController(services, panel, model ?? '')
        : new TransformJobController(services, panel, job);
    },
  });
}
