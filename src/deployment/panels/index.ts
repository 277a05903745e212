/** The panels of this room: how they are titled, and what stands behind each that is open. */
import { Panels } from '../../workbench/panel';
import type { RoomServices } from '../services';
import { deploymentPanel } from './deployment/contract';
import { DeploymentController } from './deployment/controller';
import { endpointPanel } from './endpoint/contract';
import { EndpointController } from './endpoint/controller';
import { transformPanel } from './transform/contract';
import { TransformController } from './transform/controller';
import { TransformJobController } from './transform/job';

/** The forms that deploy a version. */
export const deploymentForms = (services: RoomServices) =>
  new Panels(services.panels, {
    contract: deploymentPanel,
    title: () => 'Deploy',
    start: (panel) => new DeploymentController(services, panel),
  });

/** Endpoints, live. */
export const endpointPanels = (services: RoomServices) =>
  new Panels(services.panels, {
    contract: endpointPanel,
    title: ({ endpoint }) => `${endpoint} endpoint`,
    start: (panel) => new EndpointController(services, panel),
  });

/** The forms of batch transforms, and the pages of their jobs. */
export const transformPanels = (services: RoomServices) =>
  new Panels(services.panels, {
    contract: transformPanel,
    title: ({ job }) => job ?? 'Batch Transform',
    start: (panel) => {
      const { job, model } = panel.args;
      return job === undefined
        ? new TransformController(services, panel, model ?? '')
        : new TransformJobController(services, panel, job);
    },
  });
