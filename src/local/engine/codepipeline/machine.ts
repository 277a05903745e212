/**
 * How executions move through the stages of one pipeline: locks, waiting runs, transitions, conditions, retries,
 * rollbacks, stops. Pure: it changes the records that its board holds and says what is to be done; time, ids and what
 * actions come to are told to it.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
 */
import type {
  ActionDeclaration,
  ExecutionTrigger,
  PipelineDeclaration,
  SourceRevisionOverride,
  StageDeclaration,
  StageRetryMode,
} from '@aws-sdk/client-codepipeline';
import type {
  ActionRun,
  ArtifactPlace,
  ConditionKind,
  Delivery,
  DeliveryExecution,
  Revision,
  RuleRun,
  StageLock,
  StageRun,
} from '../../domain/deliveries';
import { ServiceError } from '../../wire/errors';

/** The records of one pipeline, as the machine finds and keeps them. */
export interface Board {
  readonly pipeline: Delivery;
  /** The declaration of a version that an execution runs. */
  declaration(version: number): PipelineDeclaration;
  execution(id: string): DeliveryExecution | undefined;
  /** Executions that are not over. */
  live(): DeliveryExecution[];
  action(id: string): ActionRun | undefined;
  rule(id: string): RuleRun | undefined;
  /** The newest execution but this that has succeeded in a stage, in this version of the pipeline. */
  lastSuccess(stage: string, except: string): DeliveryExecution | undefined;
  keepPipeline(): void;
  keep(execution: DeliveryExecution): void;
  keepAction(run: ActionRun): void;
  keepRule(run: RuleRun): void;
  newId(): string;
}

/** What is to be done outside. */
export type Effect =
  | { kind: 'startAction'; run: ActionRun }
  | { kind: 'abandonAction'; run: ActionRun }
  | { kind: 'startRule'; run: RuleRun }
  | { kind: 'abandonRule'; run: RuleRun }
  | { kind: 'tell'; level: 'Pipeline' | 'Stage'; execution: DeliveryExecution; stage?: string; state: string }
  | { kind: 'tellAction'; run: ActionRun; state: string };

/** What an action came to. */
export interface ActionResult {
  status: 'Succeeded' | 'Failed';
  summary?: string;
  error?: { code: string; message: string };
  by?: string;
  outputs?: Record<string, ArtifactPlace>;
  outputVariables?: Record<string, string>;
  revision?: Revision;
}

export interface RuleResult {
  status: 'Succeeded' | 'Failed';
  summary?: string;
  error?: { code: string; message: string };
  /** The rule could not be judged at all. */
  isError?: boolean;
}

/** How an execution begins. */
export interface Start {
  trigger: ExecutionTrigger;
  variables: Record<string, string>;
  overrides: SourceRevisionOverride[];
}

/** Executions that a queued or parallel pipeline may have at a time. */
const mostAtOnce = 50;
const approvalDays = 7;

export class Machine {
  private effects: Effect[] = [];
  private now = new Date(0);

  constructor(private readonly board: Board) {}

  /** Does one thing at a moment. @returns what is to be done @throws {ServiceError} and then nothing has changed */
  at(now: Date, work: (machine: Machine) => void): Effect[] {
    this.now = now;
    this.effects = [];
    work(this);
    const { effects } = this;
    this.effects = [];
    return effects;
  }

  /** Begins an execution. @returns its id @throws {ServiceError} `ConcurrentPipelineExecutionsLimitExceededException` */
  start({ trigger, variables, overrides }: Start): string {
    const { pipeline } = this.board;
    const mode = pipeline.declaration.executionMode ?? 'SUPERSEDED';
    if (mode !== 'SUPERSEDED' && this.board.live().length >= mostAtOnce) {
      throw new ServiceError(
        'ConcurrentPipelineExecutionsLimitExceededException',
        `The pipeline ${pipeline.name} has ${mostAtOnce} executions under way. Wait for one to end, or stop one.`,
      );
    }
    const execution = this.make({ trigger, variables, overrides, type: 'STANDARD', stage: 0 });
    this.tell(execution, 'STARTED');
    this.arrive(execution);
    return execution.id;
  }

