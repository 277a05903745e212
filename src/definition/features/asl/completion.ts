/** What may be written in a state machine: members, names of states, resources, errors, requests, expressions. */
import { contextObject } from '../../asl/context';
import { intrinsics } from '../../asl/expressions/intrinsic';
import { addedFunctions, functions } from '../../asl/expressions/jsonata';
import { optimised, readResource, requestShape } from '../../asl/integrations';
import type { Scope, State, StateMachine } from '../../asl/model';
import { operators } from '../../asl/rules/choice';
import { reserved } from '../../asl/rules/errors';
import { Variables } from '../../asl/scopes';
import { serviceModel } from '../../asl/services';
import { anyState, scopeShape, stateShape } from '../../asl/shapes';
import type { Shape } from '../../shape/shape';
import type { Node, Tree } from '../../tree';
import { type Cursor, cursorAt } from '../cursor';
import type { Completion } from '../results';
import { completeShape, memberCompletion, type Offer, valueCompletion } from '../shapes';
import { around, pathBelow } from './places';
import { snippetText, stateSnippets } from './snippets';

/** What may be written at `offset`. */
export function completeMachine(tree: Tree, machine: StateMachine, offset: number): Completion[] {
  const cursor = cursorAt(tree, offset);
  if (!cursor) return [];
  const owner = cursor.at === 'key' ? cursor.object : (cursor.node ?? cursor.parent);
  const { state, scope } = around(machine, owner);
  if (cursor.at === 'key') return keys(tree, machine, cursor, state, scope, offset);
  const inText = insideText(tree, machine, cursor, state, offset);
  if (inText.length > 0) return inText;
  const offers = values(machine, cursor, state, scope);
  if (offers) return offers.map((offer, index) => valueCompletion(tree, cursor, offer, index));
  const place = shapeAround(state, scope, cursor.parent);
  return place ? completeShape(tree, place.base, place.shape, offset) : [];
}

type KeyCursor = Extract<Cursor, { at: 'key' }>;
type ValueCursor = Extract<Cursor, { at: 'value' }>;

function keys(
  tree: Tree,
  machine: StateMachine,
  cursor: KeyCursor,
  state: State | undefined,
  scope: Scope | undefined,
  offset: number,
): Completion[] {
  const { object } = cursor;
  if (scope && !state && object === scope.node.get('States')) return newStates(tree, machine, cursor, scope);
  if (state && isChoiceRule(object, state)) {
    const isTop = object.parent?.key === 'Choices';
    const offers: Offer[] = ['Variable', ...(isTop ? ['Next'] : []), 'And', 'Or', 'Not', ...Object.keys(operators)].map(
      (text) => ({ text }),
    );
    return offers
      .filter(({ text }) => !object.get(text) || cursor.member?.key === text)
      .map((offer) => memberCompletion(tree, cursor, offer));
  }
  const place = shapeAround(state, scope, object);
  return place ? completeShape(tree, place.base, place.shape, offset) : [];
}

function isChoiceRule(object: Node, { node, language, type }: State): boolean {
  if (type !== 'Choice' || language !== 'JSONPath') return false;
  const path = pathBelow(node, object);
  return (
    path[0] === 'Choices' && path.slice(1).every((part) => typeof part === 'number' || /^(And|Or|Not)$/.test(part))
  );
}

/** The value around a place that has a shape, and the shape. */
function shapeAround(
  state: State | undefined,
  scope: Scope | undefined,
  place: Node,
): { base: Node; shape: Shape } | undefined {
  if (!state) return scope && { base: scope.node, shape: scopeShape(scope) };
  const request = state.node.get(state.language === 'JSONata' ? 'Arguments' : 'Parameters');
  const isInRequest = request && pathBelow(state.node, place)[0] === request.key;
  if (!isInRequest) return { base: state.node, shape: stateShape(state)?.own ?? anyState };
  const resource = readResource(state.node.get('Resource')?.text ?? '');
  const shape = resource?.kind === 'integration' ? requestShape(resource) : undefined;
  return shape && { base: request, shape };
}

/** States to add: by their types, and by names that are used and not there yet. */
function newStates(tree: Tree, machine: StateMachine, cursor: KeyCursor, scope: Scope): Completion[] {
  const missing = new Set<string>();
  for (const name of [
    scope.node.get('StartAt')?.text,
    ...scope.states.flatMap(({ transitions }) => transitions.map(({ to }) => to)),
  ]) {
    if (name !== undefined && name !== '' && !scope.byName.has(name)) missing.add(name);
  }
  const [wanted = 'State'] = missing;
  const free = scope.byName.has(wanted) ? `${wanted}${scope.states.length + 1}` : wanted;
  if (cursor.hasValue) return [...missing].map((text) => memberCompletion(tree, cursor, { text }));
  return stateSnippets(machine.language).map(({ label, members, type }, index) => ({
    label,
    kind: 'snippet',
    detail: `${type} state '${free}'`,
    edit: { range: cursor.range, newText: snippetText(tree.syntax, free, members) + cursor.comma },
    snippet: true,
    sort: String(index).padStart(3, '0'),
  }));
}

