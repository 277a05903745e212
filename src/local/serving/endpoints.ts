import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import program from '../../../media/python/serving.py';
import type { Change, Counts, Endpoint, FleetSpec } from '../domain/endpoints';
import { tags } from '../domain/tags';
import type { JobSurroundings } from '../jobs/run/runner';
import type { Records } from '../store/records';
import type { Capacity } from './capacity';
import { type AlarmWatch, type Outcome, carryOut } from './change';
import type { Clock } from './clock';
import { Fleet, type FleetPlace } from './fleet';
import { type Instance, StartError } from './instance';
import { planUpdate, sizes } from './plan';
import { Split } from './router';

/** Where a request goes. */
export interface Route {
  worker: Instance;
  variant: string;
  fleet: FleetSpec;
  /** Instances that answer for the variant. */
  instances: number;
  /** Where its containers write. */
  logGroup: string;
}

/** Variants and weights, and which fleets answer for each. */
interface Table {
  variants: Split<string>;
  fleets: ReadonlyMap<string, Split<Fleet>>;
}

/** An endpoint that this process serves. */
interface Live {
  fleets: Map<string, Fleet>;
  abort: AbortController;
  table: Table;
  work: Promise<void>;
}

type EndpointRecords = Pick<Records<Endpoint>, 'get' | 'list' | 'put' | 'delete'>;

export interface EndpointOptions {
  surroundings: JobSurroundings;
  /** Where endpoints are written down, or what changes as they do. */
  records: EndpointRecords;
  /** Folder for the models of fleets. */
  folder: string;
  /** Where workers listen. */
  sockets: FleetPlace['sockets'];
  clock: Clock;
  alarms: AlarmWatch;
  /** The instances that there are for everything that is served. */
  capacity: Capacity;
  logGroup: FleetPlace['logGroup'];
  /** Hears of the models that instances of multi-model containers load. */
  observe: FleetPlace['observe'];
  /** Hears of a store that cannot be written any more. */
  broken: (error: unknown) => void;
  /** Hears of every change of an endpoint's status or phase. */
  changed?: (endpoint: Endpoint) => void;
}

/**
 * All endpoints, or all inference components, which change as those do: what is done to them, and who answers for them.
 * Every step is in the store before it is done.
 */
export class Endpoints {
  readonly capacity: Capacity;
  private readonly live = new Map<string, Live>();
  /** Those that the process before has left, until they serve again. */
  private readonly waking = new Map<string, Promise<void>>();
  private readonly place: FleetPlace;

  constructor(private readonly options: EndpointOptions) {
    const { folder, surroundings, sockets, capacity, logGroup, observe } = options;
    mkdirSync(folder, { recursive: true });
    const script = join(folder, 'serving.py');
    // A write waits for the disk: what the process before has left is mostly the same.
    if (!existsSync(script) || readFileSync(script, 'utf8') !== program) writeFileSync(script, program);
    this.capacity = capacity;
    this.place = { surroundings, folder, program: script, sockets, capacity, logGroup, observe };
  }

  /** Goes on with what the process before has left: endpoints serve again, and changes go on where they were. */
  recover(): void {
    const all = this.records.list('1');
    const fleets = new Set(all.flatMap(({ fleet, change, remains }) => [fleet?.id, change?.to.id, remains?.fleet.id]));
    for (const name of readdirSync(this.place.folder)) {
      if (name !== 'serving.py' && !fleets.has(name)) rmSync(join(this.place.folder, name), { recursive: true });
    }
    for (const endpoint of all) {
      if (endpoint.status === 'Deleting') this.delete(endpoint);
      else if (endpoint.status !== 'Failed') this.wake(endpoint.name);
    }
  }

  /** Settles when an endpoint that the process before has left serves again; undefined where none is awaited. */
  awake(name: string): Promise<void> | undefined {
    return this.waking.get(name);
  }

  private wake(name: string): void {
    let awake = (): void => undefined;
    const woken = new Promise<void>((resolve) => {
      awake = () => {
        this.waking.delete(name);
        resolve();
      };
    });
    this.waking.set(name, woken);
    this.begin(name, async () => this.resume(name, awake).finally(awake));
  }