  /** An action has ended; one that was abandoned meanwhile stays so. */
  actionEnded(id: string, result: ActionResult): void {
    const run = this.board.action(id);
    const execution = run && this.board.execution(run.execution);
    if (!execution || run.status !== 'InProgress') return;
    run.status = result.status;
    run.updatedAt = this.now;
    if (result.summary !== undefined && result.summary !== '') run.summary = result.summary;
    if (result.error) run.error = result.error;
    if (result.by !== undefined) run.updatedBy = result.by;
    if (result.outputs) run.outputs = result.outputs;
    if (result.outputVariables) run.outputVariables = result.outputVariables;
    if (result.status === 'Succeeded') {
      Object.assign(execution.artifacts, result.outputs);
      const { namespace } = run.declaration;
      if (namespace !== undefined) execution.outputs[namespace] = { ...result.outputVariables };
      if (result.revision) execution.revisions[run.action] = result.revision;
    }
    this.board.keepAction(run);
    this.touch(execution);
    this.effects.push({ kind: 'tellAction', run, state: result.status === 'Succeeded' ? 'SUCCEEDED' : 'FAILED' });
    this.settle(execution);
  }

  /** A rule has been judged. */
  ruleEnded(id: string, result: RuleResult): void {
    const run = this.board.rule(id);
    const execution = run && this.board.execution(run.execution);
    if (!execution || run.status !== 'InProgress') return;
    run.status = result.status;
    run.updatedAt = this.now;
    if (result.summary !== undefined && result.summary !== '') run.summary = result.summary;
    if (result.error) run.error = result.error;
    if (result.isError === true) run.isError = true;
    this.board.keepRule(run);
    const condition = this.stageRun(execution)?.conditions[run.kind];
    if (!condition || condition.status !== 'InProgress') return;
    const runs = condition.rules.flatMap((rule) => this.board.rule(rule) ?? []);
    if (runs.some(({ status }) => status === 'InProgress')) return;
    const isMet = runs.every(({ status }) => status === 'Succeeded');
    condition.status = isMet ? 'Succeeded' : runs.some(({ isError }) => isError === true) ? 'Errored' : 'Failed';
    condition.changedAt = this.now;
    const told = runs.find(({ status, summary }) => status === 'Failed' && summary !== undefined)?.summary;
    if (told !== undefined) condition.summary = told;
    this.touch(execution);
    this.judged(execution, run.kind, isMet);
  }

  /**
   * Stops an execution.
   * @param abandon whether what runs is left to itself; else it is waited for
   * @throws {ServiceError} `PipelineExecutionNotStoppableException`, `DuplicatedStopRequestException`
   */
  stop(id: string, abandon: boolean, reason: string | undefined): void {
    const execution = this.find(id);
    if (execution.place === 'over') {
      throw new ServiceError(
        'PipelineExecutionNotStoppableException',
        `The execution ${id} is ${execution.status} and cannot be stopped.`,
      );
    }
    if (execution.status === 'Stopping' && !abandon) {
      throw new ServiceError(
        'DuplicatedStopRequestException',
        `The execution ${id} is stopping already. Abandon its actions to stop it at once.`,
      );
    }
    if (execution.status !== 'Stopping') this.tell(execution, 'STOPPING');
    execution.status = 'Stopping';
    if (reason !== undefined && reason !== '') execution.stopReason = reason;
    this.touch(execution);
    if (execution.place === 'inbound') {
      const lock = this.lock(this.stageName(execution));
      lock.inbound = lock.inbound.filter((waiting) => waiting !== id);
      this.end(execution, 'Stopped', 'STOPPED');
      this.board.keepPipeline();
      return;
    }
    const run = this.stageRun(execution);
    if (run) run.status = 'Stopping';
    if (abandon) this.abandonAll(execution);
    if (!this.isBusy(execution)) this.stopped(execution);
  }

  /**
   * Runs a stage again in the same execution, which then goes on.
   * @throws {ServiceError} `StageNotRetryableException`, `NotLatestPipelineExecutionException`
   */
  retry(stage: string, id: string, mode: StageRetryMode): void {
    const execution = this.find(id);
    const run = execution.stages[stage];
    const isThere = this.stageName(execution) === stage && execution.place === 'over';
    if (!run || !isThere || (run.status !== 'Failed' && run.status !== 'Stopped') || !isRetryable(execution)) {
      throw new ServiceError(
        'StageNotRetryableException',
        `The stage ${stage} is not failed or stopped in the execution ${id}, so there is nothing to retry.`,
      );
    }
    this.refuseOtherStructure(execution, 'StageNotRetryableException');
    this.refuseNotLatest(execution, stage);
    run.manualRetries++;
    run.latestRetry = 'ManualStageRetry';
    this.resume(execution, run);
    this.again(execution, run, mode);
  }

