import { type Entity, type EntityKind, associations, lineage } from '../../domain/lineage';
import type { Context } from '../../engine/context';
import type { Filter } from '../../store/records';
import { notFound } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import { listRecords } from './listing';

const kinds: readonly [title: string, kind: EntityKind][] = [
  ['Action', 'action'],
  ['Artifact', 'artifact'],
  ['Context', 'context'],
];

/** Describe and List of what Lineage steps have kept, and ListAssociations. */
export function lineageOperations(context: Context): Operations {
  return Object.assign({}, ...kinds.map((kind) => operationsOf(kind, context)), {
    ListAssociations(input: { SourceArn?: string; DestinationArn?: string; NextToken?: string }) {
      const filters: Filter[] = [];
      if (input.SourceArn !== undefined) filters.push(['source = ?', input.SourceArn]);
      if (input.DestinationArn !== undefined) filters.push(['destination = ?', input.DestinationArn]);
      const { records, nextToken } = listRecords(associations(context.store), 'ListAssociations', input, {
        sorts: { CreationTime: 'created' },
        newestFirst: true,
        filters,
      });
      return {
        AssociationSummaries: records.map(({ source, destination, type, createdAt }) => ({
          SourceArn: source,
          DestinationArn: destination,
          AssociationType: type,
          CreationTime: createdAt,
        })),
        NextToken: nextToken,
      };
    },
  }) as Operations;
}

function operationsOf([title, kind]: readonly [string, EntityKind], { store }: Context): Operations {
  const described = ({ arn, name, doc, createdAt }: Entity): object => ({
    ...doc,
    [`${title}Name`]: name,
    [`${title}Arn`]: arn,
    CreationTime: createdAt,
    LastModifiedTime: createdAt,
  });
  return {
    [`Describe${title}`](input: Record<string, string>) {
      const wanted = input[`${title}Arn`] ?? input[`${title}Name`] ?? '';
      const found = lineage(store).get(wanted) ?? lineage(store).list('kind = ? AND name = ?', kind, wanted)[0];
      if (!found) throw notFound(`There is no ${kind} '${wanted}'.`);
      return described(found);
    },

    [`List${title}s`](input: { SourceUri?: string; NextToken?: string }) {
      const filters: Filter[] = [['kind = ?', kind]];
      if (input.SourceUri !== undefined) filters.push(['source = ?', input.SourceUri]);
      const { records, nextToken } = listRecords(lineage(store), `List${title}s`, input, {
        sorts: { CreationTime: 'created', Name: 'name' },
        newestFirst: true,
        filters,
      });
      return { [`${title}Summaries`]: records.map(described), NextToken: nextToken };
    },
  };
}
