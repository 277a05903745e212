import type { SourceDocument } from '../../document';
import type { Pipeline, Step } from '../../sagemaker/model';
import { typeOfReference } from '../../sagemaker/properties';
import { stepTypes } from '../../sagemaker/vocabulary';
import { cursorAt } from '../cursor';
import { entityAt } from '../entities';
import type { HoverText } from '../results';
import { stepAround } from './completion';
import { entities } from './entities';
import { expectedAt } from './expected';
import { parameterDetail, referenceAt } from './references';

/** What stands at `offset`: a step, what a reference resolves to, or a member's meaning. */
export function hover(document: SourceDocument, pipeline: Pipeline, offset: number): HoverText | undefined {
  const { tree } = document;
  const cursor = cursorAt(tree, offset);
  if (!cursor) return undefined;
  if (cursor.at === 'key') {
    const expected = expectedAt(pipeline.root, cursor.object.path.slice(pipeline.root.path.length));
    const name = String(cursor.member?.key ?? '');
    const info = expected.members?.get(name);
    if (!info) return undefined;
    const head = `**${name}**${info.type ? `: ${info.type}` : ''}${info.required ? ' (required)' : ''}`;
    return { text: info.documentation ? `${head}\n\n${info.documentation}` : head, range: cursor.range };
  }
  const { node } = cursor;
  if (node?.kind !== 'string') return undefined;
  const reference = referenceAt(pipeline, node);
  if (reference) {
    const type = typeOfReference(reference, pipeline);
    const head = `\`${reference.text}\`${type ? `: **${type}**` : ''}`;
    return { text: [head, ...resolved(pipeline, reference.root, reference.target)].join('\n\n'), range: cursor.range };
  }
  const named = entityAt(tree, entities(pipeline), offset)?.entity;
  if (named?.kind === 'step') {
    const step = pipeline.stepsByName.get(named.name)?.[0];
    if (step) return { text: stepSummary(pipeline, step), range: cursor.range };
  }
  if (named?.kind === 'parameter') {
    return { text: [`Parameter **${named.name}**`, usesInWords(named.uses.length)].join('\n\n'), range: cursor.range };
  }
  if (cursor.key === 'Type') {
    const type = stepAround(pipeline, offset)?.typeNode === node ? stepTypes[node.text ?? ''] : undefined;
    if (type) return { text: `**${node.text ?? ''}** step\n\n${type.summary}.`, range: cursor.range };
  }
  return undefined;
}

function resolved(pipeline: Pipeline, root: string, target: string | undefined): string[] {
  if (root === 'Parameters') {
    const parameter = pipeline.parametersByName.get(target ?? '')?.[0];
    if (!parameter) return [];
    const description = parameter.node.get('Description')?.text;
    return [`Parameter **${target}**: ${parameterDetail(parameter)}`, ...(description ? [description] : [])];
  }
  const step = root === 'Steps' ? pipeline.stepsByName.get(target ?? '')?.[0] : undefined;
  return step ? [stepSummary(pipeline, step)] : [];
}

/** A step in a few lines: type, where it stands, what it waits for, what waits for it. */
export function stepSummary(pipeline: Pipeline, step: Step): string {
  const name = step.name ?? '';
  const type = step.type ?? 'no type';
  const summary = stepTypes[type]?.summary;
  const lines = [`Step **${name}** (${type})${summary ? `: ${summary}` : ''}`];
  if (step.condition)
    lines.push(`In the ${step.branch === 'If' ? 'true' : 'false'} branch of ${step.condition.name ?? 'a condition'}.`);
  const before = step.upstream;
  if (before.length > 0) lines.push(`Waits for ${before.join(', ')}.`);
  const after = pipeline.steps.filter(
    (other) => other.name !== undefined && other !== step && other.upstream.includes(name),
  );
  if (after.length > 0) lines.push(`Awaited by ${after.map((other) => other.name).join(', ')}.`);
  const description = step.node.get('Description')?.text;
  if (description) lines.push(description);
  return lines.join('\n\n');
}

function usesInWords(uses: number): string {
  return uses === 0 ? 'Not used.' : uses === 1 ? 'Used once.' : `Used ${uses} times.`;
}
