import { randomBytes } from 'node:crypto';
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import {
  type ActionRun,
  type Delivery,
  type DeliveryExecution,
  type RuleRun,
  actionRuns,
  deliveries,
  deliveryArn,
  deliveryExecutions,
  deliveryVersions,
  ruleRuns,
} from '../../domain/deliveries';
import { bus } from '../../domain/bus';
import { objects } from '../../domain/objects';
import { tags } from '../../domain/tags';
import type { Builds } from '../../jobs/build/builds';
import { Interrupted, type JobSurroundings } from '../../jobs/run/runner';
import { sqliteCode } from '../../store/database';
import { ServiceError } from '../../wire/errors';
import { ActionFailure, type Progress } from './action';
import { actionKind, isApproval } from './actions';
import { StoreBoard } from './board';
import { type ActionResult, type Effect, freeStage, Machine, type RuleResult, type Start } from './machine';
import { judgeRule } from './rules';
import { resolveAll, resolveText, UnknownVariable, valuesOf } from './variables';

/** The reason of an action that the end of the control plane cut short. */
const interrupted = 'Local stopped while this action was running.';

/** Milliseconds between two looks at the time that approvals have left. */
const approvalPause = 15_000;

/** What a Lambda function tells of its job. */
type JobResult =
  | { ok: true; outputVariables: Record<string, string>; externalId?: string }
  | { ok: false; message: string };

/** The pipelines of CodePipeline: keeps them, and runs their executions by the machine's rules. */
export class Deliveries {
  private readonly open = new Map<string, { board: StoreBoard; machine: Machine }>();
  private readonly running = new Map<string, { abort: AbortController; done: Promise<void> }>();
  private readonly jobs = new Map<string, (result: JobResult) => void>();
  private readonly timer: NodeJS.Timeout;
  private isEnding = false;

  constructor(
    private readonly surroundings: JobSurroundings,
    private readonly builds: Builds,
    /** Hears of a store that cannot be written any more. */
    private readonly broken: (error: unknown) => void,
  ) {
    this.timer = setInterval(() => this.guarded(() => this.expire()), approvalPause);
    this.timer.unref();
  }

  /** Makes a pipeline. It begins its first execution by itself. */
  create(declaration: PipelineDeclaration): Delivery {
    const { store } = this.surroundings;
    const name = declaration.name ?? '';
    if (deliveries(store).get(name)) {
      throw new ServiceError('PipelineNameInUseException', `A pipeline with the name '${name}' already exists.`);
    }
    const now = new Date();
    const pipeline: Delivery = {
      name,
      arn: deliveryArn(name),
      version: 1,
      declaration: { ...declaration, version: 1 },
      createdAt: now,
      updatedAt: now,
      stages: Object.fromEntries((declaration.stages ?? []).map(({ name: stage = '' }) => [stage, freeStage()])),
      started: 0,
      seen: {},
    };
    store.transaction(() => {
      deliveries(store).put(pipeline);
      deliveryVersions(store).put({ pipeline: name, version: 1, declaration: pipeline.declaration });
      this.makeBuckets(declaration);
    });
    return pipeline;
  }

  update(declaration: PipelineDeclaration): Delivery {
    const { pipeline } = this.at(declaration.name ?? '').board;
    this.makeBuckets(declaration);
    this.do(pipeline.name, (machine) => machine.update(declaration));
    return pipeline;
  }

  /** Deletes a pipeline with all its history; what runs is left to itself. */
  delete(name: string): void {
    const { store } = this.surroundings;
    if (!deliveries(store).get(name)) return;
    this.do(name, (machine) => machine.abandonEverything());
    store.transaction(() => {
      for (const table of [deliveryVersions, deliveryExecutions, actionRuns, ruleRuns]) {
        table(store).delete('pipeline = ?', name);
      }
      deliveries(store).delete('id = ?', name);
      tags(store).remove(deliveryArn(name));
    });
    this.open.delete(name);
  }