  /**
   * Brings a stage back to what an earlier execution did in it: a new execution, of that stage alone.
   * @returns its id
   * @throws {ServiceError} `UnableToRollbackStageException`, `PipelineExecutionOutdatedException`
   */
  rollback(stage: string, target: string, trigger: ExecutionTrigger): string {
    const { pipeline } = this.board;
    const index = pipeline.declaration.stages?.findIndex(({ name }) => name === stage) ?? -1;
    const goal = this.find(target);
    const refuse = (why: string): never => {
      throw new ServiceError('UnableToRollbackStageException', `The stage ${stage} cannot be rolled back: ${why}.`);
    };
    if (index === 0) refuse('it is the source stage');
    if (pipeline.declaration.executionMode === 'PARALLEL') refuse('the pipeline runs its executions in parallel');
    if (goal.version !== pipeline.version) {
      throw new ServiceError(
        'PipelineExecutionOutdatedException',
        `The execution ${target} ran version ${goal.version} of the pipeline, which is at ${pipeline.version} now.`,
      );
    }
    if (goal.type === 'ROLLBACK') refuse(`${target} is itself a rollback`);
    if (goal.stages[stage]?.status !== 'Succeeded') refuse(`${target} has not succeeded in it`);
    const execution = this.make({ trigger, variables: goal.variables, overrides: [], type: 'ROLLBACK', stage: index });
    execution.rollbackTarget = target;
    execution.artifacts = { ...goal.artifacts };
    execution.revisions = { ...goal.revisions };
    execution.outputs = structuredClone(goal.outputs);
    this.tell(execution, 'STARTED');
    this.arrive(execution);
    return execution.id;
  }

  /**
   * Goes on although a condition is not met.
   * @throws {ServiceError} `ConditionNotOverridableException`, `NotLatestPipelineExecutionException`
   */
  override(stage: string, id: string, kind: 'beforeEntry' | 'onSuccess'): void {
    const execution = this.find(id);
    const run = execution.stages[stage];
    const condition = run?.conditions[kind];
    const isHeld = condition?.status === 'Failed' || condition?.status === 'Errored';
    const result = this.conditionOf(execution, stage, kind)?.result ?? 'FAIL';
    const isHere = this.stageName(execution) === stage && execution.place === 'over' && execution.status === 'Failed';
    if (!run || !condition || !isHeld || !isHere || result !== 'FAIL') {
      throw new ServiceError(
        'ConditionNotOverridableException',
        `No ${kind === 'beforeEntry' ? 'entry' : 'success'} condition of the stage ${stage} holds the execution ${id}.`,
      );
    }
    this.refuseOtherStructure(execution, 'ConditionNotOverridableException');
    this.refuseNotLatest(execution, stage);
    condition.status = 'Overridden';
    condition.changedAt = this.now;
    this.resume(execution, run);
    if (kind === 'beforeEntry') this.startActions(execution);
    else this.succeeded(execution);
  }

  /** Lets runs into a stage, or holds them before it. */
  transition(stage: string, enabled: boolean, by: string, reason: string | undefined): void {
    const lock = this.lock(stage);
    lock.transition = { enabled, by, at: this.now, ...(reason === undefined ? {} : { reason }) };
    this.board.keepPipeline();
    this.admit(stage);
  }

  /** A new declaration: runs go on by theirs; those whose stage is gone are cancelled. */
  update(declaration: PipelineDeclaration): void {
    const { pipeline } = this.board;
    pipeline.version++;
    pipeline.declaration = { ...declaration, version: pipeline.version };
    pipeline.updatedAt = this.now;
    const names = new Set(declaration.stages?.map(({ name }) => name));
    for (const execution of this.board.live()) {
      if (!names.has(this.stageName(execution))) this.cancel(execution);
    }
    pipeline.stages = Object.fromEntries([...names].map((name = '') => [name, pipeline.stages[name] ?? freeStage()]));
    this.board.keepPipeline();
  }

