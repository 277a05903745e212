/**
 * Where the control plane of a data folder listens, so that another program can reach it: a file that holds no
 * secret. The keys are in the folder's `credentials`, which only its owner can read.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isString, shape } from '../shared/guards';
import { valueOfJson } from '../shared/json';
import { region } from './domain/arns';
import { readKeys } from './keys';
import type { Ready } from './ready';

const fileName = 'address.json';

/** Milliseconds that a control plane may take to answer at all on a busy machine; one that has ended refuses at once. */
const patience = 20_000;

/** Tells where the control plane of a data folder listens. */
export function writeAddress(folder: string, { endpoint }: Ready): void {
  const file = join(folder, fileName);
  writeFileSync(`${file}.new`, JSON.stringify({ endpoint }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Forgets the address when the control plane ends. */
export function removeAddress(folder: string): void {
  rmSync(join(folder, fileName), { force: true });
}

const isAddress = shape<{ endpoint: string }>({ endpoint: isString });

/** The control plane that runs on a data folder; undefined where none does. */
export async function findRunning(folder: string): Promise<Omit<Ready, 'pid'> | undefined> {
  let text: string;
  try {
    text = readFileSync(join(folder, fileName), 'utf8');
  } catch {
    return undefined;
  }
  const address = valueOfJson(text);
  const keys = readKeys(join(folder, 'credentials'));
  if (!isAddress(address) || keys === undefined || !/^http:\/\/127\.0\.0\.1:\d+$/.test(address.endpoint))
    return undefined;
  // One that was killed has left its address behind. Any answer is one; nothing is sent that needs a signature.
  const answer = await fetch(address.endpoint, { signal: AbortSignal.timeout(patience) }).catch(() => undefined);
  await answer?.body?.cancel();
  return answer === undefined ? undefined : { endpoint: address.endpoint, region, ...keys };
}
