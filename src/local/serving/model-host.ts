import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { VariantSpec } from '../domain/endpoints';
import { objects } from '../domain/objects';
import { parseS3Uri } from '../domain/arns';
import { Container } from '../jobs/run/container';
import { placeModel } from '../jobs/run/model';
import { type JobSurroundings } from '../jobs/run/runner';
import { Transfer, TransferError } from '../jobs/run/transfer';
import { ServiceError } from '../wire/errors';
import { faultsOf } from './faults';
import { type Instance, type Invocation, LoadError, StartError } from './instance';
import { Requests } from './requests';
import { Worker, openLog } from './worker';

/** What a multi-model container tells of itself, as the metrics of the service name it. */
export type HostMetric =
  | 'ModelCacheHit'
  | 'ModelLoadingWaitTime'
  | 'ModelDownloadingTime'
  | 'ModelLoadingTime'
  | 'ModelUnloadingTime'
  | 'LoadedModelCount';

/** Where and how an instance of a multi-model container runs. */
export interface HostPlace {
  surroundings: JobSurroundings;
  variant: VariantSpec;
  logGroup: string;
  /** The folder that its models are unpacked into. */
  folder: string;
  program: string;
  sockets: string;
  /** Hears of each model that is asked, loaded and unloaded: times in microseconds. */
  observe: (metric: HostMetric, value: number) => void;
}

/** Milliseconds that a request waits for its model; it goes on being loaded for the next one. */
const loadPatience = 60_000;
/** Milliseconds that a model may take until it is loaded. */
const loadLimit = 360_000;

/** A model that is loaded, or on its way. */
interface Loaded {
  ready: Promise<Worker>;
  /** There once it is loaded. */
  worker?: Worker;
  /** Requests that wait for it or are being answered by it. */
  users: number;
}

/**
 * One instance of a multi-model container: models are loaded when they are first asked for, and those that were not
 * asked for the longest go when there are too many.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
 */
export class ModelHost implements Instance {
  healthy = false;
  readonly stream: string;

  private readonly log: { stream: string; id: number };
  /** By their archives, those that were asked last at the end. */
  private readonly models = new Map<string, Loaded>();
  private readonly requests = new Requests();
  private readonly ending = new AbortController();
  private readonly most: number;
  private end: () => void = () => undefined;
  private readonly over = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  constructor(private readonly place: HostPlace) {
    const { surroundings, logGroup, variant } = place;
    this.log = openLog(surroundings, logGroup, variant.name);
    this.stream = this.log.stream;
    this.most = variant.multiModel === 'uncached' ? 0 : faultsOf(variant.environment).models;
  }

  async start(): Promise<void> {
    await mkdir(this.place.folder, { recursive: true });
    this.healthy = !this.ending.signal.aborted;
  }

  get inFlight(): number {
    return this.requests.count;
  }

  async ended(): Promise<void> {
    await this.over;
  }

  async invoke(invocation: Invocation): Promise<IncomingMessage> {
    const { target = '' } = invocation;
    const begun = performance.now();
    const { model, isCached } = this.claim(target);
    const release = (): void => {
      model.users--;
      this.evict();
      this.requests.end();
    };
    try {
      const worker = await this.loaded(model);
      this.place.observe('ModelCacheHit', Number(isCached));
      if (!isCached) this.place.observe('ModelLoadingWaitTime', since(begun));
      const answer = await worker.invoke(invocation);
      answer.once('close', release);
      return answer;
    } catch (error) {
      release();
      throw error;
    }
  }

  async retire(patience = 60_000): Promise<void> {
    this.healthy = false;
    await this.requests.none(patience);
    await this.kill();
  }

  async kill(): Promise<void> {
    this.healthy = false;
    this.ending.abort();
    const all = [...this.models.values()];
    this.models.clear();
    await Promise.all(all.map(async ({ ready }) => ready.then(async (worker) => worker.kill()).catch(() => undefined)));
    await rm(this.place.folder, { recursive: true, force: true, maxRetries: 3 });
    this.end();
  }