  /** Approvals whose time is over. */
  expire(): void {
    for (const execution of this.board.live()) {
      for (const id of Object.values(this.stageRun(execution)?.actions ?? {})) {
        const run = this.board.action(id);
        if (run?.status !== 'InProgress' || !run.expiresAt || run.expiresAt > this.now) continue;
        this.actionEnded(id, {
          status: 'Failed',
          error: { code: 'JobFailed', message: 'Nobody has approved or rejected in time.' },
        });
      }
    }
  }

  /** Everything ends, because the pipeline is deleted. */
  abandonEverything(): void {
    for (const execution of this.board.live()) this.cancel(execution);
  }

  private make(given: Start & { type: DeliveryExecution['type']; stage: number }): DeliveryExecution {
    const { pipeline } = this.board;
    pipeline.started++;
    const execution: DeliveryExecution = {
      ...given,
      id: this.board.newId(),
      pipeline: pipeline.name,
      version: pipeline.version,
      mode: pipeline.declaration.executionMode ?? 'SUPERSEDED',
      status: 'InProgress',
      startedAt: this.now,
      updatedAt: this.now,
      order: pipeline.started,
      place: 'inbound',
      stages: {},
      artifacts: {},
      revisions: {},
      outputs: {},
    };
    this.board.keep(execution);
    this.board.keepPipeline();
    return execution;
  }

  /** A run comes before its stage and waits there until it may enter. */
  private arrive(execution: DeliveryExecution): void {
    const stage = this.stageName(execution);
    if (!(stage in this.board.pipeline.stages)) {
      this.cancel(execution);
      return;
    }
    const lock = this.lock(stage);
    execution.place = 'inbound';
    lock.inbound.push(execution.id);
    this.touch(execution);
    if (execution.mode === 'SUPERSEDED') this.supersede(lock);
    this.board.keepPipeline();
    this.admit(stage);
  }

  /** Of the runs that wait before a stage only the newest goes on. */
  private supersede(lock: StageLock): void {
    const waiting = lock.inbound
      .flatMap((id) => this.board.execution(id) ?? [])
      .filter(({ mode }) => mode === 'SUPERSEDED')
      .sort((a, b) => b.order - a.order);
    const [newest, ...older] = waiting;
    for (const execution of older) {
      lock.inbound = lock.inbound.filter((id) => id !== execution.id);
      execution.statusSummary = `Superseded by ${newest?.id ?? ''}`;
      this.end(execution, 'Superseded', 'SUPERSEDED');
    }
  }

  /** Lets in who may enter a stage now. */
  private admit(stage: string): void {
    const lock = this.lock(stage);
    while (lock.transition.enabled) {
      const next = lock.inbound
        .flatMap((id) => this.board.execution(id) ?? [])
        .find(({ mode }) => mode === 'PARALLEL' || lock.holder === undefined);
      if (!next) return;
      lock.inbound = lock.inbound.filter((id) => id !== next.id);
      lock.latest = next.id;
      if (next.mode !== 'PARALLEL') lock.holder = next.id;
      this.board.keepPipeline();
      this.enter(next, stage);
    }
  }

  private enter(execution: DeliveryExecution, stage: string): void {
    execution.place = 'in';
    execution.stages[stage] = {
      status: 'InProgress',
      actions: {},
      conditions: {},
      autoRetries: 0,
      manualRetries: 0,
    };
    this.touch(execution);
    this.tell(execution, 'STARTED', stage);
    this.begin(execution);
  }

  /** From the entry condition on. */
  private begin(execution: DeliveryExecution): void {
    if (!this.startCondition(execution, 'beforeEntry')) this.startActions(execution);
  }

  /** Starts the actions that are next in order; ends the stage where none is left. */
  private startActions(execution: DeliveryExecution): void {
    const run = this.stageRun(execution);
    const stage = this.stage(execution);
    if (!run || !stage) return;
    const left = (stage.actions ?? []).filter(
      ({ name = '' }) => this.board.action(run.actions[name] ?? '')?.status !== 'Succeeded',
    );
    if (left.length === 0) {
      if (!this.startCondition(execution, 'onSuccess')) this.succeeded(execution);
      return;
    }
    const order = Math.min(...left.map(orderOf));
    for (const action of left.filter((one) => orderOf(one) === order)) this.startAction(execution, run, action);
  }

