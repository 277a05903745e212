/**
 * Versions and the files that hold them, in a bundle of its own: only starting a release or hotfix needs the
 * libraries for semantic versions, conventional commits and JSON.
 */
export { suggestVersion } from './versions';
export { bumpFiles, bumpedText, checkBump, findVersionFiles, versionIn } from '../execute/version-files';
