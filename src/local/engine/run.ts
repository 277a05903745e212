import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { DescribeProcessingJobResponse, PipelineExecutionStepMetadata } from '@aws-sdk/client-sagemaker';
import { stubOf } from '../../shared/stubs';
import { parseS3Uri, sagemakerArn } from '../domain/arns';
import { type Execution, type Step, executions, steps, waitsForAnswer } from '../domain/executions';
import { objects } from '../domain/objects';
import { pipelineVersions } from '../domain/pipelines';
import type { Jobs } from '../jobs/jobs';
import type { Store } from '../store/store';
import { cacheKeyOf, cachedStep } from './cache';
import type { Callbacks } from './callbacks';
import { type Definition, type StepDefinition, knownDefinition } from './definition';
import { bindParameters } from './parameters';
import { interruptedStep } from './reasons';
import { type Scope, UnresolvedReference } from './references';
import { retryDelay } from './retries';
import { Schedule } from './schedule';
import { selectSteps } from './selection';
import { runStep, stepKind } from './steps';
import type { Call, StepEnd } from './steps/step';

/** Steps at a time where no limit is set: the steps of a wide pipeline share one machine. */
const defaultParallelism = Math.max(4, availableParallelism());

/** The longest FailureReason of a step that the service gives. */
const longestReason = 1024;

/** One execution as long as it runs. It moves only when a step ends or someone asks it to stop. */
export class ExecutionRun {
  /** Settles when the execution is in a terminal state; rejects when the store cannot be written. */
  readonly done: Promise<void>;
  private readonly outcome = deferred();
  private readonly definition: Definition;
  private readonly schedule: Schedule;
  private readonly scope: Scope;
  private readonly abort = new AbortController();
  private readonly results = new Map<string, Record<string, unknown>>();
  private running = 0;
  private failed = false;
  private over = false;
  /** Steps that have ended, as long as that is not in the store. */
  private settled: Step[] = [];
  /** It waits for an answer, and does so when Local is started anew. */
  private isLeft = false;
  /** Set when nothing new may start: a stop, a Fail step, or the end of the control plane. */
  private ending: { status: 'Stopped' } | { status: 'Failed'; reason: string; byFailStep: boolean } | undefined;

  constructor(
    private execution: Execution,
    private readonly store: Store,
    private readonly jobs: Jobs,
    private readonly callbacks: Callbacks,
    private readonly call: Call,
    /** It was cut short where it waited for an answer, and goes on there; else it begins, or is a retry. */
    waits = false,
  ) {
    this.done = this.outcome.promise;
    const version = pipelineVersions(store).get(`${execution.pipeline}/${execution.version}`);
    this.definition = knownDefinition(version?.definition ?? '');
    const { steps, adopted } = selectSteps(this.definition.steps, execution, store);
    this.schedule = new Schedule(steps);
    this.scope = this.makeScope();
    for (const step of adopted) this.adopt(step);
    if (waits) this.goOn();
    else this.takeUp();
    // The answer to the request goes out first.
    setImmediate(() => this.guard(() => this.advance()));
  }

  stop(): void {
    this.guard(() => {
      if (this.over || this.ending?.status === 'Stopped') return;
      this.ending = { status: 'Stopped' };
      this.save({ status: 'Stopping' });
      this.markStopping();
      this.abort.abort();
      this.advance();
    });
  }

  /** Ends everything because the control plane ends. */
  interrupt(reason: string): void {
    this.guard(() => {
      this.ending ??= { status: 'Failed', reason, byFailStep: false };
      this.abort.abort();
      this.advance();
    });
  }

  parallelism(max: number | undefined): void {
    this.guard(() => {
      const { parallelism: _, ...rest } = this.execution;
      this.execution = max === undefined ? rest : { ...rest, parallelism: { MaxParallelExecutionSteps: max } };
      this.advance();
    });
  }

  /** A retry keeps what has succeeded and forgets the rest. */
  private takeUp(): void {
    const { store } = this;
    const before = steps(store).list('execution = ?', this.execution.id);
    if (before.length === 0) return;
    store.transaction(() => {
      for (const step of before) {
        if (step.status === 'Succeeded') {
          if (step.result) this.results.set(step.name, step.result);
          this.schedule.settle(step.name, 'Succeeded', step.metadata?.Condition?.Outcome);
        } else steps(store).delete('id = ?', `${step.execution}/${step.name}`);
      }
    });
  }

