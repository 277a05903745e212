/** What the command of this room does, loaded with its first use. */
export { createSample } from './commands/create-sample';
