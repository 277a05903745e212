import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { VariantSpec } from '../domain/endpoints';
import { logs } from '../domain/logs';
import type { Container } from '../jobs/run/container';
import { runProcess } from '../jobs/run/process';
import { algorithmOf } from '../jobs/images/algorithms';
import { furnish } from '../jobs/run/furnish';
import { type JobSurroundings, placed } from '../jobs/run/runner';
import { type Instance, type Invocation, NoAnswer, StartError } from './instance';
import { Requests } from './requests';

/** Where and how a worker runs. */
export interface WorkerPlace {
  surroundings: JobSurroundings;
  variant: VariantSpec;
  logGroup: string;
  container: Container;
  /** The folder of the script, as the container sees it, where the model names one outside of itself. */
  submitted?: string;
  /** `serving.py` on this machine. */
  program: string;
  /** Folder for sockets: their paths must be short. */
  sockets: string;
  /** The log stream of the instance whose part this process is; its own unless it is given. */
  log?: { stream: string; id: number };
}

/** Seconds that the service gives each health check. */
const pingTimeout = 2000;
/** Milliseconds between two looks at a container that starts. */
const pingInterval = 30;
/** Milliseconds between two looks at one that is healthy. */
const healthInterval = 5000;
/** Milliseconds that a worker has to end by itself. */
const grace = 2000;

/** A process of its own that serves one model. */
export class Worker implements Instance {
  healthy = false;
  readonly stream: string;

  private readonly socket: string;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly requests = new Requests();
  private readonly ending = new AbortController();
  private readonly log: number;
  private process: Promise<void> | undefined;
  /** Why it has ended, once it has. */
  private end: string | undefined;
  private lastLine = '';
  private health: NodeJS.Timeout | undefined;

  constructor(private readonly place: WorkerPlace) {
    const { surroundings, variant, logGroup } = place;
    this.socket = join(place.sockets, randomBytes(4).toString('hex'));
    const log = place.log ?? openLog(surroundings, logGroup, variant.name);
    this.stream = log.stream;
    this.log = log.id;
  }

  async start(signal: AbortSignal): Promise<void> {
    const { startup, name } = this.place.variant;
    const limit = AbortSignal.any([signal, this.ending.signal, AbortSignal.timeout(startup * 1000)]);
    this.process = this.supervise();
    const unhealthy = `The primary container for production variant ${name} did not pass the ping health check. Please check CloudWatch logs for this endpoint.`;
    for (;;) {
      if (this.end !== undefined) throw new StartError(`${unhealthy} ${this.end}`.trim());
      if (limit.aborted) {
        await this.kill();
        throw new StartError(unhealthy);
      }
      if (existsSync(this.socket) && (await this.ping())) break;
      await new Promise((resolve) => setTimeout(resolve, pingInterval));
    }
    this.healthy = true;
    this.health = setInterval(() => void this.look(), healthInterval);
  }

  get inFlight(): number {
    return this.requests.count;
  }

  async ended(): Promise<void> {
    await this.process;
  }

