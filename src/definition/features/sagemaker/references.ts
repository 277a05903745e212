/** The path language of `Get`, for completion, hover and hints. */
import type { Range } from '../../diagnostic';
import type { Named, Parameter, Pipeline, Reference, Step } from '../../sagemaker/model';
import { propertiesOf } from '../../sagemaker/properties';
import { parsePath, type Segment } from '../../sagemaker/reference';
import { type Shape, structure } from '../../sagemaker/shapes';
import { executionVariables, stepTypes } from '../../sagemaker/vocabulary';
import type { Node, Tree } from '../../tree';
import type { Completion, CompletionKind } from '../results';
import { typeInWords } from './expected';
import { variableWords } from './words';

interface Candidate {
  text: string;
  kind: CompletionKind;
  detail: string;
  documentation?: string | undefined;
  /** More is to be typed after it: a dot follows. */
  open?: boolean;
}

/**
 * What may follow in the reference that stands in `node`, at character `at` of its value. `own` is the step in which
 * it stands, which cannot be referred to.
 */
export function completeReference(
  tree: Tree,
  pipeline: Pipeline,
  node: Node,
  at: number,
  own: Step | undefined,
): Completion[] {
  const text = node.text ?? '';
  const bracket = openBracket(text, at);
  const start = bracket ?? text.lastIndexOf('.', at - 1) + 1;
  const end = endOfSegment(text, at);
  const before = text.slice(0, bracket === undefined ? Math.max(0, start - 1) : text.lastIndexOf('[', at));
  const candidates = bracket === undefined ? followers(pipeline, before, own, node) : keysOf(pipeline, before);
  const { start: from, end: to } = tree.within(node, start, end);
  const range = tree.range(from, to);
  return candidates.map((candidate, index) => toCompletion(candidate, range, index, text[end] === '.'));
}

function toCompletion(candidate: Candidate, range: Range, index: number, dotFollows: boolean): Completion {
  const completion: Completion = {
    label: candidate.text,
    kind: candidate.kind,
    detail: candidate.detail,
    edit: { range, newText: candidate.open && !dotFollows ? `${candidate.text}.` : candidate.text },
    sort: String(index).padStart(5, '0'),
  };
  if (candidate.documentation !== undefined) completion.documentation = candidate.documentation;
  if (candidate.open) completion.again = true;
  return completion;
}

