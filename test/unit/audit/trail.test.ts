/** An audit trail on Local with a repository beside it, and over a server that counts requests. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { local, profileConnection } from '../../../src/aws';
import type { AuditArguments, AuditToPanel } from '../../../src/audit/panels/audit/contract';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { FakeService, type Operation } from '../../fixtures/aws/service';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';
import { FakePanel } from '../../fixtures/panel';
import { definition, role } from '../local/support';

const place = vi.hoisted(() => ({ folders: [] as { uri: unknown }[], target: '', done: [] as unknown[][] }));

vi.mock('vscode', async () => {
  const fixture = await import('../../fixtures/vscode');
  return {
    ...fixture,
    Uri: Object.assign(fixture.Uri, { joinPath: () => fixture.Uri.file(place.target) }),
    commands: { executeCommand: (...words: unknown[]) => Promise.resolve(void place.done.push(words)) },
    window: { ...fixture.window, showSaveDialog: () => Promise.resolve(fixture.Uri.file(place.target)) },
    workspace: {
      ...fixture.workspace,
      get workspaceFolders() {
        return place.folders;
      },
      fs: { writeFile: ({ fsPath }: { fsPath: string }, content: Uint8Array) => writeFile(fsPath, content) },
    },
  };
});

const { AuditController } = await import('../../../src/audit/panels/audit/controller');
const { digestOf, readProvenance, writeProvenance } = await import('../../../src/pipelines/provenance');
const { startRun } = await import('../../../src/pipelines/commands/start');
const { Uri } = await import('../../fixtures/vscode');

const steps = [{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: 'as it should' } }];
const limit = { timeout: 60_000 };

type Trail = FakePanel<AuditArguments, AuditToPanel>;
const last = (panel: Trail) => panel.of('trail').at(-1)?.trail;
const done = (panel: Trail) => vi.waitFor(() => expect(last(panel)?.state).toBe('read'), limit);

function open(services: object, args: AuditArguments) {
  const panel: Trail = new FakePanel(args);
  const opened: string[] = [];
  const controller = new AuditController(
    {
      definitionOf: () => Promise.resolve(undefined),
      openRun: (arn: string) => opened.push(arn),
      openVersion: (arn: string) => opened.push(arn),
      ...services,
    } as never,
    { digestOf, readProvenance, commitOf: () => Promise.resolve({ commit: 'f'.repeat(40) }) },
    panel,
  );
  return { panel, controller, opened };
}

describe('on Local', () => {
  let bed: LocalSession;
  let root: string;
  let commit: string;
  let run: string;
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...words], {
      cwd: root,
      encoding: 'utf8',
    }).trim();

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'mlops-flow-audit-'));
    place.folders = [{ uri: Uri.file(root) }];
    place.target = join(root, 'trail.csv');
    git('init', '-q');
    await writeFile(join(root, 'p.pipeline.json'), definition(steps));
    git('add', '.');
    git('commit', '-qm', 'The first definition');
    commit = git('rev-parse', 'HEAD');
    git('tag', '1.0.0');
    bed = await startLocalSession('audit');
    run = await startRun(bed.session, {
      pipeline: 'penguins',
      definition: definition(steps),
      provenance: { commit, branch: 'main', dirty: false, digest: digestOf(definition(steps)) },
      values: {},
      displayName: 'first',
    });
    const { sagemaker, sdk } = bed.session;
    const Tags = [{ Key: 'a', Value: 'b' }];
    await sagemaker.send(new sdk.CreateModelPackageGroupCommand({ ModelPackageGroupName: 'birds', Tags }));
    await sagemaker
      .send(new sdk.UpdatePipelineCommand({ PipelineName: 'penguins', PipelineDefinition: '{}', RoleArn: role }))
      .catch(() => undefined);
  }, 120_000);

  afterAll(async () => {
    await bed.end();
    await rm(root, { recursive: true, force: true });
  });

  const connections = { session: () => Promise.resolve(bed.session) };

  it('joins the calls with the commits behind them, and is exported', async () => {
    const { panel, controller, opened } = open(
      { connections, definitionOf: () => Promise.resolve(Uri.file(join(root, 'p.pipeline.json'))) },
      { connection: local.id, kind: 'pipeline', name: 'penguins' },
    );
    await done(panel);
    await vi.waitFor(() => expect(last(panel)?.rows.map(({ source }) => source)).toContain('Git'), limit);
    const rows = last(panel)?.rows ?? [];
    const known = { id: commit, author: 'Ana', subject: 'The first definition', tag: '1.0.0' };
    expect(rows.find(({ what }) => what === 'Started run first')).toMatchObject({
      source: 'Local',
      opens: 'run',
      commit: { ...known, branch: 'main' },
    });
    expect(rows.find(({ what }) => what === 'Created the pipeline')?.commit).toMatchObject(known);
    expect(rows.find(({ what }) => what === 'Updated the pipeline')?.error).toContain('ValidationException');
    expect(rows.find(({ source }) => source === 'Git')).toMatchObject({
      what: 'Committed: The first definition',
      who: 'Ana',
    });

    await controller.receive({ type: 'open', id: rows.find(({ opens }) => opens === 'run')?.id ?? '' });
    expect(opened).toEqual([run]);
    await controller.receive({ type: 'export' });
    const lines = (await readFile(place.target, 'utf8')).trimEnd().split('\r\n');
    expect(lines).toHaveLength(rows.length + 1);
    expect(lines.join('\n')).toContain('Started run first');
    controller.dispose();
  });

  it('of a model has nothing of a pipeline', async () => {
    const { panel, controller } = open({ connections }, { connection: local.id, kind: 'model', name: 'birds' });
    await done(panel);
    expect(last(panel)?.rows.map(({ what }) => what)).toEqual(['Created the model group']);
    controller.dispose();
  });
});

describe('over AWS', () => {
  const execution = (name: string) => `arn:aws:sagemaker:eu-west-1:1:pipeline/${name}/execution/abc`;
  const started = (id: string, seconds: number, pipelineName = 'penguins') => ({
    EventId: id,
    EventName: 'StartPipelineExecution',
    EventTime: seconds,
    Username: 'ana',
    CloudTrailEvent: JSON.stringify({
      eventName: 'StartPipelineExecution',
      eventSource: 'sagemaker.amazonaws.com',
      userIdentity: { type: 'IAMUser', userName: 'ana' },
      requestParameters: { pipelineName, pipelineExecutionDescription: writeProvenance({ commit: 'not-a-commit' }) },
      responseElements: { pipelineExecutionArn: execution(pipelineName) },
    }),
  });
  const nameOf = (input: Record<string, unknown>): string =>
    (input['LookupAttributes'] as { AttributeValue: string }[])[0]?.AttributeValue ?? '';

  async function withService(
    lookUp: Operation,
    test: (bed: ReturnType<typeof open> & { service: FakeService; times: number[] }) => Promise<void>,
  ) {
    const profiles = await Profiles.use('', keysFor('dev'));
    const times: number[] = [];
    const service = await FakeService.start({
      LookupEvents: (asked) => {
        times.push(Date.now());
        return lookUp(asked);
      },
    });
    const connections = connectionsTo(service.url, { timeouts: () => ({ connect: 5_000, request: 60_000 }) });
    const connection = profileConnection('dev').id;
    const opened = open({ connections }, { connection, kind: 'pipeline', name: 'penguins' });
    try {
      await test({ ...opened, service, times });
    } finally {
      opened.controller.dispose();
      await connections.dispose();
      await service.stop();
      await profiles.restore();
    }
  }

  it('asks at most twice a second, page by page, and can be stopped and go on', async () => {
    const now = Math.floor(Date.now() / 1000);
    const lookUp: Operation = ({ input }) => {
      if (nameOf(input) !== 'StartPipelineExecution') return { body: { Events: [] } };
      return input['NextToken'] === undefined
        ? { body: { Events: [started('one', now - 10), started('other', now - 11, 'other')], NextToken: 'next' } }
        : { body: { Events: [started('two', now - 86_400)] } };
    };
    await withService(lookUp, async ({ panel, controller, service, times }) => {
      await vi.waitFor(() => expect(times.length).toBeGreaterThanOrEqual(2), limit);
      await controller.receive({ type: 'cancel' });
      await vi.waitFor(() => expect(last(panel)?.state).toBe('paused'), limit);
      expect(last(panel)).not.toHaveProperty('problem');
      const asked = service.count();
      await controller.receive({ type: 'more' });
      await done(panel);
      expect(last(panel)?.rows.map(({ id }) => id)).toEqual(['one', 'two']);
      expect(last(panel)?.events).toBe(3);
      expect(service.count()).toBeGreaterThan(asked);
      // Each name once, one of them with two pages; a request that was given up may come again.
      expect(service.count()).toBeLessThanOrEqual(10);
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(490);
    });
  });

  it('says which permission is missing, and copies it', async () => {
    const message = 'User: x is not authorized to perform: cloudtrail:LookupEvents';
    await withService(
      () => ({ error: 'AccessDeniedException', message }),
      async ({ panel, controller }) => {
        await vi.waitFor(() => expect(last(panel)?.problem).toContain('cloudtrail:LookupEvents'), limit);
        expect(last(panel)).toMatchObject({ next: 'Copy Policy', rows: [], state: 'paused' });
        await controller.receive({ type: 'next' });
        expect(place.done.at(-1)).toEqual(['mlopsFlow.copyPolicy', 'profile:dev', 'cloudtrail:LookupEvents']);
      },
    );
  });
});
