/** Credentials that change, over a server that knows who signed. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connections, type ConnectionServices, profileConnection, type Session } from '../../../src/aws';
import { environmentConnection } from '../../../src/aws/connection';
import { Credentials } from '../../../src/aws/credentials';
import { pagePipelines } from '../../../src/pipelines/service';
import { UserError } from '../../../src/workbench/errors';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { callerIdentity, FakeService, type Operation } from '../../fixtures/aws/service';

let profiles: Profiles;
let service: FakeService;
let connections: Connections;
/** Keys that the service takes; all of them where this is empty. */
let valid: Set<string>;

beforeEach(async () => {
  valid = new Set();
  profiles = await Profiles.use('', keysFor('dev'));
  service = await FakeService.start({
    ListPipelines: ({ signer }) =>
      valid.size > 0 && !valid.has(signer)
        ? { error: 'ExpiredTokenException', message: 'The security token included in the request is expired' }
        : { body: { PipelineSummaries: [] } },
    GetCallerIdentity: ({ signer }) => callerIdentity(signer),
    AssumeRole: ({ signer, input }) => ({
      type: 'text/xml',
      body: `<R xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ROLE${signer}${'TokenCode' in input ? String(input['TokenCode']) : ''}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></R>`,
    }),
  });
  connections = connectionsTo(service.url);
});

afterEach(async () => {
  await connections.dispose();
  await service.stop();
  await profiles.restore();
});

/** Makes connections anew, with other services. */
async function connect(more: Partial<ConnectionServices>): Promise<void> {
  await connections.dispose();
  connections = connectionsTo(service.url, more);
}

const list = (session: Session): Promise<unknown> => pagePipelines(session, '', 1, undefined);

const signers = (operation: string): string[] =>
  service.asked.filter((each) => each.operation === operation).map(({ signer }) => signer);

describe('keys that are renewed on disk', () => {
  it('are taken when the old ones have expired, and the call succeeds', async () => {
    const session = await connections.session(profileConnection('dev'));
    await list(session);
    expect((await session.identity()).account).toBe('KEYDEV');
    valid = new Set(['KEYNEW']);
    await profiles.write('', keysFor('dev').replace('KEYDEV', 'KEYNEW'));
    await Promise.all([list(session), list(session), list(session)]);
    expect(signers('ListPipelines').slice(-3)).toEqual(['KEYNEW', 'KEYNEW', 'KEYNEW']);
    expect((await session.identity()).account).toBe('KEYNEW');
  });

  it('are tried by themselves where the connection had failed, without a click', async () => {
    valid = new Set(['KEYNEW']);
    const heard = new Promise<void>((resolve) => void connections.onDidChange(resolve));
    await expect(list(await connections.session(profileConnection('dev')))).rejects.toThrow(/have expired/);
    await profiles.write('', keysFor('dev').replace('KEYDEV', 'KEYNEW'));
    await heard;
    await list(await connections.session(profileConnection('dev')));
    expect(signers('ListPipelines').at(-1)).toBe('KEYNEW');
  });

  it('end nothing that goes on', async () => {
    const session = await connections.session(profileConnection('dev'));
    await list(session);
    await profiles.write('', keysFor('dev').replace('KEYDEV', 'KEYNEW'));
    // The change is heard some time after it was made; each call before that signs as before, and none fails.
    for (const end = Date.now() + 30_000; !signers('ListPipelines').includes('KEYNEW') && Date.now() < end;) {
      await list(session);
    }
    expect(signers('ListPipelines').at(-1)).toBe('KEYNEW');
  });

  it('are not looked for over and over: the same keys are refused with a sentence and a way to sign in', async () => {
    const session = await connections.session(profileConnection('dev'));
    valid = new Set(['KEYNEW']);
    const error: unknown = await list(session).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({
      message: 'Could not list the pipelines: the credentials of dev have expired. Sign in again.',
      reason: 'The credentials of dev have expired. Sign in again.',
      next: { command: 'mlopsFlow.signIn', arguments: ['profile:dev'] },
    });
    expect(signers('ListPipelines')).toEqual(['KEYDEV']);
  });

  it('come from a credential_process that is asked again', async () => {
    const script = profiles.path('keys.sh');
    const say = (key: string) => `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"${key}","SecretAccessKey":"s"}'\n`;
    await writeFile(script, say('FIRST'));
    await chmod(script, 0o700);
    await profiles.write(`[profile tool]\ncredential_process = ${script}\n`);
    const session = await connections.session(profileConnection('tool'));
    await list(session);
    await list(session);
    valid = new Set(['SECOND']);
    await writeFile(script, say('SECOND'));
    await list(session);
    expect(signers('ListPipelines')).toEqual(['FIRST', 'FIRST', 'FIRST', 'SECOND']);
  });
});

