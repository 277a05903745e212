/**
 * Every command that the extension contributes: its title, when it can be run, when the palette offers it, and where it
 * stands besides. `npm run generate` writes `contributes.commands` and `contributes.menus` of package.json from this
 * table; nothing imports it at run time.
 *
 * A command that needs a target is offered by the palette while there is one to choose. The context keys are those of
 * `workbench/context.ts`; the words of a row's `viewItem` are set where the view makes its rows.
 */

type Menu =
  | 'view/title'
  | 'view/item/context'
  | 'editor/title'
  | 'editor/context'
  | 'explorer/context'
  | 'webview/context';
type View = 'branches' | 'pipelines' | 'models' | 'endpoints' | 'delivery';
type Placement = readonly [menu: Menu, group: string, when: string];

export interface Command {
  title: string;
  /** On buttons and in the menus of rows, where the place says the rest. */
  short?: string;
  /** A codicon. */
  icon?: string;
  /** When it can be run; greyed out otherwise. */
  enablement?: string;
  /** When the palette offers it. Absent: always. False: never, for it acts on the row or file it is invoked on. */
  palette?: string | false;
  menus?: readonly Placement[];
}

const trusted = 'isWorkspaceTrusted';
const inRepository = `${trusted} && mlopsFlow.repository != none`;
const inFlow = 'mlopsFlow.repository == flow';
/** Also while it is not known yet whether the repository is set up. */
const setUp = 'mlopsFlow.repository != plain';
/** As `setUp`, for what only Gitflow has. */
const mayBeFlow = `${setUp} && mlopsFlow.repository != model`;
const inProgress = 'mlopsFlow.flowInProgress';
const definitionInEditor = 'mlopsFlow.pipelineInEditor';
const pythonInEditor = 'editorLangId == python';
const definitionFile = String.raw`resourceFilename =~ /\.pipeline\.json$/`;
const buildspecFile = String.raw`resourceFilename =~ /buildspec.*\.ya?ml$/`;
const pythonFile = String.raw`resourceFilename =~ /pipeline\w*\.py$/`;

/** A row of a pipeline, not of a build, which can be stopped too. */
const notBuild = '!(viewItem =~ /^build/)';
/** A row of a step, not of a run. */
const isStep = 'viewItem =~ /^step/';

/** The group of a kind of branch that Gitflow does not have. */
const otherKind = '^group (?!(feature|bugfix|release|hotfix|support) ).* startable$';

/** The repository has a branch of this kind. */
const branches = (word: string): string => String.raw`mlopsFlow.branches =~ /\b${word}\b/`;

const title = (view: View, group: string, when?: string): Placement => [
  'view/title',
  group,
  [`view == mlopsFlow.${view}`, ...(when === undefined ? [] : [when])].join(' && '),
];

const rowLike = (view: View, group: string, pattern: string, when?: string): Placement => [
  'view/item/context',
  group,
  [`view == mlopsFlow.${view}`, `viewItem =~ /${pattern}/`, ...(when === undefined ? [] : [when])].join(' && '),
];

/** On rows whose context has the word. */
const row = (view: View, group: string, word: string, when?: string): Placement =>
  rowLike(view, group, String.raw`\b${word}\b`, when);

/** The button on rows that say why others are missing, where this command is what to do about it. */
const onProblems = (command: string): Placement[] =>
  (['pipelines', 'models', 'endpoints', 'delivery'] as const).map((view) =>
    rowLike(view, 'inline@1', String.raw`^problem ${command}$`),
  );

/** On what a panel shows: a step, a run, a file in S3; `when` asks for what `webview/kit/context-menu.ts` was given. */
const inPanel = (section: 'Step' | 'Run' | 'Artifact', group: string, when?: string): Placement => [
  'webview/context',
  group,
  [`webviewSection == mlopsFlow${section}`, ...(when === undefined ? [] : [when])].join(' && '),
];

