/**
 * Where requests go and as whom: the embedded control plane, a profile of the AWS configuration, or the credentials
 * that the environment of this process provides. Pure.
 */
export type Connection =
  | { kind: 'local'; id: 'local'; label: 'Local' }
  | { kind: 'profile'; id: string; label: string; profile: string; region?: string }
  | { kind: 'environment'; id: string; label: string; region?: string };

/** The embedded control plane. */
export const local: Connection = { kind: 'local', id: 'local', label: 'Local' };

/** The connection to a profile by its name, in a region other than the profile's own where one is given. */
export function profileConnection(profile: string, region?: string): Connection {
  return { kind: 'profile', id: `profile:${encode(profile)}${at(region)}`, profile, ...named(profile, region) };
}

/**
 * The connection with what the environment provides: `AWS_ACCESS_KEY_ID`, a web identity token, or the role of the
 * container or the instance.
 */
export function environmentConnection(region?: string): Connection {
  return { kind: 'environment', id: `environment:${at(region)}`, ...named('Environment credentials', region) };
}

/** The connection with an id that `Connection.id` once was; Local for any other text. */
export function connectionOf(id: string): Connection {
  const [, kind, name = '', region] = /^(profile|environment):([^@]*)(?:@([a-z0-9-]+))?$/.exec(id) ?? [];
  if (kind === 'environment' && name === '') return environmentConnection(region);
  const profile = decode(name);
  return kind === 'profile' && profile ? profileConnection(profile, region) : local;
}

/** The connection that a command was given by its id; `otherwise` where it was given none. */
export function connectionOr(id: string | undefined, otherwise: Connection): Connection {
  return id === undefined ? otherwise : connectionOf(id);
}

function named(name: string, region: string | undefined): { label: string; region?: string } {
  return region === undefined ? { label: name } : { label: `${name} (${region})`, region };
}

function at(region: string | undefined): string {
  return region === undefined ? '' : `@${region}`;
}

function encode(name: string): string {
  return encodeURIComponent(name);
}

function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