describe('a credential_process that fails', () => {
  it('is told by what it says on its standard error, without the command', async () => {
    const script = profiles.path('keys.sh');
    await writeFile(script, '#!/bin/sh\necho "please log in to the vault" >&2\nexit 3\n');
    await chmod(script, 0o700);
    await profiles.write(`[profile tool]\ncredential_process = ${script} --password hunter2\n`);
    const session = await connections.session(profileConnection('tool'));
    const error = (await list(session).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toContain('Its credential_process says: please log in to the vault.');
    expect(error.message).not.toContain('hunter2');
  });
});

describe('a code of a multi-factor device', () => {
  const config = (region = 'eu-west-1') =>
    `[profile role]\nregion = ${region}\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = dev\nmfa_serial = arn:aws:iam::1:mfa/me\n`;
  const role = profileConnection('role');

  it('is not asked for before the user has chosen the connection in this window', async () => {
    await profiles.write(config(), keysFor('dev'));
    let questions = 0;
    await connect({ mfaCode: () => Promise.resolve(String(++questions)), remembered: () => role.id });
    const session = await connections.session(connections.active);
    for (let i = 0; i < 3; i++) {
      await expect(list(session)).rejects.toMatchObject({ next: { title: 'Sign In', arguments: ['profile:role'] } });
    }
    expect(questions).toBe(0);
    connections.signIn(role);
    await list(await connections.session(role));
    expect([questions, signers('ListPipelines')]).toEqual([1, ['ROLEKEYDEV1']]);
  });

  it('is asked for once for all who wait, and after a cancellation not before the user signs in', async () => {
    await profiles.write(config(), keysFor('dev'));
    let questions = 0;
    let cancel = true;
    const mfaCode = (): Promise<string> => {
      questions += 1;
      return cancel
        ? Promise.reject(Object.assign(new Error('Canceled'), { name: 'Canceled' }))
        : Promise.resolve('123456');
    };
    await connect({ mfaCode });
    connections.switchTo(role);
    const session = await connections.session(role);
    const all = await Promise.allSettled([list(session), list(session), list(session)]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(list(session)).rejects.toThrow(/code was not entered/);
    expect(questions).toBe(1);
    cancel = false;
    connections.signIn(role);
    await list(await connections.session(role));
    expect(questions).toBe(2);
  });

  it('is sent to the endpoint of the settings, signed for the region of the profile', async () => {
    await profiles.write(config('ap-south-1'), keysFor('dev'));
    await connect({ mfaCode: () => Promise.resolve('1') });
    connections.switchTo(role);
    await list(await connections.session(role));
    expect(service.asked.find(({ operation }) => operation === 'AssumeRole')).toMatchObject({
      signer: 'KEYDEV',
      region: 'ap-south-1',
    });
  });
});

describe('IAM Identity Center', () => {
  const work = profileConnection('work');
  const home = process.env['HOME'];
  /** The access tokens that its token service takes. */
  let tokens: Set<string>;

  afterEach(() => {
    if (home === undefined) delete process.env['HOME'];
    else process.env['HOME'] = home;
  });

  /** A profile of a session, with stand-ins of its services; the session has this token. */
  async function signedIn(accessToken: string, expiresIn: number, more: object = {}): Promise<void> {
    process.env['HOME'] = profiles.path('home');
    await profiles.write(
      `[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-west-2\n
[profile work]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\nregion = eu-west-3\nservices = near\n
[services near]\nsso =\n  endpoint_url = ${service.url}\nsso_oidc =\n  endpoint_url = ${service.url}\nsagemaker =\n  endpoint_url = ${service.url}\n`,
    );
    await renew(accessToken, expiresIn, more);
    tokens = new Set([accessToken, 'refreshed']);
    service.operations['GET'] = ({ path, bearer = '' }) =>
      path.startsWith('/federation/credentials?') && tokens.has(bearer)
        ? {
            body: {
              roleCredentials: {
                accessKeyId: `SSO${bearer.toUpperCase()}`,
                secretAccessKey: 's',
                sessionToken: 't',
                expiration: Date.now() + 3_600_000,
              },
            },
          }
        : { error: 'UnauthorizedException', message: 'Session token not found or invalid', status: 401 };
    service.operations['POST'] = ({ path }) =>
      path === '/token'
        ? { body: { accessToken: 'refreshed', expiresIn: 3600, tokenType: 'Bearer', refreshToken: 'next' } }
        : { error: 'UnknownOperationException' };
    await connect({ endpointUrl: () => undefined, region: () => undefined });
  }

  /** What `aws sso login` writes. */
  async function renew(accessToken: string, expiresIn: number, more: object = {}): Promise<void> {
    const name = createHash('sha1').update('corp').digest('hex');
    const file = profiles.path(`home/.aws/sso/cache/${name}.json`);
    await mkdir(dirname(file), { recursive: true });
    const expiresAt = new Date(Date.now() + expiresIn).toISOString();
    await writeFile(`${file}.new`, JSON.stringify({ accessToken, expiresAt, ...more }));
    await rename(`${file}.new`, file);
  }

  it('gives the keys of the role for the token of its session', async () => {
    await signedIn('first', 3_600_000);
    await list(await connections.session(work));
    expect(service.asked).toMatchObject([
      { operation: 'GET', path: '/federation/credentials?account_id=111122223333&role_name=Dev' },
      { operation: 'ListPipelines', signer: 'SSOFIRST', region: 'eu-west-3' },
    ]);
  });

  it('says that its session has ended, and goes on by itself once it is renewed', async () => {
    await signedIn('first', -1000);
    const session = await connections.session(work);
    await expect(list(session)).rejects.toMatchObject({ next: { title: 'Sign In', arguments: ['profile:work'] } });
    await renew('second', 3_600_000);
    tokens.add('second');
    await list(session);
    expect(signers('ListPipelines')).toEqual(['SSOSECOND']);
    // The keys end before the token does, and that was taken back meanwhile.
    tokens.delete('second');
    valid = new Set(['SSOTHIRD']);
    await expect(list(session)).rejects.toThrow(/the session of work has ended/);
    await renew('third', 3_600_000);
    tokens.add('third');
    await list(session);
    expect(signers('ListPipelines').at(-1)).toBe('SSOTHIRD');
  });

  it('renews a token that may be renewed, without a person', async () => {
    await signedIn('first', -1000, {
      clientId: 'c',
      clientSecret: 's',
      refreshToken: 'r',
      registrationExpiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await list(await connections.session(work));
    expect(signers('ListPipelines')).toEqual(['SSOREFRESHED']);
  });

  it('is asked in its own region, not at the endpoint or in the region of the calls', async () => {
    await signedIn('first', 3_600_000);
    const hosts: string[] = [];
    const requestHandler = {
      handle: ({ hostname }: { hostname: string }) => {
        hosts.push(hostname);
        return Promise.reject(new Error('No way there.'));
      },
    } as never;
    await profiles.write(
      '[profile work]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = Dev\nregion = eu-west-3\n[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-west-2\n',
    );
    const client = { region: 'eu-west-3', endpoint: service.url, requestHandler };
    const services = { client, mfaCode: () => Promise.resolve(''), mayAsk: () => false };
    if (work.kind !== 'profile') throw new Error('It is a profile.');
    await expect(new Credentials(work, services).provider()).rejects.toThrow('No way there.');
    expect(new Set(hosts)).toEqual(new Set(['portal.sso.us-west-2.amazonaws.com']));
  });
});

describe('a login session', () => {
  const work = profileConnection('work');
  const login = 'arn:aws:iam::111122223333:user/me';
  const dpopKey = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ format: 'pem', type: 'sec1' })
    .toString();

  afterEach(() => void delete process.env['AWS_LOGIN_CACHE_DIRECTORY']);

  /** What `aws login` writes. */
  async function loggedIn(accessKeyId: string, expiresIn: number): Promise<void> {
    const folder = profiles.path('login');
    process.env['AWS_LOGIN_CACHE_DIRECTORY'] = folder;
    await mkdir(folder, { recursive: true });
    const expiresAt = new Date(Date.now() + expiresIn).toISOString();
    const accessToken = { accessKeyId, secretAccessKey: 's', sessionToken: 't', accountId: '111122223333', expiresAt };
    const token = { accessToken, clientId: 'arn:aws:signin:::devtools/same-device', refreshToken: 'r', dpopKey };
    await writeFile(
      join(folder, `${createHash('sha256').update(login).digest('hex')}.json`),
      JSON.stringify({ ...token, tokenType: 'aws_sigv4' }),
    );
  }

  /** A profile of the session, with a stand-in of the sign-in service that answers this. */
  async function signIn(answer: Operation): Promise<void> {
    service.operations['POST'] = answer;
    await profiles.write(
      `[profile work]\nlogin_session = ${login}\nregion = eu-west-3\nservices = near\n
[services near]\nsignin =\n  endpoint_url = ${service.url}\nsagemaker =\n  endpoint_url = ${service.url}\n`,
    );
    await connect({ endpointUrl: () => undefined, region: () => undefined });
  }

  const ended: Operation = () => ({
    status: 400,
    body: { __type: 'AccessDeniedException', error: 'TOKEN_EXPIRED', message: 'The token has expired.' },
  });

  it('signs with the keys that `aws login` keeps', async () => {
    await signIn(ended);
    await loggedIn('LOGIN', 3_600_000);
    await list(await connections.session(work));
    expect(service.asked).toMatchObject([{ operation: 'ListPipelines', signer: 'LOGIN', region: 'eu-west-3' }]);
  });

  it('renews keys that end, without a person', async () => {
    await signIn(() => ({
      body: {
        accessToken: { accessKeyId: 'RENEWED', secretAccessKey: 's', sessionToken: 't' },
        tokenType: 'aws_sigv4',
        expiresIn: 900,
        refreshToken: 'next',
      },
    }));
    await loggedIn('LOGIN', -1000);
    await list(await connections.session(work));
    expect(service.asked[0]).toMatchObject({ operation: 'POST', path: '/v1/token' });
    expect(signers('ListPipelines')).toEqual(['RENEWED']);
  });

  it.each([
    ['has ended', () => loggedIn('LOGIN', -1000)],
    ['was never there', () => Promise.resolve()],
  ])('that %s is told with its sign-in, and after it the view goes on by itself', async (_what, before) => {
    await signIn(ended);
    await before();
    process.env['AWS_LOGIN_CACHE_DIRECTORY'] = profiles.path('login');
    const session = await connections.session(work);
    await expect(list(session)).rejects.toMatchObject({
      message: 'Could not list the pipelines: the session of work has ended. Sign in again.',
      brief: 'The session has ended',
      next: { title: 'Sign In', command: 'mlopsFlow.signIn', arguments: ['profile:work'] },
    });
    expect(await connections.signInOf(work)).toBe('login');
    await loggedIn('AGAIN', 3_600_000);
    await list(session);
    expect(signers('ListPipelines')).toEqual(['AGAIN']);
  });

  it('is not told as ended where its service cannot be reached', async () => {
    await signIn(() => 'reset');
    await loggedIn('LOGIN', -1000);
    await expect(list(await connections.session(work))).rejects.toThrow(/work cannot be reached in eu-west-3/);
  });
});

describe('a web identity of a profile', () => {
  it('is exchanged in the region of the connection, at the endpoint of the settings', async () => {
    await writeFile(profiles.path('token'), 'header.body.signature');
    await profiles.write(
      `[profile ci]\nrole_arn = arn:aws:iam::1:role/ci\nweb_identity_token_file = ${profiles.path('token')}\n`,
    );
    service.operations['AssumeRoleWithWebIdentity'] = ({ input }) => ({
      type: 'text/xml',
      body: `<R xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>WEB${String(input['WebIdentityToken']).length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></R>`,
    });
    const session = await connections.session(profileConnection('ci'));
    await list(session);
    expect(signers('ListPipelines')).toEqual(['WEB21']);
    await rm(profiles.path('token'));
    await connect({});
    await expect(list(await connections.session(profileConnection('ci')))).rejects.toMatchObject({
      next: { title: 'Sign In' },
    });
  });
});

describe('where requests go', () => {
  it.each([
    ['the connection’s own region', profileConnection('dev', 'us-east-2'), 'us-east-2'],
    ['the region of the profile before the setting', profileConnection('dev'), 'eu-north-1'],
    ['the setting where the profile has none', profileConnection('bare'), 'eu-west-1'],
  ])('is %s', async (_what, connection, region) => {
    await profiles.write('[profile dev]\nregion = eu-north-1\n', keysFor('dev', 'bare'));
    expect((await connections.session(connection)).region).toBe(region);
  });

  it('is AWS_REGION where nothing else says, and first with the credentials of the environment', async () => {
    process.env['AWS_REGION'] = 'sa-east-1';
    expect((await connections.session(environmentConnection())).region).toBe('sa-east-1');
    await connect({ region: () => undefined });
    expect((await connections.session(profileConnection('dev'))).region).toBe('sa-east-1');
    delete process.env['AWS_REGION'];
    await connect({ region: () => undefined });
    await expect(connections.session(environmentConnection())).rejects.toThrow(/^The environment names no region/);
  });

  it('is the endpoint of the profile, or of its services, where the settings have none', async () => {
    await profiles.write(
      `[profile dev]\nservices = here\n[services here]\nsagemaker =\n  endpoint_url = ${service.url}\n`,
      keysFor('dev'),
    );
    await connect({ endpointUrl: () => undefined });
    await list(await connections.session(profileConnection('dev')));
    expect(signers('ListPipelines')).toEqual(['KEYDEV']);
  });
});

describe('the credentials of the environment', () => {
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  const before = new Map(names.map((name) => [name, process.env[name]]));

  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('sign, whatever AWS_PROFILE says', async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'KEYENV';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
    process.env['AWS_PROFILE'] = 'dev';
    await list(await connections.session(environmentConnection()));
    expect(signers('ListPipelines')).toEqual(['KEYENV']);
  });
});

describe('the role of a container', () => {
  const names = ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_CONTAINER_AUTHORIZATION_TOKEN'];

  afterEach(() => {
    for (const name of names) delete process.env[name];
  });

  it('signs, and is asked for again when its keys have expired', async () => {
    let key = 'FIRST';
    service.operations['GET'] = ({ path }) =>
      path === '/v1/credentials'
        ? {
            body: {
              AccessKeyId: key,
              SecretAccessKey: 's',
              Token: 't',
              Expiration: new Date(Date.now() + 3_600_000).toISOString(),
            },
          }
        : { error: 'NotFound', status: 404 };
    process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = `${service.url}/v1/credentials`;
    process.env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] = 'token';
    const session = await connections.session(environmentConnection());
    await list(session);
    key = 'SECOND';
    valid = new Set(['SECOND']);
    await list(session);
    expect(signers('ListPipelines')).toEqual(['FIRST', 'FIRST', 'SECOND']);
  });
});