  /** What has ended has ended; what waited for an answer waits on. */
  private goOn(): void {
    const all = steps(this.store).list('execution = ?', this.execution.id);
    for (const { name, status, result, metadata } of all.filter(({ endedAt }) => endedAt)) {
      const succeeded = status === 'Succeeded';
      if (result) this.results.set(name, result);
      if (!succeeded) this.failed = true;
      this.schedule.settle(name, succeeded ? 'Succeeded' : 'Failed', metadata?.Condition?.Outcome);
    }
    for (const step of all.filter(waitsForAnswer)) {
      const definition = this.schedule.takeThis(step.name);
      if (!definition) continue;
      this.running++;
      this.attempt(definition, step, step.metadata).catch(this.outcome.reject);
    }
  }

  /** Starts what may start, and ends the execution when nothing runs any more. */
  private advance(): void {
    const limit = this.execution.parallelism?.MaxParallelExecutionSteps ?? defaultParallelism;
    while (!this.ending && this.running < limit) {
      const step = this.schedule.take();
      if (!step) break;
      this.saveSettled();
      this.running++;
      this.launch(step);
    }
    if (this.running === 0) this.end();
    else this.saveSettled();
  }

  private launch(definition: StepDefinition): void {
    const { store } = this;
    const record: Step = {
      execution: this.execution.id,
      name: definition.name,
      type: definition.type,
      ...(definition.displayName === undefined ? {} : { displayName: definition.displayName }),
      ...(definition.description === undefined ? {} : { description: definition.description }),
      status: 'Starting',
      startedAt: new Date(),
      attempts: 1,
    };
    const isStubbed = stubOf(this.execution.stubs, definition) !== undefined;
    if (isStubbed) record.isStubbed = true;
    // What was not run is no result that another run could take over.
    const cacheKey = isStubbed ? undefined : cacheKeyOf(definition, this.execution.pipeline, this.scope);
    const cached = cacheKey === undefined ? undefined : cachedStep(store, cacheKey, definition);
    if (cacheKey !== undefined) record.cacheKey = cacheKey;
    if (cached) {
      const { metadata, result, execution } = cached;
      Object.assign(record, { metadata, result, cacheSource: sourceArn(this.execution, execution) });
      this.settle(definition, record, {
        status: 'Succeeded',
        ...(metadata ? { metadata } : {}),
        ...(result ? { result } : {}),
      });
      return;
    }
    if (!stepKind(definition.type)?.isInstant) steps(store).put(record);
    this.attempt(definition, record).catch(this.outcome.reject);
  }

  /** Runs a step, again where its retry policies say so, and goes on. */
  private async attempt(
    definition: StepDefinition,
    record: Step,
    waited?: PipelineExecutionStepMetadata,
  ): Promise<void> {
    const { store } = this;
    const signal = this.abort.signal;
    let end: StepEnd;
    for (let told = waited; ; told = undefined) {
      end = await runStep(definition, {
        execution: this.execution,
        scope: this.scope,
        store,
        jobs: this.jobs,
        callbacks: this.callbacks,
        call: this.call,
        signal,
        waited: told,
        started: (metadata: PipelineExecutionStepMetadata) => {
          record.metadata = metadata;
          record.status = signal.aborted ? 'Stopping' : 'Executing';
          steps(store).put(record);
        },
      });
      const delay =
        end.status === 'Failed' && !signal.aborted
          ? retryDelay(definition.retries, end.exception, record.attempts)
          : undefined;
      if (delay === undefined) break;
      await pause(delay, signal);
      if (signal.aborted) break;
      record.attempts++;
    }
    this.settle(definition, record, end);
    this.advance();
  }

  private settle(definition: StepDefinition, record: Step, end: StepEnd): void {
    const stoppedHere = end.status === 'Stopped' && this.ending?.status === 'Failed' && !this.ending.byFailStep;
    if (stoppedHere && waitsForAnswer(record)) {
      this.running--;
      this.isLeft = true;
      return;
    }
    record.status = stoppedHere ? 'Failed' : end.status;
    record.endedAt = new Date();
    const reason = stoppedHere ? interruptedStep : end.reason;
    if (reason !== undefined) record.failureReason = reason.slice(0, longestReason);
    if (end.metadata) record.metadata = end.metadata;
    if (end.result) {
      record.result = end.result;
      this.results.set(definition.name, end.result);
    }
    this.settled.push(record);
    this.running--;
    if (end.status === 'Failed') this.failed = true;
    if (definition.type === 'Fail' && end.status === 'Failed') {
      this.ending ??= { status: 'Failed', reason: end.reason ?? '', byFailStep: true };
    }
    this.schedule.settle(definition.name, end.status === 'Succeeded' ? 'Succeeded' : 'Failed', end.outcome);
  }

