import { join } from 'node:path';
import { Database } from './database';
import { LogStore } from './logs';
import { ObjectStore } from './objects';
import { Records } from './records';
import type { Execution, Job, ModelGroup, ModelPackage, Pipeline, PipelineVersion, Step } from './types';

/** Everything that lasts. All of it lies under one data folder. */
export class Store {
  readonly database: Database;
  readonly pipelines: Records<Pipeline>;
  readonly versions: Records<PipelineVersion>;
  readonly executions: Records<Execution>;
  readonly steps: Records<Step>;
  readonly jobs: Records<Job>;
  readonly modelGroups: Records<ModelGroup>;
  readonly modelPackages: Records<ModelPackage>;
  readonly logs: LogStore;
  readonly objects: ObjectStore;

  /** @throws {StoreError} when the folder cannot be used. */
  constructor(folder: string) {
    const database = new Database(join(folder, 'store.sqlite'));
    this.database = database;
    this.pipelines = new Records(database, 'pipelines', ({ name, createdAt }) => ({
      id: name,
      created: createdAt.getTime(),
    }));
    this.versions = new Records(database, 'versions', ({ pipeline, version, createdAt }) => ({
      id: `${pipeline}/${version}`,
      pipeline,
      version,
      created: createdAt.getTime(),
    }));
    this.executions = new Records(database, 'executions', ({ id, arn, pipeline, status, createdAt }) => ({
      id,
      arn,
      pipeline,
      status,
      created: createdAt.getTime(),
    }));
    this.steps = new Records(database, 'steps', ({ execution, name, startedAt, cacheKey }) => ({
      id: `${execution}/${name}`,
      execution,
      started: startedAt.getTime(),
      cache_key: cacheKey ?? null,
    }));
    this.jobs = new Records(database, 'jobs', ({ kind, name, status, createdAt, modifiedAt }) => ({
      id: `${kind}/${name}`,
      kind,
      name,
      status,
      created: createdAt.getTime(),
      modified: modifiedAt.getTime(),
    }));
    this.modelGroups = new Records(database, 'model_groups', ({ name, createdAt }) => ({
      id: name,
      created: createdAt.getTime(),
    }));
    this.modelPackages = new Records(database, 'model_packages', ({ arn, group, doc }) => ({
      id: arn,
      name: arn.slice(arn.indexOf('/') + 1),
      model_group: group ?? null,
      approval: doc.ModelApprovalStatus ?? null,
      created: doc.CreationTime?.getTime() ?? 0,
    }));
    this.logs = new LogStore(database);
    this.objects = new ObjectStore(database, join(folder, 'objects'));
  }

  /** Adds and replaces tags of a resource. */
  addTags(arn: string, tags: readonly Tag[]): void {
    for (const { Key, Value } of tags) {
      this.database.run('INSERT OR REPLACE INTO tags (arn, name, value) VALUES (?, ?, ?)', arn, Key, Value);
    }
  }

  /** The tags of a resource, by name. */
  tags(arn: string): Tag[] {
    return this.database.all<{ Key: string; Value: string }>(
      'SELECT name AS Key, value AS Value FROM tags WHERE arn = ? ORDER BY name',
      arn,
    );
  }

  /** Removes the named tags, or all of them. */
  removeTags(arn: string, keys?: readonly string[]): void {
    if (!keys) this.database.run('DELETE FROM tags WHERE arn = ?', arn);
    for (const key of keys ?? []) this.database.run('DELETE FROM tags WHERE arn = ? AND name = ?', arn, key);
  }

  close(): void {
    this.database.close();
  }
}

interface Tag {
  Key: string;
  Value: string;
}