  /** A pipeline by its name. @throws {ServiceError} `PipelineNotFoundException` */
  find(name: string): Delivery {
    return this.at(name).board.pipeline;
  }

  start(name: string, start: Start): string {
    return this.do(name, (machine) => machine.start(start));
  }

  /** Starts an execution with the default values of the variables. @throws {ServiceError} where one has none */
  startBy(name: string, { trigger, overrides }: Pick<Start, 'trigger' | 'overrides'>): string {
    return this.start(name, { trigger, overrides, variables: valuesOf(this.find(name).declaration, []) });
  }

  /** Keeps the commits that a pipeline's sources were seen at. */
  saw(name: string, seen: Record<string, string>): void {
    const { board } = this.at(name);
    board.pipeline.seen = seen;
    deliveries(this.surroundings.store).put(board.pipeline);
  }

  /** Does one thing with a pipeline: its records change as a whole or not at all. @throws {ServiceError} */
  do<T>(name: string, work: (machine: Machine) => T): T {
    const { board, machine } = this.at(name);
    const { store } = this.surroundings;
    let result: { value: T } | undefined;
    let effects: Effect[];
    try {
      effects = store.transaction(() => {
        const done = machine.at(new Date(), () => {
          result = { value: work(machine) };
        });
        board.flush();
        for (const effect of done) this.tell(effect);
        return done;
      });
    } catch (error) {
      // Whatever was changed in memory is read again.
      this.open.delete(name);
      throw error;
    }
    for (const effect of effects) this.perform(effect);
    board.forget();
    return (result as { value: T }).value;
  }

  /** What a Lambda function tells of its job. @throws {ServiceError} `JobNotFoundException` */
  jobEnded(id: string, result: JobResult): void {
    const hear = this.jobs.get(id);
    if (!hear) throw new ServiceError('JobNotFoundException', `There is no job ${id} that waits for its result.`);
    this.jobs.delete(id);
    hear(result);
  }

  /** After a start: what the store says is running was cut short; approvals go on waiting. */
  recover(): void {
    const { store } = this.surroundings;
    const live = new Set(
      deliveryExecutions(store)
        .list("place <> 'over'")
        .map(({ pipeline }) => pipeline),
    );
    for (const name of live) {
      const { board } = this.at(name);
      for (const execution of board.live()) {
        const run = execution.stages[board.declaration(execution.version).stages?.[execution.stage]?.name ?? ''];
        const conditions = Object.values(run?.conditions ?? {});
        for (const id of Object.values(run?.actions ?? {})) {
          const action = board.action(id);
          if (action?.status !== 'InProgress' || isApproval(action.declaration.actionTypeId)) continue;
          this.do(name, (machine) => machine.actionEnded(id, cutShort));
        }
        for (const id of conditions.flatMap(({ status, rules }) => (status === 'InProgress' ? rules : []))) {
          this.do(name, (machine) => machine.ruleEnded(id, { ...cutShort, isError: true }));
        }
      }
    }
    this.expire();
  }

  /** Ends what runs and waits for it; the records say why. */
  async shutDown(): Promise<void> {
    this.isEnding = true;
    clearInterval(this.timer);
    const running = [...this.running.values()];
    for (const { abort } of running) abort.abort(new Interrupted(interrupted));
    await Promise.allSettled(running.map(({ done }) => done));
  }

  private at(name: string): { board: StoreBoard; machine: Machine } {
    const known = this.open.get(name);
    if (known) return known;
    const pipeline = deliveries(this.surroundings.store).get(name);
    if (!pipeline) {
      throw new ServiceError('PipelineNotFoundException', `This account has no pipeline named '${name}'.`);
    }
    const board = new StoreBoard(this.surroundings.store, pipeline);
    const made = { board, machine: new Machine(board) };
    this.open.set(name, made);
    return made;
  }