  /** The model of an archive for one more request; it begins to be loaded where it is not there. @throws {ServiceError} */
  private claim(target: string): { model: Loaded; isCached: boolean } {
    const known = this.models.get(target);
    const model = known ?? this.load(target);
    this.models.delete(target);
    this.models.set(target, model);
    model.users++;
    this.requests.begin();
    this.evict();
    return { model, isCached: known?.worker !== undefined };
  }

  private load(target: string): Loaded {
    const data = `${(this.place.variant.data ?? '').replace(/\/*$/, '/')}${target}`;
    const { bucket = '', key = '' } = parseS3Uri(data) ?? {};
    if (!new Transfer(objects(this.place.surroundings.store)).object(data)) {
      throw new ServiceError(
        'ValidationError',
        `Failed to download model data(bucket: ${bucket}, key: ${key}). Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the model.`,
      );
    }
    const model: Loaded = { ready: this.begin(data), users: 0 };
    void this.follow(target, model);
    return model;
  }

  /** Forgets a model that did not load, or ends by itself: it is loaded again with the next request. */
  private async follow(target: string, model: Loaded): Promise<void> {
    try {
      model.worker = await model.ready;
      this.tellCount();
      await model.worker.ended();
    } catch {
      // Who has asked for it hears of it.
    }
    if (this.models.get(target) === model) this.models.delete(target);
  }

  /** Fetches an archive, unpacks it and starts its process. @throws {LoadError} */
  private async begin(data: string): Promise<Worker> {
    const { surroundings, variant, logGroup, folder, program, sockets, observe } = this.place;
    const begun = performance.now();
    const own = join(folder, randomBytes(8).toString('hex'));
    try {
      const container = new Container(own, await surroundings.mounts.isPossible(surroundings.folder));
      const spec = { ...variant, data, environment: { ...variant.environment, SAGEMAKER_MULTI_MODEL: 'true' } };
      const submitted = await placeModel(container, spec, new Transfer(objects(surroundings.store)));
      observe('ModelDownloadingTime', since(begun));
      const fetched = performance.now();
      const more = submitted === undefined ? {} : { submitted };
      const worker = new Worker({
        surroundings,
        variant: { ...spec, startup: loadLimit / 1000 },
        logGroup,
        container,
        program,
        sockets,
        log: this.log,
        ...more,
      });
      await worker.start(this.ending.signal);
      observe('ModelLoadingTime', since(fetched));
      void worker.ended().then(async () => rm(own, { recursive: true, force: true, maxRetries: 3 }));
      return worker;
    } catch (error) {
      await rm(own, { recursive: true, force: true, maxRetries: 3 });
      if (error instanceof StartError || error instanceof TransferError) throw new LoadError(error.message);
      throw error;
    }
  }

  private async loaded({ worker, ready }: Loaded): Promise<Worker> {
    if (worker) return worker;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const text = 'The model is not loaded yet. It goes on being loaded: try again.';
        reject(new ServiceError('ModelNotReadyException', text, 429));
      }, loadPatience);
    });
    try {
      return await Promise.race([ready, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Unloads those that were not asked for the longest while there are too many; none that is being asked. */
  private evict(): void {
    for (const [target, { users, worker }] of this.models) {
      if (this.models.size <= this.most) return;
      if (users > 0 || !worker) continue;
      this.models.delete(target);
      void this.unload(worker);
    }
  }

  private async unload(worker: Worker): Promise<void> {
    const begun = performance.now();
    await worker.kill();
    this.place.observe('ModelUnloadingTime', since(begun));
    this.tellCount();
  }

  private tellCount(): void {
    this.place.observe('LoadedModelCount', [...this.models.values()].filter(({ worker }) => worker).length);
  }
}

/** Microseconds. */
function since(begun: number): number {
  return Math.round((performance.now() - begun) * 1000);
}
