/**
 * The tables, as steps from one version of the store to the next: a step that has been published is never
 * changed, a new one is added.
 *
 * A table of records has a `seq` that gives the order of creation, the columns that listings need, and the
 * record itself in `doc`.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE pipelines (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created REAL NOT NULL, doc TEXT NOT NULL
  ) STRICT;
  CREATE TABLE versions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, pipeline TEXT NOT NULL, version INTEGER NOT NULL,
    created REAL NOT NULL, doc TEXT NOT NULL
  ) STRICT;
  CREATE INDEX versions_of ON versions (pipeline, version);
  CREATE TABLE executions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, pipeline TEXT NOT NULL, arn TEXT NOT NULL,
    status TEXT NOT NULL, created REAL NOT NULL, doc TEXT NOT NULL
  ) STRICT;
  CREATE INDEX executions_of ON executions (pipeline, created);
  CREATE INDEX executions_by_status ON executions (status);
  CREATE TABLE steps (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, execution TEXT NOT NULL, started REAL NOT NULL,
    cache_key TEXT, doc TEXT NOT NULL
  ) STRICT;
  CREATE INDEX steps_of ON steps (execution, started);
  CREATE INDEX steps_by_cache_key ON steps (cache_key) WHERE cache_key IS NOT NULL;
  CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL,
    status TEXT NOT NULL, created REAL NOT NULL, modified REAL NOT NULL, doc TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_of ON jobs (kind, created);
  CREATE TABLE model_groups (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created REAL NOT NULL, doc TEXT NOT NULL
  ) STRICT;
  CREATE TABLE model_packages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, model_group TEXT,
    approval TEXT, created REAL NOT NULL, doc TEXT NOT NULL
  ) STRICT;
  CREATE INDEX model_packages_of ON model_packages (model_group, created);
  CREATE TABLE tags (arn TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, name)) STRICT;
  CREATE TABLE answers (
    operation TEXT NOT NULL, token TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL, created REAL NOT NULL,
    PRIMARY KEY (operation, token)
  ) STRICT;
  CREATE TABLE log_streams (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, log_group TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
    first INTEGER, last INTEGER, UNIQUE (log_group, name)
  ) STRICT;
  CREATE TABLE log_events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, at INTEGER NOT NULL, message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX log_events_of ON log_events (stream, seq);
  CREATE TABLE buckets (name TEXT PRIMARY KEY, created REAL NOT NULL) STRICT;
  CREATE TABLE objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, blob TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
    modified REAL NOT NULL, headers TEXT NOT NULL, PRIMARY KEY (bucket, key)
  ) STRICT;
  `,
];
