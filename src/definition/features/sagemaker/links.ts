import type { Node, Tree } from '../../tree';
import type { Link } from '../results';

/** Members whose value is the path of a script, or may be one. */
const scripts = /\.(py|sh|ipynb|json|ya?ml|jar|R)$/;

/** S3 addresses lead to the console; relative paths of scripts to the files. */
export function links(tree: Tree, root: Node | undefined = tree.root): Link[] {
  const found: Link[] = [];
  for (const node of root?.walk() ?? []) {
    const text = node.text;
    // Most texts are neither: told apart cheaply.
    if (text === undefined || text.length > 1024 || !(text.startsWith('s3:') || text.includes('.'))) continue;
    const end = text.length;
    const place = (): Link['range'] => {
      const span = tree.within(node, 0, end);
      return tree.range(span.start, span.end);
    };
    const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text);
    if (s3?.[1]) {
      found.push({ range: place(), target: consoleAddress(s3[1], s3[2] ?? ''), tooltip: 'Open in the S3 console' });
    } else if (scripts.test(text) && /^(?:file:\/\/)?(?!\/)[\w./-]+$/.test(text) && !text.includes('..')) {
      found.push({ range: place(), target: text.replace(/^file:\/\//, ''), relative: true, tooltip: 'Open the file' });
    }
  }
  return found;
}

/** The console's page of a prefix, or of an object where the key looks like a file. */
function consoleAddress(bucket: string, key: string): string {
  const file = /\.[A-Za-z0-9]{1,8}$/.test(key);
  const page = file ? 'object' : 'buckets';
  const prefix = key && !file && !key.endsWith('/') ? `${key}/` : key;
  return `https://console.aws.amazon.com/s3/${page}/${bucket}${prefix ? `?prefix=${encodeURIComponent(prefix)}` : ''}`;
}
