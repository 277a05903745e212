/** Editing features of state machines: completion and hover by the library, names of states by our own tree. */
import { serviceFor } from '../asl/service';
import type { SourceDocument } from '../document';
import type { Node } from '../tree';
import { type Entity, EntityIndex } from './entities';
import { outline } from './outline';
import type { Completion, HoverText } from './results';
import type { LanguageFeatures } from './support';

export const aslFeatures: LanguageFeatures = {
  language: 'asl',
  complete,
  hover,
  entities: ({ tree }) => (tree.root ? states(tree.root) : []),
  symbols: ({ tree }) =>
    outline(tree, (node) => {
      const type = node.get('Type')?.text;
      return node.parent?.key === 'States' && type !== undefined
        ? { name: String(node.key), kind: 'step', detail: type }
        : undefined;
    }),
};

async function complete(document: SourceDocument, offset: number): Promise<Completion[]> {
  const { service, text } = await serviceFor(document);
  const list = await service.doComplete(text, text.positionAt(offset), service.parseJSONDocument(text));
  return (list?.items ?? []).map((item): Completion => {
    const edit = item.textEdit && 'range' in item.textEdit ? item.textEdit : undefined;
    const here = { start: text.positionAt(offset), end: text.positionAt(offset) };
    const documentation = typeof item.documentation === 'string' ? item.documentation : item.documentation?.value;
    return {
      label: item.label,
      kind: item.insertTextFormat === 2 ? 'snippet' : 'value',
      ...(item.detail === undefined ? {} : { detail: item.detail }),
      ...(documentation === undefined ? {} : { documentation }),
      edit: edit ?? { range: here, newText: item.insertText ?? item.label },
      snippet: item.insertTextFormat === 2,
      ...(item.sortText === undefined ? {} : { sort: item.sortText }),
    };
  });
}

async function hover(document: SourceDocument, offset: number): Promise<HoverText | undefined> {
  const { service, text } = await serviceFor(document);
  const found = await service.doHover(text, text.positionAt(offset), service.parseJSONDocument(text));
  if (!found?.range) return undefined;
  const contents = Array.isArray(found.contents) ? found.contents : [found.contents];
  const words = contents.map((one) => (typeof one === 'string' ? one : one.value)).filter((one) => one !== '');
  return words.length > 0 ? { text: words.join('\n\n'), range: found.range } : undefined;
}

/** States by name; names are unique in a machine, so one index does. */
function states(machine: Node): Entity[] {
  const index = new EntityIndex({
    state: { pattern: /^[^"\\\n]{1,80}$/, words: '1 to 80 characters without quotes and backslashes' },
  });
  for (const node of machine.walk()) {
    if (node.parent?.key === 'States' && node.kind === 'object')
      index.declare('state', String(node.key), { node, key: true });
    const names = node.key === 'Next' || node.key === 'StartAt' || node.key === 'Default';
    if (names && node.text !== undefined) index.use('state', node.text, { node });
  }
  return index.all();
}
