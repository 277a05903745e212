/** Requests over a proxy that variables name, and to a server whose certificate only the profile's `ca_bundle` vouches for. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Connections, profileConnection } from '../../../src/aws';
import { pagePipelines } from '../../../src/pipelines/service';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { CountingProxy } from '../../fixtures/aws/proxy';
import { FakeService } from '../../fixtures/aws/service';

const dev = profileConnection('dev');
/** A host that nobody finds without the proxy. */
const far = 'sagemaker.far.invalid';

let profiles: Profiles;
let service: FakeService;
let proxy: CountingProxy;
let connections: Connections;

beforeEach(async () => {
  profiles = await Profiles.use('', keysFor('dev'));
  service = await FakeService.start({
    ListPipelines: () => ({ body: { PipelineSummaries: [{ PipelineName: 'a' }] } }),
  });
  proxy = await CountingProxy.start(service.url);
});

afterEach(async () => {
  await connections.dispose();
  await proxy.stop();
  await service.stop();
  await profiles.restore();
});

/** The pipelines over an endpoint, where the process has these variables. */
async function list(endpoint: string, proxies: Record<string, string>): Promise<readonly string[]> {
  connections = connectionsTo(endpoint, { proxies });
  return (await pagePipelines(await connections.session(dev), '', 1, undefined)).items;
}

describe('proxies of the environment', () => {
  it('are used for what lies elsewhere', async () => {
    expect(await list(`http://${far}`, { HTTP_PROXY: proxy.url })).toEqual(['a']);
    expect([...new Set(proxy.asked)]).toEqual([far]);
  });

  it('are not used for this machine, nor for the hosts that NO_PROXY names', async () => {
    expect(await list(service.url, { HTTP_PROXY: proxy.url, no_proxy: '.corp' })).toEqual(['a']);
    await expect(list(`http://${far}`, { HTTP_PROXY: proxy.url, NO_PROXY: '.far.invalid' })).rejects.toThrow(
      /cannot be reached/,
    );
    expect(proxy.asked).toEqual([]);
  });

  it('that are not there are told as a connection that cannot be made', async () => {
    await expect(list(`http://${far}`, { HTTP_PROXY: 'http://127.0.0.1:9' })).rejects.toThrow(
      /cannot be reached.*proxy/,
    );
  });
});

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasOpenssl)(
  `a tunnel${hasOpenssl ? '' : ' (skipped: there is no openssl to make a certificate)'}`,
  () => {
    let secure: Server;
    let tunnel: CountingProxy;

    beforeEach(async () => {
      const [key, certificate] = [profiles.path('key.pem'), profiles.path('certificate.pem')];
      const subject = ['-subj', '/CN=far.invalid', '-addext', `subjectAltName=DNS:${far}`];
      const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
      execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
      const { hostname, port } = new URL(service.url);
      secure = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (incoming, outgoing) => {
        const { url: path, method, headers } = incoming;
        const onward = request({ hostname, port, path, method, headers }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        });
        incoming.pipe(onward);
      });
      await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
      tunnel = await CountingProxy.start(`https://127.0.0.1:${(secure.address() as AddressInfo).port}`);
    });

    afterEach(async () => {
      await tunnel.stop();
      secure.closeAllConnections();
      await new Promise((resolve) => secure.close(resolve));
    });

    it('leads through the proxy to a server that the certificates of ca_bundle vouch for', async () => {
      await profiles.write(`[profile dev]\nca_bundle = ${profiles.path('certificate.pem')}\n`, keysFor('dev'));
      expect(await list(`https://${far}`, { HTTPS_PROXY: tunnel.url })).toEqual(['a']);
      expect([...new Set(tunnel.asked)]).toEqual([`CONNECT ${far}:443`]);
      expect(service.asked.map(({ signer }) => signer)).toEqual(['KEYDEV']);
    });

    it('is of no use without them', async () => {
      await expect(list(`https://${far}`, { HTTPS_PROXY: tunnel.url })).rejects.toThrow();
      expect(service.asked).toEqual([]);
    });
  },
);
