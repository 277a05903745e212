import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import {
  arrangedLike,
  declarationIn,
  filledFrom,
  type Json,
  openPlaces,
  planOf,
  projectIn,
  projectsOf,
} from '../../../src/delivery/plan';
import { deployDeclaration, readWholeDeclaration } from '../../../src/delivery/service';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { FakeService } from '../../fixtures/aws/service';
import { declaration } from '../../fixtures/delivery';

const declared = declaration as unknown as Json;
const copy = (): Json & {
  stages: { name: string; actions: { name: string; configuration: Record<string, string> }[] }[];
} => structuredClone(declaration) as never;

describe('a declaration', () => {
  it('is found in the frame of get-pipeline and without it, and nowhere else', () => {
    expect(declarationIn({ pipeline: declared, metadata: {} })).toEqual({ declaration: declared, isFramed: true });
    expect(declarationIn(declared)).toEqual({ declaration: declared, isFramed: false });
    expect(declarationIn({ stages: [] })).toBeUndefined();
    expect(declarationIn({ pipeline: {} })).toBeUndefined();
    expect(declarationIn(undefined)).toBeUndefined();
  });
});

describe('a declaration of a template', () => {
  const isOpen = (text: string): boolean => text.includes('?');
  const template = {
    name: 'p',
    roleArn: '?role',
    stages: [{ name: 'Build', actions: [{ name: 'Unit', configuration: { ProjectName: '?project', Tries: '3' } }] }],
  };
  const deployed = {
    name: 'p',
    roleArn: 'arn',
    stages: [
      { name: 'Other', actions: [] },
      { name: 'Build', actions: [{ name: 'Unit', configuration: { ProjectName: 'tests', Tries: '2' }, newer: 1 }] },
    ],
  };

  it('has what is deployed where only a deployment knows the value, by the names of stages and actions', () => {
    expect(filledFrom(template, deployed, isOpen)).toEqual({
      name: 'p',
      roleArn: 'arn',
      stages: [{ name: 'Build', actions: [{ name: 'Unit', configuration: { ProjectName: 'tests', Tries: '3' } }] }],
    });
  });

  it('says where nothing is known', () => {
    expect(openPlaces(filledFrom(template, undefined, isOpen), isOpen)).toEqual([
      'roleArn',
      'Build › Unit › configuration › ProjectName',
    ]);
    expect(openPlaces(filledFrom(template, deployed, isOpen), isOpen)).toEqual([]);
  });
});

describe('a plan', () => {
  it('creates what is not there, and says that it runs at once', () => {
    const plan = planOf(declared, undefined);
    expect(plan).toMatchObject({
      kind: 'create',
      changes: [
        'Stage Source: Repository',
        'Stage Test: Unit, Train',
        'Stage Approve: Decision',
        'Stage Deploy: Production',
      ],
    });
    expect(plan.consequence).toContain('starts its first run at once');
  });

  it('does nothing where only the version or the order of members differs', () => {
    expect(planOf(declared, { ...declared, version: 17 }).kind).toBe('none');
    const { name, ...rest } = declared;
    expect(planOf({ ...rest, name }, declared).kind).toBe('none');
  });

  it('names what changes by stage and action', () => {
    const next = copy();
    Object.assign(next.stages[1]?.actions[0]?.configuration ?? {}, { ProjectName: 'penguins-check' });
    next.stages[1]?.actions.pop();
    next.stages.splice(2, 1);
    Object.assign(next, { executionMode: 'QUEUED' });
    const plan = planOf(next, declared);
    expect(plan.changes).toEqual([
      'executionMode: "SUPERSEDED" → "QUEUED"',
      'Test › Unit › configuration › ProjectName: "penguins-test" → "penguins-check"',
      'Test › Train: removed',
      'Approve: removed',
    ]);
    expect(plan.consequence).toContain('A run that still has to pass Approve is cancelled');
  });

  it('sees stages in another order, and what the service has that the file does not', () => {
    const next = copy();
    next.stages.reverse();
    expect(planOf(next, declared).changes).toEqual(['stages: another order']);
    expect(planOf(declared, { ...declared, newerMember: { a: 1 } }).changes).toEqual(['newerMember: removed']);
    expect(planOf({ ...declared, newerMember: true }, declared).changes).toEqual(['newerMember: added true']);
  });

  it('tells a long value by its beginning', () => {
    const [change = ''] = planOf({ ...declared, roleArn: 'x'.repeat(200) }, declared).changes;
    expect(change.length).toBeLessThan(200);
    expect(change).toMatch(/…$/);
  });
});

