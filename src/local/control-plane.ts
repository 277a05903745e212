import { join, resolve } from 'node:path';
import { defaultBucket, region } from './domain/arns';
import { type LogLimits, logs } from './domain/logs';
import { objects } from './domain/objects';
import { forgetOldAnswers } from './domain/once';
import { forgetOldCalls } from './domain/trail';
import { Deliveries } from './engine/codepipeline/deliveries';
import { SourceWatch } from './engine/codepipeline/watch';
import { Engine } from './engine/engine';
import { Monitoring } from './engine/monitoring/monitoring';
import { Builds } from './jobs/build/builds';
import { Jobs } from './jobs/jobs';
import { Environments } from './jobs/run/environment';
import { JobFolders } from './jobs/run/folders';
import { Guard } from './jobs/run/guard';
import { Mounts } from './jobs/run/mount';
import { Python } from './jobs/run/python';
import { Scripts } from './jobs/run/scripts';
import type { JobSurroundings } from './jobs/run/runner';
import { loadKeys } from './keys';
import { Serving, type ServingOptions } from './serving/serving';
import type { Ready } from './ready';
import { services } from './services';
import { audited } from './services/audit';
import { PolicyFile } from './services/authorize';
import { StoreError, explain, explainOpening } from './store/database';
import { makeEmpty, makeFolder } from './store/folder';
import { Store } from './store/store';
import { WireServer, type WireOptions } from './wire/server';
import type { Operations } from './wire/service';
import type { KeyPair } from './wire/signature';

export interface ControlPlaneOptions extends ServingOptions {
  /** Folder for everything that lasts; made when it is not there. */
  data: string;
  /** A free port unless one is given. */
  port?: number;
  /** The Python that steps run with; the system's unless it is given. */
  python?: string;
  /** How much logs may take. */
  logs?: Partial<LogLimits>;
  /** The folder of the programs that stand for algorithms of images: `media/python/algorithms`. */
  programs?: string;
  /** What steps inherit; this process's environment unless it is given. */
  environment?: NodeJS.ProcessEnv;
  /** The path of our own command line, for builds that call it. */
  cli?: string;
  /** Milliseconds that a stopped job has to end by itself. */
  grace?: number;
  /** The file of an IAM policy that calls have to be allowed by; all are, where none is given. */
  policy?: string;
  /** Hears of a store that cannot be written any more, after which nothing works. */
  onBroken?: (error: unknown) => void;
  /** Hears of every answer, for tests. */
  observe?: WireOptions['observe'];
}

/** What runs, and ends with the control plane. */
interface Parts {
  engine: Engine;
  jobs: Jobs;
  serving: Serving;
  monitoring: Monitoring;
  builds: Builds;
  deliveries: Deliveries;
  watch: SourceWatch;
  wire: WireServer;
  guard: Guard;
}

/** The whole control plane in this process. */
export class ControlPlane {
  private constructor(
    private readonly store: Store,
    private readonly parts: Parts,
    private readonly keys: KeyPair,
    private readonly port: number,
  ) {}

