import type { QueryLineageRequest, QueryLineageResponse } from '@aws-sdk/client-sagemaker';
import { type Association, type Entity, type EntityKind, associations, lineage } from '../../domain/lineage';
import type { Context } from '../../engine/context';
import type { Filter } from '../../store/records';
import { invalid, notFound } from '../../wire/errors';
import { notImplemented, type Operations } from '../../wire/service';
import { listRecords } from './listing';

const kinds: readonly [title: string, kind: EntityKind][] = [
  ['Action', 'action'],
  ['Artifact', 'artifact'],
  ['Context', 'context'],
];

/** Describe and List of what Lineage steps have kept, ListAssociations and QueryLineage. */
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
    QueryLineage(input: QueryLineageRequest): QueryLineageResponse {
      return queryLineage(context, input);
    },
  }) as Operations;
}

const lineageArn = /:(?:artifact|action|context|experiment-trial-component|experiment)\//;
const deepest = 10;
const mostVertices = 50;

/**
 * What leads to an entity and what follows from it, breadth first. The start is a vertex of its own only where a filter
 * lets it through, as on the service.
 */
function queryLineage({ store }: Context, input: QueryLineageRequest): QueryLineageResponse {
  const { StartArns: starts = [], Direction: direction = 'Both', Filters: filters = {} } = input;
  const isWrong = starts.find((arn) => !lineageArn.test(arn));
  if (isWrong !== undefined) {
    throw invalid(`StartArns: ${isWrong} is not the ARN of an artifact, an action, a context or an experiment.`);
  }
  if (filters.Properties) throw notImplemented('Properties among the filters of QueryLineage');
  const first = Number(input.NextToken ?? 0);
  if (!Number.isInteger(first) || first < 0) throw invalid('Invalid pagination token.');
  const ways = (['Ascendants', 'Descendants'] as const).filter((way) => direction === 'Both' || direction === way);
  const found = new Set(starts);
  const edges = new Map<string, Association>();
  for (const way of ways) {
    const [near, far] =
      way === 'Ascendants' ? (['destination', 'source'] as const) : (['source', 'destination'] as const);
    const seen = new Set(starts);
    let layer = [...starts];
    for (let depth = 0; depth < (input.MaxDepth ?? deepest) && layer.length > 0; depth += 1) {
      const next = layer.flatMap((arn) => associations(store).list(`${near} = ?`, arn));
      for (const edge of next) edges.set(`${edge.source} ${edge.destination}`, edge);
      layer = [...new Set(next.map((edge) => edge[far]))].filter((arn) => !seen.has(arn));
      for (const arn of layer) {
        seen.add(arn);
        found.add(arn);
      }
    }
  }
  const vertices = [...found]
    .map((arn) => vertexOf(arn, lineage(store).get(arn)))
    .filter((each) => isWanted(each, filters));
  const last = first + (input.MaxResults ?? mostVertices);
  return {
    Vertices: vertices.slice(first, last).map(({ vertex }) => vertex),
    ...(input.IncludeEdges === false
      ? {}
      : {
          Edges: [...edges.values()].map(({ source, destination, type }) => ({
            SourceArn: source,
            DestinationArn: destination,
            AssociationType: type as 'AssociatedWith',
          })),
        }),
    ...(last < vertices.length ? { NextToken: String(last) } : {}),
  };
}

interface Found {
  vertex: NonNullable<QueryLineageResponse['Vertices']>[number];
  /** Absent where only an association names it. */
  createdAt?: Date;
}

function vertexOf(arn: string, entity: Entity | undefined): Found {
  if (!entity) return { vertex: { Arn: arn } };
  const title = kinds.find(([, kind]) => kind === entity.kind)?.[0] ?? 'Artifact';
  const type = entity.doc[`${title}Type`];
  return {
    vertex: { Arn: arn, LineageType: title as 'Artifact', ...(typeof type === 'string' ? { Type: type } : {}) },
    createdAt: entity.createdAt,
  };
}

function isWanted({ vertex, createdAt }: Found, filters: NonNullable<QueryLineageRequest['Filters']>): boolean {
  const { Types, LineageTypes, CreatedBefore, CreatedAfter, ModifiedBefore, ModifiedAfter } = filters;
  return (
    (!Types?.length || Types.includes(vertex.Type ?? '')) &&
    (!LineageTypes?.length || (vertex.LineageType !== undefined && LineageTypes.includes(vertex.LineageType))) &&
    // Nothing of lineage is changed here after it was made.
    [CreatedBefore, ModifiedBefore].every((limit) => !limit || (createdAt !== undefined && createdAt < limit)) &&
    [CreatedAfter, ModifiedAfter].every((limit) => !limit || (createdAt !== undefined && createdAt > limit))
  );
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
