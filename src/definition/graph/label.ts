/** A name with the names of what holds it, as Python writes them: those of one project begin alike. */
const qualified = /^[\w-]+(?:\.[\w-]+)+$/;

/**
 * As much of a label as fits into so many characters with an ellipsis: its beginning, of a qualified name its last
 * parts, by which it differs from others.
 */
export function shortened(label: string, most: number): string {
  if (label.length <= most) return label;
  if (!qualified.test(label)) return `${label.slice(0, Math.max(0, most - 1)).trimEnd()}…`;
  const from = label.length - Math.max(0, most - 1);
  const part = label[from - 1] === '.' ? from : label.indexOf('.', from) + 1;
  return `…${label.slice(part > 0 ? part : from)}`;
}
