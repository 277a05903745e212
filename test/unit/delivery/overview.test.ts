/** What is read of a connection for the view, through the real SDK. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import { type Overview, type OverviewServices, readOverview } from '../../../src/delivery/overview';
import { overviewRows } from '../../../src/delivery/rows';
import { decide } from '../../../src/delivery/service';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { FakeService, type Operation } from '../../fixtures/aws/service';
import { commits, declaration } from '../../fixtures/delivery';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const dev = profileConnection('dev');
const prod = profileConnection('prod');

const state = {
  pipelineName: 'penguins-delivery',
  pipelineVersion: 3,
  stageStates: [
    {
      stageName: 'Source',
      latestExecution: { pipelineExecutionId: 'r3', status: 'Succeeded' },
      inboundTransitionState: { enabled: true },
      actionStates: [{ actionName: 'Repository', latestExecution: { status: 'Succeeded' } }],
    },
    {
      stageName: 'Approve',
      inboundExecutions: [{ pipelineExecutionId: 'r3', status: 'InProgress' }],
      latestExecution: { pipelineExecutionId: 'r2', status: 'InProgress' },
      inboundTransitionState: { enabled: false, disabledReason: 'Holidays', lastChangedBy: 'ada' },
      actionStates: [
        {
          actionName: 'Decision',
          latestExecution: {
            status: 'InProgress',
            token: '0f0e0d0c-0000-4000-8000-000000000000',
            lastStatusChange: 1_700_000_000,
          },
        },
      ],
    },
    {
      stageName: 'Deploy',
      latestExecution: { pipelineExecutionId: 'r1', status: 'Failed' },
      actionStates: [
        {
          actionName: 'Production',
          latestExecution: { status: 'Failed', errorDetails: { message: 'Build terminated with state: FAILED' } },
        },
      ],
    },
  ],
};

const executions = [
  ['r3', 'InProgress', commits.newer, 3],
  ['r2', 'InProgress', commits.promoted, 2],
  ['r0', 'Superseded', '4444444444444444444444444444444444444444', 1.5],
  ['r1', 'Failed', commits.old, 1],
].map(([pipelineExecutionId, status, revisionId, at]) => ({
  pipelineExecutionId,
  status,
  startTime: 1_700_000_000 + Number(at),
  sourceRevisions: [{ actionName: 'Repository', revisionId, revisionSummary: `change ${String(at)}` }],
}));

let profiles: Profiles;
let service: FakeService;
let connections: Connections;
const { signal } = new AbortController();

beforeEach(async () => {
  profiles = await Profiles.use('', keysFor('dev', 'prod'));
  service = await FakeService.start({
    ListPipelines: () => ({
      body: {
        pipelines: [
          { name: 'other', version: 1, updated: 1 },
          { name: 'penguins-delivery', version: 3, updated: 1 },
        ],
      },
    }),
    GetPipeline: ({ input }) => ({
      body: {
        pipeline: input['name'] === 'penguins-delivery' ? declaration : { ...declaration, name: 'other', stages: [] },
      },
    }),
    GetPipelineState: () => ({ body: state }),
    ListPipelineExecutions: () => ({ body: { pipelineExecutionSummaries: executions } }),
    ListActionExecutions: () => ({ body: { actionExecutionDetails: [] } }),
    PutApprovalResult: () => ({ body: { approvedAt: 1 } }),
  });
  connections = connectionsTo(service.url);
});

afterEach(async () => {
  await connections.dispose();
  await service.stop();
  await profiles.restore();
});

function servicesWith(more: Partial<OverviewServices> = {}): OverviewServices {
  return {
    checkouts: () => Promise.resolve([{ root: '/penguins', remotes: ['git@github.com:team/penguins.git'] }]),
    declared: () => Promise.resolve(new Set<string>()),
    pins: () => [],
    session: (connection, until) => connections.session(connection, until),
    pollInterval: () => 5_000,
    ...more,
  };
}

async function read(more: Partial<OverviewServices> = {}, before?: Overview): Promise<Overview> {
  return readOverview(servicesWith(more), await connections.session(dev), signal, before);
}

/** The rows as they read, indented. */
function told(overview: Overview): string[] {
  const services = { commit: commits.newer, pollInterval: () => 1, builds: () => [] as never };
  const lines: string[] = [];
  const add = (rows: readonly { label: string; description?: string; below?: unknown }[], depth: number): void => {
    for (const { label, description, below } of rows) {
      lines.push(`${'  '.repeat(depth)}${label}${description === undefined ? '' : ` — ${description}`}`);
      if (Array.isArray(below)) add(below as never, depth + 1);
    }
  };
  add(overviewRows(services, dev, overview), 0);
  return lines.map((line) => line.replace(/(since|·) \d+ (?:s|min|h|d|mo|yr)( ago)?\b/g, '$1 T$2'));
}

