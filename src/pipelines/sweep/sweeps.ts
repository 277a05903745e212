import { window, workspace, ProgressLocation } from 'vscode';
import { type Connection, outcomeOf, type Session } from '../../aws';
import { count } from '../../shared/format';
import { planSweep } from '../../shared/sweep';
import { report, UserError } from '../../workbench';
import { agreed } from '../commands/agree';
import { composeRun } from '../commands/compose';
import { preparationFor, startRun, type StartRequest } from '../commands/start';
import { readDefinition } from '../definition';
import type { SweepProgress, SweepRequest } from '../panels/sweep/contract';
import { describeExecution, listExecutions, stopExecution, token } from '../service';
import type { RoomServices } from '../services';
import type { DefinitionFile } from '../workspace';
import { Sweep, type SweepRun } from './runner';

/** So many runs are looked through for those of a sweep. */
const lookedThrough = 1000;
const othersMeanwhile = 100;

/** What is kept of a sweep over a reload of the window. */
interface Kept {
  name: string;
  varied: string[];
  atATime: number;
  runs: { name: string; values: Record<string, string> }[];
  request: Omit<StartRequest, 'displayName' | 'token' | 'standIns'>;
}

interface Entry {
  sweep: Sweep;
  varied: string[];
  isCancelling: boolean;
}

/** The sweeps of this window, one at a time for each pipeline of a connection. They go on when their panel is closed. */
export class Sweeps {
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<(key: string) => void>();

  constructor(private readonly services: RoomServices) {}

