import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DocumentLink } from 'vscode-languageserver/node';
import type { Link } from '../features/results';

/** The link with its address; a path that leads to no file gives none. Paths are tried beside the document and in the folders above it. */
export function resolveLink(link: Link, uri: string): DocumentLink[] {
  const { range, tooltip } = link;
  if (!link.relative) return [{ range, tooltip, target: link.target }];
  if (!uri.startsWith('file:')) return [];
  let base = new URL('.', uri);
  for (let level = 0; level < 4; level++) {
    const target = new URL(encodeURI(link.target), base);
    if (existsSync(fileURLToPath(target))) return [{ range, tooltip, target: target.href }];
    const above = new URL('..', base);
    if (above.href === base.href) break;
    base = above;
  }
  return [];
}
