/**
 * The projects room: repositories to start from. The sample trains a real model on this machine.
 */
export { registerProjects } from './register';
