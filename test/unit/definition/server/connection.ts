/** A real language server in a process of its own, spoken to over its standard streams. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { nodeFlags } from '../../../../src/definition/server/protocol';

/** Tests and benchmarks run in the root of the repository. */
const root = process.cwd();
export const serverPath = resolve(root, 'dist/language-server.js');

/** Builds `dist/` where it is not there yet. */
export function ensureBuilt(): void {
  if (!existsSync(serverPath))
    execFileSync(process.execPath, [resolve(root, 'scripts/build.mjs')], { stdio: 'inherit' });
}

export class Server {
  private readonly child: ChildProcess;
  readonly connection: MessageConnection;
  private readonly waiting: { uri: string; version: number | undefined; done: (found: Diagnostic[]) => void }[] = [];
  readonly published: PublishDiagnosticsParams[] = [];
  private readonly versions = new Map<string, number>();

  constructor() {
    const flags = [...nodeFlags, serverPath, '--stdio'];
    this.child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.child;
    if (!stdin || !stdout) throw new Error('The server has no streams.');
    this.connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.published.push(params);
      for (const one of this.waiting.splice(0)) {
        const fits = one.uri === params.uri && (one.version === undefined || one.version === params.version);
        if (fits) one.done(params.diagnostics);
        else this.waiting.push(one);
      }
    });
    this.connection.listen();
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async initialize(options?: unknown): Promise<unknown> {
    const answer = await this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
      initializationOptions: options,
    });
    await this.connection.sendNotification('initialized', {});
    return answer;
  }

  /** Opens a document and waits for its first diagnostics. */
  async open(uri: string, text: string, languageId = 'json'): Promise<Diagnostic[]> {
    this.versions.set(uri, 1);
    const found = this.diagnostics(uri, 1);
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
    return found;
  }

  /** Opens a document and waits for nothing. */
  async openOnly(uri: string, text: string, languageId = 'json'): Promise<void> {
    this.versions.set(uri, 1);
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  /** Sends an edit; the diagnostics of the new version are in `found`. */
  async edit(uri: string, range: unknown, text: string): Promise<Diagnostic[]> {
    const version = (this.versions.get(uri) ?? 0) + 1;
    this.versions.set(uri, version);
    const found = this.diagnostics(uri, version);
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
    return found;
  }

  diagnostics(uri: string, version?: number): Promise<Diagnostic[]> {
    return new Promise((done) => this.waiting.push({ uri, version, done }));
  }

  request<T>(method: string, params: unknown): Promise<T> {
    return this.connection.sendRequest(method, params);
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    this.connection.dispose();
    if (this.child.exitCode === null) await new Promise((done) => this.child.once('exit', done));
  }
}
