import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Counts, FleetSpec, VariantSpec } from '../domain/endpoints';
import { objects } from '../domain/objects';
import { Container } from '../jobs/run/container';
import { placeModel } from '../jobs/run/model';
import type { JobSurroundings } from '../jobs/run/runner';
import { Transfer, TransferError } from '../jobs/run/transfer';
import { BareInstance } from './bare-instance';
import { type Capacity, NoCapacity } from './capacity';
import { type Instance, StartError } from './instance';
import { type HostMetric, ModelHost } from './model-host';
import type { Sockets } from './sockets';
import { Worker } from './worker';

/** What fleets need of their surroundings. */
export interface FleetPlace {
  surroundings: JobSurroundings;
  /** Folder under which each fleet has its own. */
  folder: string;
  program: string;
  sockets: Sockets;
  capacity: Capacity;
  /** The log group of what has this name. */
  logGroup: (name: string) => string;
  /** Hears of the models that instances of multi-model containers load. */
  observe: (metric: HostMetric, value: number, where: { name: string; variant: string }) => void;
}

/** Milliseconds before a worker that has died is started again; twice as long each time. */
const firstPause = 200;
const longestPause = 10_000;

/** Whether all of a model is in its folder. */
const complete = 'complete';

/** The workers of one fleet: as many for each variant as it has instances. */
export class Fleet {
  private readonly workers = new Map<string, Instance[]>();
  private readonly turns = new Map<string, number>();
  private readonly places = new Map<string, Promise<{ container: Container; submitted?: string }>>();
  private readonly ending = new AbortController();

  constructor(
    readonly spec: FleetSpec,
    /** Of its endpoint or inference component. */
    private readonly name: string,
    private readonly place: FleetPlace,
  ) {}

  /** How many instances of a variant are there. */
  count(variant: string): number {
    return this.workers.get(variant)?.length ?? 0;
  }

  /** Whether any instance of a variant may be asked. */
  isHealthy(variant: string): boolean {
    return this.workers.get(variant)?.some(({ healthy }) => healthy) ?? false;
  }

