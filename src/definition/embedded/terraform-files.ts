/**
 * A definition that Terraform reads from a file of its own: `file(…)`, and `templatefile(…)`, which fills in its blanks.
 * @see https://developer.hashicorp.com/terraform/language/functions/templatefile
 */
import { parseHcl } from '../hcl/read';
import type { Json } from '../sagemaker/runnable';
import type { Node } from '../tree';
import { isOpen } from './stand-in';
import { asText } from './values';

/** A call that reads a file. */
export interface FileCall {
  /** The file's path, from where the path of the text with the call counts. */
  path: string;
  /** What fills the blanks; undefined where the file is taken as it is. */
  blanks: Node | undefined;
}

const call = /^(file|templatefile)\(\s*"((?:[^"\\]|\\.)*)"\s*(?:,([^]*))?\)$/;

/** The call in an expression as it is written, of the text at `path`; undefined where it is another expression. */
export function fileCall(expression: string, path: string): FileCall | undefined {
  const [, name, written = '', rest = ''] = call.exec(expression.trim()) ?? [];
  const relative = written.replace(/^\$\{path\.(?:module|root|cwd)\}\/?/, './');
  if (name === undefined || written === '' || relative.includes('${') || relative.startsWith('/')) return undefined;
  const blanks = name === 'file' ? undefined : parseHcl(`blanks = ${rest.trim()}`).root?.get('blanks');
  if (name === 'templatefile' && blanks?.kind !== 'object') return undefined;
  return { path: beside(path, relative), blanks };
}

/** A path that counts from the folder of another one. */
function beside(path: string, relative: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/**
 * The text of a template with its blanks filled in; undefined where directives choose what is written.
 * @param value what an expression in a blank comes to
 */
export function filledTemplate(text: string, value: (expression: string) => Json): string | undefined {
  if (/(?<!%)%\{/.test(text)) return undefined;
  let inString = false;
  let result = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (text.startsWith('$${', at)) {
      result += '${';
      at += 2;
      continue;
    }
    const blank = character === '$' ? /^\$\{([^{}]*)\}/.exec(text.slice(at, at + 500)) : null;
    if (blank) {
      result += blankOf(blank[1]?.trim() ?? '', inString, value);
      at += blank[0].length - 1;
      continue;
    }
    if (inString && character === '\\') {
      result += text.slice(at, at + 2);
      at++;
      continue;
    }
    if (character === '"') inString = !inString;
    result += character;
  }
  return result;
}

function blankOf(expression: string, inString: boolean, value: (expression: string) => Json): string {
  const encoded = /^jsonencode\((.*)\)$/.exec(expression)?.[1];
  if (encoded !== undefined) return JSON.stringify(value(encoded.trim()));
  const given = value(expression);
  // Outside of quotes what is not known stands as a text.
  if (!inString && typeof given === 'string' && isOpen(given)) return JSON.stringify(given);
  return asText(given);
}
