/** What the deployment room loads with its first use: readings, panels and what its commands do. */
export { endpointCommands } from './commands';
export { endpointLogPlace, endpointLogs } from './endpoint-log';
export { Followers } from './follow';
export { Journal, recordsFolder } from './journal';
export { deploymentForms, endpointPanels, transformPanels } from './panels';
export { EndpointsTree } from './tree';