export const commands: Record<string, Command> = {
  // Connections, samples, log
  switchConnection: {
    title: 'Switch Connection…',
    icon: 'cloud',
    menus: [title('pipelines', '1_connection'), ...onProblems('switchConnection')],
  },
  restartLocal: {
    title: 'Restart Local',
    palette: '!mlopsFlow.onAws',
    menus: [title('pipelines', '1_connection')],
  },
  // On the rows of connections that stand side by side; the names of the views are those of both.
  useConnection: {
    title: 'Use This Connection',
    icon: 'check',
    palette: false,
    menus: [row('pipelines', 'inline@1', 'connection'), row('models', 'inline@1', 'connection')],
  },
  pinConnection: {
    title: 'Pin Connection…',
    icon: 'pin',
    menus: [
      title('pipelines', '1_connection'),
      row('pipelines', 'inline@2', 'unpinned'),
      row('models', 'inline@2', 'unpinned'),
    ],
  },
  unpinConnection: {
    title: 'Unpin Connection',
    icon: 'pinned',
    palette: false,
    menus: [row('pipelines', 'inline@2', 'pinned'), row('models', 'inline@2', 'pinned')],
  },
  loadMore: { title: 'Load More', palette: false },
  copyPolicy: {
    title: 'Copy Least-Privilege Policy',
    short: 'Copy Policy',
    icon: 'shield',
    palette: 'mlopsFlow.onAws',
    menus: onProblems('copyPolicy'),
  },
  signIn: {
    title: 'Sign In',
    icon: 'key',
    palette: 'mlopsFlow.onAws',
    menus: onProblems('signIn'),
  },
  createSample: { title: 'Create Sample Project…' },
  showLog: { title: 'Show Log' },

  // Pipelines and their runs
  runPipeline: {
    title: 'Run Pipeline…',
    short: 'Run',
    icon: 'play',
    enablement: trusted,
    menus: [
      title('pipelines', 'navigation@1'),
      row('pipelines', 'inline@1', 'defined'),
      row('pipelines', '1_run@1', 'defined'),
      ['editor/title', 'navigation@1', `${definitionInEditor} && ${trusted}`],
      ['editor/context', 'z_mlopsFlow@1', `${definitionInEditor} && ${trusted}`],
      ['explorer/context', 'z_mlopsFlow@1', `${definitionFile} && ${trusted}`],
    ],
  },
  sweepPipeline: {
    title: 'Sweep Parameters…',
    short: 'Sweep',
    icon: 'layers',
    enablement: trusted,
    menus: [row('pipelines', '1_run@2', 'defined')],
  },
  succeedCallback: {
    title: 'Succeed Callback…',
    short: 'Succeed…',
    icon: 'pass',
    palette: false,
    enablement: trusted,
    menus: [row('pipelines', '1_answer@1', 'callback', isStep), inPanel('Step', '1_answer@1', 'callback')],
  },
  failCallback: {
    title: 'Fail Callback…',
    short: 'Fail…',
    icon: 'error',
    palette: false,
    enablement: trusted,
    menus: [row('pipelines', '1_answer@2', 'callback', isStep), inPanel('Step', '1_answer@2', 'callback')],
  },
  openJob: {
    title: 'Open Job',
    icon: 'json',
    palette: false,
    menus: [row('pipelines', '2_open@1', 'job', isStep), inPanel('Step', '2_open@1', 'job')],
  },
  goToStep: {
    title: 'Go to Step',
    icon: 'go-to-file',
    palette: false,
    menus: [row('pipelines', '2_open@2', 'step', isStep), inPanel('Step', '2_open@2')],
  },
  openInConsole: {
    title: 'Open in AWS Console',
    short: 'Open in Console',
    icon: 'link-external',
    palette: false,
    menus: [row('pipelines', '2_open@3', 'console', isStep), inPanel('Step', '2_open@3', 'console')],
  },
  openArtifact: {
    title: 'Open Artifact…',
    icon: 'file',
    palette: 'mlopsFlow.runs != none',
    menus: [
      row('pipelines', '3_files@0', 'artifact', isStep),
      row('pipelines', '3_files@0', 'execution'),
      inPanel('Step', '3_files@0', 'artifact'),
      inPanel('Run', '3_files@0'),
    ],
  },
  downloadArtifact: {
    title: 'Download Artifact…',
    icon: 'cloud-download',
    palette: false,
    menus: [
      row('pipelines', '3_files@1', 'artifact', isStep),
      inPanel('Step', '3_files@1', 'artifact'),
      inPanel('Artifact', '3_files@1'),
    ],
  },
  copyArn: {
    title: 'Copy ARN',
    icon: 'copy',
    palette: false,
    menus: [
      row('pipelines', '9_copy@1', 'execution'),
      row('pipelines', '9_copy@1', 'arn', isStep),
      row('models', '9_copy@1', 'modelVersion'),
      inPanel('Step', '9_copy@1', 'arn'),
      inPanel('Run', '9_copy@1'),
    ],
  },
  openRun: {
    title: 'Open Run Graph…',
    icon: 'type-hierarchy-sub',
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '2_open@1', 'execution'), inPanel('Run', '2_open@1', '!isGraph')],
  },
  openMetrics: {
    title: 'Open Metrics…',
    icon: 'graph-line',
    menus: [
      row('pipelines', 'inline@2', 'created'),
      row('pipelines', '1_run@3', 'created'),
      row('pipelines', '2_open@2', 'execution'),
    ],
  },
  stopRun: {
    title: 'Stop Run…',
    short: 'Stop',
    icon: 'debug-stop',
    enablement: trusted,
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', 'inline@1', 'stoppable'), row('pipelines', '1_run@1', 'stoppable')],
  },
  retryRun: {
    title: 'Retry Run…',
    short: 'Retry',
    icon: 'debug-restart',
    enablement: trusted,
    palette: 'mlopsFlow.runs != none',
    menus: [
      row('pipelines', 'inline@1', 'retryable'),
      row('pipelines', '1_run@1', 'retryable'),
      inPanel('Run', '1_run@1', 'retryable'),
      inPanel('Step', '1_run@1', 'retryable && failed'),
    ],
  },
  compareRuns: {
    title: 'Compare Runs…',
    short: 'Compare',
    icon: 'diff',
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '3_repeat@1', 'execution'), inPanel('Run', '3_repeat@2')],
  },
  runAgain: {
    title: 'Run Again with These Values…',
    short: 'Run Again',
    icon: 'debug-rerun',
    enablement: trusted,
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '3_repeat@2', 'execution'), inPanel('Run', '3_repeat@1'), inPanel('Step', '1_run@2')],
  },
  reproduceRun: {
    title: 'Reproduce Run…',
    short: 'Reproduce',
    icon: 'beaker',
    enablement: trusted,
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '3_repeat@3', 'execution')],
  },
  checkOutCommit: {
    title: 'Check Out Commit of Run…',
    short: 'Check Out This Commit…',
    icon: 'git-commit',
    enablement: inRepository,
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '4_commit@1', 'committed')],
  },
  runsOfCommit: {
    title: 'Runs of This Commit…',
    icon: 'history',
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '4_commit@2', 'committed')],
  },
  filterPipelines: {
    title: 'Filter Pipelines…',
    short: 'Filter',
    icon: 'filter',
    menus: [title('pipelines', 'navigation@3', '!mlopsFlow.pipelineFilter')],
  },
  signInToMlflow: {
    title: 'Sign In to MLflow…',
    icon: 'sign-in',
    enablement: trusted,
  },
  clearPipelineFilter: {
    title: 'Clear Pipeline Filter',
    short: 'Clear Filter',
    icon: 'filter-filled',
    palette: 'mlopsFlow.pipelineFilter',
    menus: [title('pipelines', 'navigation@3', 'mlopsFlow.pipelineFilter')],
  },
  refreshPipelines: {
    title: 'Refresh Pipelines',
    icon: 'refresh',
    palette: 'view.mlopsFlow.pipelines.visible',
    menus: [title('pipelines', 'navigation@2'), rowLike('pipelines', 'inline@1', '^problem refreshPipelines$')],
  },
  openDefinition: { title: 'Open Definition…', icon: 'go-to-file', menus: [row('pipelines', '2_open@1', 'defined')] },
  openDeployedDefinition: {
    title: 'Open Deployed Definition…',
    icon: 'cloud-download',
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '2_open@2', 'created')],
  },
  compareDeployedDefinition: {
    title: 'Compare with Deployed Definition…',
    icon: 'diff',
    palette: 'mlopsFlow.runs != none',
    menus: [rowLike('pipelines', '2_open@3', '^pipeline defined created')],
  },
  comparePipelineVersions: {
    title: 'Compare Pipeline Versions…',
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '2_open@4', 'created')],
  },
  saveDeployedDefinition: {
    title: 'Save Deployed Definition…',
    icon: 'save',
    palette: 'mlopsFlow.runs != none',
    menus: [row('pipelines', '2_open@5', 'created')],
  },

  openAuditTrail: {
    title: 'Open Audit Trail…',
    icon: 'history',
    palette: 'mlopsFlow.runs != none',
    menus: [
      row('pipelines', '5_audit@1', 'created'),
      row('models', '5_audit@1', 'modelGroup'),
      row('models', '5_audit@1', 'modelVersion'),
    ],
  },

  // The model registry
  approveModel: {
    title: 'Approve Model…',
    short: 'Approve',
    icon: 'check',
    enablement: trusted,
    palette: 'mlopsFlow.models != none',
    menus: [row('models', 'inline@1', 'approvable'), row('models', '1_approval@1', 'approvable')],
  },
  rejectModel: {
    title: 'Reject Model…',
    short: 'Reject',
    icon: 'close',
    enablement: trusted,
    palette: 'mlopsFlow.models != none',
    menus: [row('models', 'inline@2', 'rejectable'), row('models', '1_approval@2', 'rejectable')],
  },
  openModel: {
    title: 'Open Model…',
    icon: 'package',
    palette: 'mlopsFlow.models != none',
    menus: [row('models', '2_open@0', 'modelVersion')],
  },
  compareModels: {
    title: 'Compare Models…',
    icon: 'diff',
    palette: false,
    menus: [row('models', '3_compare@1', 'traceable')],
  },
  openRunOfModel: {
    title: 'Open Run of Model',
    icon: 'type-hierarchy-sub',
    palette: false,
    menus: [row('models', '2_open@1', 'traceable')],
  },
  filterModels: {
    title: 'Filter Models…',
    short: 'Filter',
    icon: 'filter',
    menus: [title('models', 'navigation@2', '!mlopsFlow.modelFilter')],
  },
  sortModels: {
    title: 'Sort Models…',
    short: 'Sort',
    icon: 'sort-precedence',
    menus: [title('models', 'navigation@3')],
  },
  clearModelFilter: {
    title: 'Clear Model Filter',
    short: 'Clear Filter',
    icon: 'filter-filled',
    palette: 'mlopsFlow.modelFilter',
    menus: [title('models', 'navigation@2', 'mlopsFlow.modelFilter')],
  },
  refreshModels: {
    title: 'Refresh Models',
    icon: 'refresh',
    palette: 'view.mlopsFlow.models.visible',
    menus: [title('models', 'navigation@1'), rowLike('models', 'inline@1', '^problem refreshModels$')],
  },

  // Deployments and endpoints
  deployModel: {
    title: 'Deploy Model…',
    short: 'Deploy',
    icon: 'rocket',
    enablement: trusted,
    palette: 'mlopsFlow.models != none',
    menus: [row('models', 'inline@3', 'deployable'), row('models', '1_approval@3', 'modelVersion')],
  },
  transformModel: {
    title: 'Batch Transform…',
    enablement: trusted,
    palette: 'mlopsFlow.models != none',
    menus: [row('models', '1_approval@4', 'modelVersion')],
  },
  openEndpoint: {
    title: 'Open Endpoint…',
    icon: 'broadcast',
    palette: 'mlopsFlow.endpoints != none',
    menus: [row('endpoints', '1_open@1', 'endpoint')],
  },
  callEndpoint: {
    title: 'Try Endpoint…',
    short: 'Try It',
    icon: 'play',
    palette: 'mlopsFlow.endpoints != none',
    menus: [row('endpoints', 'inline@1', 'callable'), row('endpoints', '1_open@2', 'callable')],
  },
  monitorEndpoint: {
    title: 'Monitor Endpoint',
    palette: 'mlopsFlow.endpoints != none',
    menus: [row('endpoints', '1_open@3', 'callable')],
  },
  openEndpointLog: {
    title: 'Open Endpoint Log',
    palette: 'mlopsFlow.endpoints != none',
    menus: [row('endpoints', '1_open@4', 'endpoint')],
  },
  rollBackEndpoint: {
    title: 'Roll Back Endpoint…',
    short: 'Roll Back',
    icon: 'discard',
    enablement: trusted,
    palette: 'mlopsFlow.endpoints != none',
    menus: [row('endpoints', 'inline@2', 'callable'), row('endpoints', '2_change@1', 'callable')],
  },
  deleteEndpoint: {
    title: 'Delete Endpoint…',
    short: 'Delete',
    icon: 'trash',
    enablement: trusted,
    palette: 'mlopsFlow.endpoints != none',
    menus: [row('endpoints', '2_change@2', 'deletable')],
  },
  setEndpointExpiry: {
    title: 'Set Expiry of Endpoint…',
    short: 'Set Expiry',
    enablement: trusted,
    palette: 'mlopsFlow.endpoints != none',
    menus: [row('endpoints', '2_change@3', 'endpoint')],
  },
  refreshEndpoints: {
    title: 'Refresh Endpoints',
    icon: 'refresh',
    palette: 'view.mlopsFlow.endpoints.visible',
    menus: [title('endpoints', 'navigation@1'), rowLike('endpoints', 'inline@1', '^problem refreshEndpoints$')],
  },

  // Delivery
  'delivery.open': {
    title: 'Open Delivery Pipeline…',
    short: 'Open Pipeline',
    icon: 'open-preview',
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', 'inline@3', 'delivery'), row('delivery', '2_open@1', 'delivery')],
  },
  'delivery.start': {
    title: 'Start Delivery Pipeline…',
    short: 'Start',
    icon: 'play',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', 'inline@1', 'startable'), row('delivery', '1_run@1', 'startable')],
  },
  'delivery.stop': {
    title: 'Stop Delivery Run…',
    short: 'Stop',
    icon: 'debug-stop',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', 'inline@2', 'stoppable', notBuild), row('delivery', '1_run@2', 'stoppable', notBuild)],
  },
  'delivery.retryFailed': {
    title: 'Retry Failed Actions…',
    short: 'Retry',
    icon: 'debug-restart',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', 'inline@1', 'retryFailed'), row('delivery', '1_run@1', 'retryFailed')],
  },
  'delivery.retryAll': {
    title: 'Retry Stage…',
    icon: 'debug-rerun',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', '1_run@2', 'retryAll')],
  },
  'delivery.rollback': {
    title: 'Roll Back Stage…',
    short: 'Roll Back',
    icon: 'discard',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', 'inline@2', 'rollback'), row('delivery', '1_run@3', 'rollback')],
  },
  'delivery.override': {
    title: 'Override Condition…',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', '1_run@4', 'override')],
  },
  'delivery.enableTransition': {
    title: 'Enable Transition',
    icon: 'debug-continue',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', 'inline@3', 'enable'), row('delivery', '3_transition@1', 'enable')],
  },
  'delivery.disableTransition': {
    title: 'Disable Transition…',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', '3_transition@1', 'disable')],
  },
  'delivery.approvals': {
    title: 'Review Approvals',
    icon: 'checklist',
    menus: [title('delivery', 'navigation@1'), row('delivery', 'inline@1', 'deliveryApprovals')],
  },
  'delivery.review': {
    title: 'Review Approval',
    short: 'Review',
    icon: 'eye',
    palette: false,
    menus: [row('delivery', '2_open@1', 'deliveryApproval')],
  },
  'delivery.approve': {
    title: 'Approve Delivery…',
    short: 'Approve',
    icon: 'check',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', 'inline@1', 'deliveryApproval'), row('delivery', '1_approval@1', 'deliveryApproval')],
  },
  'delivery.reject': {
    title: 'Reject Delivery…',
    short: 'Reject',
    icon: 'close',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', 'inline@2', 'deliveryApproval'), row('delivery', '1_approval@2', 'deliveryApproval')],
  },
  'delivery.openDeclaration': {
    title: 'Open CodePipeline Declaration…',
    short: 'Open Declaration',
    icon: 'json',
    palette: 'mlopsFlow.delivery != none',
    menus: [row('delivery', '2_open@2', 'startable')],
  },
  'delivery.compareDeclaration': {
    title: 'Compare CodePipeline Declaration with Deployed',
    icon: 'diff',
    palette: 'editorLangId =~ /^jsonc?$/',
  },
  'delivery.deployDeclaration': {
    title: 'Deploy CodePipeline Declaration…',
    icon: 'cloud-upload',
    enablement: trusted,
    palette: 'editorLangId =~ /^jsonc?$/',
  },
  'delivery.startDeclared': {
    title: 'Start Declared Pipeline…',
    icon: 'play',
    enablement: trusted,
    palette: false,
  },
  'delivery.refresh': {
    title: 'Refresh Delivery',
    short: 'Refresh',
    icon: 'refresh',
    palette: 'view.mlopsFlow.delivery.visible',
    menus: [title('delivery', 'navigation@2'), rowLike('delivery', 'inline@1', '^problem refresh$')],
  },
  'delivery.openBuildLog': {
    title: 'Open Build Log…',
    short: 'Open Log',
    icon: 'output',
    menus: [row('delivery', 'inline@3', 'build'), row('delivery', '2_open@1', 'build')],
  },
  'delivery.showBuildResults': {
    title: 'Show Test Results of Build…',
    short: 'Show Test Results',
    icon: 'beaker',
    menus: [row('delivery', 'inline@2', 'reported'), row('delivery', '2_open@2', 'reported')],
  },
  'delivery.runBuildspec': {
    title: 'Run Buildspec Locally',
    icon: 'play',
    enablement: trusted,
    palette: `editorLangId == yaml && ${trusted}`,
    menus: [
      ['editor/context', 'z_mlopsFlow@1', `${buildspecFile} && ${trusted}`],
      ['explorer/context', 'z_mlopsFlow@1', `${buildspecFile} && ${trusted}`],
    ],
  },
  'delivery.startBuild': {
    title: 'Start Build…',
    short: 'Start',
    icon: 'play',
    enablement: trusted,
    menus: [row('delivery', 'inline@1', 'buildProject'), row('delivery', '1_run@1', 'buildProject')],
  },
  'delivery.retryBuild': {
    title: 'Retry Build…',
    short: 'Retry',
    icon: 'debug-restart',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [
      rowLike('delivery', 'inline@1', '^build(Batch)? retryable'),
      rowLike('delivery', '1_run@1', '^build(Batch)? retryable'),
    ],
  },
  'delivery.stopBuild': {
    title: 'Stop Build…',
    short: 'Stop',
    icon: 'debug-stop',
    enablement: trusted,
    palette: 'mlopsFlow.delivery != none',
    menus: [
      rowLike('delivery', 'inline@1', '^build(Batch)? stoppable'),
      rowLike('delivery', '1_run@1', '^build(Batch)? stoppable'),
    ],
  },
  'delivery.signInToGitHub': {
    title: 'Sign In to GitHub',
    icon: 'sign-in',
    enablement: trusted,
  },
  'delivery.openGitHubLog': {
    title: 'Open Log of Job',
    short: 'Open Log',
    icon: 'output',
    palette: false,
    menus: [
      row('delivery', 'inline@3', 'githubJob'),
      row('delivery', 'inline@3', 'githubRun'),
      row('delivery', '2_open@1', 'githubJob'),
      row('delivery', '2_open@1', 'githubRun'),
    ],
  },
  'delivery.showGitHubRun': {
    title: 'Show Run of GitHub Actions',
    palette: false,
  },
  'delivery.rerunFailedJobs': {
    title: 'Re-run Failed Jobs…',
    icon: 'debug-restart',
    enablement: trusted,
    palette: false,
    menus: [row('delivery', 'inline@1', 'githubFailed'), row('delivery', '1_run@1', 'githubFailed')],
  },
  'delivery.rerunAllJobs': {
    title: 'Re-run All Jobs…',
    icon: 'run-all',
    enablement: trusted,
    palette: false,
    menus: [row('delivery', 'inline@2', 'githubDone'), row('delivery', '1_run@2', 'githubDone')],
  },
  'delivery.rerunJob': {
    title: 'Re-run Job…',
    icon: 'debug-restart',
    enablement: trusted,
    palette: false,
    menus: [row('delivery', 'inline@1', 'githubRerunnable'), row('delivery', '1_run@1', 'githubRerunnable')],
  },
  'delivery.cancelGitHubRun': {
    title: 'Cancel Run…',
    icon: 'debug-stop',
    enablement: trusted,
    palette: false,
    menus: [row('delivery', 'inline@1', 'githubActive'), row('delivery', '1_run@1', 'githubActive')],
  },
  'delivery.openOnGitHub': {
    title: 'Open on GitHub',
    icon: 'link-external',
    palette: false,
    menus: [
      row('delivery', '2_open@2', 'githubRun'),
      row('delivery', '2_open@2', 'githubJob'),
      row('delivery', '2_open@1', 'githubRepository'),
    ],
  },
  'delivery.writeCi': {
    title: 'Add Continuous Integration…',
    icon: 'new-file',
    enablement: trusted,
    palette: 'workspaceFolderCount != 0',
    menus: [
      ['explorer/context', 'z_mlopsFlow@2', `${definitionFile} && ${trusted}`],
      ['explorer/context', 'z_mlopsFlow@2', `${pythonFile} && ${trusted}`],
      title('delivery', '4_ci@1'),
    ],
  },
  'delivery.signInToJenkins': {
    title: 'Sign In to Jenkins…',
    icon: 'sign-in',
    enablement: trusted,
    menus: [row('delivery', '4_account@1', 'jenkinsJob')],
  },
  'delivery.openJenkinsLog': {
    title: 'Open Log of Jenkins Build',
    short: 'Open Log',
    icon: 'output',
    palette: false,
    menus: [row('delivery', 'inline@3', 'jenkinsBuild'), row('delivery', '2_open@1', 'jenkinsBuild')],
  },
  'delivery.openInJenkins': {
    title: 'Open in Jenkins',
    icon: 'link-external',
    palette: false,
    menus: [row('delivery', '2_open@2', 'jenkinsBuild'), row('delivery', '2_open@1', 'jenkinsJob')],
  },

  // The branching model: start, finish, share
  'flow.init': {
    title: 'Set Up Gitflow…',
    short: 'Set Up',
    icon: 'gear',
    enablement: 'isWorkspaceTrusted && workspaceFolderCount != 0',
    palette: 'mlopsFlow.repository != flow',
  },
  'flow.chooseModel': {
    title: 'Choose Branching Model…',
    short: 'Choose',
    icon: 'gear',
    enablement: `${trusted} && workspaceFolderCount != 0`,
    menus: [title('branches', '3_setup@1', 'mlopsFlow.repository != flow && mlopsFlow.repository != none')],
  },
  'flow.start': {
    title: 'Start Branch…',
    short: 'Start',
    icon: 'add',
    enablement: inRepository,
    palette: 'mlopsFlow.repository != flow',
    menus: [
      title('branches', 'navigation@1', '(mlopsFlow.repository == plain || mlopsFlow.repository == model)'),
      rowLike('branches', 'inline@1', otherKind),
      rowLike('branches', '1_start@1', otherKind),
    ],
  },
  'flow.startFeature': {
    title: 'Start Feature…',
    short: 'Start',
    icon: 'add',
    enablement: inRepository,
    palette: mayBeFlow,
    menus: [
      title('branches', 'navigation@1', inFlow),
      rowLike('branches', 'inline@1', '^group feature startable$'),
      rowLike('branches', '1_start@1', '^group feature startable$'),
    ],
  },
  'flow.startBugfix': {
    title: 'Start Bugfix…',
    short: 'Start',
    icon: 'add',
    enablement: inRepository,
    palette: mayBeFlow,
    menus: [
      title('branches', '1_start@1', inFlow),
      rowLike('branches', 'inline@1', '^group bugfix startable$'),
      rowLike('branches', '1_start@1', '^group bugfix startable$'),
    ],
  },
  'flow.startRelease': {
    title: 'Start Release…',
    short: 'Start',
    icon: 'add',
    enablement: inRepository,
    palette: mayBeFlow,
    menus: [
      title('branches', '1_start@2', inFlow),
      rowLike('branches', 'inline@1', '^group release startable$'),
      rowLike('branches', '1_start@1', '^group release startable$'),
    ],
  },
  'flow.startHotfix': {
    title: 'Start Hotfix…',
    short: 'Start',
    icon: 'add',
    enablement: inRepository,
    palette: mayBeFlow,
    menus: [
      title('branches', '1_start@3', inFlow),
      rowLike('branches', 'inline@1', '^group hotfix startable$'),
      rowLike('branches', '1_start@1', '^group hotfix startable$'),
    ],
  },
  'flow.startSupport': {
    title: 'Start Support Branch…',
    short: 'Start',
    icon: 'add',
    enablement: inRepository,
    palette: mayBeFlow,
    menus: [
      title('branches', '1_start@4', inFlow),
      rowLike('branches', 'inline@1', '^group support startable$'),
      rowLike('branches', '1_start@1', '^group support startable$'),
    ],
  },
  'flow.finish': {
    title: 'Finish Branch…',
    short: 'Finish',
    icon: 'git-merge',
    enablement: inRepository,
    palette: false,
    menus: [row('branches', 'inline@3', 'finishable'), row('branches', '2_flow@1', 'finishable')],
  },
  'flow.finishFeature': {
    title: 'Finish Feature…',
    short: 'Finish',
    icon: 'git-merge',
    enablement: inRepository,
    palette: branches('feature'),
  },
  'flow.finishBugfix': {
    title: 'Finish Bugfix…',
    short: 'Finish',
    icon: 'git-merge',
    enablement: inRepository,
    palette: branches('bugfix'),
  },
  'flow.finishRelease': {
    title: 'Finish Release…',
    short: 'Finish',
    icon: 'git-merge',
    enablement: inRepository,
    palette: branches('release'),
  },
  'flow.finishHotfix': {
    title: 'Finish Hotfix…',
    short: 'Finish',
    icon: 'git-merge',
    enablement: inRepository,
    palette: branches('hotfix'),
  },
  'flow.finishByPullRequest': {
    title: 'Finish with Pull Request…',
    short: 'Pull Request',
    icon: 'git-pull-request',
    enablement: inRepository,
    palette: branches('shareable'),
    menus: [row('branches', '2_flow@2', 'requestable')],
  },
  'flow.pullRequestInstead': {
    title: 'Undo and Open Pull Request Instead…',
    short: 'Pull Request Instead',
    icon: 'git-pull-request',
    enablement: inRepository,
    palette: 'mlopsFlow.flowInProgress',
  },
  'flow.promote': {
    title: 'Promote Branch to Parent…',
    short: 'Promote',
    icon: 'arrow-up',
    enablement: inRepository,
    palette: 'mlopsFlow.repository == model',
    menus: [row('branches', 'inline@3', 'promotable'), row('branches', '2_flow@4', 'promotable')],
  },
  'flow.tagRelease': {
    title: 'Tag Release…',
    short: 'Tag',
    icon: 'tag',
    enablement: inRepository,
    palette: 'mlopsFlow.repository != none',
    menus: [
      title('branches', '2_branch@2', 'mlopsFlow.repository != none'),
      row('branches', 'inline@4', 'taggable', 'mlopsFlow.repository != flow'),
      row('branches', '2_flow@5', 'taggable'),
    ],
  },
  'flow.cleanUp': {
    title: 'Clean Up After Merged Pull Request…',
    short: 'Clean Up',
    icon: 'trash',
    enablement: inRepository,
    palette: branches('shareable'),
    menus: [row('branches', 'inline@4', 'cleanable'), row('branches', '2_flow@3', 'requestable')],
  },
  'flow.publish': {
    title: 'Publish Branch…',
    short: 'Publish',
    icon: 'cloud-upload',
    enablement: inRepository,
    palette: branches('shareable'),
    menus: [row('branches', 'inline@2', 'publishable'), rowLike('branches', '3_share@1', '\\bpublish(able|ed)\\b')],
  },
  'flow.track': {
    title: 'Track Remote Branch…',
    short: 'Track',
    icon: 'cloud-download',
    enablement: inRepository,
    palette: branches('remote'),
    menus: [
      title('branches', '2_branch@1', 'mlopsFlow.repository != none'),
      row('branches', 'inline@1', 'trackable'),
      row('branches', '1_use@1', 'trackable'),
    ],
  },
  'flow.update': {
    title: 'Update Branch from Base…',
    short: 'Update',
    icon: 'sync',
    enablement: inRepository,
    palette: branches('work'),
    menus: [row('branches', '3_share@2', 'updatable')],
  },
  'flow.rename': {
    title: 'Rename Branch…',
    short: 'Rename',
    icon: 'edit',
    enablement: inRepository,
    palette: branches('work'),
    menus: [row('branches', '9_change@1', 'renamable')],
  },
  'flow.delete': {
    title: 'Delete Branch…',
    short: 'Delete',
    icon: 'trash',
    enablement: inRepository,
    palette: branches('work'),
    menus: [row('branches', '9_change@2', 'deletable')],
  },
  'flow.checkout': {
    title: 'Check Out Branch…',
    short: 'Check Out',
    icon: 'arrow-right',
    enablement: inRepository,
    palette: setUp,
    menus: [row('branches', 'inline@1', 'checkoutable'), row('branches', '1_use@1', 'checkoutable')],
  },
  'flow.compare': {
    title: 'Compare Branch with Base',
    short: 'Compare',
    icon: 'diff-multiple',
    enablement: inRepository,
    palette: branches('work'),
    menus: [row('branches', '4_look@1', 'comparable')],
  },

  // An action that was interrupted
  'flow.showAction': {
    title: 'Show Current Action',
    short: 'Show',
    icon: 'eye',
    enablement: inRepository,
    palette: inProgress,
    menus: [row('branches', '2_look@1', 'flowAction')],
  },
  'flow.showPlan': {
    title: 'Show Plan of Current Action',
    short: 'Show Plan',
    icon: 'list-ordered',
    enablement: inRepository,
    palette: inProgress,
    menus: [row('branches', '2_look@2', 'flowAction')],
  },
  'flow.resume': {
    title: 'Resume Current Action',
    short: 'Resume',
    icon: 'debug-continue',
    enablement: inRepository,
    palette: inProgress,
    menus: [row('branches', 'inline@1', 'resumable'), row('branches', '1_go@1', 'resumable')],
  },
  'flow.undo': {
    title: 'Undo Last Action…',
    short: 'Undo',
    icon: 'discard',
    enablement: inRepository,
    palette: `${inProgress} || mlopsFlow.flowFinished`,
    menus: [row('branches', 'inline@2', 'undoable'), row('branches', '1_go@2', 'undoable')],
  },
  'flow.leave': {
    title: 'Discard Journal…',
    short: 'Discard Journal',
    icon: 'close',
    enablement: inRepository,
    palette: inProgress,
    menus: [row('branches', 'inline@3', 'resumable'), row('branches', '1_go@3', 'resumable')],
  },
  'flow.restoreKept': {
    title: 'Restore Kept Work…',
    short: 'Restore',
    icon: 'reply',
    enablement: inRepository,
    menus: [row('branches', 'inline@1', 'kept'), row('branches', '1_go@1', 'kept')],
  },
  'flow.dropKept': {
    title: 'Drop Kept Work…',
    short: 'Drop',
    icon: 'trash',
    enablement: inRepository,
    menus: [row('branches', 'inline@2', 'kept'), row('branches', '1_go@2', 'kept')],
  },

  // The Branches view
  'flow.openConflict': { title: 'Open Merge Editor', icon: 'git-merge', enablement: inRepository, palette: false },
  'flow.next': { title: 'Next Steps…', short: 'Next', icon: 'git-branch', enablement: inRepository, palette: setUp },
  'flow.filterBranches': {
    title: 'Filter Branches…',
    short: 'Filter',
    icon: 'filter',
    palette: 'mlopsFlow.repository != none',
    menus: [title('branches', 'navigation@2', '!mlopsFlow.branchFilter')],
  },
  'flow.clearFilter': {
    title: 'Clear Branch Filter',
    short: 'Clear Filter',
    icon: 'filter-filled',
    palette: 'mlopsFlow.branchFilter',
    menus: [title('branches', 'navigation@2', 'mlopsFlow.branchFilter')],
  },
  'flow.refreshBranches': {
    title: 'Refresh Branches',
    short: 'Refresh',
    icon: 'refresh',
    palette: 'view.mlopsFlow.branches.visible',
    menus: [title('branches', 'navigation@3')],
  },
  'flow.showMoreBranches': { title: 'Show More Branches', icon: 'ellipsis', palette: false },

  // Definitions in the editor
  openGraphPreview: {
    title: 'Open Graph Preview',
    short: 'Graph',
    icon: 'type-hierarchy',
    palette: `${definitionInEditor} || ${pythonInEditor}`,
    menus: [
      row('pipelines', 'inline@0', 'source'),
      row('pipelines', '2_open@2', 'defined'),
      ['editor/title', 'navigation@2', definitionInEditor],
      ['editor/context', 'z_mlopsFlow@2', definitionInEditor],
      ['explorer/context', 'z_mlopsFlow@2', definitionFile],
    ],
  },
  renderPipeline: {
    title: 'Render Pipeline Definition',
    icon: 'json',
    enablement: trusted,
    palette: pythonInEditor,
    menus: [
      row('pipelines', '2_open@3', 'source'),
      ['editor/title', 'navigation@2', `${pythonFile} && ${trusted}`],
      ['editor/context', 'z_mlopsFlow@2', `${pythonFile} && ${trusted}`],
      ['explorer/context', 'z_mlopsFlow@2', `${pythonFile} && ${trusted}`],
    ],
  },
  installPython: {
    title: 'Create Python Environment for This Script',
    enablement: trusted,
    palette: `${pythonInEditor} && ${trusted}`,
  },
  showRule: { title: 'Show Rule', palette: false },
  showReleaseOfModel: {
    title: 'Open Release of Model',
    palette: false,
    menus: [row('models', '2_open@2', 'modelVersion')],
  },
};
