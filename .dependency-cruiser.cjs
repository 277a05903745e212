// The dependency rule of docs/architecture.md, as code.
/** A folder of `room` imports of the room only what lies below it, the generated tables aside. */
function floors(room, folders) {
  return folders.map((folder, index) => ({
    name: `${room}-floor-${folder}`,
    severity: 'error',
    from: { path: `^src/${room}/${folder}/` },
    to: { path: `^src/${room}/`, pathNot: `^src/${room}/(generated|${folders.slice(0, index + 1).join('|')})/` },
  }));
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Types count too: who needs a type of a module that needs it stands in the wrong place.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'definition-is-alone',
      comment: 'The definition room imports nothing of ours.',
      severity: 'error',
      from: { path: '^src/definition/' },
      to: { path: '^(src/(?!definition/)|webview/)' },
    },
    {
      name: 'pure-of-vscode',
      comment: 'The language core, the control plane and the command line run without VS Code.',
      severity: 'error',
      from: { path: '^src/(definition|local|cli|shared)(/|\\.ts$)|^src/(language|local)-server\\.ts$' },
      to: { path: '^vscode$' },
    },
    {
      name: 'local-wire-is-alone',
      comment: 'The lowest floor of Local knows AWS, not us.',
      severity: 'error',
      from: { path: '^src/local/wire/' },
      to: { path: '^src/(?!local/wire/)' },
    },
    ...floors('local', ['wire', 'store', 'domain', 'jobs', 'serving', 'engine', 'services']),
    {
      name: 'bundles-are-lazy',
      comment: 'A bundle of its own is only ever imported on first use.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '\\.bundle\\.ts$', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'aws-sdk-in-its-bundle',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(aws/(sdk|(audit|delivery|images|metrics|serving)-sdk\\.bundle|open|credentials)\\.ts|local/)',
      },
      to: { path: 'node_modules/@aws-sdk/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'toolkit-behind-one-module',
      severity: 'error',
      from: { pathNot: '^webview/kit/toolkit\\.ts$' },
      to: { path: '@vscode/webview-ui-toolkit' },
    },
    {
      name: 'webview-imports-pure-code',
      comment:
        'A panel imports message types, the graph layout and formatting from src, never what reaches Node or VS Code.',
      severity: 'error',
      from: { path: '^webview/' },
      to: {
        path: '^src/',
        pathNot: ['^src/.+/contract\\.ts$', '^src/(definition/graph|shared)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'webview-floors',
      comment: 'Below stands the kit, on it the graph library, above both the panels, none of which knows another.',
      severity: 'error',
      from: { path: '^webview/(kit|graph)/' },
      to: { path: ['^webview/(panels|runs)/', '^src/.+/contract\\.ts$'] },
    },
    {
      name: 'webview-kit-is-below',
      severity: 'error',
      from: { path: '^webview/kit/' },
      to: { path: '^webview/graph/' },
    },
    {
      name: 'panels-know-no-other',
      severity: 'error',
      from: { path: '^webview/panels/([^/]+)/' },
      to: { path: '^webview/panels/', pathNot: '^webview/panels/$1/' },
    },
    {
      name: 'webview-reaches-no-host',
      severity: 'error',
      from: { path: '^webview/' },
      to: { path: '^(vscode|node:)', reachable: true },
    },
    {
      name: 'subjects-meet-at-the-index',
      severity: 'error',
      from: { path: '^src/(audit|authoring|delivery|deployment|gitflow|pipelines|projects|registry)/' },
      to: {
        path: '^src/(audit|authoring|delivery|deployment|gitflow|pipelines|projects|registry)/',
        pathNot: ['^src/$1/', '/index\\.ts$', '/contract\\.ts$', '\\.bundle\\.ts$'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
