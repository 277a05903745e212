import { xmlDocument, toXml } from '../xml';
import type { ServiceModel } from '../model';
import { scalarFrom } from '../scalars';
import type { Protocol } from './protocol';

/** The values of a query by the parts of their names: `Tags.member.1.Key`. */
interface Tree {
  text?: string;
  below: Map<string, Tree>;
}

/**
 * The query protocol: a form in, XML out.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const query: Protocol = {
  operationOf(_service, request) {
    return formOf(request.body, request.query).get('Action') ?? undefined;
  },

  read({ model }, _name, { input = '' }, request) {
    const root: Tree = { below: new Map() };
    for (const [name, text] of formOf(request.body, request.query)) {
      let node = root;
      for (const part of name.split('.')) {
        let next = node.below.get(part);
        if (!next) node.below.set(part, (next = { below: new Map() }));
        node = next;
      }
      node.text = text;
    }
    return fromTree(model, input, root);
  },

  write({ model }, name, { output }, value, requestId) {
    const result = output === undefined ? {} : { [`${name}Result`]: toXml(model, output, value) };
    const content = { ...result, ResponseMetadata: { RequestId: requestId } };
    return {
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body: xmlDocument(`${name}Response`, model.xmlNamespace, content),
    };
  },

  writeError(error, _request, requestId, service) {
    const content = {
      Error: {
        Type: error.status >= 500 ? 'Receiver' : 'Sender',
        Code: service?.queryErrors?.[error.type] ?? error.type,
        Message: error.message,
      },
      RequestId: requestId,
    };
    return {
      status: error.status,
      headers: { 'content-type': 'text/xml' },
      body: xmlDocument('ErrorResponse', service?.model.xmlNamespace, content),
    };
  },

  unknown: { type: 'InvalidAction', status: 400 },
  invalid: 'ValidationError',
};

/** The form of a request: its body, else its query (presigned requests). */
export function formOf(body: Buffer, query: URLSearchParams): URLSearchParams {
  return body.length > 0 ? new URLSearchParams(body.toString()) : query;
}

function fromTree(model: ServiceModel, shapeName: string, { text, below }: Tree): unknown {
  const shape = model.shapes[shapeName];
  switch (shape?.type) {
    case 'structure': {
      const value: Record<string, unknown> = {};
      for (const [name, target] of Object.entries(shape.members ?? {})) {
        const child = below.get(shape.bindings?.[name]?.name ?? name);
        if (child) value[name] = fromTree(model, target, child);
      }
      return value;
    }
    case 'list': {
      const items = shape.flattened
        ? below
        : (below.get(shape.memberName ?? 'member')?.below ?? new Map<string, Tree>());
      return [...items.entries()]
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([, item]) => fromTree(model, shape.member ?? '', item));
    }
    case 'map': {
      const entries = shape.flattened ? below : (below.get('entry')?.below ?? new Map<string, Tree>());
      return Object.fromEntries(
        [...entries.values()].map((entry) => [
          entry.below.get('key')?.text ?? '',
          fromTree(model, shape.value ?? '', entry.below.get('value') ?? { below: new Map() }),
        ]),
      ) as unknown;
    }
    default:
      return scalarFrom(shape, text ?? '');
  }
}
