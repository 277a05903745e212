/**
 * Runs a buildspec through the phases of a build, as CodeBuild does on its machines. What a build is part of (a
 * store, a folder of the user) is the caller's: it hears of phases and lines, and gets reports and artifacts.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { CommandError } from '../run/process';
import type { Guard } from '../run/guard';
import {
  type Artifact,
  type Buildspec,
  BuildspecError,
  type PhaseName,
  phaseNames,
  type ReportSource,
} from './buildspec';
import { MaskedLines } from './mask';
import { isRetried, nextAfter } from './phases';
import { NothingSelected } from './select';
import { BuildShell, type CommandEnd } from './shell';

export type BuildStatus = 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'STOPPED';

/** All phases of a build, in their order. */
export type PhaseType =
  | 'SUBMITTED'
  | 'QUEUED'
  | 'PROVISIONING'
  | 'DOWNLOAD_SOURCE'
  | 'INSTALL'
  | 'PRE_BUILD'
  | 'BUILD'
  | 'POST_BUILD'
  | 'UPLOAD_ARTIFACTS'
  | 'FINALIZING'
  | 'COMPLETED';

/** Why a phase came out as it did; both empty where it has succeeded. */
export interface PhaseContext {
  statusCode: string;
  message: string;
}

const fine: PhaseContext = { statusCode: '', message: '' };

/** A failure of a build that is not a command's: its code and the sentence. */
export class BuildError extends Error {
  override readonly name = 'BuildError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** What a build begins with once its source is there. */
export interface Prepared {
  buildspec: Buildspec;
  /** Where the buildspec lies, for the log. */
  place: string;
  /** The folder of the primary source; commands begin there. */
  source: string;
  /** Folders of secondary sources by identifier. */
  secondary: Readonly<Record<string, string>>;
  /** What the commands inherit, with the variables of CodeBuild itself. */
  env: NodeJS.ProcessEnv;
  /** Variables of project and start, in this order: they win over those of the buildspec. */
  variables: Readonly<Record<string, string>>;
  /** Values that must not be in the log, beside the buildspec's own secrets. */
  hidden: readonly string[];
  /** What differs here from a build in AWS. */
  notes: readonly string[];
  /** Called at the end. */
  release?: () => Promise<void>;
}

/** What a running build tells and asks. */
export interface BuildHost {
  /** Folder for home, shell and other files of the build; made and removed by the caller. */
  folder: string;
  guard: Guard;
  /** Ends the build; what it is then called is `STOPPED`. */
  signal: AbortSignal;
  /** Milliseconds that the build may take. */
  timeout: number;
  /** Milliseconds between the polite and the firm end of a command. */
  grace: number;
  enter(phase: PhaseType): void;
  leave(phase: PhaseType, status: BuildStatus, context: PhaseContext): void;
  log(lines: readonly string[]): void;
  /** Brings the source and reads the buildspec. @throws {BuildspecError} {@link BuildError} */
  prepare(): Promise<Prepared>;
  /** The value of a parameter or secret. @throws {BuildError} */
  secret(kind: 'parameter' | 'secret', reference: string): Promise<string>;
  /** Brings back what an earlier build has kept. */
  restoreCache?(prepared: Prepared, key: (text: string) => Promise<string>): Promise<void>;
  saveCache?(prepared: Prepared, key: (text: string) => Promise<string>): Promise<void>;
  /** Reads the reports that the buildspec names. @returns lines for the log */
  reports(prepared: Prepared): Promise<readonly string[]>;
  /** Takes the artifacts. @param expand expands a name in the build's shell @throws {NothingSelected} */
  upload(prepared: Prepared, expand: (text: string) => Promise<string>): Promise<readonly string[]>;
}

export interface BuildOutcome {
  status: BuildStatus;
  exported: Readonly<Record<string, string>>;
}

/** Runs a build to its end; whatever fails becomes the failure of a phase. */
export async function runBuild(host: BuildHost): Promise<BuildOutcome> {
  return new Build(host).run();
}

const titles: Readonly<Record<PhaseName, PhaseType>> = {
  install: 'INSTALL',
  pre_build: 'PRE_BUILD',
  build: 'BUILD',
  post_build: 'POST_BUILD',
};

const secretFree = /^AWS_/;

class Build {
  private readonly lines = new MaskedLines();
  private status: BuildStatus = 'SUCCEEDED';
  private shell: BuildShell | undefined;
  private ended: 'stopped' | 'timedOut' | undefined;
  private timer: NodeJS.Timeout | undefined;
  private shells = 0;
  private env: NodeJS.ProcessEnv = {};