describe('the overview', () => {
  it('has the pipeline that reads this repository, and the others by name alone', async () => {
    const overview = await read();
    expect(overview.followed.map(({ name, why }) => [name, why])).toEqual([['penguins-delivery', 'source']]);
    expect(overview.others.map(({ name }) => name)).toEqual(['other']);
    expect(overview.left).toBe(0);
  });

  it('shows the pipelines as soon as they are listed', async () => {
    const shown: string[][] = [];
    await readOverview(
      servicesWith({ declared: () => Promise.resolve(new Set(['penguins-delivery'])) }),
      await connections.session(dev),
      signal,
      undefined,
      (overview) => {
        expect(service.asked.map(({ operation }) => operation)).toEqual(['ListPipelines']);
        shown.push(told(overview));
      },
    );
    expect(shown).toEqual([
      [
        'penguins-delivery — ',
        '  Looking for stages…',
        'Builds — CodeBuild',
        'Other Pipelines — 1, still reading',
        '  other',
      ],
    ]);
  });

  it('answers where the commit is, what waits and what broke, without a click', async () => {
    expect(told(await read())).toEqual([
      'Waiting for Approval — 1',
      '  penguins-delivery · Decision — 22222222 (change 2) · since T · 1 newer run behind',
      'penguins-delivery — In progress · Team/penguins @ main',
      '  Source — Succeeded · 33333333 · your commit',
      '    Repository — Succeeded · CodeStarSourceConnection',
      '  Approve — Waiting for approval · 22222222 · held by Decision since T · transition disabled · 1 run before it',
      '    Decision — Waiting for approval · Manual · T ago',
      '  Deploy — Failed · 11111111',
      '    Production — Failed · CodeBuild · Build terminated with state: FAILED',
      '  Runs — 4',
      '    33333333 — In progress · T ago · your commit · change 3',
      '    22222222 — In progress · T ago · change 2',
      '    44444444 — Superseded · by 22222222 · T ago · change 1.5',
      '    11111111 — Failed · T ago · change 1',
      'Builds — CodeBuild',
      'Other Pipelines — 1',
      '  other',
    ]);
  });

  it('answers whether the nightly run has run: which rule or schedule started a run, and when', async () => {
    const triggers = [
      ['CloudWatchEvent', 'arn:aws:events:eu-west-1:111122223333:rule/nightly'],
      ['StartPipelineExecution', 'arn:aws:sts::111122223333:assumed-role/Amazon_EventBridge_Scheduler_1/pipelines'],
      ['StartPipelineExecution', 'arn:aws:sts::111122223333:assumed-role/Admin/ada'],
      ['WebhookV2', 'push'],
    ];
    service.operations['ListPipelineExecutions'] = () => ({
      body: {
        pipelineExecutionSummaries: executions.map((one, index) => {
          const [triggerType, triggerDetail] = triggers[index] ?? [];
          return { ...one, trigger: { triggerType, triggerDetail } };
        }),
      },
    });
    const lines = told(await read());
    expect(lines.filter((line) => / T ago · .*change|Superseded/.test(line) && line.startsWith('    '))).toEqual([
      '    33333333 — In progress · T ago · rule nightly · your commit · change 3',
      '    22222222 — In progress · T ago · schedule · change 2',
      '    44444444 — Superseded · by 22222222 · T ago · change 1.5',
      '    11111111 — Failed · T ago · change 1',
    ]);
  });

  it('reads a declaration again only when the list says that it is another one', async () => {
    const first = await read();
    await read({}, first);
    expect(service.count('GetPipeline')).toBe(2);
    service.operations['ListPipelines'] = () => ({
      body: { pipelines: [{ name: 'penguins-delivery', version: 4, updated: 2 }] },
    });
    await read({}, first);
    expect(service.count('GetPipeline')).toBe(3);
  });

  it('says in its place that a part of a pipeline cannot be read, and keeps what was there', async () => {
    const before = await read();
    service.operations['GetPipelineState'] = () => ({ error: 'ValidationException', message: 'Not now' });
    const overview = await read({}, before);
    const [followed] = overview.followed;
    expect(followed?.problem).toBeUndefined();
    expect(followed?.now?.unread.state?.message).toMatch(/Not now/);
    expect(followed?.now?.board.stages.map(({ status }) => status)).toEqual(['Succeeded', 'InProgress', 'Failed']);
    expect((await read({}, overview)).followed[0]?.now?.board.stages).toHaveLength(3);
  });

  it('has one reason where nothing of a pipeline can be read, and recovers', async () => {
    const { GetPipelineState: state, ListPipelineExecutions: runs } = { ...service.operations };
    const down: Operation = () => ({ error: 'InternalFailure', status: 400 });
    Object.assign(service.operations, { GetPipelineState: down, ListPipelineExecutions: down });
    const overview = await read();
    expect(overview.followed[0]).toMatchObject({ name: 'penguins-delivery', problem: expect.any(Error) as Error });
    expect(overview.followed[0]?.now).toBeUndefined();
    Object.assign(service.operations, { GetPipelineState: state, ListPipelineExecutions: runs });
    const [next] = (await read({}, overview)).followed;
    expect(next?.problem).toBeUndefined();
    expect(next?.now?.runs).toHaveLength(4);
  });

  it('follows pinned pipelines of other accounts beside it', async () => {
    const overview = await read({ pins: () => [{ pipeline: 'penguins-delivery', profile: 'prod' }] });
    expect(overview.followed.map(({ connection, why }) => [connection.id, why])).toEqual([
      [dev.id, 'source'],
      [prod.id, 'pinned'],
    ]);
    expect(service.count('GetPipelineState', 'KEYPROD')).toBe(1);
    expect(told(overview)).toContainEqual(expect.stringMatching(/^penguins-delivery — .* · prod$/));
  });

  it('never costs more than 36 requests a minute once declarations are known', async () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ name: `penguins-${index}`, version: 1, updated: 1 }));
    service.operations['ListPipelines'] = () => ({ body: { pipelines: many } });
    service.operations['GetPipeline'] = ({ input }) => ({
      body: { pipeline: { ...declaration, name: input['name'] } },
    });
    const overview = await read();
    expect(overview.followed).toHaveLength(12);
    const before = service.asked.length;
    const next = await read({}, overview);
    const requests = service.asked.length - before;
    expect((requests * 60_000) / next.interval).toBeLessThanOrEqual(36);
  });

  it('reads the declarations of a large account some at a time, and its own pipeline once meanwhile', async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      name: index === 0 ? 'penguins-delivery' : `p${String(index).padStart(3, '0')}`,
      version: 1,
      updated: 1,
    }));
    service.operations['ListPipelines'] = () => ({ body: { pipelines: many } });
    let overview = await read({ declared: () => Promise.resolve(new Set(['penguins-delivery'])) });
    const lefts = [overview.left];
    while (overview.left > 0) {
      overview = await read({ declared: () => Promise.resolve(new Set(['penguins-delivery'])) }, overview);
      lefts.push(overview.left);
    }
    expect(lefts).toEqual([60, 20, 0]);
    expect(service.count('GetPipeline')).toBe(100);
  });
});

