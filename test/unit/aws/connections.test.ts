import { describe, expect, it } from 'vitest';
import { connectionOf, Connections, local, profileConnection } from '../../../src/aws';
import { environmentConnection } from '../../../src/aws/connection';
import { connectionServices } from '../../fixtures/aws/connection-services';
import type { LocalServer } from '../../../src/aws/connections';

const server = (port: number, exited: LocalServer['exited'] = new Promise(() => undefined)) => ({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'us-east-1',
  accessKeyId: `KEY${port}`,
  secretAccessKey: 'secret',
  exited,
  stop: () => Promise.resolve(),
});

describe('connectionOf', () => {
  it.each([
    local,
    profileConnection('staging'),
    profileConnection('staging', 'eu-west-1'),
    profileConnection('me@work'),
    profileConnection('team@eu-west-1'),
    profileConnection('team@eu-west-1', 'us-east-1'),
    profileConnection('a b/c%20'),
    environmentConnection(),
    environmentConnection('ap-southeast-2'),
  ])('finds the connection of an id again: $id', (connection) => {
    expect(connectionOf(connection.id)).toEqual(connection);
  });

  it('is Local for an id of no connection', () => {
    expect(connectionOf('profile:')).toBe(local);
    expect(connectionOf('gone')).toBe(local);
    expect(connectionOf('profile:%E0%A4%A')).toBe(local);
    expect(connectionOf('environment:name')).toBe(local);
  });
});

describe('Connections', () => {
  it('starts as Local and as the remembered one', () => {
    expect(new Connections(connectionServices()).active).toBe(local);
    expect(new Connections(connectionServices({ remembered: () => 'profile:prod' })).active).toEqual(
      profileConnection('prod'),
    );
  });

  it('remembers a switch and tells it', () => {
    const remembered: string[] = [];
    const connections = new Connections(connectionServices({ remember: (id) => remembered.push(id) }));
    let told = 0;
    connections.onDidChange(() => (told += 1));
    connections.switchTo(profileConnection('prod'));
    expect(connections.active.label).toBe('prod');
    expect([remembered, told]).toEqual([['profile:prod'], 1]);
  });

  it('shares one session among all who ask, and starts Local once', async () => {
    let starts = 0;
    const connections = new Connections(connectionServices({ launchLocal: () => Promise.resolve(server(++starts)) }));
    const [one, two] = await Promise.all([
      connections.session(connections.active),
      connections.session(connections.active),
    ]);
    expect(one).toBe(two);
    expect(starts).toBe(1);
  });

  it('starts Local again after it ended by itself, and says that it did', async () => {
    let starts = 0;
    const told: string[] = [];
    let end: () => void = () => undefined;
    const launchLocal = () =>
      Promise.resolve(
        server(
          ++starts,
          new Promise<{ code: number | null; message: string }>(
            (resolve) => (end = () => resolve({ code: 1, message: 'disk' })),
          ),
        ),
      );
    const connections = new Connections(
      connectionServices({ launchLocal, localEnded: (message) => told.push(message) }),
    );
    const first = await connections.session(connections.active);
    end();
    await new Promise((resolve) => setTimeout(resolve));
    const second = await connections.session(connections.active);
    expect([starts, told]).toEqual([2, ['disk']]);
    expect(second).not.toBe(first);
  });

  it('tries again after a start that failed', async () => {
    let starts = 0;
    const launchLocal = () =>
      ++starts === 1 ? Promise.reject(new Error('the port is taken')) : Promise.resolve(server(1));
    const connections = new Connections(connectionServices({ launchLocal }));
    await expect(connections.session(connections.active)).rejects.toThrow('the port is taken');
    await expect(connections.session(connections.active)).resolves.toMatchObject({ region: 'us-east-1' });
  });

  it('never signs with the identity before: a renewed session has other clients and keys', async () => {
    let starts = 0;
    const connections = new Connections(connectionServices({ launchLocal: () => Promise.resolve(server(++starts)) }));
    const before = await connections.session(connections.active);
    const old = before.sagemaker;
    connections.renew();
    const after = await connections.session(connections.active);
    expect(after.sagemaker).not.toBe(old);
    expect((await after.sagemaker.config.credentials()).accessKeyId).toBe('KEY2');
  });

  it('says what to do where a profile names no region', async () => {
    const connections = new Connections(connectionServices({ remembered: () => 'profile:nowhere-at-all' }));
    await expect(connections.session(connections.active)).rejects.toThrow(/nowhere-at-all names no region\. Set one/);
  });

  it('uses the region of an environment before the settings and the profile', async () => {
    const connections = new Connections(connectionServices({ region: () => 'us-west-2' }));
    expect((await connections.session(profileConnection('p', 'eu-west-1'))).region).toBe('eu-west-1');
    expect((await connections.session(profileConnection('p'))).region).toBe('us-west-2');
  });
});