  constructor(private readonly host: BuildHost) {}

  async run(): Promise<BuildOutcome> {
    const { host } = this;
    const stop = (): void => this.end('stopped');
    host.signal.addEventListener('abort', stop, { once: true });
    if (host.signal.aborted) stop();
    this.timer = setTimeout(() => this.end('timedOut'), Math.min(host.timeout, 2 ** 31 - 1));
    let exported: Record<string, string> = {};
    let prepared: Prepared | undefined;
    try {
      for (const phase of ['SUBMITTED', 'QUEUED', 'PROVISIONING'] as const) {
        host.enter(phase);
        host.leave(phase, 'SUCCEEDED', fine);
      }
      prepared = await this.phase('DOWNLOAD_SOURCE', async () => {
        const ready = await host.prepare();
        await this.equip(ready);
        return ready;
      });
      if (prepared) exported = await this.work(prepared);
    } finally {
      clearTimeout(this.timer);
      host.signal.removeEventListener('abort', stop);
      await this.shell?.close();
      await prepared?.release?.();
    }
    if (this.ended) this.status = this.ended === 'stopped' ? 'STOPPED' : 'TIMED_OUT';
    host.enter('FINALIZING');
    host.leave('FINALIZING', 'SUCCEEDED', fine);
    host.enter('COMPLETED');
    return { status: this.status, exported };
  }

  /** Everything from the first command to the artifacts. */
  private async work(prepared: Prepared): Promise<Record<string, string>> {
    const { host } = this;
    const expand = (text: string): Promise<string> => this.expand(prepared, text);
    await host.restoreCache?.(prepared, expand);
    let next: ReturnType<typeof nextAfter> = { phase: 'install' };
    let failedAt: PhaseName | undefined;
    while (typeof next === 'object') {
      const name: PhaseName = next.phase;
      const result = await this.commands(prepared, name);
      if (result === 'ended') return {};
      if (result === 'FAILED') failedAt ??= name;
      next = nextAfter(name, result, prepared.buildspec.phases[name]?.onFailure);
    }
    const exported = await this.exported(prepared);
    if (this.status === 'SUCCEEDED') await host.saveCache?.(prepared, expand);
    const named = { ...prepared, buildspec: await this.named(prepared.buildspec, expand) };
    for (const line of await host.reports(named)) this.say(line);
    if (next === 'artifacts') {
      await this.phase('UPLOAD_ARTIFACTS', async () => {
        for (const line of await host.upload(named, expand)) this.say(line);
      });
    }
    return exported;
  }

  /** The buildspec with the values of variables in the paths of its artifacts and reports. */
  private async named(spec: Buildspec, expand: (text: string) => Promise<string>): Promise<Buildspec> {
    const each = async (texts: readonly string[]): Promise<string[]> => {
      const told: string[] = [];
      // One after the other: there is one shell.
      for (const text of texts) told.push(await expand(text));
      return told;
    };
    const base = async ({ baseDirectory }: { baseDirectory?: string }): Promise<{ baseDirectory?: string }> =>
      baseDirectory === undefined ? {} : { baseDirectory: await expand(baseDirectory) };
    const artifact = async (one: Artifact): Promise<Artifact> => ({
      ...one,
      ...(await base(one)),
      files: await each(one.files),
      excludes: await each(one.excludes),
    });
    const secondary: Record<string, Artifact> = {};
    for (const [id, one] of Object.entries(spec.secondary)) secondary[id] = await artifact(one);
    const reports: ReportSource[] = [];
    for (const one of spec.reports) reports.push({ ...one, ...(await base(one)), files: await each(one.files) });
    return { ...spec, ...(spec.artifacts ? { artifacts: await artifact(spec.artifacts) } : {}), secondary, reports };
  }