  private perform(effect: Effect): void {
    if (effect.kind === 'startAction') this.begin(effect.run, () => this.act(effect.run));
    else if (effect.kind === 'startRule') this.begin(effect.run, () => this.judge(effect.run));
    else if (effect.kind === 'abandonAction' || effect.kind === 'abandonRule') {
      this.running.get(effect.run.id)?.abort.abort();
    }
  }

  private begin({ id }: { id: string }, work: () => Promise<void>): void {
    this.running.set(id, { abort: new AbortController(), done: Promise.resolve() });
    // What asked for it is answered first.
    const done = new Promise<void>((go) => setImmediate(go)).then(work);
    const known = this.running.get(id);
    if (known) known.done = done;
    done.then(
      () => this.running.delete(id),
      (error: unknown) => this.broken(error),
    );
  }

  /** Runs an action to its end. A manual approval has none: somebody has to answer, and reads what it asks. */
  private async act(run: ActionRun): Promise<void> {
    if (isApproval(run.declaration.actionTypeId)) {
      const execution = this.at(run.pipeline).board.execution(run.execution);
      try {
        if (execution) this.note(run, { resolved: resolveAll(run.declaration.configuration, execution) });
      } catch (error) {
        this.settle(run, (machine) => machine.actionEnded(run.id, failureOf(error)));
      }
      return;
    }
    const result = await this.resultOf(run).catch((error: unknown) => failureOf(error));
    this.settle(run, (machine) => machine.actionEnded(run.id, this.isEnding ? cutShort : result));
  }

  private async resultOf(run: ActionRun): Promise<ActionResult> {
    const { board } = this.at(run.pipeline);
    const execution = board.execution(run.execution);
    const type = run.declaration.actionTypeId;
    const kind = actionKind(type);
    if (!kind) {
      const { category = '', owner = '', provider = '' } = type ?? {};
      throw new ActionFailure(
        `Local does not run actions of the type ${category}/${owner}/${provider}. Use an AWS account for this pipeline.`,
        'ConfigurationError',
      );
    }
    if (!execution) throw new ActionFailure('The execution of this action is gone.', 'InternalError');
    const configuration = resolveAll(run.declaration.configuration, execution);
    this.note(run, { resolved: configuration });
    const location =
      board.pipeline.declaration.artifactStore?.location ??
      Object.values(board.pipeline.declaration.artifactStores ?? {})[0]?.location ??
      '';
    return kind.run({
      run,
      execution,
      configuration,
      surroundings: this.surroundings,
      builds: this.builds,
      signal: this.signalOf(run.id),
      jobResults: (id, signal) => this.jobResult(id, signal),
      place: (artifact) => ({ bucket: location, key: artifactKey(run.pipeline, artifact) }),
      resolve: (text) => resolveText(text, execution),
      note: (progress: Progress) => this.note(run, progress),
    });
  }

  private async judge(run: RuleRun): Promise<void> {
    const result = await this.judgement(run).catch((error: unknown): RuleResult => {
      const { error: told } = failureOf(error);
      return { status: 'Failed', isError: true, summary: told?.message ?? '', ...(told ? { error: told } : {}) };
    });
    this.settle(run, (machine) => machine.ruleEnded(run.id, this.isEnding ? { ...cutShort, isError: true } : result));
  }

  private async judgement(run: RuleRun): Promise<RuleResult> {
    const execution = this.at(run.pipeline).board.execution(run.execution);
    if (!execution) throw new ActionFailure('The execution of this rule is gone.', 'InternalError');
    const configuration = resolveAll(run.declaration.configuration, execution);
    run.resolved = configuration;
    return judgeRule({
      run,
      execution,
      configuration,
      surroundings: this.surroundings,
      builds: this.builds,
      signal: this.signalOf(run.id),
      resolve: (text) => resolveText(text, execution),
      note: (externalId) => {
        run.externalId = externalId;
      },
    });
  }

  /** Takes the end of something into its pipeline, which may have been deleted meanwhile. */
  private settle({ pipeline }: { pipeline: string }, work: (machine: Machine) => void): void {
    if (!deliveries(this.surroundings.store).get(pipeline)) return;
    this.do(pipeline, work);
  }

