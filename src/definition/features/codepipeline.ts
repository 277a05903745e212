/** Editing features of CodePipeline declarations, in either form. */
import { declarationIn } from '../codepipeline';
import { deliveryGraph } from '../codepipeline/graph';
import { type Action, buildPipeline, type Pipeline } from '../codepipeline/model';
import { type ConfigurationKey, providerOf, providers, ruleProviders } from '../codepipeline/providers';
import { capital, cloudFormationProperties, declaration } from '../codepipeline/shapes';
import type { SourceDocument } from '../document';
import type { Shape } from '../shape/shape';
import type { Node, Tree } from '../tree';
import { type Cursor, cursorAt } from './cursor';
import { type Entity, EntityIndex } from './entities';
import { outline } from './outline';
import type { Completion, HoverText, SymbolEntry } from './results';
import { completeShape, hoverShape, memberCompletion, type Offer, valueCompletion } from './shapes';
import type { LanguageFeatures } from './support';

/** One pipeline in a text and the shape of its declaration. */
export interface Declared {
  pipeline: Pipeline;
  shape: Shape;
}

export const codepipelineFeatures: LanguageFeatures = {
  language: 'codepipeline',
  complete: (document, offset) => withPipeline(document, (one) => completePipeline(document.tree, one, offset)) ?? [],
  hover: (document, offset) => withPipeline(document, (one) => hoverPipeline(document.tree, one, offset)),
  entities: (document) => withPipeline(document, ({ pipeline }) => entitiesOf(pipeline)) ?? [],
  symbols: (document) => pipelineSymbols(document.tree),
  lenses: ({ tree }) =>
    tree.root?.get('pipeline') ? [{ range: tree.range(tree.root.start, tree.root.start), kind: 'graph' }] : [],
  graph: (document) => withPipeline(document, ({ pipeline }) => deliveryGraph(pipeline)),
};

function withPipeline<T>(document: SourceDocument, use: (one: Declared) => T): T | undefined {
  const node = declarationIn(document.tree) ?? document.tree.root?.get('pipeline');
  return node && use(declared(node, 'service'));
}

/** The pipeline whose declaration is `node`. */
export function declared(node: Node, form: Pipeline['form']): Declared {
  return { pipeline: buildPipeline(node, form), shape: form === 'service' ? declaration : cloudFormationProperties };
}

/** What may be written at `offset`: members, words, providers, configuration keys, names of artifacts. */
export function completePipeline(tree: Tree, { pipeline, shape }: Declared, offset: number): Completion[] {
  const cursor = cursorAt(tree, offset);
  if (!cursor) return [];
  const action = actionAt(pipeline, offset);
  if (cursor.at === 'key') {
    const keys = keysAt(pipeline, action, cursor.object);
    if (!keys) return completeShape(tree, pipeline.node, shape, offset);
    return Object.entries(keys)
      .filter(([text]) => !cursor.object.get(text) || cursor.member?.key === text)
      .map(([text, key]) =>
        memberCompletion(tree, cursor, {
          text,
          detail: 'string',
          documentation: key.doc,
          required: key.required ?? false,
        }),
      );
  }
  const offers = valuesAt(pipeline, action, cursor);
  if (!offers) return completeShape(tree, pipeline.node, shape, offset);
  return offers.map((offer, index) => valueCompletion(tree, cursor, offer, index));
}

/** What stands at `offset`: a member's meaning, a configuration key's, an artifact's maker. */
export function hoverPipeline(tree: Tree, { pipeline, shape }: Declared, offset: number): HoverText | undefined {
  const cursor = cursorAt(tree, offset);
  if (cursor?.at === 'key') {
    const key = keysAt(pipeline, actionAt(pipeline, offset), cursor.object)?.[String(cursor.member?.key)];
    if (key)
      return {
        text: `**${String(cursor.member?.key)}**${key.required ? ' (required)' : ''}\n\n${key.doc}`,
        range: cursor.range,
      };
    return hoverShape(tree, pipeline.node, shape, offset);
  }
  const node = cursor?.node;
  const maker = node && pipeline.actions.find((action) => action.outputs.some((output) => output.name === node.text));
  const isArtifact =
    node && pipeline.actions.some((action) => [...action.inputs, ...action.outputs].some((one) => one.node === node));
  if (!cursor || !node || !maker || !isArtifact) return undefined;
  const takers = pipeline.actions.filter((action) => action.inputs.some((input) => input.name === node.text));
  const names = takers.map((action) => action.name?.name ?? '').join(', ');
  return {
    text: `Artifact **${node.text ?? ''}**\n\nMade by ${maker.name?.name ?? 'an action'} in ${maker.stage.name?.name ?? 'a stage'}. ${names ? `Taken by ${names}.` : 'Taken by no action.'}`,
    range: cursor.range,
  };
}