describe('the role of an instance', () => {
  const name = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';
  let metadata: Server;
  let key = 'FIRST';
  const tokens: unknown[] = [];

  beforeEach(async () => {
    const folder = '/latest/meta-data/iam/security-credentials/';
    const keys = (): object => ({
      Code: 'Success',
      AccessKeyId: key,
      SecretAccessKey: 's',
      Token: 't',
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    });
    metadata = createServer(({ method, url, headers }, response) => {
      if (method === 'PUT' && url === '/latest/api/token') return response.end('secret');
      tokens.push(headers['x-aws-ec2-metadata-token']);
      if (url === folder) return response.end('notebook-role');
      if (url === `${folder}notebook-role`) return response.end(JSON.stringify(keys()));
      return response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve));
    process.env[name] = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    delete process.env[name];
    metadata.closeAllConnections();
    await new Promise((resolve) => metadata.close(resolve));
  });

  it('signs, over a token of the metadata service, and is asked for again when its keys have expired', async () => {
    const session = await connections.session(environmentConnection());
    await list(session);
    key = 'SECOND';
    valid = new Set(['SECOND']);
    await list(session);
    expect(signers('ListPipelines')).toEqual(['FIRST', 'FIRST', 'SECOND']);
    expect(new Set(tokens)).toEqual(new Set(['secret']));
  });
});

