/** Accounts of AWS as a person meets them: side by side, production, long, denied, and after the session has ended. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { callerIdentity, FakeService } from '../fixtures/aws/service';
import { story } from './story';

const pipelines = ['churn', 'forecast', 'fraud', 'pricing', 'ranking', 'scoring'].flatMap((model) =>
  Array.from({ length: 25 }, (_, index) => `${model}-${String(index + 1).padStart(2, '0')}`),
);
const accounts: Readonly<Record<string, string>> = { KEYDEV: '111122223333', KEYPROD: '444455556666' };
/** The login of IAM Identity Center ends when a person has confirmed its code. */
let confirmed = false;

const service = await FakeService.start({
  ListPipelines: ({ signer, input }) => {
    const names = signer === 'KEYDEV' ? pipelines : ['penguins', 'recommender'];
    const from = Number(input['NextToken'] ?? 0);
    const to = from + Number(input['MaxResults'] ?? 100);
    const PipelineSummaries = names.slice(from, to).map((PipelineName) => ({ PipelineName }));
    return { body: { PipelineSummaries, ...(to < names.length ? { NextToken: String(to) } : {}) } };
  },
  ListPipelineExecutions: () => ({ body: { PipelineExecutionSummaries: [] } }),
  DescribePipeline: () => ({ body: { PipelineName: 'penguins', PipelineDefinition: '{}' } }),
  ListModelPackageGroups: ({ signer }) =>
    signer === 'KEYDEV'
      ? {
          error: 'AccessDeniedException',
          message: `User: arn:aws:iam::${accounts[signer] ?? ''}:user/me is not authorized to perform: sagemaker:ListModelPackageGroups on resource: *`,
        }
      : { body: { ModelPackageGroupSummaryList: [] } },
  ListEndpoints: () => ({ body: { Endpoints: [] } }),
  GetCallerIdentity: ({ signer }) => callerIdentity(accounts[signer] ?? '777788889999'),
  // IAM Identity Center.
  POST: ({ path }) =>
    path !== '/token'
      ? { error: 'UnknownOperationException' }
      : confirmed
        ? { body: { accessToken: 'renewed', expiresIn: 3600, tokenType: 'Bearer' } }
        : { error: 'AuthorizationPendingException' },
  GET: ({ bearer }) =>
    bearer === 'renewed'
      ? {
          body: {
            roleCredentials: {
              accessKeyId: 'KEYCORP',
              secretAccessKey: 's',
              sessionToken: 't',
              expiration: Date.now() + 3_600_000,
            },
          },
        }
      : { error: 'UnauthorizedException', message: 'Session token not found or invalid', status: 401 },
});
afterAll(() => service.stop());

/** `aws sso login` of the AWS command line: it waits for the token and keeps it where the SDKs look for it. */
const login = (tokenFile: string): string => `#!${process.execPath}
const { renameSync, writeFileSync } = require('node:fs');
console.log('Attempting to open your default browser.');
console.log('If it does not open, open the following URL:\\n\\nhttps://corp.awsapps.com/start/#/device\\n');
console.log('Then enter the code:\\n\\nQZKM-BDFT');
(async () => {
  for (;;) {
    const answer = await fetch('${service.url}/token', { method: 'POST', body: '{}' });
    if (answer.ok) {
      const { accessToken, expiresIn } = await answer.json();
      const expiresAt = new Date(Date.now() + expiresIn * 1000).toISOString();
      writeFileSync('${tokenFile}.new', JSON.stringify({ accessToken, expiresAt }));
      renameSync('${tokenFile}.new', '${tokenFile}');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
})();
`;

function furnish(home: string): Record<string, string> {
  const aws = join(home, '.aws');
  const cache = join(aws, 'sso', 'cache');
  const bin = join(home, 'bin');
  for (const folder of [cache, bin]) mkdirSync(folder, { recursive: true });
  const keys = (name: string, key: string): string =>
    `[${name}]\naws_access_key_id = ${key}\naws_secret_access_key = s\n`;
  writeFileSync(join(aws, 'credentials'), `${keys('shop-dev', 'KEYDEV')}\n${keys('shop-prod', 'KEYPROD')}`);
  const profile = (name: string, region: string, ...more: string[]): string =>
    [`[profile ${name}]`, `region = ${region}`, `endpoint_url = ${service.url}`, ...more, ''].join('\n');
  writeFileSync(
    join(aws, 'config'),
    [
      profile('shop-dev', 'eu-west-1'),
      profile('shop-prod', 'eu-central-1'),
      profile('research', 'us-east-1', 'sso_session = corp', 'sso_account_id = 777788889999', 'sso_role_name = Dev'),
      '[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = us-east-1\n',
    ].join('\n'),
  );
  const tokenFile = join(cache, `${createHash('sha1').update('corp').digest('hex')}.json`);
  writeFileSync(tokenFile, JSON.stringify({ accessToken: 'old', expiresAt: '2024-01-01T00:00:00Z' }));
  writeFileSync(join(bin, 'aws'), login(tokenFile));
  chmodSync(join(bin, 'aws'), 0o755);
  // VS Code asks the login shell for the environment of a terminal.
  writeFileSync(join(home, '.bash_profile'), `export PATH="${bin}:$PATH"\n`);
  return { SHELL: '/bin/bash' };
}