  /** Makes home, shell and environment, and says what the build begins with. */
  private async equip(prepared: Prepared): Promise<void> {
    const { host } = this;
    const { buildspec } = prepared;
    shellProgram(buildspec.shell);
    const [home, bin, temporary] = ['home', 'bin', 'tmp'].map((name) => join(host.folder, name)) as [
      string,
      string,
      string,
    ];
    await Promise.all([home, bin, temporary].map((folder) => mkdir(folder, { recursive: true })));
    const breakpoint = join(bin, 'codebuild-breakpoint');
    await writeFile(breakpoint, '#!/bin/sh\necho "codebuild-breakpoint is ignored on this machine."\n');
    await chmod(breakpoint, 0o755);
    const secrets: Record<string, string> = {};
    for (const [name, reference] of Object.entries(buildspec.parameters)) {
      secrets[name] = await host.secret('parameter', reference);
    }
    for (const [name, reference] of Object.entries(buildspec.secrets)) {
      secrets[name] = await host.secret('secret', reference);
    }
    this.lines.hide([...prepared.hidden, ...Object.values(secrets)]);
    this.env = {
      ...prepared.env,
      ...buildspec.variables,
      ...secrets,
      ...prepared.variables,
      HOME: home,
      TMPDIR: temporary,
      PWD: prepared.source,
      CODEBUILD_SRC_DIR: prepared.source,
      CODEBUILD_BUILD_SUCCEEDING: '1',
    };
    for (const [id, folder] of Object.entries(prepared.secondary)) this.env[`CODEBUILD_SRC_DIR_${id}`] = folder;
    const path = buildspec.variables['PATH'] ?? prepared.variables['PATH'];
    if (path === undefined) this.env['PATH'] = [bin, prepared.env['PATH'] ?? ''].join(delimiter);
    const runsAs = [buildspec.runAs, ...Object.values(buildspec.phases).map(({ runAs }) => runAs)];
    const user = runsAs.find((name) => name !== undefined);
    for (const note of [
      ...prepared.notes,
      `HOME is an empty folder of this build.`,
      ...(user === undefined ? [] : [`run-as ${user} has no effect: commands run as you.`]),
    ]) {
      this.host.log([this.lines.mask(`[Local] ${note}`)]);
    }
    this.say(`CODEBUILD_SRC_DIR=${prepared.source}`);
    this.say(`YAML location is ${prepared.place}`);
    const phases = phaseNames.filter((name) => buildspec.phases[name]);
    this.say(`Phases found in YAML: ${phases.length}`);
    for (const name of phases) this.say(` ${titles[name]}: ${buildspec.phases[name]?.commands.length ?? 0} commands`);
  }

  /** Runs one phase of commands, again where its failure says so. */
  private async commands(prepared: Prepared, name: PhaseName): Promise<'SUCCEEDED' | 'FAILED' | 'ended'> {
    const phase = prepared.buildspec.phases[name];
    const title = titles[name];
    this.host.enter(title);
    this.say(`Entering phase ${title}`);
    if (name === 'install') await this.compareRuntimes(prepared);
    for (let tries = 1; ; tries++) {
      const context = await this.attempt(prepared, phase?.commands ?? [], phase?.finally ?? []);
      if (this.ended) {
        this.leaveEnded(title);
        return 'ended';
      }
      if (!context) {
        this.leave(title, 'SUCCEEDED', fine);
        return 'SUCCEEDED';
      }
      if (isRetried(phase?.onFailure, tries, context.message)) {
        this.say(`The phase ${title} is run again (${tries}): ${context.message}`);
        await this.succeeding(prepared, this.status === 'SUCCEEDED');
        continue;
      }
      this.status = 'FAILED';
      this.leave(title, 'FAILED', context);
      return 'FAILED';
    }
  }