describe('the files of a person', () => {
  it('are read with a byte order mark, Windows line ends, sections of other tools and long names', async () => {
    const long = `team-${'x'.repeat(300)}`;
    await profiles.write(
      `\uFEFF[default]\r\nregion = eu-west-1\r\n[plugins]\r\ncli_legacy_plugin_path = /x\r\n[unknown thing]\r\na = b\r\n[profile ${long}]\r\nregion = us-east-2\r\n[profile a+b@c.d]\r\nregion = eu-west-2\r\n`,
      `\uFEFF[default]\r\naws_access_key_id = KEYDEFAULT\r\naws_secret_access_key = s\r\n[${long}]\r\naws_access_key_id = KEYLONG\r\naws_secret_access_key = s\r\n[müller]\r\naws_access_key_id = KEYMUELLER\r\naws_secret_access_key = s\r\n`,
    );
    expect(await connections.profiles()).toEqual(['a+b@c.d', 'default', 'müller', long].sort());
    for (const name of ['default', 'müller', long]) await list(await connections.session(profileConnection(name)));
    expect(service.asked.map(({ signer, region }) => [signer, region])).toEqual([
      ['KEYDEFAULT', 'eu-west-1'],
      ['KEYMUELLER', 'eu-west-1'],
      ['KEYLONG', 'us-east-2'],
    ]);
  });

  it('may lose a profile that is in use: it is told, and comes back by itself', async () => {
    const dev = profileConnection('dev');
    await list(await connections.session(dev));
    await profiles.write('', keysFor('other'));
    await vi.waitFor(async () =>
      expect(list(await connections.session(dev))).rejects.toThrow(/there are no usable credentials for dev\..*dev/),
    );
    await profiles.write('', keysFor('dev').replace('KEYDEV', 'KEYBACK'));
    await vi.waitFor(async () => list(await connections.session(dev)));
    expect(signers('ListPipelines').at(-1)).toBe('KEYBACK');
  });
});

