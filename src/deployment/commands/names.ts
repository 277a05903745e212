/** The commands on endpoints and on what is deployed, each `mlopsFlow.<name>`. */
import type { endpointCommands } from './index';

export const commandNames: readonly (keyof typeof endpointCommands)[] = [
  'deployModel',
  'transformModel',
  'openEndpoint',
  'callEndpoint',
  'monitorEndpoint',
  'rollBackEndpoint',
  'deleteEndpoint',
  'setEndpointExpiry',
  'openEndpointLog',
];
