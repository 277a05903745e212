import type { SourceDocument } from '../../document';
import { callOf, type Pipeline, type Reference, type Step } from '../../sagemaker/model';
import { typeOfReference } from '../../sagemaker/properties';
import { stepTypes } from '../../sagemaker/vocabulary';
import type { Node } from '../../tree';
import { cursorAt } from '../cursor';
import { entityAt } from '../entities';
import type { HoverText } from '../results';
import { stepAround } from './completion';
import { entities } from './entities';
import { expectedAt, type MemberInfo } from './expected';
import { parameterDetail, referenceAt } from './references';
import { conditionWords, functionWords, variableWords } from './words';

/** What stands at `offset`: a step, what a reference resolves to, or a member's meaning. */
export function hover(document: SourceDocument, pipeline: Pipeline, offset: number): HoverText | undefined {
  const { tree } = document;
  const cursor = cursorAt(tree, offset);
  if (!cursor) return undefined;
  if (cursor.at === 'key') {
    const expected = expectedAt(pipeline.root, cursor.object.path.slice(pipeline.root.path.length));
    const name = String(cursor.member?.key ?? '');
    const info = expected.members?.get(name);
    const text = info ? memberText(name, info) : functionText(name, cursor.object);
    return text === undefined ? undefined : { text, range: cursor.range };
  }
  const { node } = cursor;
  if (node?.kind !== 'string') return undefined;
  const reference = referenceAt(pipeline, node);
  if (reference) {
    const type = typeOfReference(reference, pipeline);
    const head = `\`${reference.text}\`${type ? `: **${type}**` : ''}`;
    return { text: [head, ...resolved(pipeline, reference)].join('\n\n'), range: cursor.range };
  }
  const named = entityAt(tree, entities(pipeline), offset)?.entity;
  if (named?.kind === 'step') {
    const step = pipeline.stepsByName.get(named.name)?.[0];
    if (step) return { text: stepSummary(pipeline, step), range: cursor.range };
  }
  if (named?.kind === 'parameter') {
    const words = [...parameterSummary(pipeline, named.name), usesInWords(named.uses.length)];
    return { text: words.join('\n\n'), range: cursor.range };
  }
  if (cursor.key === 'Type') {
    const type = stepAround(pipeline, offset)?.typeNode === node ? stepTypes[node.text ?? ''] : undefined;
    if (type) return { text: `**${node.text ?? ''}** step\n\n${type.summary}.`, range: cursor.range };
    const condition = conditionWords[node.text ?? ''];
    if (condition && isCondition(cursor.parent))
      return { text: `**${node.text ?? ''}**\n\n${condition}`, range: cursor.range };
  }
  return undefined;
}

function memberText(name: string, { type, required, documentation }: MemberInfo): string {
  // A structure that is called like its member says no more than that it is one.
  const shown = type === name ? 'object' : type;
  const head = `**${name}**${shown ? `: ${shown}` : ''}${required ? ' (required)' : ''}`;
  return documentation ? `${head}\n\n${documentation}` : head;
}

/** A function, or a member of one. */
function functionText(name: string, object: Node): string | undefined {
  const words = functionWords[name];
  const isFunction = callOf(object) !== undefined || (object.parent && callOf(object.parent) !== undefined);
  return words && isFunction ? `**${name}**\n\n${words}` : undefined;
}

function isCondition({ key, parent }: Node): boolean {
  return key === 'Condition' || parent?.key === 'Conditions';
}

function resolved(pipeline: Pipeline, { root, target, text, path }: Reference): string[] {
  if (root === 'Parameters') return parameterSummary(pipeline, target);
  const variable = variableWords[text];
  if (variable) return [variable];
  if (root === 'ForEach') return ['The item of the loop that is worked on.'];
  const step = root === 'Steps' ? pipeline.stepsByName.get(target ?? '')?.[0] : undefined;
  if (!step) return [];
  const [, , list, name] = path.segments;
  const file = list?.text === 'PropertyFiles' && step.propertyFiles.find((one) => one.name === name?.text);
  const about = file
    ? [`Property file: ${file.node.get('FilePath')?.text ?? ''} in output ${file.node.get('OutputName')?.text ?? ''}.`]
    : [];
  return [...about, stepSummary(pipeline, step)];
}

/** `Parameter Mode: String = "a"`, its choices and its description. */
function parameterSummary(pipeline: Pipeline, name: string | undefined): string[] {
  const parameter = pipeline.parametersByName.get(name ?? '')?.[0];
  if (!parameter) return [];
  const choices = parameter.node.get('EnumValues')?.items.flatMap((item) => item.text ?? []) ?? [];
  const description = parameter.node.get('Description')?.text;
  return [
    `Parameter **${name}**: ${parameterDetail(parameter)}`,
    ...(choices.length > 0 ? [`One of ${choices.join(', ')}.`] : []),
    ...(description ? [description] : []),
  ];
}

/** A step in a few lines: type, where it stands, what it waits for, what waits for it. */
export function stepSummary(pipeline: Pipeline, step: Step): string {
  const name = step.name ?? '';
  const type = step.type ?? 'no type';
  const summary = stepTypes[type]?.summary;
  const lines = [`Step **${name}** (${type})${summary ? `: ${summary}` : ''}`];
  if (step.condition) lines.push(placeInWords(step.condition, step.branch));
  const before = step.upstream;
  if (before.length > 0) lines.push(`Waits for ${listed(before)}.`);
  const after = pipeline.steps.filter(
    (other) => other.name !== undefined && other !== step && other.upstream.includes(name),
  );
  if (after.length > 0) lines.push(`Awaited by ${listed(after.map((other) => other.name ?? ''))}.`);
  const description = step.node.get('Description')?.text;
  if (description) lines.push(description);
  return lines.join('\n\n');
}

function placeInWords({ name }: Step, branch: Step['branch']): string {
  if (!branch) return `In the body of ${name ?? 'a loop'}: run for each of its items.`;
  return `In the ${branch === 'If' ? 'true' : 'false'} branch of ${name ?? 'a condition'}.`;
}

/** So many names are told; of a step that hundreds wait for, nobody reads more. */
const mostNames = 12;

function listed(names: readonly string[]): string {
  const rest = names.length - mostNames;
  return names.slice(0, mostNames).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function usesInWords(uses: number): string {
  return uses === 0 ? 'Not used.' : uses === 1 ? 'Used once.' : `Used ${uses} times.`;
}