describe('how a connection is', () => {
  it('is told after each call: well, or what is wrong with it as a whole', async () => {
    const heard: string[] = [];
    connections.onDidHear(({ connection, problem }) =>
      heard.push(`${connection.label}: ${problem?.message ?? 'well'}`),
    );
    const session = await connections.session(profileConnection('dev'));
    await list(session);
    service.operations['ListPipelines'] = () => ({ error: 'AccessDeniedException', status: 403 });
    await list(session).catch(() => undefined);
    valid = new Set(['OTHER']);
    service.operations['ListPipelines'] = () => ({ error: 'ExpiredTokenException' });
    await list(session).catch(() => undefined);
    expect(heard).toEqual(['dev: well', expect.stringContaining('dev: Could not list the pipelines: the cred')]);
  });
});

describe('certificates', () => {
  it('that cannot be read are told by their file, that of the profile before AWS_CA_BUNDLE', async () => {
    await profiles.write('[profile dev]\nca_bundle = /no/such/profile.pem\n', keysFor('dev', 'bare'));
    process.env['AWS_CA_BUNDLE'] = '/no/such/environment.pem';
    try {
      await expect(connections.session(profileConnection('dev'))).rejects.toThrow(
        /certificates in \/no\/such\/profile/,
      );
      await expect(connections.session(profileConnection('bare'))).rejects.toThrow(
        /in \/no\/such\/environment\.pem cannot/,
      );
    } finally {
      delete process.env['AWS_CA_BUNDLE'];
    }
  });
});

describe('how a person signs in', () => {
  it('is as the profile says; the environment and Local need nothing', async () => {
    await profiles.write('[profile work]\nsso_start_url = https://start\n');
    expect(await connections.signInOf(profileConnection('work'))).toBe('sso');
    expect(await connections.signInOf(environmentConnection())).toBe('none');
  });
});
