import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { quoted } from '../../../shared/shell-word';
import { CommandError } from '../run/process';
import type { Guard } from '../run/guard';

/**
 * What the long-lived shell does: it reads names of files from descriptor 3, runs each in itself, tells on 4 what it
 * came to, marks on its output where the command's own ends, and keeps variables and place for the shell after it,
 * in case that a command ends this one.
 */
const driver = `
__build_dir=$1
__build_mark=$2
exec 5>&1 </dev/null
if [ -f "$__build_dir/env" ]; then . "$__build_dir/env"; cd "$(cat "$__build_dir/cwd")" || exit 1; fi
while IFS= read -r __build_item <&3; do
  . "$__build_item" 3<&- 4>&- 5>&-
  __build_code=$?
  export -p >"$__build_dir/env.new" && mv -f "$__build_dir/env.new" "$__build_dir/env"
  pwd >"$__build_dir/cwd"
  printf '%s' "$__build_mark" >&5
  echo "done $__build_code" >&4
done
`;

/** Milliseconds for the last output of a shell that has ended, and between two looks at its group. */
const lastWords = 300;
const pause = 10;

/** How a command ended: its exit status, or why it was ended from here. */
export type CommandEnd = { code: number } | { ended: 'stopped' | 'timedOut' };

export interface ShellOptions {
  /** The program: a path or a name. */
  program: string;
  /** Folder for the shell's own files. */
  folder: string;
  /** Where the first command begins. */
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Gets the output as it comes. */
  onOutput: (text: string) => void;
  /** Milliseconds between the polite and the firm end. */
  grace: number;
  guard: Guard;
}

/**
 * A shell that runs commands one after the other and keeps what they change: directory, variables, functions. A
 * command that ends the shell has failed with its status; the next one finds exported variables and directory as
 * they were before it.
 */
export class BuildShell {
  private readonly mark = `\u0001${randomUUID()}\u0001`;
  private child: ChildProcess | undefined;
  private count = 0;
  private ended: 'stopped' | 'timedOut' | undefined;
  private status = '';
  private output = '';
  private marked = 0;
  private wake: () => void = () => undefined;

  constructor(private readonly options: ShellOptions) {}

  /** Runs one command, which may have several lines; its last exit status counts. @throws {CommandError} */
  async run(command: string): Promise<CommandEnd> {
    if (this.ended) return { ended: this.ended };
    await mkdir(this.options.folder, { recursive: true });
    const file = join(this.options.folder, `command-${++this.count}.sh`);
    await writeFile(file, `${command}\n`);
    const script = join(this.options.folder, 'driver.sh');
    if (!existsSync(script)) await writeFile(script, driver);
    // The end may have come meanwhile, and has found no process: from here to the process nothing is waited for.
    if (this.ended) return { ended: this.ended };
    const child = this.child ?? (await this.start(script));
    const wanted = this.marked + 1;
    control(child, 3).write(`${file}\n`);
    for (;;) {
      const [line, rest] = firstOf(this.status);
      if (line?.startsWith('done ') && this.marked >= wanted) {
        this.status = rest;
        return this.ended ? { ended: this.ended } : { code: Number(line.slice(5)) };
      }
      if (line?.startsWith('exit ') || (line === undefined && this.child === undefined)) {
        this.status = '';
        await this.lose(child);
        return this.ended ? { ended: this.ended } : { code: Number(line?.slice(5) ?? 1) };
      }
      await this.next();
    }
  }

  /** Runs a command of the runner's own and reads what it writes to the file that it finds as `$1`. */
  async ask(script: (file: string) => string): Promise<string> {
    const file = join(this.options.folder, `answer-${++this.count}`);
    await this.run(script(quoted(file)));
    return readFile(file, 'utf8').catch(() => '');
  }

  /** Ends whatever runs, the whole process group, and takes no more commands. */
  end(why: 'stopped' | 'timedOut'): void {
    this.ended ??= why;
    const { child } = this;
    if (!child) return;
    signalGroup(child, 'SIGTERM');
    setTimeout(() => signalGroup(child, 'SIGKILL'), this.options.grace).unref();
    this.wake();
  }

  /** Ends the shell and what its commands have left running. */
  async close(): Promise<void> {
    const { child } = this;
    if (!child) return;
    if (this.ended) await this.lose(child);
    else await this.kill(child);
  }

  private async start(script: string): Promise<ChildProcess> {
    const { program, folder, cwd, env, guard } = this.options;
    // The output goes through a pipe of the shell: what Node gives is a socket, which /dev/stdout cannot open.
    const around = '{ "$0" "$@" 2>&1; echo "exit $?" >&4; } | { exec 3<&- 4>&-; exec cat; }';
    guard.watch();
    const child = spawn('/bin/sh', ['-c', around, program, script, folder, this.mark], {
      cwd,
      env,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.status = '';
    if (child.pid !== undefined) guard.add(child.pid);
    const decoder = new StringDecoder('utf8');
    child.stdout?.on('data', (chunk: Buffer) => this.take(decoder.write(chunk)));
    control(child, 3).on('error', () => undefined);
    control(child, 4)
      .setEncoding('utf8')
      .on('error', () => undefined)
      .on('data', (text: string) => {
        this.status += text;
        this.wake();
      });
    child.once('close', () => {
      if (this.child === child) this.child = undefined;
      this.wake();
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(new CommandError('/bin/sh', error)));
    });
    return child;
  }

  /** Hands output on without the marks in it. */
  private take(text: string): void {
    this.output += text;
    const parts = this.output.split(this.mark);
    this.marked += parts.length - 1;
    const joined = parts.join('');
    // The beginning of a mark may stand at the end.
    const start = joined.lastIndexOf('\u0001');
    const isPart = start >= 0 && this.mark.startsWith(joined.slice(start));
    this.output = isPart ? joined.slice(start) : '';
    const whole = isPart ? joined.slice(0, start) : joined;
    if (whole !== '') this.options.onOutput(whole);
    this.wake();
  }

  /** Waits for what the group has still to say, or to put in order where it was stopped, and ends it. */
  private async lose(child: ChildProcess): Promise<void> {
    const isOver = (): boolean => (this.ended ? !isAlive(child) : this.child !== child);
    const patience = this.ended ? this.options.grace : lastWords;
    for (const end = Date.now() + patience; !isOver() && Date.now() < end;) await sleep(pause);
    await this.kill(child);
  }

  private async kill(child: ChildProcess): Promise<void> {
    signalGroup(child, 'SIGKILL');
    while (this.child === child) await this.next();
    if (child.pid !== undefined) this.options.guard.remove(child.pid);
  }

  private async next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }
}

function control(child: ChildProcess, descriptor: 3 | 4): Duplex {
  return child.stdio[descriptor] as Duplex;
}

function firstOf(text: string): [line: string | undefined, rest: string] {
  const end = text.indexOf('\n');
  return end < 0 ? [undefined, text] : [text.slice(0, end), text.slice(end + 1)];
}

/** Whether anything of the process group still runs. */
function isAlive({ pid }: ChildProcess): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(-pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  // What has ended stays in its group until its parent, which may be a careless first process, takes notice.
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const [state, , group] = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(group) === pid && state !== 'Z';
    } catch {
      return false;
    }
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}
