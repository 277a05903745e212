/** Which server and which repository of GitHub a remote leads to. Pure. */
import { type Checkout, remoteOf } from '../sources';

/** github.com, or a GitHub Enterprise. */
export interface Server {
  /** The name of its host without a port: what remotes of it have. */
  host: string;
  /** Where its REST API is, without a slash at the end. */
  api: string;
  /** The id of VS Code's own provider of sessions for it. */
  provider: 'github' | 'github-enterprise';
}

export interface Repository {
  server: Server;
  /** `owner/name` */
  path: string;
}

const public_: Server = { host: 'github.com', api: 'https://api.github.com', provider: 'github' };

/**
 * The servers that are asked.
 *
 * @param enterprise the address of a GitHub Enterprise: `https://github.example.com`, or `https://company.ghe.com`,
 *   whose API has a host of its own
 */
export function serversOf(enterprise: string | undefined): Server[] {
  if (enterprise === undefined || enterprise.trim() === '' || !URL.canParse(enterprise.trim())) return [public_];
  const { protocol, hostname, origin, pathname } = new URL(enterprise.trim());
  if (protocol !== 'https:' && protocol !== 'http:') return [public_];
  const isCloud = hostname.endsWith('.ghe.com');
  const api = isCloud ? `https://api.${hostname}` : `${origin}${pathname.replace(/\/+$/, '')}/api/v3`;
  return [public_, { host: hostname.toLowerCase(), api, provider: 'github-enterprise' }];
}

/** The repositories of GitHub that the remotes of a checkout lead to, each once, in the order of the remotes. */
export function repositoriesOf({ remotes }: Checkout, servers: readonly Server[]): Repository[] {
  const found = new Map<string, Repository>();
  for (const url of remotes) {
    const remote = remoteOf(url);
    const server = remote && servers.find(({ host }) => isHost(remote.host, host));
    if (!remote || !server || !/^[\w.-]+\/[\w.-]+$/.test(remote.path)) continue;
    found.set(`${server.host}/${remote.path}`, { server, path: remote.path });
  }
  return [...found.values()];
}

/** `ssh.github.com` is GitHub's SSH on the port of HTTPS; `github.com-work` an alias as people write it for a second key. */
function isHost(remote: string, host: string): boolean {
  return remote === host || remote === `ssh.${host}` || remote.startsWith(`${host}-`);
}
