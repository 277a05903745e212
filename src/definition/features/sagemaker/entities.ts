import type { Pipeline, Reference, Step } from '../../sagemaker/model';
import { type Entity, EntityIndex } from '../entities';

const name = { pattern: /^[A-Za-z0-9\-_]{1,64}$/, words: '1 to 64 letters, digits, - or _' };
const free = { pattern: /^[^'"\\[\]]{1,256}$/, words: '1 to 256 characters without quotes and brackets' };
const forms = { step: name, parameter: name, 'property file': name, output: free, 'output parameter': free };

/** Steps, parameters, property files, processing outputs and output parameters, with every place that names them. */
export function entities(pipeline: Pipeline): Entity[] {
  const index = new EntityIndex(forms);
  for (const parameter of pipeline.parameters) {
    if (parameter.name !== undefined && parameter.nameNode) {
      index.declare('parameter', parameter.name, { node: parameter.nameNode });
    }
  }
  for (const step of pipeline.steps) {
    declareStep(step, index);
    for (const reference of step.references) useReference(reference, index);
  }
  for (const reference of pipeline.loose) useReference(reference, index);
  return index.all();
}

function declareStep(step: Step, index: EntityIndex): void {
  if (step.name === undefined || !step.nameNode) return;
  index.declare('step', step.name, { node: step.nameNode });
  for (const dependency of step.dependsOn) index.use('step', dependency.name, { node: dependency.nameNode });
  for (const output of step.outputs) index.declare('output', output.name, { node: output.nameNode }, step.name);
  for (const parameter of step.outputParameters) {
    index.declare('output parameter', parameter.name, { node: parameter.nameNode }, step.name);
  }
  for (const file of step.propertyFiles) {
    index.declare('property file', file.name, { node: file.nameNode }, step.name);
    const output = file.node.get('OutputName');
    if (output?.text !== undefined) index.use('output', output.text, { node: output }, step.name);
  }
}

function useReference(reference: Reference, index: EntityIndex): void {
  const { segments } = reference.path;
  const target = segments[1];
  if (!target) return;
  const place = { node: reference.node, from: target.from, to: target.to };
  if (reference.root === 'Parameters') index.use('parameter', target.text, place);
  if (reference.root !== 'Steps') return;
  index.use('step', target.text, place);
  // The names inside the step: PropertyFiles.<name>, OutputParameters['name'], …Outputs['name'].
  for (const [at, segment] of segments.entries()) {
    const before = segments[at - 1]?.text;
    const inner = { node: reference.node, from: segment.from, to: segment.to };
    if (at === 3 && before === 'PropertyFiles') index.use('property file', segment.text, inner, target.text);
    if (segment.kind !== 'key') continue;
    if (at === 3 && before === 'OutputParameters') index.use('output parameter', segment.text, inner, target.text);
    if (at === 4 && before === 'Outputs') index.use('output', segment.text, inner, target.text);
  }
}