  /** Starts more instances, all or none. @throws {StartError} with the reason that the service gives */
  async launch(counts: Counts, signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, this.ending.signal]);
    const started: [variant: string, worker: Instance][] = [];
    try {
      const making = this.spec.variants.flatMap((variant) =>
        Array.from({ length: counts[variant.name] ?? 0 }, async () => {
          const worker = await this.take(variant);
          started.push([variant.name, worker]);
          await worker.start(limit);
        }),
      );
      const results = await Promise.allSettled(making);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    } catch (error) {
      await Promise.all(started.map(async ([, worker]) => worker.kill()));
      for (const _ of started) this.place.capacity.release();
      throw explained(error);
    }
    for (const [variant, worker] of started) {
      this.workers.set(variant, [...(this.workers.get(variant) ?? []), worker]);
      void this.watch(variant, worker);
    }
  }

  /** Takes instances out of the traffic and ends them when what they were asked is answered. */
  async retire(counts: Counts): Promise<void> {
    const going: Instance[] = [];
    for (const [variant, count] of Object.entries(counts)) {
      const all = this.workers.get(variant) ?? [];
      going.push(...all.splice(Math.max(0, all.length - count), count));
    }
    await Promise.all(going.map(async (worker) => worker.retire()));
    for (const _ of going) this.place.capacity.release();
  }

  /** The instance of a variant that has least to do; those with the same take turns. */
  pick(variant: string): Instance | undefined {
    const all = this.workers.get(variant) ?? [];
    const turn = ((this.turns.get(variant) ?? 0) + 1) % Math.max(1, all.length);
    this.turns.set(variant, turn);
    let best: Instance | undefined;
    for (let index = 0; index < all.length; index++) {
      const worker = all[(turn + index) % all.length];
      if (worker?.healthy && (!best || worker.inFlight < best.inFlight)) best = worker;
    }
    return best;
  }

  /** Ends all workers at once; the models stay in their folders. */
  async stop(): Promise<void> {
    this.ending.abort();
    const all = [...this.workers.values()].flat();
    this.workers.clear();
    await Promise.all(all.map(async (worker) => worker.kill()));
    for (const _ of all) this.place.capacity.release();
  }

  /** Ends what is left and removes the models. */
  async remove(): Promise<void> {
    await this.retire(Object.fromEntries([...this.workers].map(([name, { length }]) => [name, length])));
    this.ending.abort();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  private get folder(): string {
    return join(this.place.folder, this.spec.id);
  }

  /** A worker that has taken its place of the capacity and is not started yet. */
  private async take(variant: VariantSpec): Promise<Instance> {
    const { capacity } = this.place;
    capacity.take(variant);
    try {
      return await this.make(variant);
    } catch (error) {
      capacity.release();
      throw error;
    }
  }

  private async make(variant: VariantSpec): Promise<Instance> {
    const { surroundings, program, observe } = this.place;
    const { name } = this;
    const logGroup = this.place.logGroup(name);
    if (variant.hasComponents) return new BareInstance(surroundings, logGroup, variant.name);
    const sockets = this.place.sockets.folder;
    if (variant.multiModel) {
      const folder = join(this.folder, variant.name, randomBytes(8).toString('hex'));
      const hear = (metric: HostMetric, value: number): void => observe(metric, value, { name, variant: variant.name });
      return new ModelHost({ surroundings, variant, logGroup, folder, program, sockets, observe: hear });
    }
    const { container, submitted } = await this.containerOf(variant);
    const more = submitted === undefined ? {} : { submitted };
    return new Worker({ surroundings, variant, logGroup, container, program, sockets, ...more });
  }

  /** The folder of a variant with its model in it; all instances read the same. */
  private async containerOf(variant: VariantSpec): Promise<{ container: Container; submitted?: string }> {
    let found = this.places.get(variant.name);
    if (!found) {
      found = this.unpack(variant);
      this.places.set(variant.name, found);
      found.catch(() => this.places.delete(variant.name));
    }
    return found;
  }

  private async unpack(variant: VariantSpec): Promise<{ container: Container; submitted?: string }> {
    const { surroundings } = this.place;
    const folder = join(this.folder, variant.name);
    const container = new Container(folder, await surroundings.mounts.isPossible(surroundings.folder));
    const mark = join(folder, complete);
    // After a restart the model is there already: its archive may have gone meanwhile.
    if (existsSync(mark)) {
      const { SAGEMAKER_SUBMIT_DIRECTORY: given } = variant.environment;
      if (given === undefined) return { container };
      return { container, submitted: given.startsWith('s3://') ? container.path('code') : container.locate(given) };
    }
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const submitted = await placeModel(container, variant, new Transfer(objects(surroundings.store)));
    await writeFile(mark, '');
    return submitted === undefined ? { container } : { container, submitted };
  }

  /** Starts a worker again that ends by itself, as the service does with a container. */
  private async watch(variant: string, first: Instance): Promise<void> {
    let worker = first;
    const isOurs = (): boolean => !this.ending.signal.aborted && (this.workers.get(variant)?.includes(worker) ?? false);
    for (let pause = firstPause; ;) {
      await worker.ended();
      if (!isOurs()) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
      const next = isOurs() ? await this.again(variant).catch(() => undefined) : undefined;
      const all = this.workers.get(variant) ?? [];
      const index = all.indexOf(worker);
      if (index < 0) {
        await next?.kill();
        return;
      }
      if (next) all[index] = worker = next;
      pause = next ? firstPause : Math.min(pause * 2, longestPause);
    }
  }

  private async again(name: string): Promise<Instance | undefined> {
    const variant = this.spec.variants.find((each) => each.name === name);
    if (!variant) return undefined;
    // It takes the place of the one that has died.
    const worker = await this.make(variant);
    await worker.start(this.ending.signal);
    return worker;
  }
}

function explained(error: unknown): unknown {
  if (error instanceof TransferError) return new StartError(error.message);
  if (error instanceof NoCapacity) return new StartError(error.message);
  return error;
}
