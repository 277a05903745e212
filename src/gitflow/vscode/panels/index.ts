/** The panels of this room: how they are titled, and what stands behind each that is open. */
import { Panels } from '../../../workbench/panel';
import type { Room } from '../services';
import { flowPanel } from './flow/contract';
import { FinishController } from './flow/controller';

/** The dialogs that finish a branch, or tag a release. */
export const flowPanels = (room: Room) =>
  new Panels(room.services.panels, {
    contract: flowPanel,
    title: ({ action, kind, name }) =>
      action === 'tag' ? `Tag Release ${name}` : `Finish ${kind.charAt(0).toUpperCase()}${kind.slice(1)} ${name}`,
    start: (panel) => new FinishController(room, panel),
  });
