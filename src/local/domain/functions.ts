import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { part, recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { ServiceError } from '../wire/errors';
import { account, region } from './arns';

/** A Lambda function. */
export interface LambdaFunction {
  name: string;
  arn: string;
  createdAt: Date;
  configuration: FunctionConfiguration;
  /** The statements of its resource policy. */
  statements: object[];
}

export const functions = recordsOf<LambdaFunction>(
  'functions',
  { columns: 'created REAL NOT NULL' },
  ({ name, createdAt }) => ({ id: name, created: createdAt.getTime() }),
);

/** The zip archives of functions, by the function's name. */
export const functionCode = part(
  {
    name: 'function code',
    migrations: ['CREATE TABLE IF NOT EXISTS function_code (name TEXT PRIMARY KEY, zip BLOB NOT NULL) STRICT'],
  },
  ({ database }) => ({
    put: (name: string, zip: Uint8Array): void => {
      database.run('INSERT OR REPLACE INTO function_code (name, zip) VALUES (?, ?)', name, zip);
    },
    get: (name: string): Uint8Array | undefined =>
      database.get<{ zip: Uint8Array }>('SELECT zip FROM function_code WHERE name = ?', name)?.zip,
    remove: (name: string): void => {
      database.run('DELETE FROM function_code WHERE name = ?', name);
    },
  }),
);

export function functionArn(name: string): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}`;
}

/** The name in `name`, `account:function:name`, `function:name` or an ARN, each with or without a version. */
export function functionName(text: string): string {
  const match = /(?:^|:)function:([\w-]+)/.exec(text);
  return match?.[1] ?? text.split(':')[0] ?? text;
}

/** A function by its name or ARN. @throws {ServiceError} `ResourceNotFoundException` */
export function findFunction(store: Store, nameOrArn: string): LambdaFunction {
  const name = functionName(nameOrArn);
  const found = functions(store).get(name);
  if (found) return found;
  throw new ServiceError('ResourceNotFoundException', `Function not found: ${functionArn(name)}`, 404);
}
