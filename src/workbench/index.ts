/**
 * The workbench room: what every subject shares of VS Code. Commands with one error exit, trees that
 * update in place, panels, settings, context keys, the log.
 */
export { Commands, report } from './commands';
export { briefOf, isCancellation, messageOf, reasonOf, UserError } from './errors';
export { contextKeys } from './context';
export { besideEditors } from './editors';
export { log } from './log';
export { pickName } from './pick-name';
export { onSettingsChanged, settings, userSetting } from './settings';
export { LiveTree, type LiveRow, loadMore, type Reading, watchKey } from './live-tree';
export { messageRow, problemRow, RowTree, type Row } from './tree';
export { View } from './view';
export { Watcher } from './watcher';
