/** A commit on its way: declared, tested, approved, deployed, retried, rolled back. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CodeBuildClient, CreateProjectCommand } from '@aws-sdk/client-codebuild';
import type { Locator } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { root } from '../../scripts/vscode.mjs';
import { findRunning } from '../../src/local/address';
import { failingJob, GitHubServer, type StandInRun } from '../fixtures/github/server';
import { validate } from '../../src/definition';
import { itemQuery } from '../../src/delivery/jenkins/model';
import { JenkinsServer } from '../fixtures/jenkins';
import type { Panel } from './pages/panel';
import { RunGraph } from './pages/run-graph';
import { story } from './story';

const github = await GitHubServer.start();
const jenkins = await JenkinsServer.start();
afterAll(() => Promise.all([github.stop(), jenkins.stop()]));
const told = story({
  settings: {
    // A canary of minutes is one of seconds.
    'mlopsFlow.local.speed': 30,
    'mlopsFlow.delivery.githubEnterprise': github.url,
    'mlopsFlow.delivery.jenkins': [`${jenkins.url}/job/nightly`],
  },
  extensions: [join(root, 'test/fixtures/github/sign-in')],
});
/** Builds and sources take their time on a busy machine. */
const patience = { timeout: 100_000 };
/** A test that waits for several builds and deployments. */
const long = { timeout: 400_000 };

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: told.workbench.folder, encoding: 'utf8' }).trim();
const tree = () => told.workbench.tree('Delivery');
const board = () => told.workbench.panel('penguins-delivery');
const stage = (name: string) => board().frame().locator(`[data-stage="${name}"]`);
const marker = (): string => join(dirname(told.workbench.folder), 'ready');
const short = (): string => git('rev-parse', 'HEAD').slice(0, 8);

const buildspec = `version: 0.2
phases:
  build:
    commands:
      - echo "Testing the features"
      - mkdir -p reports
      - printf '<testsuite name="tests.test_features" tests="2"><testcase classname="tests.test_features" name="test_islands" time="0.1"/><testcase classname="tests.test_features" name="test_sexes" time="0.2"><failure message="one is missing">assert 2 == 3</failure></testcase></testsuite>' > reports/unit.xml
reports:
  unit:
    files: ['reports/*.xml']
    file-format: JUNITXML
`;

function declaration(): object {
  const actionTypeId = (category: string, provider: string) => ({ category, owner: 'AWS', provider, version: '1' });
  return {
    pipeline: {
      name: 'penguins-delivery',
      roleArn: 'arn:aws:iam::000000000000:role/delivery',
      pipelineType: 'V2',
      executionMode: 'SUPERSEDED',
      artifactStore: { type: 'S3', location: 'penguins-artifacts' },
      stages: [
        {
          name: 'Source',
          actions: [
            {
              name: 'Repository',
              actionTypeId: actionTypeId('Source', 'CodeStarSourceConnection'),
              configuration: {
                ConnectionArn:
                  'arn:aws:codeconnections:us-east-1:000000000000:connection/0f0e0d0c-0000-4000-8000-000000000000',
                FullRepositoryId: 'team/penguins',
                BranchName: 'develop',
              },
              outputArtifacts: [{ name: 'SourceOutput' }],
            },
          ],
        },
        {
          name: 'Test',
          actions: [
            {
              name: 'Unit',
              actionTypeId: actionTypeId('Test', 'CodeBuild'),
              configuration: { ProjectName: 'penguins-test' },
              inputArtifacts: [{ name: 'SourceOutput' }],
            },
          ],
        },
        {
          name: 'Approve',
          actions: [
            {
              name: 'Decision',
              actionTypeId: actionTypeId('Approval', 'Manual'),
              configuration: { CustomData: 'Look at the accuracy of the new islands first.' },
            },
          ],
        },
        {
          name: 'Deploy',
          actions: [
            {
              name: 'Production',
              actionTypeId: actionTypeId('Compute', 'Commands'),
              commands: [`test -e ${marker()} || { echo "The endpoint has no capacity"; exit 1; }`],
              inputArtifacts: [{ name: 'SourceOutput' }],
            },
          ],
        },
      ],
    },
  };
}