  /** Begins to serve an endpoint whose record is there. */
  create(endpoint: Endpoint, to: FleetSpec): void {
    const wanted = countsOf(to);
    this.put({
      ...endpoint,
      change: {
        kind: 'create',
        to,
        ...this.birth(planUpdate(undefined, {}, wanted).filter(({ kind }) => kind !== 'retire')),
        ground: { old: {}, new: none(wanted), shares: none(wanted) },
        alarms: [],
      },
    });
    this.begin(endpoint.name, async () => this.goOn(endpoint.name));
  }

  /**
   * Begins to replace the fleet of an endpoint.
   * @param counts instances of the new fleet's variants
   */
  update(
    endpoint: Endpoint,
    to: FleetSpec,
    counts: Counts,
    weights: Counts,
    policy: DeploymentConfig | undefined,
  ): void {
    const rolling = policy?.RollingUpdatePolicy;
    const timeout =
      rolling?.MaximumExecutionTimeoutInSeconds ?? policy?.BlueGreenUpdatePolicy?.MaximumExecutionTimeoutInSeconds;
    const alarms = policy?.AutoRollbackConfiguration?.Alarms?.map(({ AlarmName = '' }) => AlarmName) ?? [];
    const { failureReason: _, ...rest } = endpoint;
    this.put({
      ...rest,
      status: 'Updating',
      ...(policy === undefined ? {} : { lastDeployment: policy }),
      change: {
        kind: 'update',
        to,
        ...this.birth(planUpdate(policy, endpoint.counts, counts)),
        ground: { old: endpoint.counts, new: none(counts), shares: none(counts) },
        alarms,
        ...(timeout === undefined ? {} : { timeout }),
        ...(rolling ? { rollbackBatch: sizes(rolling.RollbackMaximumBatchSize, endpoint.counts) } : {}),
        wanted: { counts, weights },
      },
    });
    this.begin(endpoint.name, async () => this.goOn(endpoint.name));
  }

  /** Begins to change weights and instances of the variants in service. */
  scale(endpoint: Endpoint, counts: Counts, weights: Counts): void {
    const { fleet } = endpoint;
    if (!fleet) return;
    const more = positive(counts, endpoint.counts);
    const less = positive(endpoint.counts, counts);
    const { failureReason: _, ...rest } = endpoint;
    this.put({
      ...rest,
      status: 'Updating',
      change: {
        kind: 'capacity',
        to: fleet,
        ...this.birth([
          ...(isNone(more) ? [] : [{ kind: 'launch' as const, fleet: 'new' as const, counts: more }]),
          ...(isNone(less) ? [] : [{ kind: 'retire' as const, fleet: 'new' as const, counts: less }]),
        ]),
        ground: { old: {}, new: endpoint.counts, shares: all(endpoint.counts) },
        alarms: [],
        wanted: { counts, weights },
      },
    });
    this.begin(endpoint.name, async () => this.goOn(endpoint.name));
  }

  /** Ends an endpoint and forgets it. */
  delete(endpoint: Endpoint): void {
    this.put({ ...endpoint, status: 'Deleting' });
    this.begin(endpoint.name, async (live) => {
      live.abort.abort();
      await Promise.all([...live.fleets.values()].map(async (fleet) => fleet.remove()));
      for (const spec of [endpoint.fleet, endpoint.change?.to, endpoint.remains?.fleet]) {
        if (spec) await this.open(endpoint.name, spec).remove();
      }
      this.store.transaction(() => {
        this.records.delete('id = ?', endpoint.name);
        tags(this.store).remove(endpoint.arn);
      });
      this.live.delete(endpoint.name);
    });
  }

  /**
   * Chooses who answers a request: the variant by its weight or by name, the fleet by its share, of its instances the
   * one with least to do.
   * @returns undefined where nobody can
   */
  route(endpoint: string, variant?: string): Route | undefined {
    const table = this.live.get(endpoint)?.table;
    const name = variant ?? table?.variants.next();
    if (!table || name === undefined) return undefined;
    const split = table.fleets.get(name);
    if (!split) return undefined;
    const first = split.next();
    const others = split.targets.filter(({ value, weight }) => weight > 0 && value !== first);
    for (const fleet of [first, ...others.map(({ value }) => value)]) {
      const worker = fleet?.pick(name);
      if (!fleet || !worker) continue;
      const instances = split.targets.reduce((sum, { value }) => sum + value.count(name), 0);
      return { worker, variant: name, fleet: fleet.spec, instances, logGroup: this.place.logGroup(endpoint) };
    }
    return undefined;
  }