  /** One run of a phase's commands. @returns why it has failed */
  private async attempt(
    prepared: Prepared,
    commands: readonly string[],
    last: readonly string[],
  ): Promise<PhaseContext | undefined> {
    let failure: PhaseContext | undefined;
    for (const list of [commands, last]) {
      for (const command of list) {
        if (this.ended) return undefined;
        const failed = await this.command(prepared, command);
        if (!failed) continue;
        failure ??= failed;
        await this.succeeding(prepared, false);
        break;
      }
    }
    return failure;
  }

  private async command(prepared: Prepared, command: string): Promise<PhaseContext | undefined> {
    this.say(`Running command ${command}`);
    let end: CommandEnd;
    try {
      end = await this.shellOf(prepared).run(command);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { statusCode: 'COMMAND_EXECUTION_ERROR', message: error.message };
    } finally {
      this.host.log(this.lines.end());
    }
    if ('ended' in end || end.code === 0) return undefined;
    this.say(`Command did not exit successfully ${command} exit status ${end.code}`);
    return {
      statusCode: 'COMMAND_EXECUTION_ERROR',
      message: this.lines.mask(`Error while executing command: ${command}. Reason: exit status ${end.code}`),
    };
  }

  /** The shell for the next command: in version 0.1 each has one of its own. */
  private shellOf({ buildspec, source }: Prepared): BuildShell {
    if (this.shell && buildspec.version !== '0.1') return this.shell;
    const before = this.shell;
    void before?.close();
    const shell = new BuildShell({
      program: shellProgram(buildspec.shell),
      folder: join(this.host.folder, `shell-${++this.shells}`),
      cwd: source,
      env: this.env,
      onOutput: (text) => this.host.log(this.lines.feed(text)),
      grace: this.host.grace,
      guard: this.host.guard,
    });
    if (this.ended) shell.end(this.ended);
    this.shell = shell;
    return shell;
  }

  /** Tells commands whether all has gone well so far. */
  private async succeeding(prepared: Prepared, well: boolean): Promise<void> {
    const value = well ? '1' : '0';
    this.env['CODEBUILD_BUILD_SUCCEEDING'] = value;
    if (prepared.buildspec.version === '0.1') return;
    await this.shellOf(prepared).run(`export CODEBUILD_BUILD_SUCCEEDING=${value}`);
  }

  /** The exported variables as they are in the shell now. */
  private async exported(prepared: Prepared): Promise<Record<string, string>> {
    const { buildspec } = prepared;
    const exported: Record<string, string> = {};
    for (const name of buildspec.exported) {
      if (!/^[A-Za-z_]\w*$/.test(name) || secretFree.test(name) || name in buildspec.secrets) {
        this.say(`The variable ${name} is not exported: secrets and variables of AWS stay here.`);
        continue;
      }
      const told = await this.shellOf(prepared).ask(
        (file) => `[ -z "\${${name}+x}" ] || printf '=%s' "$${name}" > ${file}`,
      );
      if (told.startsWith('=')) exported[name] = this.lines.mask(told.slice(1));
    }
    return exported;
  }