  private startAction(execution: DeliveryExecution, stage: StageRun, declaration: ActionDeclaration): void {
    const { name = '', actionTypeId: type, timeoutInMinutes } = declaration;
    const isApproval = type?.category === 'Approval' && type.provider === 'Manual';
    const minutes = timeoutInMinutes ?? approvalDays * 24 * 60;
    const run: ActionRun = {
      id: this.board.newId(),
      pipeline: execution.pipeline,
      execution: execution.id,
      version: execution.version,
      stage: this.stageName(execution),
      action: name,
      declaration,
      status: 'InProgress',
      startedAt: this.now,
      updatedAt: this.now,
      inputs: Object.fromEntries(
        (declaration.inputArtifacts ?? []).flatMap(({ name: artifact = '' }) => {
          const place = execution.artifacts[artifact];
          return place ? [[artifact, place]] : [];
        }),
      ),
      outputs: {},
      ...(isApproval ? { token: this.board.newId(), expiresAt: new Date(this.now.getTime() + minutes * 60_000) } : {}),
    };
    stage.actions[name] = run.id;
    const lock = this.board.pipeline.stages[run.stage];
    if (lock) {
      lock.actions[name] = run.id;
      this.board.keepPipeline();
    }
    this.board.keepAction(run);
    this.touch(execution);
    this.effects.push({ kind: 'tellAction', run, state: 'STARTED' });
    this.effects.push({ kind: 'startAction', run });
  }

  /** Goes on once nothing of the stage runs any more. */
  private settle(execution: DeliveryExecution): void {
    if (execution.place !== 'in' || this.isBusy(execution)) return;
    if (execution.status === 'Stopping') {
      this.stopped(execution);
      return;
    }
    const run = this.stageRun(execution);
    const hasFailed = Object.values(run?.actions ?? {}).some((id) => this.board.action(id)?.status === 'Failed');
    if (hasFailed) this.failedActions(execution);
    else this.startActions(execution);
  }

  /** A stage's actions have failed: what its declaration says then. */
  private failedActions(execution: DeliveryExecution): void {
    const run = this.stageRun(execution);
    const onFailure = this.stage(execution)?.onFailure;
    if (run && onFailure?.result === 'RETRY' && run.autoRetries === 0) {
      run.autoRetries = 1;
      run.latestRetry = 'AutomatedStageRetry';
      this.again(execution, run, onFailure.retryConfiguration?.retryMode ?? 'ALL_ACTIONS');
      return;
    }
    if (this.startCondition(execution, 'onFailure')) return;
    this.fail(execution, onFailure?.result === 'ROLLBACK');
  }

  /** Runs a stage's actions again: all, or those that have not succeeded. */
  private again(execution: DeliveryExecution, run: StageRun, mode: StageRetryMode): void {
    if (mode === 'ALL_ACTIONS') run.actions = {};
    const entry = run.conditions.beforeEntry?.status;
    this.touch(execution);
    if (entry === undefined || entry === 'Succeeded' || entry === 'Overridden') this.startActions(execution);
    else this.begin(execution);
  }

  /** @returns false where the stage has no such condition */
  private startCondition(execution: DeliveryExecution, kind: ConditionKind): boolean {
    const stage = this.stageName(execution);
    const run = this.stageRun(execution);
    const rules = this.conditionOf(execution, stage, kind)?.rules ?? [];
    if (!run || rules.length === 0) return false;
    const made = rules.map((declaration): RuleRun => ({
      id: this.board.newId(),
      pipeline: execution.pipeline,
      execution: execution.id,
      version: execution.version,
      stage,
      kind,
      rule: declaration.name ?? '',
      declaration,
      status: 'InProgress',
      startedAt: this.now,
      updatedAt: this.now,
    }));
    run.conditions[kind] = { status: 'InProgress', rules: made.map(({ id }) => id), changedAt: this.now };
    this.touch(execution);
    for (const rule of made) {
      this.board.keepRule(rule);
      this.effects.push({ kind: 'startRule', run: rule });
    }
    return true;
  }

