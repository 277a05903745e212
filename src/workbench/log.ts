import { type LogOutputChannel, window } from 'vscode';

/** Where the channel is kept: each bundle has this module for itself, and there is to be one channel. */
const channelKey = Symbol.for('mlopsFlow.log');
const shared = globalThis as typeof globalThis & { [channelKey]?: LogOutputChannel };

/** The extension's log channel, made on first use. Secrets never go in: callers log names and messages, no requests. */
export function log(): LogOutputChannel {
  return (shared[channelKey] ??= window.createOutputChannel('MLOps Flow', { log: true }));
}