  /** Opens the data folder, puts right what an abrupt end left behind, and listens. @throws {StoreError} */
  static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const folder = resolve(options.data);
    const policy = options.policy === undefined ? undefined : new PolicyFile(options.policy);
    const store = openStore(folder);
    const guard = new Guard();
    try {
      const credentials = join(folder, 'credentials');
      const keys = loadKeys(credentials);
      const jobFolder = join(folder, 'jobs');
      makeEmpty(jobFolder);
      const environment = stepEnvironment(options.environment ?? process.env, credentials);
      const broken = (error: unknown): void => (options.onBroken ?? fallThrough)(explain(error, folder));
      const programs = options.programs ?? join(__dirname, '..', 'media', 'python', 'algorithms');
      const python = new Python(options.python);
      const surroundings: JobSurroundings = {
        store,
        folder: jobFolder,
        folders: new JobFolders(),
        python,
        scripts: new Scripts(python, join(programs, '..', 'judge_scripts.py')),
        mounts: new Mounts(),
        environments: new Environments(join(folder, 'environments'), join(jobFolder, 'environments')),
        environment,
        programs,
        grace: options.grace ?? 10_000,
        guard,
        ...(options.cli === undefined ? {} : { cli: options.cli }),
      };
      const jobs = new Jobs(surroundings, broken);
      const serving = new Serving(surroundings, options, broken);
      const { endpoints, components, invoker, queues } = serving;
      const settle = (): Promise<void> => serving.settle();
      const monitoring = new Monitoring({ store, jobs, speed: serving.clock.speed, settle, broken });
      const builds = new Builds(surroundings, broken);
      const deliveries = new Deliveries(surroundings, builds, broken);
      let own: Operations = {};
      const engine = new Engine(store, jobs, broken, async (operation, input) => ({
        ...(await own[operation]?.(input as never)),
      }));
      store.transaction(() => {
        engine.recover();
        jobs.recover();
        builds.recover();
      });
      forgetOldAnswers(store);
      forgetOldCalls(store);
      objects(store).createBucket(defaultBucket);
      logs(store).limit(options.logs ?? {});
      const context = { store, engine, jobs, endpoints, components, invoker, queues, builds, deliveries, monitoring };
      const spoken = services.map((service) => ({ ...service, operations: service.operations(context) }));
      const ofSageMaker = spoken.find(({ signingName }) => signingName === 'sagemaker')?.operations ?? {};
      own = audited(store, 'sagemaker', ofSageMaker, 'sagemaker');
      const wire = new WireServer({
        keys,
        services: spoken.map((service) => ({
          ...service,
          operations: audited(store, service.signingName, service.operations),
        })),
        explain(error) {
          const explained = explain(error, folder);
          return explained === error || !(explained instanceof Error) ? undefined : explained.message;
        },
        ...(policy
          ? { refusal: ({ signingName }, operation, input) => policy.refusal(signingName, operation, input) }
          : {}),
        ...(options.observe ? { observe: options.observe } : {}),
      });
      const port = await wire.listen(options.port ?? 0).catch((error: unknown) => {
        throw portError(error, options.port ?? 0);
      });
      environment.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
      engine.goOn();
      serving.recover();
      monitoring.start();
      deliveries.recover();
      const watch = new SourceWatch(store, deliveries, broken);
      watch.start();
      const parts = { engine, jobs, serving, monitoring, builds, deliveries, watch, wire, guard };
      return new ControlPlane(store, parts, keys, port);
    } catch (error) {
      guard.close();
      store.close();
      throw explainOpening(error, folder);
    }
  }

  /** What a client needs to know. */
  get ready(): Ready {
    return { endpoint: `http://127.0.0.1:${this.port}`, region, ...this.keys, pid: process.pid };
  }

  /** Looks at the sources of pipelines now. */
  async watched(): Promise<void> {
    await this.parts.watch.look();
  }

  /** Takes no more requests, stops running steps and marks their executions, closes the store. */
  async stop(): Promise<void> {
    const { engine, jobs, serving, monitoring, builds, watch, wire, guard } = this.parts;
    await watch.stop();
    await wire.close();
    await engine.shutDown();
    const deliveries = this.parts.deliveries.shutDown();
    await serving.shutDown();
    await Promise.all([jobs.shutDown(), monitoring.shutDown()]);
    await builds.shutDown();
    await deliveries;
    guard.close();
    this.store.close();
  }
}

function openStore(folder: string): Store {
  try {
    makeFolder(folder);
    return new Store(
      folder,
      services.flatMap(({ tables }) => tables),
    );
  } catch (error) {
    throw explainOpening(error, folder);
  }
}

/**
 * The environment of steps: the user's, without what would lead a step to a real account or change how its
 * interpreter runs, and with what leads it to Local.
 */
function stepEnvironment(base: NodeJS.ProcessEnv, credentials: string): NodeJS.ProcessEnv {
  const kept = Object.entries(base).filter(
    ([name]) => !/^(AWS_|CODEBUILD_|VSCODE_|ELECTRON_|NODE_OPTIONS$|PYTHONHOME$|SM_|SAGEMAKER_)/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
}

function portError(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new StoreError(`Port ${port} is taken. Give another one, or none to take any free port.`);
  if (code === 'EACCES')
    return new StoreError(`Port ${port} needs more rights than this user has. Give one above 1023.`);
  return error;
}

function fallThrough(error: unknown): void {
  throw error;
}
