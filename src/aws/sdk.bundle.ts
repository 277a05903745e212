/** Sessions and the AWS SDK below them, loaded with the first use of a connection. */
export { openAws, openLocal, readAwsFiles, readUnreadProfiles, watchAwsFiles } from './open';
export { profileNames, signInOf } from './profiles';
export * as sdk from './sdk';