it('what is deployed is laid out as the file is, and nothing of it is lost', () => {
  const file = {
    name: 'p',
    stages: [
      { name: 'B', actions: [] },
      { actions: [], name: 'A' },
    ],
  };
  const deployed = {
    newer: 1,
    stages: [
      { newer: 2, actions: [], name: 'A' },
      { actions: [], name: 'B' },
    ],
    name: 'p',
  };
  expect(JSON.stringify(arrangedLike(deployed, file))).toBe(
    '{"name":"p","stages":[{"actions":[],"name":"A","newer":2},{"name":"B","actions":[]}],"newer":1}',
  );
});

describe('over the SDK', () => {
  let profiles: Profiles;
  let service: FakeService;
  let connections: Connections;
  const newer = { ...declared, newerMember: { deep: [1] } };

  beforeEach(async () => {
    profiles = await Profiles.use('', keysFor('dev'));
    service = await FakeService.start({
      GetPipeline: () => ({ body: { pipeline: newer, metadata: {} } }),
      CreatePipeline: () => ({ body: { pipeline: newer } }),
      UpdatePipeline: () => ({ body: { pipeline: newer } }),
    });
    connections = connectionsTo(service.url);
  });

  afterEach(async () => {
    await connections.dispose();
    await service.stop();
    await profiles.restore();
  });

  it('members that are newer than the SDK are read and sent', async () => {
    const session = await connections.session(profileConnection('dev'));
    expect(await readWholeDeclaration(session, 'penguins-delivery')).toEqual(newer);
    for (const kind of ['create', 'update'] as const) await deployDeclaration(session, kind, newer);
    for (const operation of ['CreatePipeline', 'UpdatePipeline']) {
      expect(service.asked.find((each) => each.operation === operation)?.input).toEqual({ pipeline: newer });
    }
  });

  it('a pipeline that is not there is none, and no error', async () => {
    service.operations['GetPipeline'] = () => ({ error: 'PipelineNotFoundException' });
    const session = await connections.session(profileConnection('dev'));
    expect(await readWholeDeclaration(session, 'nowhere')).toBeUndefined();
  });
});

test('the projects of CodeBuild that a declaration names are told once, and those of other actions not at all', () => {
  const action = (provider: string, ProjectName: unknown) => ({
    actionTypeId: { provider },
    configuration: { ProjectName },
  });
  const stages = [
    { name: 'Test', actions: [action('CodeBuild', 'tests'), action('CodeBuild', 'tests'), action('Lambda', 'other')] },
    { name: 'Deploy', actions: [action('CodeBuild', 7), { name: 'bare' }, 'no action'] },
    'no stage',
  ];
  expect(projectsOf({ name: 'p', stages })).toEqual(['tests']);
  expect(projectsOf({ name: 'p' })).toEqual([]);
});

test('a project in a file is what create-project takes, and nothing else that has a name', () => {
  const project = {
    name: 'tests',
    source: { type: 'NO_SOURCE' },
    artifacts: { type: 'NO_ARTIFACTS' },
    environment: {},
  };
  expect(projectIn(project)).toEqual(project);
  expect(projectIn({ ...project, name: 7 })).toBeUndefined();
  expect(projectIn({ name: 'pipeline', stages: [] })).toBeUndefined();
  expect(projectIn([project])).toBeUndefined();
});
