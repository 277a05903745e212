import { stepLists } from '../../sagemaker/vocabulary';
import type { Node, Tree } from '../../tree';
import { type Naming, outline } from '../outline';
import type { SymbolEntry } from '../results';

/** Members of a list that are called by one of their own members. */
const nameMembers = ['Name', 'PropertyFileName', 'OutputName', 'InputName', 'ChannelName', 'ContainerHostname', 'Key'];

/** The outline: steps and parameters by name, with their types, and what is inside them. */
export function symbols(tree: Tree): SymbolEntry[] {
  return outline(tree, naming);
}

const naming: Naming = (node) => {
  if (node.kind !== 'object' || node.parent?.kind !== 'array') return undefined;
  const type = node.get('Type');
  if (node.parent.key === 'Conditions' && type?.text) return { name: type.text, kind: 'group', selection: type };
  const selection = nameMembers.map((member) => node.get(member)).find((member) => member?.text);
  const name = selection?.text;
  if (name === undefined || !selection) return undefined;
  const list = node.parent.key;
  const kind = list === 'Parameters' ? 'parameter' : isStepList(list) ? 'step' : 'group';
  return { name, kind, selection, ...detail(node) };
};

function isStepList(key: Node['key']): boolean {
  return key === 'Steps' || Object.values(stepLists).some((lists) => lists?.[String(key)] !== undefined);
}

function detail(node: Node): { detail?: string } {
  const type = node.get('Type')?.text;
  return type === undefined ? {} : { detail: type };
}
