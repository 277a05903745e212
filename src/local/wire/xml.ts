import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { ServiceError } from './errors';
import type { ServiceModel, Shape } from './model';
import { scalarFrom, scalarText } from './scalars';

const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: false });

/** Texts stay texts, nothing is trimmed; entities of a document type are never expanded. */
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
  processEntities: true,
  htmlEntities: true,
  ignoreDeclaration: true,
});

/** A document with one root. */
export function xmlDocument(root: string, namespace: string | undefined, content: Record<string, unknown>): string {
  const attributes = namespace === undefined ? {} : { '@_xmlns': namespace };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { ...attributes, ...content } })}`;
}

/** The content of a document's root. @throws {ServiceError} `MalformedXML` */
export function parseXml(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    if (/<!DOCTYPE/i.test(text)) throw new Error('A document type is not taken.');
    const [content] = Object.values(parser.parse(text, true) as Record<string, unknown>);
    return content ?? {};
  } catch {
    throw new ServiceError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema.',
    );
  }
}

/** The members of an answer as elements, in the form that the builder takes. */
export function toXml(model: ServiceModel, shapeName: string, value: unknown): unknown {
  const shape = model.shapes[shapeName];
  if (!shape) return value;
  switch (shape.type) {
    case 'structure': {
      const element: Record<string, unknown> = {};
      for (const [name, target] of Object.entries(shape.members ?? {})) {
        const member = (value as Record<string, unknown>)[name];
        if (member === undefined || member === null || shape.bindings?.[name]?.location !== undefined) continue;
        const list = model.shapes[target];
        const wire = elementName(shape, name, list);
        element[wire] = toXml(model, target, member);
        if (list?.type === 'list' && !isFlat(shape, name, list)) {
          element[wire] = { [list.memberName ?? 'member']: element[wire] };
        }
      }
      return element;
    }
    case 'list':
      return (value as unknown[]).map((item) => toXml(model, shape.member ?? '', item));
    case 'map':
      return {
        entry: Object.entries(value as Record<string, unknown>).map(([key, item]) => ({
          key,
          value: toXml(model, shape.value ?? '', item),
        })),
      };
    default:
      return scalarText(shape, value, 'iso8601');
  }
}

/** Reads elements back into plain values by the model. */
export function fromXml(model: ServiceModel, shapeName: string, node: unknown): unknown {
  const shape = model.shapes[shapeName];
  switch (shape?.type) {
    case undefined:
      return node;
    case 'structure': {
      const element = typeof node === 'object' && node !== null ? (node as Record<string, unknown>) : {};
      const value: Record<string, unknown> = {};
      for (const [name, target] of Object.entries(shape.members ?? {})) {
        const list = model.shapes[target];
        const child = element[elementName(shape, name, list)];
        if (child === undefined) continue;
        const isWrapped = list?.type === 'list' && !isFlat(shape, name, list);
        const inner = isWrapped ? (child as Record<string, unknown>)[list.memberName ?? 'member'] : child;
        value[name] = fromXml(model, target, inner);
      }
      return value;
    }
    case 'list': {
      const items = node === undefined ? [] : Array.isArray(node) ? node : [node];
      return items.map((item) => fromXml(model, shape.member ?? '', item));
    }
    case 'map': {
      const entries = (node as { entry?: unknown } | undefined)?.entry ?? [];
      const list = (Array.isArray(entries) ? entries : [entries]) as { key: unknown; value: unknown }[];
      return Object.fromEntries(
        list.map(({ key, value }) => [String(key), fromXml(model, shape.value ?? '', value)]),
      ) as unknown;
    }
    default:
      return scalarFrom(shape, typeof node === 'string' ? node : '');
  }
}

function isFlat(parent: Shape, name: string, list: Shape): boolean {
  return list.flattened === true || parent.bindings?.[name]?.flattened === true;
}

/** The elements of a flat list are named by the member, unless the list names them. */
function elementName(parent: Shape, name: string, target: Shape | undefined): string {
  const own = parent.bindings?.[name]?.name;
  if (own !== undefined) return own;
  return target?.type === 'list' && isFlat(parent, name, target) ? (target.memberName ?? name) : name;
}
