/** The side of the extension: it listens, checks who asks, and has the question answered. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { valueOfJson } from '../../../shared/json';
import { type Question, readPrompt } from './question';
import { type Answered, isAsked, longestLine, variables } from './wire';

export interface AskpassOptions {
  /** The path of `dist/askpass.js`, and of the Node.js that runs it (VS Code's own binary will do). */
  program: string;
  node: string;
  /** Asks the user. Undefined: there will be no answer. The signal tells that git no longer waits. */
  answer(question: Question, gone: AbortSignal): Promise<string | undefined>;
}

/**
 * Answers for the git processes of one window. Answers are remembered while an action runs, which may start git
 * several times, and nowhere else; a question that has no answer ends the questions of the action.
 */
export class AskpassServer {
  private readonly folder = join(tmpdir(), `mlops-flow-${randomBytes(8).toString('hex')}`);
  private readonly address =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\mlops-flow-${randomBytes(16).toString('hex')}`
      : join(this.folder, 'askpass.sock');
  private readonly wrapper = join(this.folder, 'askpass.sh');
  private readonly token = randomBytes(32).toString('hex');
  private readonly remembered = new Map<string, string>();
  /** What each process has been told: a second time it was wrong. */
  private readonly told = new Set<string>();
  private cancelled = false;
  private actions = 0;
  private queue: Promise<unknown> = Promise.resolve();
  private starting: Promise<Server> | undefined;

  constructor(private readonly options: AskpassOptions) {}

  /** What git's environment needs. It holds from the first `during` on. */
  environment(): Record<string, string> {
    return {
      GIT_ASKPASS: this.wrapper,
      SSH_ASKPASS: this.wrapper,
      // There is no terminal, and ssh would else want a display.
      SSH_ASKPASS_REQUIRE: 'force',
      [variables.node]: this.options.node,
      [variables.program]: this.options.program,
      [variables.address]: this.address,
      [variables.token]: this.token,
    };
  }

  /** Runs an action of git that may ask. What was answered is forgotten at its end. */
  async during<T>(action: () => Promise<T>): Promise<T> {
    // Without a socket git gets no answer, and says so.
    await (this.starting ??= this.start()).catch(() => undefined);
    this.actions++;
    try {
      return await action();
    } finally {
      this.actions--;
      if (this.actions === 0) this.forget();
    }
  }

  dispose(): void {
    this.forget();
    this.starting?.then(
      (server) => server.close(),
      () => undefined,
    );
    rmSync(this.folder, { recursive: true, force: true });
  }

  private forget(): void {
    this.remembered.clear();
    this.told.clear();
    this.cancelled = false;
  }

  /** Nobody else can read the folder or reach the socket; on Windows the token alone keeps others out. */
  private async start(): Promise<Server> {
    mkdirSync(this.folder, { mode: 0o700 });
    const run = `ELECTRON_RUN_AS_NODE=1 exec "$${variables.node}" "$${variables.program}" "$@"`;
    writeFileSync(this.wrapper, `#!/bin/sh\n${run}\n`, { mode: 0o700 });
    const server = createServer((socket) => this.serve(socket));
    await new Promise<void>((listening, failed) => {
      server.once('error', failed).listen(this.address, listening);
    });
    if (process.platform !== 'win32') chmodSync(this.address, 0o600);
    // It does not keep the process alive.
    return server.unref();
  }

  private serve(socket: Socket): void {
    const gone = new AbortController();
    socket.on('error', () => socket.destroy()).once('close', () => gone.abort());
    let length = 0;
    socket.on('data', (piece) => {
      length += piece.length;
      if (length > longestLine) socket.destroy();
    });
    createInterface({ input: socket }).once('line', (line) => {
      void this.reply(line, gone.signal).then((reply) => socket.end(`${JSON.stringify(reply)}\n`));
    });
  }

  private async reply(line: string, gone: AbortSignal): Promise<Answered> {
    const asked = valueOfJson(line);
    if (!isAsked(asked) || asked.token !== this.token) return {};
    // One question at a time: the next one may have the same answer.
    const next = this.queue.then(() => this.find(asked.prompt, asked.asker, gone));
    this.queue = next.catch(() => undefined);
    return { answer: await next.catch(() => undefined) };
  }

  private async find(prompt: string, asker: string, gone: AbortSignal): Promise<string | undefined> {
    if (this.cancelled || gone.aborted) return undefined;
    const before = `${asker} ${prompt}`;
    const known = this.told.has(before) ? undefined : this.remembered.get(prompt);
    const answer = known ?? (await this.options.answer(readPrompt(prompt), gone));
    if (this.actions > 0) {
      if (answer === undefined) this.cancelled = true;
      else this.remembered.set(prompt, answer);
      this.told.add(before);
    }
    return answer;
  }
}
