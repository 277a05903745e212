import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { InvokeEndpointAsyncInput } from '@aws-sdk/client-sagemaker-runtime';
import { account, parseS3Uri } from '../domain/arns';
import { type AsyncRequest, asyncBodies, asyncRequests } from '../domain/async-requests';
import { type Endpoint, endpoints } from '../domain/endpoints';
import { metrics } from '../domain/metrics';
import { objects } from '../domain/objects';
import type { Store } from '../store/store';
import { ServiceError } from '../wire/errors';
import type { Invoker } from './invoke';

/** Seconds that a request may wait, and that the model may take for it, where it names none. */
const defaultTimeToLive = 21_600;
const defaultTimeout = 900;

/** Requests that an instance is asked at a time, where the config names no number. */
const defaultConcurrency = 1;

/** Milliseconds until a queue is looked at again whose endpoint has no instance. */
const retryPause = 1000;

const namespace = 'AWS/SageMaker';

/**
 * The queues of asynchronous endpoints. A request is in the store until its output, or what went wrong, is in S3: one
 * that was under way when the process ended is asked again.
 */
export class AsyncQueues {
  private readonly running = new Map<string, number>();
  private readonly taken = new Set<string>();
  private ended = false;

  constructor(
    private readonly store: Store,
    private readonly invoker: Invoker,
    private readonly broken: (error: unknown) => void,
  ) {}

  /** Takes a request. @returns where its output will be @throws {ServiceError} `ValidationError` */
  enqueue(input: InvokeEndpointAsyncInput): AsyncRequest {
    const name = input.EndpointName ?? '';
    const endpoint = endpoints(this.store).get(name);
    if (!endpoint?.fleet) throw refusal(`Endpoint ${name} of account ${account} not found.`);
    const config = endpoint.fleet.doc.AsyncInferenceConfig?.OutputConfig;
    if (!config) throw refusal(`Endpoint ${name} is not an asynchronous endpoint. Use InvokeEndpoint for it.`);
    if ((input.InputLocation === undefined) === (input.Body === undefined)) {
      throw refusal('Give either InputLocation or Body.');
    }
    const id = input.InferenceId ?? randomUUID();
    const file = input.Filename ?? `${randomUUID()}.out`;
    const extension = input.S3OutputPathExtension?.replaceAll(/^\/|\/$/g, '');
    const under = (path: string, last: string): string =>
      [path.replace(/\/$/, ''), ...(extension === undefined ? [] : [extension]), last].join('/');
    const output = config.S3OutputPath ?? `s3://sagemaker-${name}/async`;
    const request: AsyncRequest = {
      id,
      endpoint: name,
      createdAt: new Date(),
      ...(input.InputLocation === undefined ? {} : { input: input.InputLocation }),
      ...(input.ContentType === undefined ? {} : { contentType: input.ContentType }),
      ...(input.Accept === undefined ? {} : { accept: input.Accept }),
      ...(input.CustomAttributes === undefined ? {} : { customAttributes: input.CustomAttributes }),
      output: under(output, file),
      ...(config.S3FailurePath === undefined
        ? {}
        : { failure: under(config.S3FailurePath, file.replace(/(?:\.out)?$/, '-error.out')) }),
      timeToLive: input.RequestTTLSeconds ?? defaultTimeToLive,
      timeout: input.InvocationTimeoutSeconds ?? defaultTimeout,
    };
    this.store.transaction(() => {
      if (input.Body) asyncBodies(this.store).put(id, Buffer.from(input.Body));
      asyncRequests(this.store).put(request);
    });
    this.tellBacklog(endpoint);
    this.work(name);
    return request;
  }

  /** Goes on with what waited when the process before ended. */
  recover(): void {
    for (const name of new Set(
      asyncRequests(this.store)
        .list('1')
        .map(({ endpoint }) => endpoint),
    ))
      this.work(name);
  }

  stop(): void {
    this.ended = true;
  }

  /** Asks as many waiting requests of an endpoint as it can take now. */
  private work(name: string): void {
    if (this.ended) return;
    const endpoint = endpoints(this.store).get(name);
    if (!endpoint) {
      for (const { id } of asyncRequests(this.store).list('endpoint = ?', name)) this.forget(id);
      return;
    }
    const instances = Object.values(endpoint.counts).reduce((sum, count) => sum + count, 0);
    const each =
      endpoint.fleet?.doc.AsyncInferenceConfig?.ClientConfig?.MaxConcurrentInvocationsPerInstance ?? defaultConcurrency;
    const waiting = asyncRequests(this.store)
      .list('endpoint = ?', name)
      .filter(({ id }) => !this.taken.has(id));
    if (instances === 0 && waiting.length > 0) {
      setTimeout(() => this.work(name), retryPause).unref();
      return;
    }
    for (const request of waiting) {
      if ((this.running.get(name) ?? 0) >= instances * each) return;
      this.taken.add(request.id);
      this.running.set(name, (this.running.get(name) ?? 0) + 1);
      void this.answer(request, endpoint);
    }
  }