/** What a team has set up before: its project of CodeBuild. */
async function createProject(): Promise<void> {
  const found = globSync('vscode/**/credentials', { cwd: dirname(told.workbench.folder) });
  const local = await findRunning(join(dirname(told.workbench.folder), dirname(found[0] ?? '')));
  if (!local) throw new Error('Local does not run.');
  const { endpoint, region, accessKeyId, secretAccessKey } = local;
  const client = new CodeBuildClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  await client.send(
    new CreateProjectCommand({
      name: 'penguins-test',
      source: { type: 'CODEPIPELINE', buildspec },
      artifacts: { type: 'CODEPIPELINE' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/standard:7.0',
        computeType: 'BUILD_GENERAL1_SMALL',
      },
      serviceRole: 'arn:aws:iam::000000000000:role/build',
    }),
  );
}

test('the view says that there is no pipeline yet', async () => {
  const { workbench } = told;
  await workbench.openSideBar();
  // The view is long, and the others are not needed here.
  for (const view of ['Branches', 'Pipelines', 'Models']) await workbench.tree(view).close();
  await tree().open();
  await tree().row('No delivery pipelines yet').waitFor(patience);
  await createProject();
});

test('a declaration is deployed from above its text, after its plan', async () => {
  const { workbench } = told;
  mkdirSync(join(workbench.folder, 'delivery'), { recursive: true });
  writeFileSync(
    join(workbench.folder, 'delivery/checks-delivery.json'),
    `${JSON.stringify(declaration(), undefined, 2)}\n`,
  );
  git('add', '.');
  git('commit', '-qm', 'feat: a delivery pipeline');
  await workbench.editor.open('delivery/checks-delivery.json');
  await workbench.editor.codeLens('Deploy…').first().click();
  const dialog = workbench.notifications.dialog('Create penguins-delivery?');
  await dialog.waitFor();
  expect(await dialog.innerText()).toContain('Stage Deploy: Production');
  await workbench.notifications.answerDialog('Create penguins-delivery?', 'Create');
  await tree().row('penguins-delivery').first().waitFor(patience);
});

test('its first run brings the commit that is checked out, and waits for approval: view, status bar and notification say so', async () => {
  const { workbench } = told;
  await tree().row('Waiting for Approval').first().waitFor(patience);
  await tree()
    .row(/Approve.*Waiting for approval.*your commit.*held by Decision/)
    .waitFor(patience);
  await workbench.statusBar('Approve: Waiting for approval').waitFor(patience);
  await workbench.notifications.message('Decision of penguins-delivery waits for approval').waitFor(patience);
  await workbench.statusBar('Approve: Waiting for approval').click();
  await stage('Approve').getByText('Held by Decision').waitFor(patience);
  expect(await stage('Source').innerText()).toContain(short());
  await workbench.picture('delivery-board');
});

test('an approval says what it would promote, and is given with a comment', async () => {
  const { workbench } = told;
  await stage('Approve').locator('.review').click();
  const card = approvals().frame().locator('.card');
  await card.getByText('feat: a delivery pipeline').first().waitFor(patience);
  await card.getByText('Look at the accuracy of the new islands first.').waitFor(patience);
  await workbench.picture('approvals');
  await card.locator('textarea').fill('The islands are well known');
  await approvals().button('Approve').click();
  await approvals().frame().getByText('Nothing waits for approval').waitFor(patience);
});

test('a stage that fails says why, and is retried in the same run', async () => {
  const { workbench } = told;
  await tree()
    .row(/Deploy.*Failed/)
    .waitFor(patience);
  await workbench.notifications.message('penguins-delivery failed in Deploy').waitFor(patience);
  await board().show();
  await stage('Deploy').locator('[data-action=Production]').click();
  await board().frame().locator('.side .failure').waitFor(patience);
  await workbench.picture('delivery-failed');
  writeFileSync(marker(), '');
  await stage('Deploy').getByRole('button', { name: 'Retry Failed Actions' }).click();
  await workbench.notifications.dialog('in this same run').waitFor();
  await workbench.notifications.answerDialog('Retry Failed Actions?', 'Retry Failed Actions');
  await stage('Deploy').locator('.stage-state', { hasText: 'Succeeded' }).waitFor(patience);
  expect(await board().frame().locator('tr[data-run]').count()).toBe(1);
});

