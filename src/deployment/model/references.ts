/** What is gone of the things that an endpoint names. Pure. */

interface Named {
  config: string;
  doc?: unknown;
  models: readonly { name: string; doc?: unknown }[];
  shadows?: readonly { name: string; doc?: unknown }[];
}

/** In sentences, each with what follows. The endpoint serves on all the same. */
export function missingOf({ config, doc, models, shadows = [] }: Named): string[] {
  if (!doc) {
    return [`The config ${config} was deleted: AWS does not patch the endpoint, and its instance type is not known.`];
  }
  return [...models, ...shadows].flatMap(({ name, doc: model }) =>
    model
      ? []
      : [`The model ${name} was deleted: the endpoint cannot scale out, replace an instance or be gone back to.`],
  );
}
