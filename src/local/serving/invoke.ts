import { performance } from 'node:perf_hooks';
import type { IncomingMessage } from 'node:http';
import { account, region } from '../domain/arns';
import { endpoints } from '../domain/endpoints';
import type { Store } from '../store/store';
import { ServiceError } from '../wire/errors';
import type { Capture } from './capture';
import type { Endpoints, Route } from './endpoints';
import { NoAnswer } from './worker';

/** A request to an endpoint, as InvokeEndpoint has it. */
export interface InvocationRequest {
  endpoint: string;
  body: Uint8Array;
  contentType?: string | undefined;
  accept?: string | undefined;
  customAttributes?: string | undefined;
  inferenceId?: string | undefined;
  variant?: string | undefined;
  /** Milliseconds for an answer; that of the service unless it is given. */
  timeout?: number;
  /** It comes from the queue of an asynchronous endpoint: such a one answers no other. */
  isAsync?: boolean;
}

/** What is told of one invocation: times in microseconds. */
export interface Invoked {
  endpoint: string;
  variant: string;
  config: string;
  /** The status that the container answered with; 0 for none. */
  status: number;
  /** Of the variant, those of all fleets that have traffic. */
  instances: number;
  modelLatency: number;
  overheadLatency: number;
}

/** An answer of a container, whose body is still to be read. */
export interface Answer {
  route: Route;
  message: IncomingMessage;
}

/** Milliseconds that the service waits for an answer of a container. */
export const invocationTimeout = 60_000;

/** Longest text of a container that is told in an error, in characters. */
const longestOriginal = 1024;

/** Asks endpoints as sagemaker-runtime does. */
export class Invoker {
  constructor(
    private readonly store: Store,
    private readonly endpoints: Endpoints,
    /** Hears of every invocation that a container was asked for. */
    private readonly observe: (invoked: Invoked) => void,
    private readonly capture: Capture,
  ) {}

  /** Asks the model and reads the whole answer. @throws {ServiceError} */
  async invoke(
    request: InvocationRequest,
  ): Promise<{ route: Route; body: Buffer; headers: IncomingMessage['headers'] }> {
    const begun = performance.now();
    const route = this.route(request);
    const asked = performance.now();
    try {
      const message = await this.ask(route, request);
      const body = await whole(message);
      const answered = performance.now();
      const status = message.statusCode ?? 0;
      this.tell(route, request, status, answered - asked, asked - begun);
      if (status < 200 || status > 299) throw modelError(request.endpoint, route, status, body.toString('utf8'));
      this.keep(route, request, message, body);
      void this.shadow(request, route);
      return { route, body, headers: message.headers };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.tell(route, request, 0, performance.now() - asked, asked - begun);
      throw unanswered(request.endpoint, route, error);
    }
  }

  /** Asks the model and hands on its answer while it comes. @throws {ServiceError} before it comes */
  async stream(request: InvocationRequest): Promise<Answer> {
    const begun = performance.now();
    const route = this.route(request);
    const asked = performance.now();
    try {
      const message = await this.ask(route, request);
      const status = message.statusCode ?? 0;
      if (status < 200 || status > 299) {
        const body = await whole(message);
        this.tell(route, request, status, performance.now() - asked, asked - begun);
        throw modelError(request.endpoint, route, status, body.toString('utf8'));
      }
      message.once('close', () => this.tell(route, request, status, performance.now() - asked, asked - begun));
      return { route, message };
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.tell(route, request, 0, performance.now() - asked, asked - begun);
      throw unanswered(request.endpoint, route, error);
    }
  }

  /** Keeps a request with its answer, where the config says so. */
  private keep({ fleet, variant }: Route, request: InvocationRequest, answer: IncomingMessage, body: Buffer): void {
    const { DataCaptureConfig: config } = fleet.doc;
    if (!config) return;
    const { endpoint, inferenceId, contentType = 'application/octet-stream' } = request;
    const input = { type: contentType, body: request.body };
    const output = { type: answer.headers['content-type'] ?? '', body };
    this.capture.take({ endpoint, variant, config, inferenceId, input, output });
  }

  /** Sends a copy of some requests to the shadow variant, whose answers nobody gets. */
  private async shadow(request: InvocationRequest, { fleet, variant }: Route): Promise<void> {
    const shadow = fleet.variants.find((each) => each.shadow);
    const production = fleet.variants.find(({ name }) => name === variant);
    if (!shadow || !production || production.shadow) return;
    if (Math.random() * production.weight >= shadow.weight) return;
    try {
      await this.invoke({ ...request, variant: shadow.name });
    } catch (error) {
      // Its errors are in its metrics.
      if (!(error instanceof ServiceError)) throw error;
    }
  }

