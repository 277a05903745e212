/** The life of connections: who hears of a change, what is pinned and ended, and when the AWS files are read again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connections, type ConnectionServices, local, profileConnection } from '../../../src/aws';
import { environmentConnection } from '../../../src/aws/connection';
import type { LocalServer } from '../../../src/aws/connections';
import { addSections, credentialsFile, configFile, fileHasSection, hasSection } from '../../../src/aws/profile-files';
import { openAws, readUnreadProfiles, watchAwsFiles } from '../../../src/aws/open';
import { profileEndpoint, profileNames, signInOf, unreadProfiles } from '../../../src/aws/profiles';
import { UserError } from '../../../src/workbench/errors';
import { connectionServices } from '../../fixtures/aws/connection-services';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-flow-life-'));
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_CA_BUNDLE']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
const config = (text: string): void => writeFileSync(join(folder, 'config'), text);
const credentials = (text: string): void => writeFileSync(join(folder, 'credentials'), text);

const dev = profileConnection('dev');
const prod = profileConnection('prod');

interface Started extends LocalServer {
  stop: () => Promise<void>;
}
function server(more: Partial<Started> = {}): Started {
  return {
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    accessKeyId: 'KEY',
    secretAccessKey: 'secret',
    exited: new Promise(() => undefined),
    stop: () => Promise.resolve(),
    ...more,
  };
}
const withLocal = (started = server(), more: Partial<ConnectionServices> = {}): Connections =>
  new Connections(connectionServices({ launchLocal: () => Promise.resolve(started), ...more }));

describe('connections', () => {
  test('that are pinned stand beside the active one, and are remembered', () => {
    const pinned: (readonly string[])[] = [];
    const connections = new Connections(connectionServices({ pin: (ids) => pinned.push(ids) }));
    let changes = 0;
    const subscription = connections.onDidChange(() => (changes += 1));
    expect(connections.shown).toEqual([local]);
    connections.togglePin(dev);
    connections.togglePin(prod);
    expect(connections.shown).toEqual([local, dev, prod]);
    connections.switchTo(prod);
    expect(connections.shown).toEqual([dev, prod]);
    connections.togglePin(dev);
    expect([connections.isPinned(dev), connections.isPinned(prod)]).toEqual([false, true]);
    expect(pinned).toEqual([['profile:dev'], ['profile:dev', 'profile:prod'], ['profile:prod']]);
    expect(changes).toBe(4);
    subscription.dispose();
    connections.togglePin(dev);
    expect(changes).toBe(4);
  });

  test.each<[string, (connections: Connections) => void, boolean]>([
    ['an own click', (connections) => connections.expect(dev), true],
    ['a switch', (connections) => connections.switchTo(dev), true],
    ['a pin', (connections) => connections.togglePin(dev), true],
    ['a sign-in', (connections) => connections.signIn(dev), true],
    ['nothing', () => undefined, false],
    ['a switch to another', (connections) => connections.switchTo(prod), false],
  ])('may ask for a code after %s', async (_what, click, may) => {
    config(
      '[profile dev]\nregion = x\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = keys\nmfa_serial = arn:mfa\n',
    );
    credentials('[keys]\naws_access_key_id = K\naws_secret_access_key = s\n');
    const mfaCode = vi.fn(() => Promise.reject(new Error('no code')));
    const connections = new Connections(connectionServices({ mfaCode }));
    click(connections);
    const session = await connections.session(dev);
    await expect(session.identity()).rejects.toThrow(may ? 'no code' : 'Sign in with the code');
    expect(mfaCode).toHaveBeenCalledTimes(may ? 1 : 0);
    await connections.dispose();
  });

  test('are open once they were asked for, until they are ended', async () => {
    const stop = vi.fn(() => Promise.resolve());
    const connections = withLocal(server({ stop }));
    let changes = 0;
    connections.onDidChange(() => (changes += 1));
    expect(connections.sessionIfOpen(local)).toBeUndefined();
    const session = await connections.session(local);
    expect(await connections.sessionIfOpen(local)).toBe(session);
    connections.renew();
    expect(connections.sessionIfOpen(local)).toBeUndefined();
    await vi.waitFor(() => expect(stop).toHaveBeenCalledTimes(1));
    const again = await connections.session(local);
    expect(again).not.toBe(session);
    connections.signIn(dev);
    expect(await connections.sessionIfOpen(local)).toBe(again);
    connections.signIn(local);
    expect(connections.sessionIfOpen(local)).toBeUndefined();
    expect(changes).toBe(3);
    await connections.session(local);
    await connections.dispose();
    expect(stop).toHaveBeenCalledTimes(3);
    connections.renew();
    expect(changes).toBe(3);
  });

  test('tell how each call went, until nobody listens', async () => {
    const connections = withLocal();
    const heard: unknown[] = [];
    const subscription = connections.onDidHear((health) => heard.push(health));
    const session = await connections.session(local);
    await session.call('look', () => Promise.resolve());
    const gone = Object.assign(new Error('x'), { name: 'ENOTFOUND' });
    await expect(session.call('look', () => Promise.reject(gone))).rejects.toThrow();
    expect(heard).toEqual([{ connection: local }, { connection: local, problem: expect.any(UserError) as unknown }]);
    subscription.dispose();
    await session.call('look', () => Promise.resolve());
    expect(heard).toHaveLength(2);
    connections.onDidHear((health) => heard.push(health));
    await connections.dispose();
    await session.call('look', () => Promise.resolve());
    expect(heard).toHaveLength(2);
  });

  test.each([
    [{ code: 1, message: 'The disk is full.' }, 'The disk is full.'],
    [{ code: 137, message: '' }, 'code 137'],
  ])('tell why Local ended: %j', async (end, message) => {
    let finish: (value: typeof end) => void = () => undefined;
    const exited = new Promise<typeof end>((resolve) => (finish = resolve));
    const localEnded = vi.fn();
    const connections = withLocal(server({ exited }), { localEnded });
    await connections.session(local);
    finish(end);
    await vi.waitFor(() => expect(localEnded.mock.calls).toEqual([[message]]));
    expect(connections.sessionIfOpen(local)).toBeUndefined();
  });

  test('say nothing of a Local that was ended by themselves', async () => {
    let finish: (value: { code: number; message: string }) => void = () => undefined;
    const exited = new Promise<{ code: number; message: string }>((resolve) => (finish = resolve));
    const localEnded = vi.fn();
    const connections = withLocal(server({ exited }), { localEnded });
    await connections.session(local);
    connections.renew();
    finish({ code: 0, message: 'bye' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(localEnded).not.toHaveBeenCalled();
  });

  test('say how one signs in, and which profiles there are and cannot be used', async () => {
    config('[profile dev]\nsso_start_url = x\n[profile a b]\nregion = x\n[profile über]\nregion = x\n');
    credentials('[keys]\naws_access_key_id = K\n');
    const connections = new Connections(connectionServices());
    expect(await connections.profiles()).toEqual(['dev', 'keys']);
    expect(await connections.unreadProfiles()).toEqual(['a b', 'über']);
    expect(await readUnreadProfiles()).toEqual(['a b', 'über']);
    credentials('[über]\naws_access_key_id = K\n');
    expect(await connections.unreadProfiles()).toEqual(['a b']);
    expect([await connections.signInOf(dev), await connections.signInOf(local)]).toEqual(['sso', 'none']);
    expect(await connections.signInOf(environmentConnection())).toBe('none');
    rmSync(join(folder, 'config'));
    rmSync(join(folder, 'credentials'));
    expect(await readUnreadProfiles()).toEqual([]);
  });

  test('that failed are tried anew when the files change; others go on with what they say now', async () => {
    config('[profile dev]\nregion = eu-west-1\n[profile prod]\nregion = eu-west-1\n');
    const connections = new Connections(connectionServices());
    const session = await connections.session(dev);
    const other = await connections.session(prod);
    const gone = Object.assign(new Error('x'), { name: 'ENOTFOUND' });
    await expect(session.call('look', () => Promise.reject(gone))).rejects.toThrow();
    const changed = vi.fn();
    connections.onDidChange(changed);
    config('[profile dev]\nregion = us-west-2\n[profile prod]\nregion = us-west-2\n');
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
    expect((await connections.session(dev)).region).toBe('us-west-2');
    expect(await connections.session(prod)).toBe(other);
    // It is well again: nothing is tried anew.
    await (await connections.session(dev)).call('look', () => Promise.resolve());
    const forget = vi.spyOn(other as unknown as { filesChanged(): void }, 'filesChanged');
    config('[profile dev]\nregion = eu-north-1\n[profile prod]\nregion = us-west-2\n');
    await vi.waitFor(() => expect(forget).toHaveBeenCalled());
    expect(changed).toHaveBeenCalledTimes(1);
    await connections.dispose();
  });

  test('that could not be opened are tried anew when the files change', async () => {
    config('[profile other]\nregion = x\n');
    const connections = new Connections(connectionServices());
    await expect(connections.session(dev)).rejects.toThrow('The profile dev names no region.');
    const changed = vi.fn();
    connections.onDidChange(changed);
    config('[profile dev]\nregion = eu-west-1\n');
    await vi.waitFor(() => expect(changed).toHaveBeenCalled());
    expect((await connections.session(dev)).region).toBe('eu-west-1');
    await connections.dispose();
  });
});

describe('the AWS files', () => {
  test('are watched: once for several strokes, and not for others beside them', async () => {
    config('');
    credentials('');
    const changed = vi.fn();
    const watching = watchAwsFiles(changed);
    writeFileSync(join(folder, 'other'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(changed).not.toHaveBeenCalled();
    for (const text of ['a', 'b', 'c']) config(text);
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(changed).toHaveBeenCalledTimes(1);
    credentials('x');
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
    config('d');
    watching.dispose();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(changed).toHaveBeenCalledTimes(2);
  });

  test('need not be there', () => {
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'none/config'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none/credentials'));
    watchAwsFiles(() => undefined).dispose();
  });

  test('lie where the variables say, or in the home of the user', () => {
    expect([configFile({ AWS_CONFIG_FILE: '/c' }), credentialsFile({ AWS_SHARED_CREDENTIALS_FILE: '/s' })]).toEqual([
      '/c',
      '/s',
    ]);
    expect(configFile({ AWS_CONFIG_FILE: '' })).toMatch(/\/\.aws\/config$/);
    expect(credentialsFile({})).toMatch(/\/\.aws\/credentials$/);
  });

  test.each([
    ['', '[a]\nx = 1\n\n[b]\n'],
    ['[z]\n', '[z]\n\n[a]\nx = 1\n\n[b]\n'],
    ['[z]', '[z]\n\n[a]\nx = 1\n\n[b]\n'],
    ['[z]\n\n', '[z]\n\n[a]\nx = 1\n\n[b]\n'],
  ])('are added to with a line between: %j', async (before, after) => {
    config(before);
    await addSections(join(folder, 'config'), [
      { name: 'a', settings: { x: '1' } },
      { name: 'b', settings: {} },
    ]);
    expect(readFileSync(join(folder, 'config'), 'utf8')).toBe(after);
  });

  test('have a section or not, and are told where they cannot be read or written', async () => {
    config('[ profile   dev ]\n');
    expect(await fileHasSection(join(folder, 'config'), 'profile dev')).toBe(true);
    expect(await fileHasSection(join(folder, 'config'), 'profile')).toBe(false);
    expect(await fileHasSection(join(folder, 'none'), 'profile dev')).toBe(false);
    await expect(fileHasSection(folder, 'x')).rejects.toThrow('EISDIR');
    const refused: unknown = await addSections(folder, []).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    expect(refused).toMatchObject({
      message: expect.stringMatching(/ could not be written: EISDIR/) as string,
      cause: { code: 'EISDIR' },
    });
    const taken: unknown = await addSections(join(folder, 'config'), [{ name: 'profile dev', settings: {} }]).catch(
      (error: unknown) => error,
    );
    expect(String(taken)).toContain('has a section [profile dev] already. Choose another name.');
    expect(String(taken)).not.toContain('could not be written');
    expect(hasSection('x [a]', 'a')).toBe(false);
    expect(hasSection('[a]\n[b]', 'b')).toBe(true);
  });

  test.each<[string, string, string, string[]]>([
    ['nothing', '', '', []],
    ['a profile in quotes', "[profile 'a']", '', []],
    ['a profile in double quotes', '[profile "a"]', '', []],
    ['quotes that do not fit', '[profile "a\']', '', ['"a\'']],
    ['blanks within quotes', '[profile "a b"]', '', ['a b']],
    ['blanks before the name', '[profile   a b]', '', ['a b']],
    ['all letters that may be', '[profile aZ0_-@+.%:/]', '', []],
    ['another sign', '[profile a,b]', '', ['a,b']],
    ['another section', '[services a b]', '', []],
    ['a word that begins so', '[profiles a b]', '', []],
    ['a profile without the word', '[über]', '', []],
    ['one after a blank', '  [profile a b]', '', ['a b']],
    ['one in a comment', '# [profile a b]', '', []],
    ['one that is not closed', '[profile a b\n]', '', []],
    ['two words in the credentials', '', '[a b]', ['a b']],
    ['three words in the credentials', '', '[a b c]', []],
    ['one in both', '[profile a b]', '[a b]', ['a b']],
    ['several', '[profile z y]\n[profile a b]', '', ['a b', 'z y']],
  ])('have names that the SDK passes over: %s', (_what, ofConfig, ofCredentials, names) => {
    expect(unreadProfiles(ofConfig, ofCredentials)).toEqual(names);
  });

  test('have profiles of all names but those of other sections', () => {
    const files = {
      configFile: { b: {}, 'sso-session.x': {}, 'services.y': {}, 'my-services.z': {} },
      credentialsFile: { a: {}, b: {} },
    };
    expect(profileNames(files)).toEqual(['a', 'b', 'my-services.z']);
    const signs = {
      configFile: { one: { source_profile: 'two' }, two: { source_profile: 'three' }, three: { mfa_serial: 'x' } },
      credentialsFile: {},
    };
    expect(signInOf(signs, 'one')).toBe('mfa');
    const ring = {
      configFile: {
        one: { source_profile: 'two' },
        two: { source_profile: 'three' },
        three: { source_profile: 'two' },
      },
      credentialsFile: {},
    };
    expect(signInOf(ring, 'one')).toBe('none');
    const ignoring = {
      configFile: { a: { endpoint_url: 'x', ignore_configured_endpoint_urls: 'false' } },
      credentialsFile: {},
    };
    expect(profileEndpoint(ignoring, 'a', 's3')).toBe('x');
    const gone = { configFile: { a: { services: 'none', endpoint_url: 'x' } }, credentialsFile: {} };
    expect(profileEndpoint(gone, 'a', 's3')).toBe('x');
  });
});

describe('a session with AWS', () => {
  const services = (more: object = {}) => ({ ...connectionServices(), mayAsk: () => false, ...more });
  const open = (connection: Parameters<typeof openAws>[0], more: object = {}) =>
    openAws(connection, services(more), {});

  test.each<[string, string, Record<string, string>, string | undefined, string]>([
    ['AWS_REGION', '[profile dev]\n', { AWS_REGION: 'one', AWS_DEFAULT_REGION: 'two' }, undefined, 'one'],
    ['AWS_DEFAULT_REGION', '[profile dev]\n', { AWS_DEFAULT_REGION: 'two' }, undefined, 'two'],
    ['the setting', '[profile dev]\n', { AWS_REGION: 'one' }, 'three', 'three'],
    ['the profile', '[profile dev]\nregion = four\n', { AWS_REGION: 'one' }, 'three', 'four'],
  ])('is in the region of %s', async (_what, text, variables, setting, region) => {
    config(text);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    expect((await open(dev as never, { region: () => setting })).region).toBe(region);
  });

  test('of the environment is in the region of that before the setting', async () => {
    vi.stubEnv('AWS_REGION', 'one');
    const environment = environmentConnection() as never;
    expect((await open(environment, { region: () => 'three' })).region).toBe('one');
    vi.stubEnv('AWS_REGION', undefined);
    expect((await open(environment, { region: () => 'three' })).region).toBe('three');
    expect((await open(environmentConnection('own') as never, { region: () => 'three' })).region).toBe('own');
    const none: unknown = await open(environment).catch((error: unknown) => error);
    expect(none).toMatchObject({
      message: 'The environment names no region. Set one in the AWS configuration or in the settings.',
      next: { title: 'Open Settings', command: 'workbench.action.openSettings', arguments: ['mlopsFlow.aws.region'] },
    });
    await expect(open(dev as never)).rejects.toThrow('The profile dev names no region.');
  });

  test('asks where the settings, the services or the profile say', async () => {
    config(
      '[profile dev]\nregion = x\nservices = here\nendpoint_url = http://all\n[services here]\ns3 =\n  endpoint_url = http://s3\n',
    );
    const endpoints = async (more: object = {}): Promise<unknown[]> => {
      const session = await open(dev as never, more);
      const url = async (client: { config: { endpoint?: () => Promise<{ hostname: string }> } }) =>
        (await client.config.endpoint?.())?.hostname;
      return [await url(session.s3), await url(session.sagemaker)];
    };
    expect(await endpoints()).toEqual(['s3', 'all']);
    expect(await endpoints({ endpointUrl: () => 'http://mine' })).toEqual(['mine', 'mine']);
  });

  test('retries as the service asks, and has no settings of a workspace', async () => {
    config('[profile dev]\nregion = x\n');
    const session = await open(dev as never, { marks: () => ({ production: ['dev'], readOnly: [] }) });
    expect(session.sagemaker.config.retryMode).toBe('adaptive');
    expect(await session.isProduction()).toBe(true);
  });

  test.each([
    ['the profile', 'ca_bundle = /none/own.pem\n', '/none/own.pem'],
    ['the environment', '', '/none/all.pem'],
  ])('says which certificates cannot be read: those of %s', async (_what, settings, file) => {
    config(`[profile dev]\nregion = x\n${settings}`);
    vi.stubEnv('AWS_CA_BUNDLE', '/none/all.pem');
    const error: unknown = await open(dev as never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: `The certificates in ${file} cannot be read. Correct ca_bundle in the AWS configuration.`,
      cause: { code: 'ENOENT' },
    });
  });
});
