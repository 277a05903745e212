import type { Shape } from './model';

/** A text of a query, a header or an XML element as the value that its shape has. What does not fit stays a text. */
export function scalarFrom(shape: Shape | undefined, text: string): unknown {
  switch (shape?.type) {
    case 'integer':
    case 'long':
    case 'double':
    case 'float':
      return text.trim() !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'timestamp':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

/** A value as text; `timestamps` is how the place writes times where the shape does not say. */
export function scalarText(
  shape: Shape | undefined,
  value: unknown,
  timestamps: 'iso8601' | 'rfc822' | 'unixTimestamp',
): string {
  if (value instanceof Date) {
    const format = shape?.timestampFormat ?? timestamps;
    if (format === 'unixTimestamp') return String(value.getTime() / 1000);
    return format === 'rfc822' ? value.toUTCString() : value.toISOString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