/** Where the key in an open `['` before character `at` begins. */
function openBracket(text: string, at: number): number | undefined {
  const open = /\[['"]?([^'"\]]*)$/.exec(text.slice(0, at));
  return open ? at - (open[1]?.length ?? 0) : undefined;
}

function endOfSegment(text: string, at: number): number {
  let end = at;
  while (end < text.length && !/[.[\]'"]/.test(text[end] ?? '')) end++;
  return end;
}

function followers(pipeline: Pipeline, before: string, own: Step | undefined, node: Node): Candidate[] {
  if (before === '') {
    return [
      { text: 'Steps', kind: 'value', detail: 'what a step has made', open: true },
      { text: 'Parameters', kind: 'value', detail: 'a parameter of the pipeline', open: true },
      { text: 'Execution', kind: 'value', detail: 'about the execution', open: true },
      { text: 'PipelineExperimentConfig', kind: 'value', detail: 'the experiment of the execution', open: true },
    ];
  }
  const { segments } = parsePath(before);
  const [root, target] = segments;
  if (segments.length === 1) return names(pipeline, root?.text ?? '', own);
  if (root?.text !== 'Steps' || !target) return [];
  const step = pipeline.stepsByName.get(target.text)?.[0];
  if (!step?.type) return [];
  if (segments.length === 3 && segments[2]?.text === 'PropertyFiles') return fileNames(step);
  const found = propertyAfter(pipeline, before);
  const inJson = node.parent?.parent?.key === 'PropertyFile' || node.parent?.key === 'PropertyFile';
  const candidates = found === 'root' ? [...(propertiesOf(step.type) ?? [])] : found ? [...membersOf(found)] : [];
  const list = candidates.map(([text, property]): Candidate => propertyCandidate(text, property, step));
  if (found === 'root' && step.propertyFiles.length > 0) {
    const files: Candidate = {
      text: 'PropertyFiles',
      kind: 'property',
      detail: 'a file that the step wrote',
      open: true,
    };
    if (inJson) return [files];
    list.push(files);
  }
  return list;
}

function fileNames(step: Step): Candidate[] {
  return step.propertyFiles.map((file) => ({
    text: file.name,
    kind: 'file',
    detail: file.node.get('FilePath')?.text ?? '',
  }));
}

function propertyCandidate(text: string, property: Shape, step: Step): Candidate {
  if (property.kind === 'structure') {
    return { text, kind: 'property', detail: 'object', open: true };
  }
  if (property.kind === 'list') {
    const names = text === 'ProcessingOutputConfig' ? [] : listNames(step, text);
    return {
      text: `${text}${names.length > 0 ? `['${names[0]?.name}']` : '[0]'}`,
      kind: 'property',
      detail: typeInWords(property),
      open: property.element.kind === 'structure',
    };
  }
  if (property.kind === 'map') {
    const first = step.outputParameters[0]?.name ?? 'key';
    return { text: `${text}['${first}']`, kind: 'property', detail: typeInWords(property) };
  }
  return { text, kind: 'property', detail: typeInWords(property) };
}

/** The names by which the elements of a list of the step can be called. */
function listNames(step: Step, member: string): readonly Named[] {
  return member === 'Outputs' ? step.outputs : [];
}

function names(pipeline: Pipeline, root: string, own: Step | undefined): Candidate[] {
  switch (root) {
    case 'Parameters':
      return pipeline.parameters.flatMap((parameter) =>
        parameter.name === undefined
          ? []
          : [{ text: parameter.name, kind: 'parameter', detail: parameterDetail(parameter) }],
      );
    case 'Steps':
      return pipeline.steps.flatMap((step) =>
        step.name === undefined || step === own || step.type === 'Fail'
          ? []
          : [
              {
                text: step.name,
                kind: 'step',
                detail: step.type ?? '',
                documentation: stepTypes[step.type ?? '']?.summary,
                open: true,
              },
            ],
      );
    case 'Execution':
      return executionVariables.map((text) => ({
        text,
        kind: 'value',
        detail: variableWords[`Execution.${text}`] ?? '',
      }));
    case 'PipelineExperimentConfig':
      return ['ExperimentName', 'TrialName'].map((text) => ({ text, kind: 'value', detail: 'string' }));
    default:
      return [];
  }
}

/** `Integer = 10`. */
export function parameterDetail(parameter: Parameter): string {
  const { defaultNode, type } = parameter;
  return defaultNode?.value === undefined ? type : `${type} = ${JSON.stringify(defaultNode.value)}`;
}

function keysOf(pipeline: Pipeline, before: string): Candidate[] {
  const { segments } = parsePath(before);
  const step = segments[0]?.text === 'Steps' ? pipeline.stepsByName.get(segments[1]?.text ?? '')?.[0] : undefined;
  const list = segments.at(-1)?.text;
  if (!step) return [];
  const named = list === 'Outputs' ? step.outputs : list === 'OutputParameters' ? step.outputParameters : [];
  return named.map(({ name, node }) => ({ text: name, kind: 'value', detail: node.get('OutputType')?.text ?? '' }));
}

/** What a path ends at: the members of a step directly after its name, else a shape. */
function propertyAfter(pipeline: Pipeline, path: string): Shape | 'root' | undefined {
  const { segments, faultAt } = parsePath(path);
  const step = pipeline.stepsByName.get(segments[1]?.text ?? '')?.[0];
  if (faultAt !== undefined || segments[0]?.text !== 'Steps' || step?.type === undefined) return undefined;
  if (segments.length === 2) return 'root';
  const [first, ...rest] = segments.slice(2);
  let shape = propertiesOf(step.type)?.get(first?.text ?? '');
  for (const segment of rest) shape = shape && inside(shape, segment);
  return shape;
}

/** The shape that a segment names: a member, or an element by index or key. */
function inside(shape: Shape, segment: Segment): Shape | undefined {
  if (shape.kind === 'structure') return structure(shape.name).members.get(segment.text);
  if (segment.kind === 'member') return undefined;
  if (shape.kind === 'list') return shape.element;
  return shape.kind === 'map' ? shape.value : undefined;
}

function membersOf(shape: Shape): Iterable<[string, Shape]> {
  return shape.kind === 'structure' ? structure(shape.name).members : [];
}

/** The reference whose text stands in `node`, if `node` is the string of a `Get`. */
export function referenceAt(pipeline: Pipeline, node: Node): Reference | undefined {
  for (const step of pipeline.steps) {
    const found = step.references.find((reference) => reference.node === node);
    if (found) return found;
  }
  return pipeline.loose.find((reference) => reference.node === node);
}
