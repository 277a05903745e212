import { type LogOutputChannel, window } from 'vscode';

let channel: LogOutputChannel | undefined;

/** The extension's log channel, made on first use. Secrets never go in: callers log names and messages, no requests. */
export function log(): LogOutputChannel {
  channel ??= window.createOutputChannel('MLOps Flow', { log: true });
  return channel;
}