  /** Keeps what an action tells while it is under way. */
  private note(run: ActionRun, progress: Progress | { resolved: Record<string, string> }): void {
    const { store } = this.surroundings;
    if (!deliveries(store).get(run.pipeline)) return;
    const known = this.at(run.pipeline).board.action(run.id);
    if (!known) return;
    Object.assign(known, progress, { updatedAt: new Date() });
    actionRuns(store).put(known);
  }

  private signalOf(id: string): AbortSignal {
    return this.running.get(id)?.abort.signal ?? AbortSignal.abort();
  }

  private async jobResult(id: string, signal: AbortSignal): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      this.jobs.set(id, resolve);
      signal.addEventListener(
        'abort',
        () => {
          this.jobs.delete(id);
          reject(new ActionFailure('The job was not waited for any longer.'));
        },
        { once: true },
      );
    });
  }

  private expire(): void {
    const { store } = this.surroundings;
    const waiting = actionRuns(store).list("token IS NOT NULL AND status = 'InProgress'");
    const now = new Date();
    for (const name of new Set(
      waiting.filter(({ expiresAt }) => expiresAt && expiresAt <= now).map((run) => run.pipeline),
    )) {
      this.do(name, (machine) => machine.expire());
    }
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.broken(error);
    }
  }

  /** Buckets of artifacts are part of a pipeline's surroundings: those that Local has not are made. */
  private makeBuckets({ artifactStore, artifactStores }: PipelineDeclaration): void {
    for (const store of [artifactStore, ...Object.values(artifactStores ?? {})]) {
      if (store?.location !== undefined) objects(this.surroundings.store).createBucket(store.location);
    }
  }

  /** @see https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html */
  private tell(effect: Effect): void {
    const { store } = this.surroundings;
    if (effect.kind === 'tell') {
      const { level, execution, stage, state } = effect;
      bus(store).emit(
        'aws.codepipeline',
        `CodePipeline ${level} Execution State Change`,
        [deliveryArn(execution.pipeline)],
        {
          pipeline: execution.pipeline,
          'execution-id': execution.id,
          ...(stage === undefined ? {} : { stage }),
          state,
          version: execution.version,
          ...(level === 'Pipeline' ? { 'execution-trigger': triggerOf(execution) } : {}),
        },
      );
    } else if (effect.kind === 'tellAction') {
      const { run, state } = effect;
      bus(store).emit('aws.codepipeline', 'CodePipeline Action Execution State Change', [deliveryArn(run.pipeline)], {
        pipeline: run.pipeline,
        'execution-id': run.execution,
        stage: run.stage,
        action: run.action,
        state,
        type: run.declaration.actionTypeId,
        version: run.version,
        ...(run.error
          ? { 'execution-result': { 'error-code': run.error.code, 'external-execution-summary': run.error.message } }
          : {}),
      });
    }
  }
}

const cutShort = {
  status: 'Failed' as const,
  summary: interrupted,
  error: { code: 'JobFailed', message: interrupted },
};

function failureOf(error: unknown): ActionResult {
  if (sqliteCode(error) !== undefined) throw error;
  const code =
    error instanceof ActionFailure
      ? error.code
      : error instanceof UnknownVariable
        ? 'ConfigurationError'
        : 'InternalError';
  const message = error instanceof Error ? error.message : String(error);
  return { status: 'Failed', summary: message, error: { code, message } };
}

function triggerOf({ trigger }: DeliveryExecution): object {
  return { 'trigger-type': trigger.triggerType, 'trigger-detail': trigger.triggerDetail };
}

/** As the service names them: the beginnings of both names and a random one. */
function artifactKey(pipeline: string, artifact: string): string {
  return `${pipeline.slice(0, 20)}/${artifact.slice(0, 10)}/${randomBytes(6).toString('base64url').replaceAll(/[-_]/g, 'x').slice(0, 7)}`;
}
