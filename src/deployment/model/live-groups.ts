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
  const groups = new Set([...text.matchAll(/"ModelPackageGroupName"\s*:\s*"([^"]+)"/g)].map(([, name]) => name));
  const found = [...places].flatMap(([arn, endpoints]) => {
    const [, group = '', version] = /:model-package\/([^/]+)\/(\d+)$/.exec(arn) ?? [];
    // A pipeline may name the group by its ARN.
    const named = groups.has(group) || groups.has(arn.replace(/:model-package\/.*/, `:model-package-group/${group}`));
    return named ? endpoints.map(({ endpoint }) => ({ group, version: Number(version), endpoint })) : [];
  });
  return found.sort((a, b) => b.version - a.version || a.endpoint.localeCompare(b.endpoint)).slice(0, most);
}