describe('a call that is denied', () => {
  const deny = (...names: string[]): void => {
    for (const name of names) {
      service.operations[name] = () => ({
        error: 'AccessDeniedException',
        message: `User: x is not authorized to perform: codepipeline:${name} on resource: *`,
      });
    }
  };

  it('leaves the stages as they are declared where it is their state', async () => {
    deny('GetPipelineState');
    expect(told(await read())).toEqual([
      'penguins-delivery — In progress · Team/penguins @ main',
      expect.stringMatching(/^ {2}Denied: GetPipelineState — dev lacks the permission codepipeline:GetPipelineState/),
      '  Source — Not known',
      '    Repository — Not known · CodeStarSourceConnection',
      '  Test — Not known',
      '    Unit — Not known · CodeBuild',
      '    Train — Not known · CodeBuild',
      '  Approve — Not known',
      '    Decision — Not known · Manual',
      '  Deploy — Not known',
      '    Production — Not known · CodeBuild',
      '  Runs — 4',
      expect.stringMatching(/^ {4}33333333/),
      expect.stringMatching(/^ {4}22222222/),
      expect.stringMatching(/^ {4}44444444/),
      expect.stringMatching(/^ {4}11111111/),
      'Builds — CodeBuild',
      'Other Pipelines — 1',
      '  other',
    ]);
  });

  it('leaves the stages where it is the runs, and follows what moves there', async () => {
    deny('ListPipelineExecutions');
    const overview = await read();
    const lines = told(overview);
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}Approve — Waiting for approval · run r2/));
    expect(lines).toContain('  Runs — not known');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^ {4}Denied: ListPipelineExecutions — dev lacks the permission codepipeline:ListPipelineExec/,
      ),
    );
    expect(lines.join()).not.toContain('No runs yet');
    expect(overview.interval).toBe(5_000);
  });

  it('leaves state and runs of what the workspace declares where it is the declaration', async () => {
    deny('GetPipeline');
    const overview = await read({ declared: () => Promise.resolve(new Set(['penguins-delivery'])) });
    const lines = told(overview);
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {2}Denied: GetPipeline — dev lacks the permission codepipeline:GetPipeline\./),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}Deploy — Failed · 11111111/));
    expect(lines).toContain('  Runs — 4');
  });

  it('leaves the pipelines of the workspace where it is the list, without those that were never created', async () => {
    deny('ListPipelines');
    const found = service.operations['GetPipeline'] as Operation;
    service.operations['GetPipeline'] = (asked) =>
      asked.input['name'] === 'planned' ? { error: 'PipelineNotFoundException', message: 'none' } : found(asked);
    const overview = await read({ declared: () => Promise.resolve(new Set(['penguins-delivery', 'planned'])) });
    expect(overview.followed.map(({ name }) => name)).toEqual(['penguins-delivery']);
    const lines = told(overview);
    expect(lines).toContainEqual(
      expect.stringMatching(/^Denied: ListPipelines — dev lacks the permission codepipeline:ListPipelines/),
    );
    expect(lines).toContain('Builds — CodeBuild');
    expect(lines.join()).not.toContain('No delivery pipeline');
  });

  it('of the list for any other reason is told instead of all', async () => {
    service.operations['ListPipelines'] = () => ({ error: 'ValidationException', message: 'Not now' });
    await expect(read()).rejects.toThrow('Not now');
  });
});

