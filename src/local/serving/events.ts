import { bus } from '../domain/bus';
import type { Endpoint } from '../domain/endpoints';
import { tags } from '../domain/tags';
import type { Store } from '../store/store';
import { describeEndpoint } from './describe';

/** What was told of an endpoint last. */
interface Told {
  status: string;
  phase: string;
}

/**
 * Tells EventBridge of endpoints: each status, and each phase of an update.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export class EndpointEvents {
  private readonly told = new Map<string, Told>();

  constructor(private readonly store: Store) {}

  /** Hears of a change, and tells what is new in it. */
  hear(endpoint: Endpoint): void {
    const { name, status, change } = endpoint;
    const before = this.told.get(name);
    const phase = change ? `${change.started.getTime()} ${change.at} ${change.rollback ? 'back' : 'on'}` : '';
    this.told.set(name, { status, phase });
    if (status !== before?.status) this.tell('SageMaker Endpoint State Change', endpoint);
    if (phase !== '' && phase !== before?.phase && isGuarded(endpoint)) {
      this.tell('SageMaker Endpoint Deployment State Change', endpoint);
    }
    if (status === 'Deleting') this.told.delete(name);
  }

  private tell(type: string, endpoint: Endpoint): void {
    const { EndpointStatus, ...described } = describeEndpoint(endpoint);
    bus(this.store).emit('aws.sagemaker', type, [endpoint.arn], {
      ...(plain(described) as object),
      EndpointStatus: snake(EndpointStatus ?? ''),
      Tags: Object.fromEntries(
        tags(this.store)
          .of(endpoint.arn)
          .map(({ Key, Value }) => [Key, Value]),
      ),
    });
  }
}

/** An update or a change of capacity of an endpoint that guardrails are for: the service tells no phases of others. */
function isGuarded({ change }: Endpoint): boolean {
  return change !== undefined && change.kind !== 'create' && !change.to.variants.some(({ serverless }) => serverless);
}

/** `InService` as events spell it: `IN_SERVICE`. */
function snake(status: string): string {
  return status.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

/** A description as events have it: times are milliseconds since the epoch. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