  /** Ends all workers; the records stay, and the next start goes on with them. */
  async shutDown(): Promise<void> {
    const all = [...this.live.values()];
    for (const { abort } of all) abort.abort();
    await Promise.allSettled(all.flatMap(({ fleets }) => [...fleets.values()].map(async (fleet) => fleet.stop())));
    await Promise.allSettled(all.map(({ work }) => work));
  }

  private get store(): JobSurroundings['store'] {
    return this.options.surroundings.store;
  }

  private get records(): EndpointRecords {
    return this.options.records;
  }

  private birth(phases: Change['phases']): Pick<Change, 'phases' | 'at' | 'entered' | 'started'> {
    const now = new Date(this.options.clock.now());
    return { phases, at: 0, entered: now, started: now };
  }

  private put(endpoint: Endpoint): void {
    this.records.put({ ...endpoint, modifiedAt: new Date() });
    this.options.changed?.(endpoint);
  }

  /** Does something with an endpoint after what is being done to it, when the answer to the request has gone out. */
  private begin(name: string, work: (live: Live) => Promise<void>): void {
    let live = this.live.get(name);
    if (!live) {
      live = {
        fleets: new Map(),
        abort: new AbortController(),
        table: { variants: new Split([]), fleets: new Map() },
        work: Promise.resolve(),
      };
      this.live.set(name, live);
    }
    const mine = live;
    mine.work = mine.work
      .then(async () => new Promise((resolve) => setImmediate(resolve)))
      .then(async () => work(mine))
      .catch((error: unknown) => {
        if (!mine.abort.signal.aborted) this.options.broken(error);
      });
  }

  private liveOf(name: string): Live {
    const live = this.live.get(name);
    if (!live) throw new Error(`The endpoint ${name} is not served.`);
    return live;
  }

  /** The fleet of a spec, made when it is first asked for. */
  private open(name: string, spec: FleetSpec): Fleet {
    const { fleets } = this.liveOf(name);
    let fleet = fleets.get(spec.id);
    if (!fleet) {
      fleet = new Fleet(spec, name, this.place);
      fleets.set(spec.id, fleet);
    }
    return fleet;
  }

  /** After a start: launches what was there and goes on with what was under way. */
  private async resume(name: string, awake: () => void): Promise<void> {
    await this.fill(name);
    const endpoint = this.records.get(name);
    if (!endpoint) return;
    this.reroute(endpoint);
    awake();
    if (endpoint.change) await this.goOn(name);
  }

