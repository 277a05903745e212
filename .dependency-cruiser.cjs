// The dependency rule of docs/architecture.md, as code.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
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
      name: 'bundles-are-lazy',
      comment: 'A bundle of its own is only ever imported on first use.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '\\.bundle\\.ts$', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'aws-sdk-in-its-bundle',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(aws/sdk\\.bundle\\.ts|local/)' },
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
      from: { path: '^src/(authoring|gitflow|pipelines|registry)/' },
      to: {
        path: '^src/(authoring|gitflow|pipelines|registry)/',
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
