/** What the deployment room loads with its first use: readings, panels and what its commands do. */
export { deleteEndpoint } from './commands/delete';
export { setExpiry } from './commands/expiry';
export { pickEndpoint, pickVersion } from './commands/pick';
export { endpointLogPlace, endpointLogs } from './endpoint-log';
export { Followers } from './follow';
export { Journal, recordsFolder } from './journal';
export { DeploymentController } from './panels/deployment/controller';
export { EndpointController } from './panels/endpoint/controller';
export { TransformController } from './panels/transform/controller';
export { TransformJobController } from './panels/transform/job';
export { EndpointReadings } from './readings';