const told = story({
  settings: { 'mlopsFlow.aws.production': ['*-prod'], 'mlopsFlow.aws.readOnly': ['*-prod'] },
  home: furnish,
});
const tree = () => told.workbench.tree('Pipelines');

/** What was asked that changes something. */
const changes = (): string[] =>
  service.asked.map(({ operation }) => operation).filter((name) => /^(Create|Update|Start|Delete|PUT)/.test(name));

test('two accounts stand side by side, each with its colour and its mark', async () => {
  const { workbench } = told;
  await workbench.openSideBar();
  await workbench.tree('Branches').close();
  await workbench.command('MLOps Flow: Pin Connection');
  await workbench.quickInput.pick('shop-prod');
  await tree()
    .row(/^shop-prod.*production · read-only/)
    .waitFor();
  await workbench.command('MLOps Flow: Switch Connection');
  await workbench.quickInput.inline('shop-dev', /^Pin/);
  await workbench.quickInput.pick('shop-dev');
  await tree()
    .row(/^shop-dev.*active/)
    .waitFor();
  await workbench.statusBar('shop-dev 111122223333 eu-west-1').waitFor();
  await tree().row('churn-01').waitFor();
  const colours = await Promise.all(
    ['shop-dev', 'shop-prod'].map((name) =>
      tree()
        .row(new RegExp(`^${name}`))
        .locator('.codicon-cloud')
        .first()
        .getAttribute('style'),
    ),
  );
  expect(colours[0]).toContain('color:');
  expect(colours[0]).not.toBe(colours[1]);
});

test('a run on the one that is read-only is refused before anything is asked', async () => {
  const { workbench } = told;
  await tree().inline('penguins', /Run/);
  const form = workbench.panel('Run penguins');
  await form.field('name').fill('friday');
  await form.button('Run').click();
  await form.frame().getByText('shop-prod is read-only').waitFor();
  expect(changes()).toEqual([]);
  await workbench.picture('accounts');
  await form.button('Cancel').click();
});

test('a row that was denied something names the permission, and copies the policy to ask for', async () => {
  const { workbench } = told;
  const models = workbench.tree('Models');
  await models.row('Denied: ListModelPackageGroups').click();
  await workbench.notifications
    .message('A policy for sagemaker:ListModelPackageGroups and what is used with it')
    .waitFor();
});

test('a long list goes on by Load More, with one request a page', async () => {
  const { workbench } = told;
  const pages = (): number => service.count('ListPipelines', 'KEYDEV');
  const before = pages();
  await workbench.tree('Models').close();
  await tree().collapse(/^shop-prod/);
  await tree().end();
  await tree().row('Load More').click();
  await tree().row('ranking-01').waitFor();
  await tree().end();
  await tree().row('scoring-25').waitFor();
  expect(await tree().row('Load More').count()).toBe(0);
  // The first page again, and the second.
  expect(pages() - before).toBe(2);
});

test('where the session has ended the row signs in, and the view goes on', async () => {
  const { workbench } = told;
  await workbench.command('MLOps Flow: Switch Connection');
  await workbench.quickInput.pick('research');
  const row = tree().row('The session has ended');
  await row.first().waitFor();
  await workbench.statusBar('research').waitFor();
  await tree().inline('The session has ended', 'Sign In');
  await workbench.page.getByText('Sign in: research').first().waitFor();
  // The login waits for a person now.
  await expect.poll(() => service.count('POST')).toBeGreaterThan(0);
  await workbench.picture('sign-in');
  confirmed = true;
  await tree().row('recommender').first().waitFor();
  await expect.poll(() => row.count()).toBe(0);
  await workbench.statusBar('research 777788889999 us-east-1').waitFor();
  expect(service.count('ListPipelines', 'KEYCORP')).toBeGreaterThan(0);
});
