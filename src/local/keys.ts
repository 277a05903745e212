import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { region } from './domain/arns';
import type { KeyPair } from './wire/signature';

/**
 * The key pair of a data folder: read from its file, made at the first start. The file is readable by its
 * owner only, and has the form of an AWS credentials file, so that steps can be pointed at it.
 */
export function loadKeys(path: string): KeyPair {
  const known = readKeys(path);
  if (known) {
    chmodSync(path, 0o600);
    return known;
  }
  const keys: KeyPair = {
    accessKeyId: `AKLOCAL${randomBytes(8).toString('hex').toUpperCase().slice(0, 13)}`,
    secretAccessKey: randomBytes(30).toString('base64url'),
  };
  const text = [
    '[default]',
    `region = ${region}`,
    `aws_access_key_id = ${keys.accessKeyId}`,
    `aws_secret_access_key = ${keys.secretAccessKey}`,
    '',
  ].join('\n');
  writeFileSync(path, text, { mode: 0o600 });
  return keys;
}

/** The key pair in a file; undefined where there is none. */
export function readKeys(path: string): KeyPair | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const accessKeyId = /^aws_access_key_id = (\S+)$/m.exec(text)?.[1];
  const secretAccessKey = /^aws_secret_access_key = (\S+)$/m.exec(text)?.[1];
  return accessKeyId !== undefined && secretAccessKey !== undefined ? { accessKeyId, secretAccessKey } : undefined;
}