  /** What follows a condition. Entry and success want it to be met; a failure does what is declared where it is. */
  private judged(execution: DeliveryExecution, kind: ConditionKind, isMet: boolean): void {
    if (execution.status === 'Stopping') {
      this.stopped(execution);
      return;
    }
    const result = this.conditionOf(execution, this.stageName(execution), kind)?.result;
    if (kind === 'onFailure') {
      this.fail(execution, isMet && result === 'ROLLBACK');
    } else if (isMet) {
      if (kind === 'beforeEntry') this.startActions(execution);
      else this.succeeded(execution);
    } else if (kind === 'beforeEntry' && result === 'SKIP') {
      this.leave(execution, 'Skipped');
    } else {
      this.fail(execution, result === 'ROLLBACK');
    }
  }

  private succeeded(execution: DeliveryExecution): void {
    this.leave(execution, 'Succeeded');
  }

  /** The run leaves its stage for the next one, or is at its end. */
  private leave(execution: DeliveryExecution, status: 'Succeeded' | 'Skipped'): void {
    const stage = this.stageName(execution);
    const run = this.stageRun(execution);
    if (run) run.status = status;
    this.tell(execution, status === 'Succeeded' ? 'SUCCEEDED' : 'SKIPPED', stage);
    this.release(execution, stage);
    const isLast = execution.stage + 1 >= (this.board.declaration(execution.version).stages?.length ?? 0);
    if (isLast || execution.type === 'ROLLBACK') this.end(execution, 'Succeeded', 'SUCCEEDED');
    else {
      execution.stage++;
      this.arrive(execution);
    }
    if (stage in this.board.pipeline.stages) this.admit(stage);
  }

  private fail(execution: DeliveryExecution, rollsBack: boolean): void {
    const stage = this.stageName(execution);
    const run = this.stageRun(execution);
    if (run) run.status = 'Failed';
    this.tell(execution, 'FAILED', stage);
    const target = rollsBack ? this.rollbackTarget(execution, stage) : undefined;
    if (rollsBack && !target)
      execution.statusSummary = `There is no earlier execution to which ${stage} could be rolled back.`;
    this.release(execution, stage);
    this.end(execution, 'Failed', 'FAILED');
    if (target) this.rollback(stage, target.id, { triggerType: 'AutomatedRollback', triggerDetail: execution.id });
    this.admit(stage);
  }

  private rollbackTarget(execution: DeliveryExecution, stage: string): DeliveryExecution | undefined {
    if (execution.type === 'ROLLBACK' || execution.version !== this.board.pipeline.version) return undefined;
    return this.board.lastSuccess(stage, execution.id);
  }

  private stopped(execution: DeliveryExecution): void {
    const stage = this.stageName(execution);
    const run = this.stageRun(execution);
    if (run) run.status = 'Stopped';
    this.tell(execution, 'STOPPED', stage);
    this.release(execution, stage);
    this.end(execution, 'Stopped', 'STOPPED');
    this.admit(stage);
  }

  private cancel(execution: DeliveryExecution): void {
    const stage = this.stageName(execution);
    this.abandonAll(execution);
    const run = execution.place === 'in' ? this.stageRun(execution) : undefined;
    if (run) {
      run.status = 'Cancelled';
      this.tell(execution, 'CANCELED', stage);
    }
    const lock = this.board.pipeline.stages[stage];
    if (lock) {
      lock.inbound = lock.inbound.filter((id) => id !== execution.id);
      this.board.keepPipeline();
      this.release(execution, stage);
    }
    execution.statusSummary = 'The pipeline was changed before the execution could be completed.';
    this.end(execution, 'Cancelled', 'CANCELED');
  }

  private end(execution: DeliveryExecution, status: DeliveryExecution['status'], state: string): void {
    execution.status = status;
    execution.place = 'over';
    this.touch(execution);
    this.tell(execution, state);
  }

  private release(execution: DeliveryExecution, stage: string): void {
    const lock = this.board.pipeline.stages[stage];
    if (lock?.holder !== execution.id) return;
    delete lock.holder;
    this.board.keepPipeline();
  }

  /** An execution that was over is at work again in the stage where it ended. */
  private resume(execution: DeliveryExecution, run: StageRun): void {
    const stage = this.stageName(execution);
    if (execution.mode !== 'PARALLEL') this.lock(stage).holder = execution.id;
    this.board.keepPipeline();
    execution.status = 'InProgress';
    execution.place = 'in';
    delete execution.stopReason;
    delete execution.statusSummary;
    run.status = 'InProgress';
    this.touch(execution);
    this.tell(execution, 'RESUMED');
    this.tell(execution, 'RESUMED', stage);
  }

