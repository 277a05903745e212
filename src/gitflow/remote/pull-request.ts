/** The pages of hosts on which a pull request is opened. */

interface Host {
  /** Does the host's name fit? */
  fits: RegExp;
  page(at: { host: string; path: string; branch: string; base: string }): string | undefined;
}

const hosts: Host[] = [
  {
    fits: /^github\.|\.github\.|^ghe\./,
    page: ({ host, path, branch, base }) => `https://${host}/${path}/compare/${base}...${branch}?expand=1`,
  },
  {
    fits: /gitlab/,
    page: ({ host, path, branch, base }) =>
      `https://${host}/${path}/-/merge_requests/new?merge_request%5Bsource_branch%5D=${branch}&merge_request%5Btarget_branch%5D=${base}`,
  },
  {
    fits: /bitbucket/,
    page: ({ host, path, branch, base }) => `https://${host}/${path}/pull-requests/new?source=${branch}&dest=${base}`,
  },
  {
    fits: /^dev\.azure\.com$|\.visualstudio\.com$/,
    page: ({ host, path, branch, base }) =>
      `https://${host}/${path}/pullrequestcreate?sourceRef=${branch}&targetRef=${base}`,
  },
  {
    fits: /^git-codecommit\.[\w-]+\.amazonaws\.com$/,
    page: ({ host, path, branch, base }) => {
      const region = host.split('.')[1] ?? '';
      const name = path.replace(/^v1\/repos\//, '');
      return `https://${region}.console.aws.amazon.com/codesuite/codecommit/repositories/${name}/pull-requests/new/refs/heads/${base}/.../refs/heads/${branch}?region=${region}`;
    },
  },
];

/** The page for a new pull request of `branch` into `base`, from the remote's URL; undefined for an unknown host. */
export function pullRequestPage(url: string, branch: string, base: string): string | undefined {
  const place = placeOf(url);
  if (!place) return undefined;
  const host = hosts.find(({ fits }) => fits.test(place.host));
  // A branch's own `/` stays readable: hosts take it.
  const encode = (name: string): string => encodeURIComponent(name).replaceAll('%2F', '/');
  return host?.page({ ...place, branch: encode(branch), base: encode(base) });
}

/** Host and path of a remote, from `https://…`, `ssh://…`, `user@host:path` or CodeCommit's `codecommit::region://name`. */
function placeOf(url: string): { host: string; path: string } | undefined {
  const codecommit = /^codecommit::([\w-]+):\/\/(?:[^@/]+@)?(.+)$/.exec(url);
  if (codecommit) return { host: `git-codecommit.${codecommit[1]}.amazonaws.com`, path: `v1/repos/${codecommit[2]}` };
  const full =
    /^(?:https?|ssh|git):\/\/(?:[^@/]+@)?([^/:]+)(?::\d+)?\/(.+?)\/?$/.exec(url) ??
    /^(?:[^@/\s]+@)?([^/:\s]{2,}):(?!\/\/)(.+?)\/?$/.exec(url);
  const [, host, path] = full ?? [];
  if (host === undefined || path === undefined) return undefined;
  return azure(host.toLowerCase(), path.replace(/\.git$/, ''));
}

/** Azure's SSH address names the parts of its page in another order. */
function azure(host: string, path: string): { host: string; path: string } {
  const ssh = /^v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path);
  if (host === 'ssh.dev.azure.com' && ssh) return { host: 'dev.azure.com', path: `${ssh[1]}/${ssh[2]}/_git/${ssh[3]}` };
  return { host, path };
}
