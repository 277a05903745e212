import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connections, local, profileConnection } from '../../../src/aws';
import { environmentConnection } from '../../../src/aws/connection';
import { isMarked } from '../../../src/aws/protection';
import { retryExecution, stopExecution } from '../../../src/pipelines/service';
import { setApproval } from '../../../src/registry/service';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { callerIdentity, FakeService } from '../../fixtures/aws/service';

describe('isMarked', () => {
  const prod = profileConnection('team-prod');
  it.each([
    [['team-prod'], true],
    [['*-prod'], true],
    [['team'], false],
    [['prod'], false],
    [['123456789012'], true],
    [['1234*'], true],
    [['team.prod'], false],
    [['dev', '*'], true],
    [[], false],
    [[''], false],
  ])('%j: %s', (patterns, marked) => {
    expect(isMarked(patterns, prod, '123456789012')).toBe(marked);
  });

  it('knows the credentials of the environment by their account, and never marks Local', () => {
    expect(isMarked(['1'], environmentConnection(), '1')).toBe(true);
    expect(isMarked(['*'], local, '000000000000')).toBe(false);
  });
});

describe('a connection that is read-only', () => {
  let profiles: Profiles;
  let service: FakeService;
  let connections: Connections;

  beforeEach(async () => {
    profiles = await Profiles.use('', keysFor('prod', 'dev'));
    service = await FakeService.start({
      GetCallerIdentity: ({ signer }) => callerIdentity(signer === 'KEYPROD' ? '111' : '222'),
      StopPipelineExecution: () => ({ body: {} }),
    });
    connections = connectionsTo(service.url, { marks: () => ({ production: ['dev'], readOnly: ['111'] }) });
  });

  afterEach(async () => {
    await connections.dispose();
    await service.stop();
    await profiles.restore();
  });

  it('changes nothing, and sends nothing but the question who it is', async () => {
    const session = (await connections.session(profileConnection('prod'))).until(new AbortController().signal);
    const refused = /prod is read-only\. Change mlopsFlow\.aws\.readOnly/;
    await expect(stopExecution(session, 'arn')).rejects.toThrow(refused);
    await expect(retryExecution(session, 'arn')).rejects.toThrow(refused);
    await expect(setApproval(session, 'arn', 'Approved', undefined)).rejects.toThrow(refused);
    expect(service.asked.map(({ operation }) => operation)).toEqual(['GetCallerIdentity']);
  });

  it('asks nothing at all where the name of the profile is marked', async () => {
    await connections.dispose();
    connections = connectionsTo(service.url, { marks: () => ({ production: [], readOnly: ['pro*'] }) });
    const session = await connections.session(profileConnection('prod'));
    await expect(session.permit('start it')).rejects.toThrow('Could not start it: prod is read-only.');
    await expect(stopExecution(session, 'arn')).rejects.toThrow('prod is read-only.');
    expect(service.asked).toEqual([]);
  });

  it('is no other', async () => {
    const session = await connections.session(profileConnection('dev'));
    await stopExecution(session, 'arn');
    expect(service.count('StopPipelineExecution')).toBe(1);
    expect([await session.isProduction(), await session.until(new AbortController().signal).isProduction()]).toEqual([
      true,
      true,
    ]);
  });
});
