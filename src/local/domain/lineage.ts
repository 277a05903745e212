import { recordsOf } from '../store/part';

export type EntityKind = 'action' | 'artifact' | 'context';

/** An action, artifact or context of lineage. */
export interface Entity {
  arn: string;
  kind: EntityKind;
  name: string;
  /** What it was made of: the request of its Create operation. */
  doc: Readonly<Record<string, unknown>>;
  createdAt: Date;
}

/** What leads from one entity to another. */
export interface Association {
  source: string;
  destination: string;
  type: string;
  createdAt: Date;
}

export const lineage = recordsOf<Entity>(
  'lineage',
  { columns: 'kind TEXT NOT NULL, name TEXT NOT NULL, source TEXT, created REAL NOT NULL' },
  ({ arn, kind, name, doc, createdAt }) => ({
    id: arn,
    kind,
    name,
    source: (doc['Source'] as { SourceUri?: string } | undefined)?.SourceUri ?? null,
    created: createdAt.getTime(),
  }),
);

export const associations = recordsOf<Association>(
  'associations',
  { columns: 'source TEXT NOT NULL, destination TEXT NOT NULL, created REAL NOT NULL' },
  ({ source, destination, createdAt }) => ({
    id: `${source} ${destination}`,
    source,
    destination,
    created: createdAt.getTime(),
  }),
);
