/** Where the versions of models are live. Other rooms ask this, in the editor and on the command line. */
export { LivePlaces } from './live-places';
export { type LivePlace, liveVersions, type LiveVersions } from './live-versions';