  /** Launches what is missing of the fleets that an endpoint has. What cannot be had now is tried again. */
  private async fill(name: string): Promise<void> {
    const endpoint = this.records.get(name);
    if (!endpoint) return;
    const { signal } = this.liveOf(name).abort;
    const { fleet, change, counts, remains } = endpoint;
    const isOwn = change?.kind === 'capacity';
    const there: [FleetSpec | undefined, Counts][] = [
      [fleet, isOwn ? change.ground.new : (change?.ground.old ?? counts)],
      [isOwn ? undefined : change?.to, change?.ground.new ?? {}],
      [remains?.fleet, remains?.ground.new ?? {}],
    ];
    for (const [spec, wanted] of there) {
      if (!spec) continue;
      const open = this.open(name, spec);
      const present = Object.fromEntries(Object.keys(wanted).map((variant) => [variant, open.count(variant)]));
      try {
        await open.launch(positive(wanted, present), signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof StartError)) throw error;
        setTimeout(() => this.live.has(name) && this.begin(name, async () => this.fill(name)), retryPause).unref();
      }
    }
  }

  private async goOn(name: string): Promise<void> {
    const endpoint = this.records.get(name);
    const change = endpoint?.change;
    if (!endpoint || !change) return;
    const live = this.liveOf(name);
    const fleetOf = (which: 'old' | 'new'): Fleet | undefined =>
      which === 'new' ? this.open(name, change.to) : endpoint.fleet && this.open(name, endpoint.fleet);
    const outcome = await carryOut(
      change,
      endpoint.counts,
      {
        clock: this.options.clock,
        alarms: this.options.alarms,
        launch: async (which, counts, signal) => fleetOf(which)?.launch(counts, signal),
        retire: async (which, counts) => fleetOf(which)?.retire(counts),
        route: (ground) => this.reroute({ ...endpoint, change: { ...change, ground } }),
        save: (next) => this.put({ ...endpoint, change: next }),
      },
      live.abort.signal,
    );
    await this.settle(name, outcome);
  }

  /** Writes down what a change came to, and lets go of the fleets that are not needed any more. */
  private async settle(name: string, outcome: Outcome): Promise<void> {
    const endpoint = this.records.get(name);
    const change = endpoint?.change;
    if (!endpoint || !change) return;
    const next = settled(endpoint, change, outcome);
    this.put(next);
    this.reroute(next);
    const kept = new Set([next.fleet?.id, next.remains?.fleet.id]);
    const { fleets } = this.liveOf(name);
    for (const [id, fleet] of fleets) {
      if (kept.has(id)) continue;
      fleets.delete(id);
      await fleet.remove();
    }
  }

  /** Makes the table by which requests are answered. */
  private reroute(endpoint: Endpoint): void {
    const { name, fleet, change, remains } = endpoint;
    const live = this.liveOf(name);
    const current = fleet && this.open(name, fleet);
    const coming = change && change.kind !== 'capacity' ? this.open(name, change.to) : undefined;
    const rest = remains && this.open(name, remains.fleet);
    const names = new Set([...(fleet?.variants ?? []), ...(change?.to.variants ?? [])].map((variant) => variant.name));
    const split = (variant: string): Split<Fleet> => {
      const share = coming ? (change?.ground.shares[variant] ?? 0) : 0;
      const left = remains?.ground.shares[variant] ?? 0;
      return new Split(
        [
          { value: current, weight: (1 - share) * (1 - left) },
          { value: rest, weight: (1 - share) * left },
          { value: coming, weight: share },
        ].flatMap(({ value, weight }) => (value && weight > 0 ? [{ value, weight }] : [])),
      );
    };
    const shadows = new Set(
      [...(fleet?.variants ?? []), ...(change?.to.variants ?? [])]
        .filter(({ shadow }) => shadow)
        .map((each) => each.name),
    );
    const weights = endpoint.fleet ? endpoint.weights : weightsOf(change?.to);
    live.table = {
      variants: new Split(
        [...names].filter((each) => !shadows.has(each)).map((value) => ({ value, weight: weights[value] ?? 1 })),
      ),
      fleets: new Map([...names].map((each) => [each, split(each)])),
    };
  }
}

/** The record of an endpoint after a change. */
function settled(endpoint: Endpoint, change: Change, outcome: Outcome): Endpoint {
  const { change: _, failureReason: __, ...rest } = endpoint;
  if (outcome.kind === 'done') {
    const { remains: ___, ...clean } = rest;
    return {
      ...(change.kind === 'capacity' ? rest : clean),
      status: 'InService',
      config: change.to.config,
      fleet: change.to,
      counts: change.wanted?.counts ?? countsOf(change.to),
      weights: change.wanted?.weights ?? weightsOf(change.to),
    };
  }
  const failureReason = outcome.reason.slice(0, longestReason);
  if (outcome.kind === 'rolledBack') {
    return { ...rest, status: rest.remains ? 'UpdateRollbackFailed' : 'InService', failureReason };
  }
  if (change.kind === 'create') return { ...rest, status: 'Failed', failureReason };
  return {
    ...rest,
    status: 'UpdateRollbackFailed',
    failureReason: `${change.rollback?.reason ?? ''} The rollback failed: ${failureReason}`.trim(),
    counts: change.ground.old,
    remains: { fleet: change.to, ground: change.ground },
  };
}

const longestReason = 1024;

/** Milliseconds until instances that were there before a restart, and cannot be had now, are tried again. */
const retryPause = 5000;

/** Instances that the variants of a fleet begin with. */
export function countsOf(fleet: FleetSpec | undefined): Counts {
  return Object.fromEntries((fleet?.variants ?? []).map(({ name, count }) => [name, count]));
}

/** Weights that the variants of a fleet begin with. */
export function weightsOf(fleet: FleetSpec | undefined): Counts {
  return Object.fromEntries((fleet?.variants ?? []).map(({ name, weight }) => [name, weight]));
}

function none(counts: Counts): Counts {
  return Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
}

function all(counts: Counts): Counts {
  return Object.fromEntries(Object.keys(counts).map((name) => [name, 1]));
}

/** How many more of each there are in `a`. */
function positive(a: Counts, b: Counts): Counts {
  return Object.fromEntries(Object.entries(a).map(([name, count]) => [name, Math.max(0, count - (b[name] ?? 0))]));
}

function isNone(counts: Counts): boolean {
  return Object.values(counts).every((count) => count === 0);
}
