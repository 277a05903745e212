/**
 * The lifecycle join: what `.mlops/config.json` says about environments and release gates, how gates are judged, and
 * the record that a release's tag carries. `judge.ts` is the one evaluation that dialog, command line and continuous
 * integration share; `files.ts` and `tagged.ts` ask git, the rest is pure. The other rooms answer `RunRecords`.
 */
export * from './config';
export * from './config-file';
export * from './edit';
export * from './evidence';
export * from './gate';
export * from './gates';
export * from './judge';
export * from './read';
export * from './record';
export * from './version-gates';