  private async answer(request: AsyncRequest, endpoint: Endpoint): Promise<void> {
    const begun = Date.now();
    try {
      const end = await this.ask(request);
      if (this.ended) return;
      await this.keep(request, end);
      this.tell(endpoint, end, begun - request.createdAt.getTime(), Date.now() - request.createdAt.getTime());
      this.forget(request.id);
      this.tellBacklog(endpoint);
    } catch (error) {
      if (!this.ended) this.broken(error);
    } finally {
      this.taken.delete(request.id);
      this.running.set(request.endpoint, (this.running.get(request.endpoint) ?? 1) - 1);
      this.work(request.endpoint);
    }
  }

  private async ask(request: AsyncRequest): Promise<End> {
    if (Date.now() > request.createdAt.getTime() + request.timeToLive * 1000) {
      return { metric: 'ExpiredRequests', text: `The request waited longer than ${request.timeToLive} seconds.` };
    }
    const content = await this.contentOf(request);
    if (!content) return { metric: 'RequestDownloadFailures', text: `The object ${request.input} could not be read.` };
    try {
      const answer = await this.invoker.invoke({
        endpoint: request.endpoint,
        body: content.body,
        // Clients put the type of a request onto its object.
        contentType: request.contentType ?? content.type,
        accept: request.accept,
        customAttributes: request.customAttributes,
        timeout: request.timeout * 1000,
        isAsync: true,
      });
      return { body: answer.body, type: answer.headers['content-type'] ?? 'application/octet-stream' };
    } catch (error) {
      if (error instanceof ServiceError) return { metric: 'InvocationFailures', text: error.message };
      throw error;
    }
  }

  private async contentOf({ id, input }: AsyncRequest): Promise<{ body: Uint8Array; type?: string } | undefined> {
    if (input === undefined) {
      const body = asyncBodies(this.store).get(id);
      return body && { body };
    }
    const place = parseS3Uri(input);
    const object = place && objects(this.store).get(place.bucket, place.key);
    if (!object) return undefined;
    const type = object.headers['content-type'];
    return { body: await readFile(object.path), ...(type === undefined ? {} : { type }) };
  }

  private async keep(request: AsyncRequest, end: End): Promise<void> {
    const uri = 'body' in end ? request.output : request.failure;
    const place = uri === undefined ? undefined : parseS3Uri(uri);
    if (!place || !objects(this.store).hasBucket(place.bucket)) return;
    const content = 'body' in end ? end.body : Buffer.from(end.text);
    const headers = { 'content-type': 'body' in end ? end.type : 'text/plain' };
    await objects(this.store).put(place.bucket, place.key, Readable.from([content]), headers);
  }

  private forget(id: string): void {
    this.store.transaction(() => {
      asyncRequests(this.store).delete('id = ?', id);
      asyncBodies(this.store).remove(id);
    });
  }

  private tell({ name, fleet }: Endpoint, end: End, waited: number, whole: number): void {
    const variant = fleet?.variants[0]?.name ?? '';
    const dimensions = [
      { Name: 'EndpointName', Value: name },
      { Name: 'VariantName', Value: variant },
    ];
    const all = metrics(this.store);
    all.add({ namespace, name: 'InvocationsProcessed', dimensions }, 1, 'None');
    all.add({ namespace, name: 'TimeInBacklog', dimensions }, waited, 'Milliseconds');
    all.add({ namespace, name: 'TotalProcessingTime', dimensions }, whole, 'Milliseconds');
    if ('metric' in end) all.add({ namespace, name: end.metric, dimensions }, 1, 'None');
  }

  private tellBacklog({ name, counts }: Endpoint): void {
    const waiting = asyncRequests(this.store).list('endpoint = ?', name);
    const instances = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const oldest = waiting[0]?.createdAt.getTime() ?? Date.now();
    const dimensions = [{ Name: 'EndpointName', Value: name }];
    const all = metrics(this.store);
    all.add({ namespace, name: 'ApproximateBacklogSize', dimensions }, waiting.length, 'None');
    all.add(
      { namespace, name: 'ApproximateBacklogSizePerInstance', dimensions },
      waiting.length / Math.max(1, instances),
      'None',
    );
    all.add({ namespace, name: 'ApproximateAgeOfOldestRequest', dimensions }, (Date.now() - oldest) / 1000, 'Seconds');
    const without = Number(instances === 0 && waiting.length > 0);
    all.add({ namespace, name: 'HasBacklogWithoutCapacity', dimensions }, without, 'None');
  }
}

/** What came of a request: an answer, or why there is none. */
type End = { body: Uint8Array; type: string } | { metric: string; text: string };

function refusal(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
