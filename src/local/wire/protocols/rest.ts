import { ServiceError } from '../errors';
import { headerOf, type WireRequest } from '../message';
import type { Binding, OperationModel, ServiceModel, Shape } from '../model';
import { scalarFrom, scalarText } from '../scalars';

/** One operation's request, as its model tells it: method, path, and what must be in query and headers. */
interface Route {
  operation: string;
  method: string;
  path: RegExp;
  labels: string[];
  query: [name: string, value: string | undefined][];
  headers: string[];
}

const routesOf = new WeakMap<ServiceModel, Route[]>();

/** Query parameters that say nothing about the operation: the SDK's own mark, and those of signatures. */
const neutral = /^(x-id$|x-amz-|awsaccesskeyid$|signature$|expires$)/i;

/**
 * The operation that a request to a REST service is for, by the service's public model: of those that fit, the
 * one that asks for most.
 */
export function matchRoute(model: ServiceModel, { method, path, query, headers }: WireRequest): string | undefined {
  let best: Route | undefined;
  for (const route of routes(model)) {
    if (route.method !== method || !route.path.test(path)) continue;
    if (!route.query.every(([name, value]) => (value === undefined ? query.has(name) : query.get(name) === value))) {
      continue;
    }
    if (!route.headers.every((name) => headers[name] !== undefined)) continue;
    if (!best || weight(route) > weight(best)) best = route;
  }
  return best?.operation;
}

/**
 * The query parameters that the operation does not know. A service with sub-resources (`?acl`, `?versions`)
 * must not take a request for one as a request for the whole.
 */
export function strangeParameters(model: ServiceModel, operation: OperationModel, { query }: WireRequest): string[] {
  const shape = model.shapes[operation.input ?? ''];
  const known = new Set(
    Object.entries(shape?.bindings ?? {}).flatMap(([member, { location, name = member }]) =>
      location === 'querystring' ? [name] : [],
    ),
  );
  for (const part of (operation.http?.uri ?? '').split('?')[1]?.split('&') ?? []) known.add(part.split('=')[0] ?? '');
  return [...new Set(query.keys())].filter((name) => !known.has(name) && !neutral.test(name));
}

/** The members of a request that stand in its path, query and headers. */
export function readBindings(
  model: ServiceModel,
  operation: string,
  shape: Shape,
  request: WireRequest,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const route = routes(model).find((candidate) => candidate.operation === operation);
  const labels = route?.path.exec(request.path)?.slice(1) ?? [];
  for (const [member, { location, name = member }] of Object.entries(shape.bindings ?? {})) {
    const target = model.shapes[shape.members?.[member] ?? ''];
    if (location === 'uri') {
      const label = labels[route?.labels.indexOf(name) ?? -1];
      if (label !== undefined) values[member] = scalarFrom(target, decodePath(label));
    } else if (location === 'querystring') {
      const texts = request.query.getAll(name);
      if (texts.length === 0) continue;
      values[member] =
        target?.type === 'list'
          ? texts.map((text) => scalarFrom(model.shapes[target.member ?? ''], text))
          : scalarFrom(target, texts[0] ?? '');
    } else if (location === 'header') {
      const text = headerOf(request.headers, name.toLowerCase());
      if (text === undefined) continue;
      values[member] =
        target?.type === 'list'
          ? text.split(',').map((item) => headerValue(model.shapes[target.member ?? ''], item.trim()))
          : headerValue(target, text);
    } else if (location === 'headers') {
      values[member] = Object.fromEntries(
        Object.entries(request.headers).flatMap(([header, text]) =>
          header.startsWith(name.toLowerCase()) ? [[header.slice(name.length), String(text)]] : [],
        ),
      );
    }
  }
  return values;
}

/** The value of a header. A word of an enumeration may be written in any case: AWS's SDK for C++ does so. */
function headerValue(shape: Shape | undefined, text: string): unknown {
  const word = shape?.enum?.find((value) => value.toLowerCase() === text.toLowerCase());
  return word ?? scalarFrom(shape, text);
}

/** What of an answer stands in its status and headers; the rest is the body. */
export function writeBindings(
  model: ServiceModel,
  shape: Shape | undefined,
  output: Record<string, unknown>,
): { status?: number; headers: Record<string, string>; rest: Record<string, unknown> } {
  const headers: Record<string, string> = {};
  const rest: Record<string, unknown> = {};
  let status: number | undefined;
  for (const [member, value] of Object.entries(output)) {
    if (value === undefined || value === null) continue;
    const { location, name = member }: Binding = shape?.bindings?.[member] ?? {};
    if (location === 'statusCode') status = Number(value);
    else if (location === 'header') headers[name.toLowerCase()] = headerText(model, shape, member, value);
    else if (location === 'headers') {
      for (const [key, text] of Object.entries(value)) headers[`${name}${key}`.toLowerCase()] = String(text);
    } else rest[member] = value;
  }
  return { ...(status === undefined ? {} : { status }), headers, rest };
}

function headerText(model: ServiceModel, shape: Shape | undefined, member: string, value: unknown): string {
  const target = model.shapes[shape?.members?.[member] ?? ''];
  if (Array.isArray(value)) return value.join(',');
  return scalarText(target, value, 'rfc822');
}

function routes(model: ServiceModel): Route[] {
  let known = routesOf.get(model);
  if (!known) {
    known = Object.entries(model.routes ?? {}).map(([operation, [place = '', ...needs]]) => {
      const [method = '', uri = ''] = place.split(' ');
      const [path = '', search = ''] = uri.split('?');
      const labels: string[] = [];
      const pattern = path.replaceAll(
        /\{(\w+)(\+?)\}|[.*+?^$()|[\]\\]/g,
        (whole, label: string | undefined, greedy) => {
          if (label === undefined) return `\\${whole}`;
          labels.push(label);
          return greedy === '+' ? '(.+)' : '([^/]+)';
        },
      );
      const fixed = search.split('&').filter((part) => part !== '');
      return {
        operation,
        method,
        // A path may end with a slash, as some clients write the address of a bucket.
        path: new RegExp(`^${pattern}/?$`, 's'),
        labels,
        query: [
          ...fixed.map((part): Route['query'][number] => {
            const [name = '', value] = part.split('=');
            return [name, value];
          }),
          ...needs
            .filter((need) => need.startsWith('?'))
            .map((need): Route['query'][number] => [need.slice(1), undefined]),
        ],
        headers: needs.filter((need) => !need.startsWith('?')),
      };
    });
    routesOf.set(model, known);
  }
  return known;
}

function weight({ query, headers }: Route): number {
  return query.length + headers.length;
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ServiceError('InvalidURI', "Couldn't parse the specified URI.");
  }
}