/** Artifacts, variables, namespaces and source actions, with every place that names them. */
export function entitiesOf(pipeline: Pipeline): Entity[] {
  const word = { pattern: /^[A-Za-z0-9_-]{1,100}$/, words: '1 to 100 letters, digits, - or _' };
  const index = new EntityIndex({ artifact: word, variable: word, namespace: word, action: word });
  for (const variable of pipeline.variables) index.declare('variable', variable.name, { node: variable.node });
  for (const action of pipeline.actions) {
    for (const output of action.outputs) index.declare('artifact', output.name, { node: output.node });
    for (const input of action.inputs) index.use('artifact', input.name, { node: input.node });
    if (action.namespace) index.declare('namespace', action.namespace.name, { node: action.namespace.node });
    if (action.category === 'Source' && action.name)
      index.declare('action', action.name.name, { node: action.name.node });
    for (const node of action.node.walk()) useNames(node, action, index);
  }
  for (const trigger of pipeline.member(pipeline.node, 'triggers')?.items ?? []) {
    const source = pipeline.member(pipeline.member(trigger, 'gitConfiguration'), 'sourceActionName');
    if (source?.text !== undefined) index.use('action', source.text, { node: source });
  }
  return index.all();
}

/** Names inside a value: `#{namespace.key}`, `Artifact::file`, PrimarySource. */
function useNames(node: Node, action: Action, index: EntityIndex): void {
  const text = node.text;
  if (text === undefined) return;
  for (const match of text.matchAll(/#\{([A-Za-z0-9@\-_]+)\.([^}\s]+)\}/g)) {
    const [, namespace = '', key = ''] = match;
    const from = match.index + 2;
    if (namespace === 'variables') {
      const start = from + namespace.length + 1;
      index.use('variable', key, { node, from: start, to: start + key.length });
    } else index.use('namespace', namespace, { node, from, to: from + namespace.length });
  }
  if (node.parent !== action.configuration) return;
  const artifact = /^([A-Za-z0-9_-]+)::/.exec(text)?.[1];
  if (artifact !== undefined) index.use('artifact', artifact, { node, from: 0, to: artifact.length });
  if (node.key === 'PrimarySource') index.use('artifact', text, { node });
}

/** Stages and actions by name. */
export function pipelineSymbols(tree: Tree): SymbolEntry[] {
  return outline(tree, (node) => {
    if (node.kind !== 'object' || node.parent?.kind !== 'array') return undefined;
    const selection = node.get('name') ?? node.get('Name');
    const name = selection?.text;
    if (name === undefined || !selection) return undefined;
    const list = String(node.parent.key).toLowerCase();
    const type = node.get('actionTypeId')?.get('provider') ?? node.get('ActionTypeId')?.get('Provider');
    const kind =
      list === 'stages' ? 'stage' : list === 'actions' ? 'action' : list === 'variables' ? 'parameter' : 'group';
    return { name, kind, selection, ...(type?.text === undefined ? {} : { detail: type.text }) };
  });
}

function actionAt(pipeline: Pipeline, offset: number): Action | undefined {
  return pipeline.actions.find((action) => offset >= action.node.start && offset <= action.node.end);
}

/** The configuration keys, where `object` is the configuration of an action or a rule. */
function keysAt(
  pipeline: Pipeline,
  action: Action | undefined,
  object: Node,
): Readonly<Record<string, ConfigurationKey>> | undefined {
  if (action && object === action.configuration) return keysOf(action);
  if (object.key !== 'configuration' && object.key !== 'Configuration') return undefined;
  const provider = pipeline.member(pipeline.member(object.parent, 'ruleTypeId'), 'provider')?.text;
  return provider === undefined ? undefined : ruleProviders[provider];
}

function keysOf({ category, owner, provider }: Action): Readonly<Record<string, ConfigurationKey>> {
  if (category === undefined || owner === undefined || provider === undefined) return {};
  return providerOf(category, owner, provider)?.configuration ?? {};
}

/** Words that the shapes do not know; undefined where they do. */
function valuesAt(
  pipeline: Pipeline,
  action: Action | undefined,
  cursor: Extract<Cursor, { at: 'value' }>,
): Offer[] | undefined {
  const { parent, key } = cursor;
  const is = (name: string): boolean => key === name || key === capital(name);
  const parentIs = (name: string): boolean => parent.key === name || parent.key === capital(name);
  if (is('provider') && parentIs('ruleTypeId')) return Object.keys(ruleProviders).map((text) => ({ text }));
  if (is('provider') && action) {
    return providers
      .filter(
        (one) =>
          (action.category === undefined || one.category === action.category) &&
          (action.owner === undefined || one.owner === action.owner),
      )
      .map((one) => ({ text: one.provider, detail: `${one.category}, ${one.owner}` }));
  }
  if (action && parent === action.configuration) {
    if (key === 'PrimarySource') return action.inputs.map(({ name }) => ({ text: name }));
    return (keysOf(action)[String(key)]?.values ?? []).map((text) => ({ text }));
  }
  if (is('sourceActionName')) {
    return pipeline.actions.flatMap((one) => (one.category === 'Source' && one.name ? [{ text: one.name.name }] : []));
  }
  const list = parent.parent;
  const inInputs = list?.key === 'inputArtifacts' || list?.key === 'InputArtifacts';
  if (is('name') && inInputs && action) {
    const taken = new Set(action.inputs.filter((one) => one.node !== cursor.node).map((one) => one.name));
    return pipeline.actions
      .filter((one) => one !== action)
      .flatMap((one) => one.outputs.map((output) => ({ text: output.name, detail: one.name?.name ?? '' })))
      .filter((offer) => !taken.has(offer.text));
  }
  return undefined;
}
