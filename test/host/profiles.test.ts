import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commands, ConfigurationTarget, window, workspace } from 'vscode';
import { type Connection, environmentConnection, local, profileConnection } from '../../src/aws';
import { callerIdentity, FakeService, type Operation } from '../fixtures/aws/service';
import { CountingProxy } from '../fixtures/aws/proxy';
import { extension } from './shared/extension';
import { Replacements } from './shared/replace';
import { until } from './shared/until';

/** A row of the Pipelines view, as its commands get it. */
const runOf = (connection: Connection) => ({
  connection,
  execution: { arn: 'arn:aws:sagemaker:eu-west-1:1:pipeline/train/execution/abcdefghijkl', status: 'Executing' },
});

/** Keys as STS and IAM Identity Center give them: they name whom they were given for. */
const assumed: Operation = ({ signer, input }) => ({
  type: 'text/xml',
  body: `<R xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ROLEOF${signer}WITH${String(input['TokenCode'])}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult></R>`,
});
const roleCredentials: Operation = ({ bearer = '' }) => ({
  body: {
    roleCredentials: {
      accessKeyId: `SSO${bearer}`,
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: Date.now() + 3_600_000,
    },
  },
});

describe('Accounts', () => {
  const replaced = new Replacements();
  const config = process.env['AWS_CONFIG_FILE'] ?? '';
  const credentials = process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? '';
  const session = join(dirname(config), 'sso', 'cache', `${createHash('sha1').update('corp').digest('hex')}.json`);
  const marks = workspace.getConfiguration('mlopsFlow.aws');
  const pinned: Connection[] = [];
  let service: FakeService;

  const signed = (operation: string) =>
    service.asked.filter((each) => each.operation === operation).map(({ signer, region }) => `${signer} ${region}`);
  /** Waits until the pipelines were listed by this signer in this region. */
  const lists = (signer: string, region: string) =>
    until(`a request of ${signer}`, () => signed('ListPipelines').includes(`${signer} ${region}`));
  const use = (connection: Connection) => commands.executeCommand('mlopsFlow.useConnection', { connection });

  before(async () => {
    await extension().activate();
    service = await FakeService.start({
      ListPipelines: () => ({ body: { PipelineSummaries: [{ PipelineName: 'train' }] } }),
      ListPipelineExecutions: () => ({ body: { PipelineExecutionSummaries: [] } }),
      StopPipelineExecution: () => ({ body: {} }),
      GetCallerIdentity: ({ signer }) => callerIdentity(signer === 'KEYPROD' ? '333333333333' : '111111111111'),
      AssumeRole: assumed,
      GET: roleCredentials,
    });
    const tool = join(dirname(config), 'keys.sh');
    mkdirSync(dirname(session), { recursive: true });
    writeFileSync(session, JSON.stringify({ accessToken: 'TOKEN', expiresAt: new Date(Date.now() + 3_600_000) }));
    writeFileSync(tool, `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"KEYTOOL","SecretAccessKey":"s"}'\n`, {
      mode: 0o700,
    });
    const profile = (name: string, ...lines: string[]): string =>
      [`[profile ${name}]`, `endpoint_url = ${service.url}`, ...lines, ''].join('\n');
    writeFileSync(
      config,
      [
        profile('dev', 'region = eu-west-1'),
        profile('stage', 'region = us-east-2'),
        // A host that is reached over a proxy alone.
        '[profile far]\nregion = ca-central-1\nendpoint_url = http://sagemaker.far.invalid\naws_access_key_id = KEYDEV\naws_secret_access_key = s\n',
        profile('prod', 'region = eu-west-1'),
        profile(
          'role',
          'region = eu-west-1',
          'role_arn = arn:aws:iam::1:role/r',
          'source_profile = dev',
          'mfa_serial = arn:aws:iam::1:mfa/me',
        ),
        profile('tool', 'region = eu-west-1', `credential_process = ${tool}`),
        profile('sso', 'region = eu-west-3', 'sso_session = corp', 'sso_account_id = 1', 'sso_role_name = Dev'),
        '[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-west-2\n',
      ].join('\n'),
    );
    writeFileSync(
      credentials,
      ['dev', 'stage', 'prod']
        .map((name) => `[${name}]\naws_access_key_id = KEY${name.toUpperCase()}\naws_secret_access_key = s\n`)
        .join('\n'),
    );
    await commands.executeCommand('mlopsFlow.pipelines.focus');
  });

  afterEach(async () => {
    for (const connection of pinned.splice(0))
      await commands.executeCommand('mlopsFlow.unpinConnection', { connection });
    await use(local);
    replaced.restore();
  });

  after(async () => {
    await service.stop();
    for (const name of ['production', 'readOnly']) await marks.update(name, undefined, ConfigurationTarget.Global);
    for (const path of [config, credentials, session]) rmSync(path, { force: true });
  });

  it('of three profiles in two regions stand side by side, each signed with its own keys', async () => {
    for (const name of ['dev', 'stage', 'prod']) {
      const connection = profileConnection(name);
      pinned.push(connection);
      await commands.executeCommand('mlopsFlow.pinConnection', { connection });
    }
    await lists('KEYDEV', 'eu-west-1');
    await lists('KEYSTAGE', 'us-east-2');
    await lists('KEYPROD', 'eu-west-1');
    const other = profileConnection('dev', 'ap-south-1');
    pinned.push(other);
    await commands.executeCommand('mlopsFlow.pinConnection', { connection: other });
    await lists('KEYDEV', 'ap-south-1');
    assert.deepEqual([...new Set(signed('ListPipelines'))].sort(), [
      'KEYDEV ap-south-1',
      'KEYDEV eu-west-1',
      'KEYPROD eu-west-1',
      'KEYSTAGE us-east-2',
    ]);
  });

  it('that are production are asked about with account and region; what is read-only sends nothing', async () => {
    const asked: unknown[][] = [];
    const errors: unknown[] = [];
    let answer: string | undefined;
    replaced.set(window, 'showWarningMessage', (...all: unknown[]) => {
      asked.push(all);
      return Promise.resolve(answer);
    });
    replaced.set(window, 'showErrorMessage', (text: string) => {
      errors.push(text);
      return Promise.resolve(undefined);
    });
    await marks.update('production', ['prod'], ConfigurationTarget.Global);
    await commands.executeCommand('mlopsFlow.stopRun', runOf(profileConnection('prod')));
    assert.match(
      JSON.stringify(asked[0]),
      /Stop the run .*Production\. prod: account 333333333333, region eu-west-1, as arn:aws:iam::333333333333/,
    );
    assert.deepEqual(signed('StopPipelineExecution'), []);
    answer = 'Stop';
    await marks.update('readOnly', ['3333*'], ConfigurationTarget.Global);
    await commands.executeCommand('mlopsFlow.stopRun', runOf(profileConnection('prod')));
    assert.match(String(errors.at(-1)), /prod is read-only/);
    assert.deepEqual(signed('StopPipelineExecution'), []);
    await commands.executeCommand('mlopsFlow.stopRun', runOf(profileConnection('stage')));
    assert.deepEqual(signed('StopPipelineExecution'), ['KEYSTAGE us-east-2']);
  });

  it('with a role ask once for the code of its device', async () => {
    let questions = 0;
    replaced.set(window, 'showInputBox', () => {
      questions += 1;
      return Promise.resolve('123456');
    });
    await use(profileConnection('role'));
    await lists('ROLEOFKEYDEVWITH123456', 'eu-west-1');
    assert.equal(questions, 1);
  });

  it('of IAM Identity Center sign with what its token service gives for the session', async () => {
    await use(profileConnection('sso'));
    await lists('SSOTOKEN', 'eu-west-3');
  });

  it('of a credential_process sign with what it says', async () => {
    await use(profileConnection('tool'));
    await lists('KEYTOOL', 'eu-west-1');
  });

  it('go over the proxy of the settings, but for the hosts that it leaves out', async () => {
    const proxy = await CountingProxy.start(service.url);
    const http = workspace.getConfiguration('http');
    try {
      await http.update('proxy', proxy.url, ConfigurationTarget.Global);
      await use(profileConnection('far'));
      await lists('KEYDEV', 'ca-central-1');
      assert.deepEqual([...new Set(proxy.asked)], ['sagemaker.far.invalid']);
    } finally {
      await http.update('proxy', undefined, ConfigurationTarget.Global);
      await proxy.stop();
    }
  });

  it('of the environment sign with its keys', async () => {
    const values = {
      AWS_ACCESS_KEY_ID: 'KEYENV',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_ENDPOINT_URL: service.url,
    };
    Object.assign(process.env, values);
    try {
      await use(environmentConnection('eu-north-1'));
      await lists('KEYENV', 'eu-north-1');
    } finally {
      for (const name of Object.keys(values)) delete process.env[name];
    }
  });
});
