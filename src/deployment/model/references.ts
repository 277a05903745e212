/** What is gone of the things that an endpoint names. Pure. */

interface Named {
  config: string;
  doc?: unknown;
  /** Why it could not be read: then nothing is known to be gone. */
  problem?: Error;
  models: readonly { name: string; doc?: unknown; problem?: Error }[];
  shadows?: readonly { name: string; doc?: unknown; problem?: Error }[];
}

/** In sentences, each with what follows. The endpoint serves on all the same. */
export function missingOf({ config, doc, problem, models, shadows = [] }: Named): string[] {
  if (problem) return [];
  if (!doc) {
    return [`The config ${config} was deleted: AWS does not patch the endpoint, and its instance type is not known.`];
  }
  return [...models, ...shadows].flatMap(({ name, doc: model, problem: unread }) =>
    model || unread
      ? []
      : [`The model ${name} was deleted: the endpoint cannot scale out, replace an instance or be gone back to.`],
  );
}