test('a commit is followed from the push to production', async () => {
  const { workbench } = told;
  const first = short();
  writeFileSync(join(workbench.folder, 'NEWS.md'), 'More islands\n');
  git('add', '.');
  git('commit', '-qm', 'feat: more islands');
  await stage('Source').getByText(short()).waitFor(patience);
  await stage('Approve').locator('.review').waitFor(patience);
  await stage('Approve').locator('.review').click();
  const card = approvals().frame().locator('.card');
  await card.getByText('Compare Files').waitFor(patience);
  const text = await card.innerText();
  expect(text).toMatch(new RegExp(`Instead of\\s+${first}`));
  expect(text).toMatch(/Changes\s+\w+ feat: more islands/);
  await approvals().button('Approve').click();
  await workbench.statusBar(/Succeeded/).waitFor(patience);
  await tree()
    .row(/Deploy.*Succeeded.*your commit/)
    .waitFor(patience);
});

test('a stage is rolled back to what an earlier run had there', async () => {
  const { workbench } = told;
  await board().show();
  await stage('Deploy').getByRole('button', { name: 'Roll Back Stage…' }).click();
  await workbench.quickInput.pick('feat: a delivery pipeline');
  await workbench.notifications.answerDialog('Roll Back?', 'Roll Back');
  await board()
    .frame()
    .locator('tr[data-run]', { hasText: 'Rollback' })
    .filter({ hasText: 'Succeeded' })
    .waitFor(patience);
  await workbench.picture('delivery-rollback');
});

