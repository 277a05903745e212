/** Where the model groups that a definition registers into are live. */
export interface LiveGroup {
  group: string;
  version: number;
  endpoint: string;
}

/** So many are told at most. */
const most = 3;

/**
 * The versions of the groups that a pipeline's text names, with the endpoints that serve them, the newest first.
 *
 * @param places the endpoints by the ARN of the version that they serve
 */
export function liveGroups(
  text: string,
  places: ReadonlyMap<string, readonly { endpoint: string }[]>,
): readonly LiveGroup[] {
  const groups = groupsIn(text);
  const found = [...places].flatMap(([arn, endpoints]) => {
    const [, group = '', version] = /:model-package\/([^/]+)\/(\d+)$/.exec(arn) ?? [];
    // A pipeline may name the group by its ARN.
    const named = groups.has(group) || groups.has(arn.replace(/:model-package\/.*/, `:model-package-group/${group}`));
    return named ? endpoints.map(({ endpoint }) => ({ group, version: Number(version), endpoint })) : [];
  });
  return found.sort((a, b) => b.version - a.version || a.endpoint.localeCompare(b.endpoint)).slice(0, most);
}

/** The groups that a text names, by the default of a parameter too. */
function groupsIn(text: string): ReadonlySet<string> {
  const named = text.matchAll(/"ModelPackageGroupName"\s*:\s*(?:"([^"]+)"|\{\s*"Get"\s*:\s*"Parameters\.([\w-]+)")/g);
  return new Set([...named].flatMap(([, name, parameter = '']) => name ?? defaultOf(parameter, text) ?? []));
}

function defaultOf(parameter: string, text: string): string | undefined {
  const [declared = ''] = new RegExp(`\\{[^{}]*"Name"\\s*:\\s*"${parameter}"[^{}]*\\}`).exec(text) ?? [];
  return /"DefaultValue"\s*:\s*"([^"]+)"/.exec(declared)?.[1];
}