  /** A text as the shell expands it between double quotes. */
  private async expand(prepared: Prepared, text: string): Promise<string> {
    if (!/[$`]/.test(text)) return text;
    const quoted = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    return (await this.shellOf(prepared).ask((file) => `printf '%s' "${quoted}" > ${file}`)).trim();
  }

  private async compareRuntimes(prepared: Prepared): Promise<void> {
    for (const [name, wanted] of Object.entries(prepared.buildspec.runtimes)) {
      const program = { python: 'python3', nodejs: 'node', golang: 'go', dotnet: 'dotnet' }[name] ?? name;
      if (!/^\w+$/.test(program)) continue;
      const told = await this.shellOf(prepared).ask(
        (file) => `{ ${program} --version || ${program} -version || ${program} version; } > ${file} 2>/dev/null; true`,
      );
      const found = /\d+(\.\d+)*/.exec(told)?.[0];
      const plain = wanted.replace(/\.x$/, '');
      if (wanted === 'latest' ? found !== undefined : found === plain || found?.startsWith(`${plain}.`)) continue;
      this.host.log([
        `[Local] The buildspec asks for ${name} ${wanted}; this machine has ${found ?? 'none'}. The build goes on with it.`,
      ]);
    }
  }

  /** A phase that is no list of commands. @returns undefined where it has failed */
  private async phase<T>(title: PhaseType, work: () => Promise<T>): Promise<T | undefined> {
    if (this.ended) return undefined;
    this.host.enter(title);
    this.say(title === 'DOWNLOAD_SOURCE' ? `Phase is ${title}` : `Entering phase ${title}`);
    try {
      const result = await work();
      if (this.ended) {
        this.leaveEnded(title);
        return undefined;
      }
      this.leave(title, 'SUCCEEDED', fine);
      return result;
    } catch (error) {
      if (this.ended) {
        this.leaveEnded(title);
        return undefined;
      }
      this.status = 'FAILED';
      this.leave(title, 'FAILED', contextOf(error));
      return undefined;
    }
  }

  private leave(title: PhaseType, status: BuildStatus, context: PhaseContext): void {
    this.say(`Phase complete: ${title} State: ${status}`);
    this.say(`Phase context status code: ${context.statusCode} Message: ${context.message}`);
    this.host.leave(title, status, { ...context, message: this.lines.mask(context.message) });
  }

  private leaveEnded(title: PhaseType): void {
    const isStopped = this.ended === 'stopped';
    this.status = isStopped ? 'STOPPED' : 'TIMED_OUT';
    this.leave(title, this.status, {
      statusCode: isStopped ? '' : 'BUILD_TIMED_OUT',
      message: isStopped ? '' : `The build took longer than its ${this.host.timeout / 60_000} minutes and was ended.`,
    });
  }

  private end(why: 'stopped' | 'timedOut'): void {
    this.ended ??= why;
    this.shell?.end(why);
  }

  private say(text: string): void {
    const at = new Date().toISOString();
    const stamp = `${at.slice(0, 10).replaceAll('-', '/')} ${at.slice(11, 23)}000`;
    this.host.log(
      this.lines
        .mask(text)
        .split('\n')
        .map((line, index) => (index === 0 ? `[Container] ${stamp} ${line}` : line)),
    );
  }
}

/** The program of `env.shell`. @throws {BuildError} for one that only Windows has */
function shellProgram(shell: string | undefined): string {
  if (shell === undefined || shell === '/bin/sh' || shell === 'sh') return '/bin/sh';
  if (shell === 'bash' || shell === '/bin/bash') return 'bash';
  if (/^[\w./-]+$/.test(shell) && !shell.endsWith('.exe')) return shell;
  throw new BuildError('CLIENT_ERROR', `The shell ${shell} is one of Windows, and this build runs in sh or bash.`);
}

function contextOf(error: unknown): PhaseContext {
  if (error instanceof BuildspecError) return { statusCode: 'YAML_FILE_ERROR', message: error.message };
  if (error instanceof NothingSelected) return { statusCode: 'CLIENT_ERROR', message: error.message };
  if (error instanceof BuildError) return { statusCode: error.code, message: error.message };
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && !('errcode' in error))
    return { statusCode: 'CLIENT_ERROR', message: error.message };
  throw error;
}