  /** Calls back with the key of a sweep whose state may be another. */
  onDidChange(listener: (key: string) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  static key(connection: Connection, pipeline: string): string {
    return `sweep ${connection.id} ${pipeline}`;
  }

  progress(key: string): SweepProgress | undefined {
    const entry = this.entries.get(key);
    if (entry) {
      const { sweep, varied, isCancelling } = entry;
      return {
        name: sweep.name,
        varied,
        runs: sweep.runs.map(({ values, ...run }) => ({ ...run, values: { ...values } })),
        atATime: sweep.atATime,
        state: sweep.isOver ? 'ended' : isCancelling ? 'cancelling' : 'running',
        ...(sweep.problem ? { problem: sweep.problem.message } : {}),
      };
    }
    const kept = this.services.memory.get<Kept>(key);
    if (!kept) return undefined;
    const runs = kept.runs.map((run) => ({ ...run, status: 'Waiting' as const }));
    return { name: kept.name, varied: kept.varied, runs, atATime: kept.atATime, state: 'interrupted' };
  }

  /** Starts a sweep. @returns whether the user agreed to what it changes */
  async start(
    connection: Connection,
    file: DefinitionFile,
    definition: string,
    { name, values, varied, method, atATime }: SweepRequest,
  ): Promise<boolean> {
    const key = Sweeps.key(connection, file.pipeline);
    if (this.progress(key)?.state === 'running') throw new UserError(`A sweep of ${file.pipeline} is under way.`);
    const plan = planSweep(varied, method);
    if (plan.problem !== undefined) throw new UserError(plan.problem);
    if (connection.kind === 'local' && !workspace.isTrusted) {
      throw new UserError('Runs on this machine execute scripts of the workspace. Trust the workspace first.', {
        title: 'Manage Trust',
        command: 'workbench.trust.manage',
      });
    }
    const session = await this.services.connections.session(connection);
    const { config, problem } = await this.services.definitions.configuration(file.folder);
    if (problem) throw new UserError(`${problem} Fix it before you run.`);
    const found = await preparationFor(session, file.pipeline, definition);
    const preparation = await agreed(session, file.pipeline, file, found, this.services);
    if (!preparation) return false;
    const runs = found.kind === 'update' && preparation.kind === 'none' ? found.existing : definition;
    const { parameters } = await readDefinition(runs);
    const { pipeline } = file;
    // Once for all runs: they differ in what is varied, whatever happens in the workspace meanwhile.
    const made = await composeRun(session, {
      pipeline,
      file,
      definition: runs,
      parameters,
      values,
      uploads: config.uploads,
    });
    const request = { ...made, provenance: { ...made.provenance, sweep: name } };
    const digits = String(plan.runs.length).length;
    const planned = plan.runs.map((own, index): SweepRun => ({
      name: `${name}-${String(index + 1).padStart(digits, '0')}`,
      values: own,
      status: 'Waiting',
    }));
    const standIns = { root: file.folder.uri.fsPath, fixtures: config.fixtures, stubs: config.stubs };
    const names = varied.map((each) => each.name);
    let first: typeof preparation | undefined = preparation;
    this.follow(
      key,
      connection,
      session,
      { name, varied: names, atATime, runs: planned, request },
      async (run, version) => {
        const needed = first ?? { kind: 'none' as const };
        const arn = await startRun(session, startRequest(request, run, version, standIns), needed);
        first = undefined;
        return arn;
      },
    );
    return true;
  }

  /** Goes on with a sweep that was interrupted: runs that were started are followed, the others are started. */
  async resume(connection: Connection, pipeline: string): Promise<void> {
    const key = Sweeps.key(connection, pipeline);
    const kept = this.services.memory.get<Kept>(key);
    if (!kept || this.entries.has(key)) return;
    const session = await this.services.connections.session(connection);
    const executions = await listExecutions(session, pipeline, lookedThrough);
    const own = executions.filter(({ provenance }) => provenance?.sweep === kept.name);
    const runs = kept.runs.map((run): SweepRun => {
      const found = own.find(({ name }) => name === run.name);
      return found ? { ...run, arn: found.arn, status: found.status } : { ...run, status: 'Waiting' };
    });
    this.follow(key, connection, session, { ...kept, runs }, (run, version) =>
      startRun(session, startRequest(kept.request, run, version), { kind: 'none' }),
    );
  }

  async cancel(key: string): Promise<void> {
    const entry = this.entries.get(key);
    if (!entry) return;
    entry.isCancelling = true;
    await entry.sweep.cancel();
  }

  /** Puts a sweep away that has ended or was interrupted. */
  async putAway(key: string): Promise<void> {
    if (this.entries.get(key)?.sweep.isOver === false) return;
    this.entries.delete(key);
    await this.services.memory.update(key, undefined);
    this.tell(key);
  }

  private follow(
    key: string,
    connection: Connection,
    session: Session,
    { name, varied, atATime, runs, request }: Omit<Kept, 'runs'> & { runs: SweepRun[] },
    start: (run: SweepRun, version: number | undefined) => Promise<string>,
  ): void {
    let version: number | undefined;
    const { pipeline } = request;
    const sweep = new Sweep(name, runs, atATime, {
      start: async (run) => {
        const arn = await start(run, version);
        // All runs are of the definition that the first one had, whoever changes the pipeline meanwhile.
        version ??= (await outcomeOf(describeExecution(session, arn))).value?.origin?.version;
        this.services.changed();
        return arn;
      },
      statuses: async () => {
        // Its runs are among the newest; others may have started some meanwhile.
        const executions = await listExecutions(session, pipeline, runs.length + othersMeanwhile);
        return new Map(executions.map(({ arn, status }) => [arn, status]));
      },
      stop: (arn) => stopExecution(session, arn),
      pause: () => new Promise((resolve) => setTimeout(resolve, this.services.pollInterval(connection))),
      changed: () => this.tell(key),
    });
    this.entries.set(key, { sweep, varied, isCancelling: false });
    const kept: Kept = {
      name,
      varied,
      atATime,
      runs: runs.map((run) => ({ name: run.name, values: { ...run.values } })),
      request,
    };
    void this.services.memory.update(key, kept);
    this.tell(key);
    void this.show(key, sweep, pipeline, connection);
  }

  /** Follows the sweep in a notification that can cancel it, and says how it ended. */
  private async show(key: string, sweep: Sweep, pipeline: string, connection: Connection): Promise<void> {
    try {
      const title = `Sweep ${sweep.name} of ${pipeline}`;
      await window.withProgress(
        { location: ProgressLocation.Notification, title, cancellable: true },
        async (progress, cancelled) => {
          cancelled.onCancellationRequested(() => void this.cancel(key));
          let told = 0;
          const tell = (): void => {
            const ended = sweep.runs.filter(
              ({ status }) => !['Waiting', 'Executing', 'Stopping'].includes(status),
            ).length;
            const message = `${ended} of ${count(sweep.runs.length, 'run')} ended`;
            progress.report({ message, increment: ((ended - told) / sweep.runs.length) * 100 });
            told = ended;
          };
          const listener = this.onDidChange((changed) => changed === key && tell());
          try {
            await sweep.run();
          } finally {
            listener.dispose();
          }
        },
      );
      await this.services.memory.update(key, undefined);
    } catch (error) {
      report('sweep', error);
    }
    this.tell(key);
    this.services.changed();
    const failed = sweep.runs.filter(({ status }) => status === 'Failed').length;
    const left = sweep.runs.filter(({ status }) => status === 'NotStarted').length;
    const facts = [
      `${sweep.runs.filter(({ status }) => status === 'Succeeded').length} of ${count(sweep.runs.length, 'run')} succeeded`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(left > 0 ? [`${left} not started`] : []),
    ];
    const text = `Sweep ${sweep.name}: ${facts.join(', ')}.${sweep.problem ? ` ${sweep.problem.message}` : ''}`;
    const open = 'Open Metrics';
    const answer = await (failed > 0 || sweep.problem ? window.showWarningMessage : window.showInformationMessage)(
      text,
      open,
    );
    if (answer === open) this.services.openMetrics(pipeline, connection);
  }

  private tell(key: string): void {
    for (const listener of this.listeners) listener(key);
  }
}

function startRequest(
  request: Omit<StartRequest, 'displayName' | 'token'>,
  run: SweepRun,
  version: number | undefined,
  standIns?: NonNullable<StartRequest['standIns']>,
): StartRequest {
  return {
    ...request,
    values: { ...request.values, ...run.values },
    displayName: run.name,
    token: token(),
    ...(version === undefined ? {} : { version }),
    ...(standIns ? { standIns } : {}),
  };
}
