import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { account, region } from '../domain/arns';
import { type VariantSpec, endpoints } from '../domain/endpoints';
import { inferenceComponents } from '../domain/inference-components';
import type { Store } from '../store/store';
import { ServiceError } from '../wire/errors';
import type { Capture } from './capture';
import type { Endpoints, Route } from './endpoints';
import { LoadError, NoAnswer } from './instance';

/** A request to an endpoint, as InvokeEndpoint has it. */
export interface InvocationRequest {
  endpoint: string;
  body: Uint8Array;
  contentType?: string | undefined;
  accept?: string | undefined;
  customAttributes?: string | undefined;
  inferenceId?: string | undefined;
  variant?: string | undefined;
  /** The archive of a multi-model endpoint that is to answer. */
  target?: string | undefined;
  /** The inference component that is to answer. */
  component?: string | undefined;
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
  /** The inference component that was asked. */
  component?: string | undefined;
  /** It came from the queue of an asynchronous endpoint. */
  isAsync: boolean;
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
    private readonly components: Endpoints,
    /** Hears of every invocation that a container was asked for. */
    private readonly observe: (invoked: Invoked) => void,
    private readonly capture: Capture,
  ) {}

  /** Asks the model and reads the whole answer. @throws {ServiceError} */
  async invoke(
    request: InvocationRequest,
  ): Promise<{ route: Route; body: Buffer; headers: IncomingMessage['headers'] }> {
    const begun = performance.now();
    const route = await this.reach(request);
    let asked = performance.now();
    try {
      const message = await this.ask(route, request, () => (asked = performance.now()));
      const body = await whole(message);
      const answered = performance.now();
      const status = message.statusCode ?? 0;
      this.tell(route, request, status, answered - asked, asked - begun);
      if (status < 200 || status > 299) throw modelError(route, status, body.toString('utf8'));
      this.keep(route, request, message, body);
      void this.shadow(request, route);
      return { route, body, headers: message.headers };
    } catch (error) {
      throw this.failed(error, route, request, performance.now() - asked, asked - begun);
    }
  }

  /** Asks the model and hands on its answer while it comes. @throws {ServiceError} before it comes */
  async stream(request: InvocationRequest): Promise<Answer> {
    const begun = performance.now();
    const route = await this.reach(request);
    let asked = performance.now();
    try {
      const message = await this.ask(route, request, () => (asked = performance.now()));
      const status = message.statusCode ?? 0;
      if (status < 200 || status > 299) {
        const body = await whole(message);
        this.tell(route, request, status, performance.now() - asked, asked - begun);
        throw modelError(route, status, body.toString('utf8'));
      }
      message.once('close', () => this.tell(route, request, status, performance.now() - asked, asked - begun));
      return { route, message };
    } catch (error) {
      throw this.failed(error, route, request, performance.now() - asked, asked - begun);
    }
  }

  /** Tells of a request that no model has answered. @returns what the client is told */
  private failed(error: unknown, route: Route, request: InvocationRequest, model: number, overhead: number): unknown {
    if (error instanceof NoAnswer) {
      this.tell(route, request, 0, model, overhead);
      return unanswered(route, error);
    }
    if (error instanceof LoadError) {
      this.tell(route, request, 500, model, overhead);
      return modelError(route, 500, error.message);
    }
    return error;
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

  /** The way to an instance; what is served again after a start is waited for. @throws {ServiceError} */
  private async reach(request: InvocationRequest): Promise<Route> {
    try {
      return this.route(request);
    } catch (error) {
      const { endpoint, component } = request;
      const awake = component === undefined ? this.endpoints.awake(endpoint) : this.components.awake(component);
      if (!(error instanceof ServiceError) || error.status !== 503 || !awake) throw error;
      await Promise.race([awake, sleep(invocationTimeout, undefined, { ref: false })]);
      return this.route(request);
    }
  }

  private route({ endpoint, variant, isAsync, body, target, component }: InvocationRequest): Route {
    if (component !== undefined) return this.componentRoute(endpoint, component);
    const route = this.endpoints.route(endpoint, variant);
    if (route) {
      refuseTarget(endpoint, specOf(route), target);
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

  /** The way to a copy of an inference component, with the capture of its endpoint. */
  private componentRoute(endpoint: string, name: string): Route {
    const component = inferenceComponents(this.store).get(name);
    const host = component && endpoints(this.store).get(component.endpoint);
    if (component?.endpoint !== endpoint || !host?.fleet) {
      throw new ServiceError(
        'ValidationError',
        `Inference Component ${name} of endpoint ${endpoint} of account ${account} not found.`,
      );
    }
    const route = this.components.route(name);
    if (route) return { ...route, fleet: { ...route.fleet, config: host.config, doc: host.fleet.doc } };
    if (component.status === 'InService' && Object.values(component.counts).some((count) => count > 0)) {
      const text = `No copy of inference component ${name} is healthy at the moment. Its log is in /aws/sagemaker/InferenceComponents/${name}.`;
      throw new ServiceError('ServiceUnavailable', text, 503);
    }
    throw new ServiceError(
      'ValidationError',
      'Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if configured) or try to increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API.',
    );
  }

  private async ask(route: Route, request: InvocationRequest, asked: () => void): Promise<IncomingMessage> {
    const headers: Record<string, string> = {
      'content-type': request.contentType ?? 'application/octet-stream',
      accept: request.accept ?? '*/*',
    };
    if (request.customAttributes !== undefined) {
      headers['x-amzn-sagemaker-custom-attributes'] = request.customAttributes;
    }
    return route.worker.invoke({
      body: request.body,
      headers,
      timeout: request.timeout ?? invocationTimeout,
      target: request.target?.replace(/^\/+/, ''),
      asked,
    });
  }

  private tell(route: Route, request: InvocationRequest, status: number, model: number, overhead: number): void {
    const { variant, fleet } = route;
    const [modelLatency, overheadLatency] = [Math.round(model * 1000), Math.round(overhead * 1000)];
    this.observe({
      endpoint: request.endpoint,
      component: request.component,
      isAsync: request.isAsync ?? false,
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

function specOf({ fleet, variant }: Route): VariantSpec | undefined {
  return fleet.variants.find(({ name }) => name === variant);
}

/** Whether a request names the model where one is to be named. @throws {ServiceError} `ValidationError` */
function refuseTarget(endpoint: string, spec: VariantSpec | undefined, target: string | undefined): void {
  if (spec?.hasComponents) {
    throw new ServiceError(
      'ValidationError',
      'Inference Component Name header is required for endpoints to which you plan to deploy inference components. Please include Inference Component Name header or consider using SageMaker models.',
    );
  }
  if (spec?.multiModel && target === undefined) {
    throw new ServiceError(
      'ValidationError',
      `Endpoint ${endpoint} is a multi-model endpoint. Name the archive that is to answer as TargetModel.`,
    );
  }
  if (!spec?.multiModel && target !== undefined) {
    throw new ServiceError(
      'ValidationError',
      `Endpoint ${endpoint} is not a multi-model endpoint and does not support target model header.`,
    );
  }
}

/** The limits of a serverless variant. */
function refuseServerless(route: Route, body: Uint8Array): void {
  const { worker } = route;
  const limits = specOf(route)?.serverless;
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
function logStreamArn({ worker, logGroup }: Route): string {
  return `arn:aws:logs:${region}:${account}:log-group:${logGroup}:log-stream:${worker.stream}`;
}

function modelError(route: Route, status: number, original: string): ServiceError {
  const kind = status >= 500 ? 'server' : 'client';
  const shown = original.slice(0, longestOriginal);
  const message = `Received ${kind} error (${status}) from primary with message "${shown}". See https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logEventViewer:group=${route.logGroup} in account ${account} for more information.`;
  return new ServiceError('ModelError', message, 424, {
    OriginalStatusCode: status,
    OriginalMessage: shown,
    LogStreamArn: logStreamArn(route),
  });
}

function unanswered(route: Route, error: NoAnswer): ServiceError {
  const message = error.timedOut
    ? 'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.'
    : `Received server error (0) from primary with message "${error.message}". See the log group ${route.logGroup} for more information.`;
  return new ServiceError('ModelError', message, 424, {
    OriginalStatusCode: 0,
    OriginalMessage: error.message,
    LogStreamArn: logStreamArn(route),
  });
}
