import { randomId, sagemakerArn } from '../../domain/arns';
import { type EntityKind, associations, lineage } from '../../domain/lineage';
import { isRecord } from '../../wire/validate';
import type { Json } from '../definition';
import { resolve } from '../references';
import type { StepKind } from './step';

const kinds: readonly [member: string, title: string, kind: EntityKind][] = [
  ['Actions', 'Action', 'action'],
  ['Artifacts', 'Artifact', 'artifact'],
  ['Contexts', 'Context', 'context'],
];

/**
 * Keeps actions, artifacts, contexts and what leads from one to another.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking.html
 */
export const lineageStep: StepKind = {
  type: 'Lineage',
  run(step, { execution, scope, store, started }) {
    const given = resolve(step.arguments, scope);
    const createdAt = new Date();
    const made = new Map<string, Record<string, string>>();
    for (const [member, title, kind] of kinds) {
      const arns: Record<string, string> = {};
      for (const doc of listIn(given, member)) {
        const name = textOf(doc[`${title}Name`]) ?? `${step.name}-${execution.id}`;
        // An artifact is known by an id, the others by their names, of which the latest counts.
        const arn = sagemakerArn(kind, kind === 'artifact' ? randomId(32) : name.toLowerCase());
        lineage(store).put({ arn, kind, name, doc, createdAt });
        arns[name] = arn;
      }
      made.set(title, arns);
    }
    const arnOf = (end: unknown): string => {
      if (!isRecord(end)) return '';
      return typeof end.Arn === 'string' ? end.Arn : (made.get(String(end.Type))?.[String(end.Name)] ?? '');
    };
    const Associations = listIn(given, 'Associations').map(({ Source, Destination, AssociationType }) => {
      const [source, destination] = [arnOf(Source), arnOf(Destination)];
      associations(store).put({ source, destination, type: textOf(AssociationType) ?? 'AssociatedWith', createdAt });
      return { SourceArn: source, DestinationArn: destination };
    });
    const result = {
      ActionArns: made.get('Action') ?? {},
      ArtifactArns: made.get('Artifact') ?? {},
      ContextArns: made.get('Context') ?? {},
      Associations,
    };
    const metadata = { Lineage: result };
    started(metadata);
    return { status: 'Succeeded', metadata, result };
  },
};

function listIn(value: Json, member: string): Record<string, Json>[] {
  const list = isRecord(value) ? value[member] : undefined;
  return Array.isArray(list) ? list.filter((each): each is Record<string, Json> => isRecord(each)) : [];
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
