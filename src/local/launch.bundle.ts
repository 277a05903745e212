/** The start of the control plane, loaded when Local is first used. */
export { launchLocal } from './launch';
