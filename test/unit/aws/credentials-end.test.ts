/** When credentials are read again, and where those of the environment are looked for; without any service. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { environmentConnection, profileConnection } from '../../../src/aws/connection';
import { Credentials, type CredentialServices } from '../../../src/aws/credentials';
import { UserError } from '../../../src/workbench/errors';

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-credentials-'));
afterAll(() => rmSync(folder, { recursive: true }));

const services: CredentialServices = {
  mfaCode: () => Promise.reject(new Error('not in this test')),
  mayAsk: () => false,
  client: { region: 'eu-west-1' },
};
const environment = environmentConnection() as never;
const minute = 60_000;

/** What the environment gives, and for how long. */
function give(key: string | undefined, milliseconds?: number, token = ''): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', key);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', key === undefined ? undefined : 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', token === '' ? undefined : token);
  const until = milliseconds === undefined ? undefined : new Date(Date.now() + milliseconds).toISOString();
  vi.stubEnv('AWS_CREDENTIAL_EXPIRATION', until);
}
const keyOf = async (credentials: Credentials): Promise<string> => (await credentials.provider()).accessKeyId;

beforeEach(() => {
  for (const name of [
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
});
afterEach(() => void vi.unstubAllEnvs());

describe('credentials', () => {
  test.each<[string, number | undefined, string]>([
    ['without an end', undefined, 'ONE'],
    ['with an hour left', 60 * minute, 'ONE'],
    ['with six minutes left', 6 * minute, 'ONE'],
    ['with four minutes left', 4 * minute, 'TWO'],
    ['that have ended', -minute, 'TWO'],
  ])('%s are asked for anew where there are others: %s', async (_what, left, key) => {
    const credentials = new Credentials(environment, services);
    expect(credentials.inUse).toBeUndefined();
    give('ONE', left);
    expect(await keyOf(credentials)).toBe('ONE');
    give('TWO');
    expect(await keyOf(credentials)).toBe(key);
    expect(credentials.inUse?.accessKeyId).toBe(key);
    credentials.forget();
    expect(credentials.inUse).toBeUndefined();
    expect(await keyOf(credentials)).toBe('TWO');
  });

  test('with a few minutes left are better than none; those that have ended are none', async () => {
    const credentials = new Credentials(environment, services);
    give('ONE', 2 * minute);
    await credentials.provider();
    give(undefined);
    expect(await keyOf(credentials)).toBe('ONE');
    const ended = new Credentials(environment, services);
    give('OLD', -minute);
    await ended.provider();
    give(undefined);
    await expect(ended.provider()).rejects.toThrow();
  });

  test('are read once for all who ask at a time', async () => {
    const credentials = new Credentials(environment, services);
    give('ONE');
    const both = [credentials.provider(), credentials.provider()];
    const [one, two] = await Promise.all(both);
    expect(one).toBe(two);
    expect(Object.entries(credentials.provider)).toEqual([['memoized', true]]);
  });

  test.each<[string, string, string, boolean]>([
    ['the same', 'ONE', 't', false],
    ['another key', 'TWO', 't', true],
    ['another token', 'ONE', 'u', true],
  ])('that were refused are read again: %s', async (_what, key, token, others) => {
    const credentials = new Credentials(environment, services);
    give('ONE', undefined, 't');
    const used = await credentials.provider();
    give(key, undefined, token);
    expect(await credentials.replaced(used)).toBe(others);
    expect(credentials.inUse).toMatchObject({ accessKeyId: key, sessionToken: token });
    // Who comes late with the old ones does not read them once more.
    give('THREE');
    if (others) expect(await credentials.replaced(used)).toBe(true);
    expect(await keyOf(credentials)).toBe(key);
  });

  test('are others than none', async () => {
    give('ONE');
    expect(await new Credentials(environment, services).replaced(undefined)).toBe(true);
  });
});

describe('the environment', () => {
  test('is asked for a token in a file, which is told where it cannot be read', async () => {
    give(undefined);
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(folder, 'token'));
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::1:role/r');
    await expect(new Credentials(environment, services).provider()).rejects.toMatchObject({
      name: 'CredentialsProviderError',
      message: `${join(folder, 'token')} cannot be read (ENOENT).`,
    });
  });

  test('is a container where that says so: by a URI of its own, or by the usual one', async () => {
    give(undefined);
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      response.end(
        JSON.stringify({
          AccessKeyId: 'ROLE',
          SecretAccessKey: 's',
          Token: 't',
          Expiration: new Date(Date.now() + 60 * minute),
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      vi.stubEnv(
        'AWS_CONTAINER_CREDENTIALS_FULL_URI',
        `http://127.0.0.1:${(server.address() as AddressInfo).port}/role`,
      );
      expect(await keyOf(new Credentials(environment, services))).toBe('ROLE');
      expect(paths).toEqual(['/role']);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test.each(['true', 'TRUE', 'True'])(
    'is not asked for the role of an instance where that is off (%s)',
    async (off) => {
      give(undefined);
      vi.stubEnv('AWS_EC2_METADATA_DISABLED', off);
      // A service that would be asked.
      let asked = 0;
      const server = createServer((_request, response) => {
        asked += 1;
        response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      try {
        await expect(new Credentials(environment, services).provider()).rejects.toThrow();
        expect(asked).toBe(0);
        vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
        await expect(new Credentials(environment, services).provider()).rejects.toThrow();
        expect(asked).toBeGreaterThan(0);
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  );
});

describe('a profile with a device', () => {
  const role = profileConnection('role');
  writeFileSync(
    join(folder, 'config'),
    '[profile role]\nregion = eu-west-1\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = dev\nmfa_serial = arn:mfa\n',
  );
  writeFileSync(join(folder, 'credentials'), '[dev]\naws_access_key_id = K\naws_secret_access_key = s\n');

  test.each<[string, CredentialServices['mfaCode'], boolean, string, number]>([
    [
      'not before a click',
      () => Promise.reject(new Error('not asked')),
      false,
      'Sign in with the code of your multi-factor device.',
      0,
    ],
    [
      'not again after a cancellation',
      () => Promise.reject(Object.assign(new Error('x'), { name: 'Canceled' })),
      true,
      'The multi-factor code was not entered. Sign in to continue.',
      1,
    ],
  ])('is asked for its code, %s', async (_what, code, mayAsk, reason, questions) => {
    const mfaCode = vi.fn(code);
    const asking = vi.fn(() => mayAsk);
    const credentials = new Credentials(role as never, { ...services, mfaCode, mayAsk: asking });
    for (let time = 0; time < 2; time++) {
      const error: unknown = await credentials.provider().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UserError);
      expect(error).toMatchObject({
        message: `role: ${reason}`,
        reason,
        next: { title: 'Sign In', command: 'mlopsFlow.signIn', arguments: ['profile:role'] },
        cause: { name: 'CredentialsProviderError', message: reason },
      });
    }
    expect([mfaCode.mock.calls.length, asking.mock.calls]).toEqual([questions, [[role]]]);
    if (questions > 0) expect(mfaCode).toHaveBeenCalledWith('arn:mfa');
  });

  test('may be asked again where the question itself has failed', async () => {
    const mfaCode = vi.fn(() => Promise.reject(new Error('no window')));
    const credentials = new Credentials(role as never, { ...services, mfaCode, mayAsk: () => true });
    for (let time = 0; time < 2; time++) await expect(credentials.provider()).rejects.toThrow('no window');
    expect(mfaCode).toHaveBeenCalledTimes(2);
  });
});
