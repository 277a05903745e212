/** The panels of this room: how they are titled, and what stands behind each that is open. */
import { Panels } from '../../workbench/panel';
import { groupIn } from '../model';
import type { RegistryServices } from '../services';
import { versionPanel } from './version/contract';
import { VersionController } from './version/controller';

/** The pages of versions; `changed` is called when one has decided on a version. */
export const versionPanels = (services: RegistryServices, changed: () => void) =>
  new Panels(services.panels, {
    contract: versionPanel,
    title: ({ arn }) => `${groupIn(arn)} version ${arn.split('/').at(-1) ?? ''}`,
    start: (panel) => new VersionController(services, changed, panel),
  });