  async invoke({ body, headers, timeout, asked }: Invocation): Promise<IncomingMessage> {
    this.requests.begin();
    asked?.();
    try {
      const answer = await this.ask('POST', '/invocations', timeout, headers, body);
      answer.once('close', () => this.requests.end());
      return answer;
    } catch (error) {
      this.requests.end();
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
    clearInterval(this.health);
    this.ending.abort();
    this.agent.destroy();
    await this.process;
    await rm(this.socket, { force: true });
  }

  private async look(): Promise<void> {
    if (this.ending.signal.aborted) return;
    this.healthy = await this.ping();
  }

  private async ping(): Promise<boolean> {
    try {
      const answer = await this.ask('GET', '/ping', pingTimeout, {});
      answer.resume();
      return answer.statusCode === 200;
    } catch {
      return false;
    }
  }

  private async supervise(): Promise<void> {
    try {
      this.end = await this.run();
    } catch (error) {
      this.end = error instanceof Error ? error.message : String(error);
    }
    this.healthy = false;
  }

  /** @returns why it ended, in a sentence; empty for none */
  private async run(): Promise<string> {
    const { surroundings, variant, container, submitted, program } = this.place;
    const { store, environment, guard } = surroundings;
    const write = (lines: readonly string[]): void => {
      this.lastLine = lines.findLast((line) => line.trim() !== '') ?? this.lastLine;
      logs(store).append(this.log, lines, Date.now());
    };
    const code = submitted ?? container.path('model', 'code');
    const requirements = join(code, 'requirements.txt');
    const algorithm = algorithmOf(variant.image, '');
    const given = Object.fromEntries(
      Object.entries(variant.environment).map(([name, value]) => [name, container.rewrite(value)]),
    );
    const { command, env, release } = await furnish(
      {
        command: ['python3', program, this.socket],
        cwd: container.root,
        env: {
          ...environment,
          PYTHONUNBUFFERED: '1',
          PYTHONDONTWRITEBYTECODE: '1',
          SAGEMAKER_BASE_DIR: container.root,
          ...given,
          SM_MODEL_DIR: container.path('model'),
          SAGEMAKER_SUBMIT_DIRECTORY: code,
          SAGEMAKER_BIND_TO_PORT: '8080',
          MLOPS_FLOW_IMAGE: variant.image,
        },
        maxRuntime: Number.POSITIVE_INFINITY,
        ...(existsSync(requirements) ? { requirements } : {}),
        image: variant.image,
        // Without a script of its own it is the algorithm's model that is served.
        ...(algorithm && !existsSync(code) ? { recipe: algorithm.recipe } : {}),
      },
      container,
      surroundings,
      { write },
      this.ending.signal,
    );
    try {
      const exit = await runProcess({
        ...(await placed(container, { cwd: container.root, command, env }, surroundings.mounts)),
        timeout: Number.POSITIVE_INFINITY,
        grace,
        guard,
        signal: this.ending.signal,
        onLines: write,
      });
      if (exit.ended === 'stopped') return '';
      return `${this.lastLine.replace(/^Error: /, '')} (the process ended with ${exit.signal ?? `code ${exit.code}`})`.trim();
    } finally {
      await release?.();
    }
  }

  private async ask(
    method: string,
    path: string,
    timeout: number,
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array,
    again = true,
  ): Promise<IncomingMessage> {
    const address = await addressOf(this.socket);
    return new Promise((resolve, reject) => {
      const length: Record<string, string> = body ? { 'content-length': String(body.length) } : {};
      const message = httpRequest({ ...address, method, path, agent: this.agent, headers: { ...headers, ...length } });
      const timer = setTimeout(() => {
        message.destroy(new NoAnswer('The time for an answer ran out.', true));
      }, timeout);
      message.once('response', (answer) => {
        answer.once('close', () => clearTimeout(timer));
        resolve(answer);
      });
      message.once('error', (error) => {
        clearTimeout(timer);
        // A kept connection that the other side has closed meanwhile: the request was not taken.
        const code = 'code' in error ? error.code : undefined;
        if (again && message.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')) {
          resolve(this.ask(method, path, timeout, headers, body, false));
          return;
        }
        reject(error instanceof NoAnswer ? error : new NoAnswer(error.message, false));
      });
      message.end(body);
    });
  }
}

/** Makes the log stream of an instance, whose id is as the service writes them. */
export function openLog({ store }: JobSurroundings, group: string, variant: string): { stream: string; id: number } {
  const stream = `${variant}/i-${randomBytes(9).toString('hex').slice(0, 17)}`;
  return { stream, id: logs(store).createStream(group, stream) };
}

/** Where a worker listens: a Unix socket, or where there are none, the port that it has written down. */
async function addressOf(socket: string): Promise<{ socketPath: string } | { host: string; port: number }> {
  if (process.platform !== 'win32') return { socketPath: socket };
  return { host: '127.0.0.1', port: Number(await readFile(socket, 'utf8')) };
}
