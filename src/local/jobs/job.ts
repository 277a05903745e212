import { recordsOf } from '../store/part';

/** A job as it is kept. */
export interface Job<Doc extends object = object> {
  /** The kind's name: `training`. */
  kind: string;
  name: string;
  arn: string;
  status: JobStatus;
  createdAt: Date;
  modifiedAt: Date;
  /** The answer of its Describe operation. */
  doc: Doc;
}

export type JobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

export const jobs = recordsOf<Job>(
  'jobs',
  {
    columns:
      'kind TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, created REAL NOT NULL, modified REAL NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS jobs_of ON jobs (kind, created)',
  },
  ({ kind, name, status, createdAt, modifiedAt }) => ({
    id: `${kind}/${name}`,
    kind,
    name,
    status,
    created: createdAt.getTime(),
    modified: modifiedAt.getTime(),
  }),
);
