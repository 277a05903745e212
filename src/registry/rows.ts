/** What commands of the Models view get: each row says which connection it belongs to. */
import type { Connection, Session } from '../aws';
import type { LiveRow } from '../workbench';
import type { ModelVersion } from './model';
import type { MetricCondition, ModelOrder } from './order';
import type { ModelFilter } from './service';

/** A row of a model version, as the commands of the tree get it. */
export interface VersionRow extends LiveRow<Session> {
  connection: Connection;
  model: ModelVersion;
}

/** What the Models view lists, and in which order: newest first, where none is given. */
export interface ModelView extends ModelFilter {
  /** What a metric of the versions has to be. */
  condition?: MetricCondition;
  order?: ModelOrder;
}

/** The id of a group's row, and of the reading of its versions. */
export function groupId(name: string): string {
  return `group ${name}`;
}
