import type { IncomingMessage } from 'node:http';
import { type JobSurroundings } from '../jobs/run/runner';
import { type Instance, NoAnswer } from './instance';
import { openLog } from './worker';

/** An instance that inference components share: it has no model of its own, and so no process. */
export class BareInstance implements Instance {
  readonly inFlight = 0;
  healthy = false;
  readonly stream: string;
  private end: () => void = () => undefined;
  private readonly over = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  constructor(surroundings: JobSurroundings, logGroup: string, variant: string) {
    this.stream = openLog(surroundings, logGroup, variant).stream;
  }

  async start(): Promise<void> {
    this.healthy = true;
    return Promise.resolve();
  }

  async ended(): Promise<void> {
    await this.over;
  }

  async invoke(): Promise<IncomingMessage> {
    return Promise.reject(new NoAnswer('The instance has no model of its own.', false));
  }

  async retire(): Promise<void> {
    await this.kill();
  }

  async kill(): Promise<void> {
    this.healthy = false;
    this.end();
    return Promise.resolve();
  }
}