/** Words that the shapes do not know; undefined where they do. */
function values(
  machine: StateMachine,
  { parent, key, node }: ValueCursor,
  state: State | undefined,
  scope: Scope | undefined,
): Offer[] | undefined {
  if (key === 'StartAt' && parent === scope?.node) return namesOf(scope, undefined);
  if (!state) return undefined;
  const path = pathBelow(state.node, parent);
  const isTransition =
    (key === 'Next' && (path.length === 0 || path[0] === 'Choices' || path[0] === 'Catch')) ||
    (key === 'Default' && path.length === 0);
  if (isTransition) return namesOf(state.scope, state);
  if (key === 'Resource' && path.length === 0) return resources(node?.text ?? '');
  if (key === 'Resource' && path[0] === 'ItemReader') {
    return ['arn:aws:states:::s3:getObject', 'arn:aws:states:::s3:listObjectsV2'].map((text) => ({ text }));
  }
  if (key === 'Resource' && path[0] === 'ResultWriter') return [{ text: 'arn:aws:states:::s3:putObject' }];
  if (parent.key === 'ErrorEquals') {
    const taken = new Set(parent.items.filter((one) => one !== node).map(({ text }) => text));
    return reserved.filter((name) => !taken.has(name)).map((text) => ({ text }));
  }
  const looked = typeof key === 'string' && (key.endsWith('.$') || /Path$|^Variable$/.test(key));
  if (looked && state.language === 'JSONPath') return paths(machine, state, key);
  return undefined;
}

function namesOf(scope: Scope, but: State | undefined): Offer[] {
  return scope.states
    .filter((state) => state !== but)
    .map(({ name, type, node }) => ({
      text: name,
      ...(type === undefined ? {} : { detail: type }),
      ...(node.get('Comment')?.text === undefined ? {} : { documentation: node.get('Comment')?.text ?? '' }),
    }));
}

/** Every optimised integration; the operations of a service once `aws-sdk:<service>:` is written. */
function resources(typed: string): Offer[] {
  const general = /^arn:aws[\w-]*:states:::aws-sdk:([\w-]+):/.exec(typed)?.[1];
  const model = general === undefined ? undefined : serviceModel(general);
  if (model) return [...model.operations].map((name) => ({ text: `arn:aws:states:::aws-sdk:${general}:${name}` }));
  const found: Offer[] = [];
  // Those of machine learning come first.
  const services = Object.keys(optimised).sort((a, b) => Number(b === 'sagemaker') - Number(a === 'sagemaker'));
  for (const service of services) {
    for (const [operation, patterns] of Object.entries(optimised[service] ?? {})) {
      if (service === 's3') continue;
      const plain = `arn:aws:states:::${service}:${operation}`;
      found.push({ text: plain, detail: 'request' });
      for (const pattern of patterns) {
        found.push({
          text: `${plain}.${pattern}`,
          detail: pattern === 'waitForTaskToken' ? 'waits for a token' : 'waits for the job',
        });
      }
    }
  }
  found.push({ text: 'arn:aws:states:::aws-sdk:sagemaker:', detail: 'any operation of SageMaker' });
  return found;
}

function paths(machine: StateMachine, state: State, key: string): Offer[] {
  const variables = new Variables(machine).names(state.scope).map((name) => ({ text: `$${name}`, detail: 'variable' }));
  const context = contextPaths().map((text) => ({ text: `$$.${text}`, detail: 'Context object' }));
  const calls =
    key.endsWith('.$') || /^(Error|Cause)Path$/.test(key)
      ? Object.entries(intrinsics).map(([name, { doc, takes }]) => ({
          text: takes.length === 0 ? `${name}()` : `${name}($)`,
          detail: 'function',
          documentation: doc,
        }))
      : [];
  return [{ text: '$', detail: 'the input' }, ...variables, ...(key === 'ResultPath' ? [] : [...context, ...calls])];
}

/** Every path into the Context object: `Execution.Id`. */
function contextPaths(): string[] {
  const found: string[] = [];
  const walk = (members: typeof contextObject, prefix: string): void => {
    for (const [name, inner] of Object.entries(members)) {
      if (inner === true) found.push(prefix + name);
      else walk(inner, `${prefix}${name}.`);
    }
  };
  walk(contextObject, '');
  return found;
}

/** Inside an expression of JSONata: what a word that begins with `$` may be. */
function insideText(
  tree: Tree,
  machine: StateMachine,
  { node, typed }: ValueCursor,
  state: State | undefined,
  offset: number,
): Completion[] {
  const text = node?.text;
  if (!node || state?.language !== 'JSONata' || text === undefined || !text.startsWith('{%') || !typed.startsWith('{%'))
    return [];
  const word = /\$[\w.]*$/.exec(typed)?.[0] ?? '';
  const range = tree.range(offset - word.length, offset);
  const path = pathBelow(state.node, node);
  const isOutcome = path[0] === 'Output' || path[0] === 'Assign';
  const inCatch = path[0] === 'Catch';
  const states = [
    '$states.input',
    '$states.context',
    ...(isOutcome && ['Task', 'Parallel', 'Map'].includes(state.type ?? '') ? ['$states.result'] : []),
    ...(inCatch ? ['$states.errorOutput'] : []),
    ...contextPaths().map((one) => `$states.context.${one}`),
  ];
  const offers: { label: string; kind: Completion['kind']; documentation?: string }[] = [
    ...states.map((label) => ({ label, kind: 'property' as const })),
    ...new Variables(machine).names(state.scope).map((name) => ({ label: `$${name}`, kind: 'parameter' as const })),
    ...[...functions]
      .filter((name) => name !== 'eval')
      .map((name) => ({
        label: `$${name}`,
        kind: 'function' as const,
        ...(addedFunctions[name] === undefined ? {} : { documentation: addedFunctions[name] }),
      })),
  ];
  return offers.map((offer, index) => ({
    ...offer,
    edit: { range, newText: offer.kind === 'function' ? `${offer.label}(` : offer.label },
    sort: String(index).padStart(4, '0'),
  }));
}