test('the log of a build is a document, and its report stands among the test results', async () => {
  const { workbench } = told;
  await tree().expand('Builds');
  await tree().row('penguins-test').first().waitFor(patience);
  await tree().expand('penguins-test');
  await tree().row(/#1/).waitFor(patience);
  await tree().row(/#1/).click();
  await expect.poll(() => workbench.editor.content().innerText(), patience).toMatch(/Testing\sthe\sfeatures/);
  await workbench.picture('build-log');
  await workbench.command('MLOps Flow: Show Test Results of Build');
  await workbench.quickInput.pick('penguins-test');
  await workbench.quickInput.pick('#1');
  const results = workbench.page.locator('.part.panel');
  await results.getByText('test_sexes').first().waitFor(patience);
  await results.getByText('1 failed').first().waitFor(patience);
  await workbench.picture('build-results');
});

test('the pipeline of the sample is deployed with the build project that lies beside it', async () => {
  const { workbench } = told;
  git('checkout', '-q', 'main');
  // Its own tests install what they need from a package index.
  writeFileSync(
    join(workbench.folder, 'delivery/test.buildspec.yml'),
    'version: 0.2\nphases:\n  build:\n    commands:\n      - python3 -m compileall -q src\n',
  );
  git('commit', '-qam', 'test: compile');
  git('checkout', '-q', 'develop');
  git('merge', '-q', '--no-edit', 'main');
  writeFileSync(join(workbench.folder, 'NEWS.md'), 'Released islands\n');
  git('add', '.');
  git('commit', '-qm', 'feat: released islands');
  await workbench.editor.open('delivery/pipeline.json');
  await workbench.editor.codeLens('Deploy…').first().click();
  const dialog = workbench.notifications.dialog('Create penguins?');
  await dialog.waitFor();
  expect(await dialog.innerText()).toContain('Creates the build project penguins as project.json declares it.');
  await workbench.notifications.answerDialog('Create penguins?', 'Create');
  await tree().row('birds/penguins').waitFor(patience);
});

test('a release is run, and its model approved, while the commit of before waits for production', long, async () => {
  const { workbench } = told;
  await workbench.command('MLOps Flow: Start Release');
  await workbench.quickInput.row('Suggested').waitFor();
  await workbench.quickInput.accept();
  await expect.poll(() => git('symbolic-ref', '--short', 'HEAD')).toMatch(/^release\//);
  await workbench.command('MLOps Flow: Run Pipeline');
  await workbench.panel('Run penguins').button('Run').click();
  const run = workbench.panel(/^penguins · /);
  // The run comes in front once it has begun.
  await run.tab().waitFor(patience);
  await workbench.command('MLOps Flow: Review Approvals');
  await approveIn('penguins · Model', 'test: compile');
  await run.show();
  await new RunGraph(run).status().filter({ hasText: 'Succeeded' }).waitFor(patience);
  await workbench.tree('Models').open();
  await workbench.tree('Models').inline(/Version \d+.*Pending/, /Approve Model/);
  await workbench.quickInput.accept();
  await workbench
    .tree('Models')
    .row(/Pending/)
    .waitFor({ state: 'detached' });
  await approvals().show();
  await approveIn('penguins · Release', 'test: compile');
});

test('finishing the release brings its commit on the way', long, async () => {
  const { workbench } = told;
  const name = git('symbolic-ref', '--short', 'HEAD').replace('release/', '');
  await workbench.command('MLOps Flow: Finish Release');
  const dialog = workbench.panel(`Finish Release ${name}`);
  await expect.poll(() => dialog.button('Finish Release').isEnabled(), patience).toBe(true);
  await dialog.button('Finish Release').click();
  await dialog.button('Close').click();
  await approvals().show();
  const card = cardOf('penguins · Model', `Merge branch 'release/${name}'`);
  await card.getByText(`Deploy the model of ${git('rev-parse', `v${name}^{commit}`)} to staging?`).waitFor(patience);
  await card
    .getByText(/penguins version \d/)
    .first()
    .waitFor(patience);
  await card.getByText('Compare Files').waitFor(patience);
  await workbench.picture('release-approval');
});

test('approved twice, it serves: from the action that deployed it by canary to the endpoint', long, async () => {
  const { workbench } = told;
  await approveIn('penguins · Model', "Merge branch 'release/");
  await approveIn('penguins · Release', "Merge branch 'release/");
  const board = workbench.panel(/^penguins$/);
  // A click that falls on a row just while it is drawn anew is lost.
  await expect
    .poll(async () => {
      await tree().row('birds/penguins').click();
      return board.tab().isVisible();
    }, patience)
    .toBe(true);
  const production = board.frame().locator('[data-stage="Production"]');
  await production.filter({ hasText: "Merge branch 'release/" }).waitFor(patience);
  await production.locator('.stage-state', { hasText: 'Succeeded' }).waitFor(patience);
  await production.locator('[data-action=Deploy]').click();
  await board.frame().getByRole('tab', { name: 'Logs' }).click();
  await workbench.picture('release-delivered');
  await board.frame().getByRole('button', { name: 'Endpoint penguins' }).click();
  const endpoint = workbench.panel('penguins endpoint').frame();
  await endpoint.getByText('InService').first().waitFor(patience);
  await endpoint
    .getByText(/canary/i)
    .first()
    .waitFor(patience);
  await workbench.picture('release-live');
  await workbench.tree('Models').close();
});

function approvals(): Panel {
  return told.workbench.panel('Approvals');
}

/** What waits in the panel of approvals for one run. */
function cardOf(title: string, subject: string): Locator {
  return approvals().frame().locator('.card', { hasText: title }).filter({ hasText: subject });
}

async function approveIn(title: string, subject: string): Promise<void> {
  const card = cardOf(title, subject);
  await card.getByRole('button', { name: 'Approve' }).click(patience);
  await card.waitFor({ state: 'detached', ...patience });
}

test('GitHub Actions stand beside: asked for nothing until a click signs in, then with the runs of this commit', async () => {
  const { workbench } = told;
  git('remote', 'add', 'origin', `${github.url}/team/penguins.git`);
  writeFileSync(join(workbench.folder, 'NEWS.md'), 'Islands by GitHub\n');
  git('commit', '-qam', 'feat: islands by GitHub');
  const head_sha = git('rev-parse', 'HEAD');
  github.deployments.push({ id: 1, environment: 'production', sha: git('rev-parse', 'HEAD~1'), states: ['success'] });
  github.run({ id: 1, head_sha, message: 'feat: islands by GitHub', conclusion: 'failure', jobs: [failingJob(11)] });
  github.run({
    id: 2,
    head_sha,
    name: 'Deploy',
    workflow_id: 2,
    message: 'feat: islands by GitHub',
    status: 'waiting',
    conclusion: null,
    pending: [{ id: 7, name: 'production', canApprove: true, reviewers: ['ada'] }],
  });
  // What has been looked at is closed: its rows come and go, and would push these out of sight.
  for (const pipeline of ['birds/penguins', /penguins-delivery(?! ·)/]) await tree().collapse(pipeline);
  await tree().title('Refresh');
  await tree()
    .row(/GitHub Actions.*Not signed in/)
    .waitFor(patience);
  expect(github.asked).toEqual([]);
  await tree().row('Sign In to 127.0.0.1').click();
  await workbench.notifications.answerDialog('wants to sign in', 'Allow');
  await tree()
    .row(/CI #1.*Failed.*your commit/)
    .waitFor(patience);
  await workbench.statusBar('CI: Failed').waitFor(patience);
});

test('a job of GitHub Actions that failed shows its log at the step that failed', async () => {
  const { workbench } = told;
  await tree()
    .row(/Run pytest.*Failed/)
    .click();
  await expect.poll(() => workbench.editor.content().innerText(), patience).toMatch(/exit\scode\s1/);
  await workbench.picture('github-actions');
});

test('a deployment of GitHub Actions is approved in the same list, and failed jobs run again', async () => {
  const { workbench } = told;
  const [failed, waiting] = github.runs as [StandInRun, StandInRun];
  await tree()
    .row(/team\/penguins · production/)
    .click();
  const card = approvals().frame().locator('.card', { hasText: 'team/penguins · production' });
  await card.getByText('Compare Files').waitFor(patience);
  expect(await card.innerText()).toMatch(/Changes\s+\w+ feat: islands by GitHub/);
  await workbench.picture('github-approval');
  await card.locator('textarea').fill('The tests are known');
  await card.getByRole('button', { name: 'Approve' }).click();
  await card.waitFor({ state: 'detached', ...patience });
  expect(waiting.reviews).toMatchObject([{ state: 'approved', comment: 'The tests are known', environments: [7] }]);
  await tree().inline(/CI #1/, 'Re-run Failed Jobs');
  await workbench.notifications.answerDialog('Re-run Failed Jobs?', 'Re-run Failed Jobs');
  await tree()
    .row(/CI #1.*In progress.*attempt 2/)
    .waitFor(patience);
  expect(failed.jobs.map(({ status }) => status)).toEqual(['in_progress']);
});

test('a job of Jenkins has its builds and their logs', async () => {
  const { workbench } = told;
  const SHA1 = git('rev-parse', 'HEAD');
  jenkins.answers[`/job/nightly/${itemQuery}`] = {
    body: { builds: [{ number: 5, building: false, result: 'UNSTABLE', actions: [{ lastBuiltRevision: { SHA1 } }] }] },
  };
  jenkins.answers['/job/nightly/5/logText/progressiveText?start=0'] = { body: 'Started by timer\n' };
  await tree().expand('nightly');
  await (await tree().reveal(/#5.*Unstable.*your commit/)).click();
  await expect.poll(() => workbench.editor.content().innerText(), patience).toMatch(/Started\sby\stimer/);
});

test('continuous integration comes from what the project has: shown, written, and left alone the second time', async () => {
  const { workbench } = told;
  const { quickInput, notifications } = workbench;
  const add = async (kinds: readonly string[]): Promise<void> => {
    await workbench.command('MLOps Flow: Add Continuous Integration…');
    await quickInput.row('Jenkinsfile').waitFor();
    for (const kind of kinds) await quickInput.row(kind).click();
    await quickInput.accept();
  };
  await add(['Buildspec of CodeBuild', 'Jenkinsfile']);
  const written = ['.github/workflows/penguins.yml', 'penguins.buildspec.yml', 'Jenkinsfile'];
  for (const path of written) {
    await quickInput.row('Write the File').waitFor(patience);
    expect(await quickInput.text()).toContain(`${path}?`);
    await workbench.editor.tab(/new ↔ to be written/).waitFor(patience);
    if (path.endsWith('penguins.yml')) await workbench.picture('ci-workflow');
    await quickInput.pick('Write the File');
    await expect.poll(() => existsSync(join(workbench.folder, path)), patience).toBe(true);
  }
  // The last one is in front, and has the keys.
  await workbench.page
    .locator('.tab.active .label-name')
    .filter({ hasText: /^Jenkinsfile$/ })
    .waitFor(patience);
  const text = (path: string): string => readFileSync(join(workbench.folder, path), 'utf8');
  const runs = 'mlops-flow run pipelines/penguins.pipeline.json --follow';
  for (const path of written) expect(text(path)).toContain(runs);
  expect(validate(text('penguins.buildspec.yml'), { path: 'penguins.buildspec.yml', language: 'buildspec' })).toEqual(
    [],
  );
  await add([]);
  await notifications.message('.github/workflows/penguins.yml is as it would be written.').waitFor(patience);
  const own = `${text('Jenkinsfile')}// Own words\n`;
  writeFileSync(join(workbench.folder, 'Jenkinsfile'), own);
  await add(['Workflow of GitHub Actions', 'Jenkinsfile']);
  await quickInput.row('Replace the File').waitFor(patience);
  await workbench.editor.tab(/as it is ↔ to be written/).waitFor(patience);
  await quickInput.pick('Leave It');
  await quickInput.gone();
  expect(text('Jenkinsfile')).toBe(own);
});

const terraform = `resource "aws_codebuild_project" "checks" {
  name         = "\${var.project}-checks"
  service_role = aws_iam_role.build.arn
  artifacts { type = "CODEPIPELINE" }
  environment {
    type         = "LINUX_CONTAINER"
    image        = "aws/codebuild/standard:7.0"
    compute_type = "BUILD_GENERAL1_SMALL"
  }
  source {
    type      = "CODEPIPELINE"
    buildspec = "{version: 0.2, phases: {build: {commands: ['test -f README.md']}}}"
  }
}

resource "aws_codepipeline" "delivery" {
  name     = "\${var.project}-by-terraform"
  role_arn = aws_iam_role.pipeline.arn
  artifact_store {
    type     = "S3"
    location = aws_s3_bucket.artifacts.bucket
  }
  stage {
    name = "Source"
    action {
      name             = "Commit"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["source"]
      configuration    = { ConnectionArn = var.connection, FullRepositoryId = "team/penguins", BranchName = "develop" }
    }
  }
  stage {
    name = "Check"
    action {
      name            = "Checks"
      category        = "Test"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["source"]
      configuration   = { ProjectName = aws_codebuild_project.checks.name }
    }
  }
}
`;

test("a declaration in Terraform's own language is deployed from above its text, with its project and the variables of its module", async () => {
  const { workbench } = told;
  const infra = join(workbench.folder, 'infra');
  mkdirSync(infra, { recursive: true });
  writeFileSync(join(infra, 'variables.tf'), 'variable "project" { default = "gulls" }\nvariable "connection" {}\n');
  writeFileSync(join(infra, 'delivery.tf'), terraform);
  await workbench.editor.open('infra/delivery.tf');
  await workbench.editor.codeLens('Deploy…').first().click();
  const dialog = workbench.notifications.dialog('Create gulls-by-terraform?');
  await dialog.waitFor();
  expect(await dialog.innerText()).toContain('Creates the build project gulls-checks as checks declares it.');
  await workbench.notifications.answerDialog('Create gulls-by-terraform?', 'Create');
  await tree()
    .row(/gulls-by-terraform.*Succeeded/)
    .waitFor(patience);
});
