/** What other steps, and the checks of the whole pipeline, can see of a top-level step. */
import type { Node } from '../tree';
import type { Step, Unit } from './model';

/** What the rules about other steps' references see of a unit, as text: equal texts, equal judgements. */
export function declarations(unit: Unit): string {
  return JSON.stringify(
    unit.steps.map(({ name, type, outputs, propertyFiles, outputParameters, arguments: args }) => [
      name,
      type,
      outputs.map((output) => output.name),
      args?.at('ProcessingOutputConfig', 'Outputs')?.children.length,
      args?.at('ProcessingOutputConfig', 'Outputs')?.kind,
      propertyFiles.map((file) => file.name),
      outputParameters.map((output) => [output.name, output.node.get('OutputType')?.value]),
      keysOf(args?.get('HyperParameters')),
      keysOf(args?.get('Environment')),
    ]),
  );
}

function keysOf(map: Node | undefined): unknown {
  return map && [map.kind, ...map.members.map(({ key }) => key)];
}

/** What the outline checks see of a unit, likewise; `source` is the text that it was read from. */
export function outline(unit: Unit, source: string): string {
  return JSON.stringify(unit.steps.map((step) => outlineOf(step, source)));
}

function outlineOf({ name, type, node, condition, branch, references, places }: Step, source: string): unknown {
  const dependsOn = node.get('DependsOn');
  return [
    name,
    type,
    condition?.name,
    branch,
    dependsOn && source.slice(dependsOn.start, dependsOn.end),
    references.map(({ text }) => text),
    places.map(place),
  ];
}

/** A text that names a place, with the members that it stands under. */
function place({ parent, key, text }: Node): unknown {
  return [parent?.parent?.key, parent?.key, key, text];
}
