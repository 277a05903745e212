import { recordsOf } from '../store/part';
import { account, region } from './arns';

/** A connection to a provider of repositories, or a host of one. */
export interface CodeConnection {
  arn: string;
  name: string;
  kind: 'connection' | 'host';
  provider: string;
  createdAt: Date;
  hostArn?: string;
  endpoint?: string;
}

export const codeConnections = recordsOf<CodeConnection>(
  'code_connections',
  { columns: 'kind TEXT NOT NULL, provider TEXT NOT NULL, created REAL NOT NULL' },
  ({ arn, kind, provider, createdAt }) => ({ id: arn, kind, provider, created: createdAt.getTime() }),
);

export function codeConnectionArn(kind: CodeConnection['kind'], id: string): string {
  return `arn:aws:codeconnections:${region}:${account}:${kind}/${id}`;
}
