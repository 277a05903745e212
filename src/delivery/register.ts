import type { Connections } from '../aws';
import type { Commands } from '../workbench';

/** Registers the commands on CodePipeline. */
export function registerDelivery(connections: Connections, commands: Commands): void {
  commands.register('mlopsFlow.openDelivery', async () => {
    const { openDelivery } = await import('../rooms.bundle');
    await openDelivery(connections);
  });
}