  private route({ endpoint, variant, isAsync, body }: InvocationRequest): Route {
    const route = this.endpoints.route(endpoint, variant);
    if (route) {
      if (route.fleet.doc.AsyncInferenceConfig && isAsync !== true) {
        throw new ServiceError(
          'ValidationError',
          `Endpoint ${endpoint} is asynchronous. Use InvokeEndpointAsync for it.`,
        );
      }
      refuseServerless(route, body);
      return route;
    }
    const found = endpoints(this.store).get(endpoint);
    if (!found?.fleet) {
      throw new ServiceError('ValidationError', `Endpoint ${endpoint} of account ${account} not found.`);
    }
    if (variant !== undefined && !found.fleet.variants.some(({ name }) => name === variant)) {
      throw new ServiceError('ValidationError', `Variant ${variant} not found for endpoint ${endpoint}.`);
    }
    const text = `No instance of endpoint ${endpoint} is healthy at the moment. Its log is in /aws/sagemaker/Endpoints/${endpoint}.`;
    throw new ServiceError('ServiceUnavailable', text, 503);
  }

  private async ask(route: Route, request: InvocationRequest): Promise<IncomingMessage> {
    const headers: Record<string, string> = {
      'content-type': request.contentType ?? 'application/octet-stream',
      accept: request.accept ?? '*/*',
    };
    if (request.customAttributes !== undefined) {
      headers['x-amzn-sagemaker-custom-attributes'] = request.customAttributes;
    }
    return route.worker.invoke({ body: request.body, headers, timeout: request.timeout ?? invocationTimeout });
  }

  private tell(route: Route, { endpoint }: InvocationRequest, status: number, model: number, overhead: number): void {
    const { variant, fleet } = route;
    const [modelLatency, overheadLatency] = [Math.round(model * 1000), Math.round(overhead * 1000)];
    this.observe({
      endpoint,
      variant,
      config: fleet.config,
      status,
      instances: route.instances,
      modelLatency,
      overheadLatency,
    });
  }
}

/** The largest request of a serverless endpoint, in bytes. */
const serverlessBody = 4 * 1024 * 1024;

/** The limits of a serverless variant. */
function refuseServerless({ fleet, variant, worker }: Route, body: Uint8Array): void {
  const limits = fleet.variants.find(({ name }) => name === variant)?.serverless;
  if (!limits) return;
  if (body.length > serverlessBody) {
    throw new ServiceError('ValidationError', `A serverless endpoint takes at most ${serverlessBody} bytes.`, 413);
  }
  if (worker.inFlight >= limits.concurrency) {
    throw new ServiceError(
      'ThrottlingException',
      'Rate exceeded: MaxConcurrency of the serverless variant is reached.',
      429,
    );
  }
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new NoAnswer(error instanceof Error ? error.message : String(error), false);
  }
  return Buffer.concat(chunks);
}

/** The log stream of the instance that was asked. */
function logStreamArn(endpoint: string, { worker }: Route): string {
  return `arn:aws:logs:${region}:${account}:log-group:/aws/sagemaker/Endpoints/${endpoint}:log-stream:${worker.stream}`;
}

function modelError(endpoint: string, route: Route, status: number, original: string): ServiceError {
  const kind = status >= 500 ? 'server' : 'client';
  const shown = original.slice(0, longestOriginal);
  const message = `Received ${kind} error (${status}) from primary with message "${shown}". See https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=/aws/sagemaker/Endpoints/${endpoint} in account ${account} for more information.`;
  return new ServiceError('ModelError', message, 424, {
    OriginalStatusCode: status,
    OriginalMessage: shown,
    LogStreamArn: logStreamArn(endpoint, route),
  });
}

function unanswered(endpoint: string, route: Route, error: NoAnswer): ServiceError {
  const message = error.timedOut
    ? 'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.'
    : `Received server error (0) from primary with message "${error.message}". See the log group /aws/sagemaker/Endpoints/${endpoint} for more information.`;
  return new ServiceError('ModelError', message, 424, {
    OriginalStatusCode: 0,
    OriginalMessage: error.message,
    LogStreamArn: logStreamArn(endpoint, route),
  });
}