describe('a decision', () => {
  const at = { pipeline: 'penguins-delivery', stage: 'Approve', action: 'Decision' };
  const attempt = (more: object) => ({
    body: {
      actionExecutionDetails: [
        { pipelineExecutionId: 'r2', stageName: 'Approve', actionName: 'Decision', startTime: 1, ...more },
      ],
    },
  });
  const decided: Operation = () =>
    attempt({
      status: 'Succeeded',
      updatedBy: 'grace',
      output: { executionResult: { externalExecutionSummary: 'Looks well' } },
    });

  it('is sent with the token of this moment', async () => {
    await decide(await connections.session(dev), { ...at, run: 'r2', status: 'Approved', comment: '' });
    expect(service.asked.find(({ operation }) => operation === 'PutApprovalResult')?.input).toEqual({
      pipelineName: 'penguins-delivery',
      stageName: 'Approve',
      actionName: 'Decision',
      token: '0f0e0d0c-0000-4000-8000-000000000000',
      result: { status: 'Approved', summary: '' },
    });
  });

  it('never falls on another run that has come to wait there', async () => {
    const late = decide(await connections.session(dev), { ...at, run: 'r1', status: 'Approved', comment: '' });
    await expect(late).rejects.toThrow('Decision of penguins-delivery does not wait for this run any more');
    expect(service.count('PutApprovalResult')).toBe(0);
  });

  it('that comes second says who decided, and what', async () => {
    service.operations['PutApprovalResult'] = () => ({ error: 'ApprovalAlreadyCompletedException' });
    service.operations['ListActionExecutions'] = decided;
    const second = decide(await connections.session(dev), { ...at, run: 'r2', status: 'Rejected', comment: 'no' });
    await expect(second).rejects.toThrow('Decision of penguins-delivery was approved already by grace: “Looks well”.');
  });

  it('takes the token of a parallel run from its actions', async () => {
    service.operations['GetPipelineState'] = () => ({ body: { ...state, stageStates: [] } });
    service.operations['ListActionExecutions'] = () =>
      attempt({
        status: 'InProgress',
        output: { executionResult: { externalExecutionId: 'aaaaaaaa-0000-4000-8000-000000000000' } },
      });
    await decide(await connections.session(dev), { ...at, run: 'r2', status: 'Approved', comment: 'x' });
    expect(service.asked.find(({ operation }) => operation === 'PutApprovalResult')?.input['token']).toBe(
      'aaaaaaaa-0000-4000-8000-000000000000',
    );
  });

  it('is refused on a connection that is read-only, before it is sent', async () => {
    await connections.dispose();
    connections = connectionsTo(service.url, { marks: () => ({ production: [], readOnly: ['dev'] }) });
    service.operations['POST'] = () => ({ error: 'none' });
    const refused = decide(await connections.session(dev), { ...at, run: 'r2', status: 'Approved', comment: '' });
    await expect(refused).rejects.toThrow();
    expect(service.count('PutApprovalResult')).toBe(0);
  });
});
