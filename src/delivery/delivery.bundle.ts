/** What the command of this room does, loaded with its first use. */
export { openDelivery } from './commands/open-declaration';
