/** How Terraform calls what CodePipeline and CodeBuild call otherwise. */

/**
 * Blocks that the services take as lists, and how these are called there.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codepipeline
 */
const lists: Readonly<Record<string, string | undefined>> = {
  stage: 'stages',
  action: 'actions',
  trigger: 'triggers',
  variable: 'variables',
  condition: 'conditions',
  rule: 'rules',
  push: 'push',
  pull_request: 'pullRequest',
  environment_variable: 'environmentVariables',
  secondary_sources: 'secondarySources',
  secondary_artifacts: 'secondaryArtifacts',
  secondary_source_version: 'secondarySourceVersions',
  file_system_locations: 'fileSystemLocations',
};
const renamed: Readonly<Record<string, string | undefined>> = {
  build_timeout: 'timeoutInMinutes',
  queued_timeout: 'queuedTimeoutInMinutes',
  git_config: 'gitConfiguration',
};

/** Members of a resource that are Terraform's own affair, or tell what a service has made. */
export const ownMembers: ReadonlySet<string> = new Set([
  'id',
  'arn',
  'region',
  'tags',
  'tags_all',
  'depends_on',
  'lifecycle',
  'count',
  'for_each',
  'provider',
  'trigger_all',
  'badge_url',
  'public_project_alias',
  'project_visibility',
  'resource_access_role',
]);

/** The four words of an action or a rule that are one member of the service, `actionTypeId`. */
export const typeMembers = ['category', 'owner', 'provider', 'version'] as const;

/** True for a block that may stand several times. */
export function isListOfBlocks(name: string): boolean {
  return lists[name] !== undefined;
}

/** True for what is a list of names in Terraform, and a list of artifacts with a name in the service. */
export function isArtifactList(name: string): boolean {
  return name === 'input_artifacts' || name === 'output_artifacts';
}

/** How the service calls a member. */
export function serviceMember(name: string): string {
  return lists[name] ?? renamed[name] ?? name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