  private abandonAll(execution: DeliveryExecution): void {
    const run = execution.place === 'in' ? this.stageRun(execution) : undefined;
    for (const id of Object.values(run?.actions ?? {})) {
      const action = this.board.action(id);
      if (action?.status !== 'InProgress') continue;
      action.status = 'Abandoned';
      action.updatedAt = this.now;
      this.board.keepAction(action);
      this.effects.push(
        { kind: 'abandonAction', run: action },
        { kind: 'tellAction', run: action, state: 'ABANDONED' },
      );
    }
    for (const condition of Object.values(run?.conditions ?? {})) {
      if (condition.status !== 'InProgress') continue;
      condition.status = 'Abandoned';
      condition.changedAt = this.now;
      for (const id of condition.rules) {
        const rule = this.board.rule(id);
        if (rule?.status !== 'InProgress') continue;
        rule.status = 'Abandoned';
        rule.updatedAt = this.now;
        this.board.keepRule(rule);
        this.effects.push({ kind: 'abandonRule', run: rule });
      }
    }
  }

  /** Whether an action or a condition of its stage is under way. */
  private isBusy(execution: DeliveryExecution): boolean {
    const run = this.stageRun(execution);
    if (!run) return false;
    return (
      Object.values(run.actions).some((id) => this.board.action(id)?.status === 'InProgress') ||
      Object.values(run.conditions).some(({ status }) => status === 'InProgress')
    );
  }

  private refuseOtherStructure(execution: DeliveryExecution, type: string): void {
    const { pipeline } = this.board;
    if (execution.version === pipeline.version) return;
    throw new ServiceError(
      type,
      `The pipeline was changed after the execution ${execution.id} (version ${execution.version}, now ${pipeline.version}). Start a new one.`,
    );
  }

  private refuseNotLatest(execution: DeliveryExecution, stage: string): void {
    const { latest, holder } = this.lock(stage);
    if (execution.mode === 'PARALLEL' || (latest === execution.id && holder === undefined)) return;
    throw new ServiceError(
      'NotLatestPipelineExecutionException',
      `The execution ${execution.id} is not the latest in the stage ${stage}: that is ${latest ?? 'none'}.`,
    );
  }

  private find(id: string): DeliveryExecution {
    const found = this.board.execution(id);
    if (found) return found;
    throw new ServiceError('PipelineExecutionNotFoundException', `There is no execution ${id} of this pipeline.`);
  }

  private lock(stage: string): StageLock {
    const found = this.board.pipeline.stages[stage];
    if (found) return found;
    throw new ServiceError('StageNotFoundException', `The pipeline has no stage ${stage}.`);
  }

  private stage(execution: DeliveryExecution): StageDeclaration | undefined {
    return this.board.declaration(execution.version).stages?.[execution.stage];
  }

  private stageName(execution: DeliveryExecution): string {
    return this.stage(execution)?.name ?? '';
  }

  private stageRun(execution: DeliveryExecution): StageRun | undefined {
    return execution.stages[this.stageName(execution)];
  }

  private conditionOf(
    execution: DeliveryExecution,
    stage: string,
    kind: ConditionKind,
  ): NonNullable<NonNullable<StageDeclaration['beforeEntry']>['conditions']>[number] | undefined {
    const declared = this.board.declaration(execution.version).stages?.find(({ name }) => name === stage);
    return declared?.[kind]?.conditions?.[0];
  }

  private touch(execution: DeliveryExecution): void {
    execution.updatedAt = this.now;
    this.board.keep(execution);
  }

  private tell(execution: DeliveryExecution, state: string, stage?: string): void {
    const level = stage === undefined ? 'Pipeline' : 'Stage';
    this.effects.push({ kind: 'tell', level, execution, state, ...(stage === undefined ? {} : { stage }) });
  }
}

/** A stage that nobody is in. */
export function freeStage(): StageLock {
  return { inbound: [], transition: { enabled: true }, actions: {} };
}

function orderOf({ runOrder = 1 }: ActionDeclaration): number {
  return runOrder;
}

function isRetryable({ status }: DeliveryExecution): boolean {
  return status === 'Failed' || status === 'Stopped';
}