  private end(): void {
    if (this.over) return;
    this.over = true;
    const change = this.isLeft ? undefined : this.endOf();
    // Short runs that end together are written together.
    const written = this.store.grouped(() => {
      for (const step of this.settled) steps(this.store).put(step);
      if (change) this.save(change);
    });
    written.then(this.outcome.resolve, this.outcome.reject);
  }

  /** What the execution has come to. */
  private endOf(): Partial<Execution> {
    if (this.ending?.status === 'Stopped') return { status: 'Stopped' };
    if (this.ending) {
      return { status: 'Failed', failureReason: this.ending.reason, endedByFailStep: this.ending.byFailStep };
    }
    return this.failed
      ? { status: 'Failed', failureReason: 'Step failure: One or multiple steps failed.' }
      : { status: 'Succeeded' };
  }

  private saveSettled(): void {
    for (const step of this.settled) steps(this.store).put(step);
    this.settled = [];
  }

  private markStopping(): void {
    const { store } = this;
    for (const step of steps(store).list('execution = ?', this.execution.id)) {
      if (!step.endedAt) steps(store).put({ ...step, status: 'Stopping' });
    }
  }

  /** Changes the execution in the store; what others have changed there meanwhile stays. */
  private save(change: Partial<Execution>): void {
    const { store } = this;
    const current = executions(store).get(this.execution.id) ?? this.execution;
    this.execution = { ...current, ...change, modifiedAt: new Date() };
    executions(store).put(this.execution);
  }

  /** A step that a selective execution does not run, but whose result it takes over. */
  private adopt(step: Step): void {
    if (step.result) this.results.set(step.name, step.result);
    if (step.metadata?.Condition) this.results.set(step.name, { Outcome: step.metadata.Condition.Outcome });
  }

  private makeScope(): Scope {
    const { execution } = this;
    const { store } = this;
    const read = (uri: string): unknown => {
      const place = parseS3Uri(uri);
      const object = place && objects(store).get(place.bucket, place.key);
      if (!object) throw new UnresolvedReference(`There is no object at ${uri}.`);
      try {
        return JSON.parse(readFileSync(object.path, 'utf8'));
      } catch {
        throw new UnresolvedReference(`The object at ${uri} is not valid JSON.`);
      }
    };
    return {
      parameters: bindParameters(this.definition.parameters, execution.parameters, 'record'),
      variables: {
        PipelineName: execution.pipeline,
        PipelineArn: sagemakerArn('pipeline', execution.pipeline),
        PipelineExecutionId: execution.id,
        PipelineExecutionArn: execution.arn,
        StartDateTime: execution.createdAt.toISOString(),
        get CurrentDateTime() {
          return new Date().toISOString();
        },
      },
      result: (step) => this.results.get(step),
      propertyFile: (step, name) => {
        const definition = this.definition.steps.find((candidate) => candidate.name === step);
        const file = definition?.propertyFiles.find((candidate) => candidate.name === name);
        const result = this.results.get(step) as DescribeProcessingJobResponse | undefined;
        const output = result?.ProcessingOutputConfig?.Outputs?.find(({ OutputName }) => OutputName === file?.output);
        const uri = output?.S3Output?.S3Uri;
        if (!file || uri === undefined) {
          throw new UnresolvedReference(`The step '${step}' has no property file '${name}' with an output in S3.`);
        }
        return read(`${uri.replace(/\/$/, '')}/${file.path}`);
      },
      object: read,
    };
  }

  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.outcome.reject(error);
    }
  }
}

function sourceArn(execution: Execution, id: string): string {
  return `${sagemakerArn('pipeline', execution.pipeline)}/execution/${id}`;
}

/** Waits, or less when asked to stop. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}

/** A promise with its two ends. */
function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve = (): void => undefined;
  let reject = (_error: unknown): void => undefined;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
