import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkAccount } from '../../../src/pipelines/environment';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';

let local: LocalSession;
beforeAll(async () => {
  local = await startLocalSession('environment');
});
afterAll(() => local.end());

it.each<[string | undefined, RegExp | undefined]>([
  [undefined, undefined],
  ['000000000000', undefined],
  ['111122223333', /^The connection of staging leads to account 000000000000, not 111122223333\. Correct/],
])('a run in an environment of account %s', async (account, refusal) => {
  const environment = { connection: 'Local' as const, parameters: {}, ...(account === undefined ? {} : { account }) };
  const checked = checkAccount(local.session, 'staging', environment);
  if (refusal) await expect(checked).rejects.toThrow(refusal);
  else await expect(checked).resolves.toBeUndefined();
});
