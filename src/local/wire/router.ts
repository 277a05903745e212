import { type WireRequest, headerOf } from './message';
import { targetOf } from './protocols/json';
import { formOf } from './protocols/query';
import { matchRoute } from './protocols/rest';
import { serviceInPath } from './protocols/rpc-v2-cbor';
import type { ProtocolName, WireService } from './service';

/** Who is asked, and in which protocol: known before the signature is checked, since errors are written in it. */
export interface Destination {
  protocol: ProtocolName;
  service?: WireService;
}

/** Signing names of services that speak REST with XML; all others that speak REST do it with JSON. */
const xmlServices = new Set(['s3', 's3express', 's3-outposts', 'cloudfront', 'route53']);

/**
 * Finds the service and protocol of a request by its signing name, its target and its path.
 * @param signingName the service in its credential scope; undefined for one that is not signed
 */
export function route(
  services: readonly WireService[],
  signingName: string | undefined,
  request: WireRequest,
): Destination {
  const { headers, path } = request;
  const named = services.filter((service) => service.signingName === signingName);
  const speaking = (protocol: ProtocolName, accepts: (service: WireService) => boolean): Destination => {
    const service = named.find((candidate) => candidate.protocols.includes(protocol) && accepts(candidate));
    return { protocol, ...(service ? { service } : {}) };
  };
  if (headerOf(headers, 'smithy-protocol') === 'rpc-v2-cbor') {
    return speaking('rpc-v2-cbor', ({ targetPrefix }) => targetPrefix === serviceInPath(path));
  }
  if (headers['x-amz-target'] !== undefined) {
    const { prefix } = targetOf(headerOf(headers, 'x-amz-target'));
    // Some clients leave the namespace out of a target that has one.
    return speaking(
      'json',
      ({ targetPrefix }) => targetPrefix === prefix || targetPrefix?.endsWith(`.${prefix}`) === true,
    );
  }
  const isForm = headerOf(headers, 'content-type')?.startsWith('application/x-www-form-urlencoded') ?? false;
  // The body of a request to a REST service may be a form too.
  const isQuery = named.length === 0 || named.some(({ protocols }) => protocols.includes('query'));
  if (isQuery && (isForm || (path === '/' && request.query.has('Action')))) return speaking('query', () => true);
  const speakRest = named.filter(({ protocols }) => protocols.includes('rest-json') || protocols.includes('rest-xml'));
  // Services that sign with one name differ in their paths.
  const rest = speakRest.find(({ model }) => matchRoute(model, request) !== undefined) ?? speakRest[0];
  if (rest) return { protocol: rest.protocols.includes('rest-xml') ? 'rest-xml' : 'rest-json', service: rest };
  return { protocol: signingName === undefined || xmlServices.has(signingName) ? 'rest-xml' : 'rest-json' };
}

/** What a request asks for, in the words of a message about it: `SageMaker CreateEndpoint`. */
export function askedFor(
  { service }: Destination,
  signingName: string,
  operation: string | undefined,
  request: WireRequest,
): string {
  if (!service) {
    const target = targetOf(headerOf(request.headers, 'x-amz-target'));
    const action = target.operation ?? formOf(request.body, request.query).get('Action');
    return action === null ? `the service '${signingName}'` : `the service '${signingName}' (${action})`;
  }
  return operation === undefined
    ? `${request.method} ${request.path} of ${service.title}`
    : `${service.title} ${operation}`;
}
