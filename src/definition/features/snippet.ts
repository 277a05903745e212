/** Text of snippets: JSON with placeholders. */

/** `$`, `}` and `\` as themselves in a snippet. */
export function escapeSnippet(text: string): string {
  return text.replaceAll(/[\\$}]/g, '\\$&');
}

/** A placeholder in a snippet's value: its default text, and whether quotes stand around it. */
export class Placeholder {
  constructor(
    readonly text: string,
    readonly quoted = true,
  ) {}
}

/**
 * JSON of `value` as a snippet: each {@link Placeholder} becomes a tab stop. Lines are indented by two spaces; the
 * editor adds the indentation of the line it is inserted in.
 */
export function snippetOf(value: unknown): string {
  const counter = { next: 1 };
  return write(value, '', counter);
}

function write(value: unknown, indent: string, counter: { next: number }): string {
  if (value instanceof Placeholder) {
    const stop = `\${${counter.next++}:${escapeSnippet(value.text)}}`;
    return value.quoted ? `"${stop}"` : stop;
  }
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => inner + write(item, inner, counter)).join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    if (members.length === 0) return '{}';
    const lines = members.map(
      ([key, one]) => `${inner}${escapeSnippet(JSON.stringify(key))}: ${write(one, inner, counter)}`,
    );
    // A closing brace outside of a placeholder needs no escape.
    return `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return escapeSnippet(JSON.stringify(value));
}
