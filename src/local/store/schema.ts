/**
 * The tables of one subject, as steps from one version to the next: a step that has been published is never
 * changed, a new one is added.
 */
export interface Schema {
  name: string;
  migrations: readonly string[];
}
