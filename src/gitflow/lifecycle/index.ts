/**
 * The lifecycle join: what `.mlops/config.json` says about environments and release gates, how gates are judged, and
 * the record that a release's tag carries. Pure; the other rooms answer `RunRecords`.
 */
export * from './config';
export * from './evidence';
export * from './gates';
export * from './read';
export * from './record';
