/** The commands of the command line: one line of help each, and how to load what does the work. */

/** What each `src/cli/<command>.bundle.ts` exports. */
export interface CommandModule {
  /** Runs the command with what follows its name; answers the exit code: 0 well, 1 failed or refused, 2 wrong usage or unreadable input. */
  run(args: string[]): Promise<number>;
}

interface Command {
  /** What it does, in a line. */
  summary: string;
  /** Its arguments and options, one a line. */
  usage: string;
  /** It answers `-h` itself, as each of its own commands has help. */
  ownHelp?: boolean;
  load(): Promise<CommandModule>;
}

export const commands: Record<string, Command | undefined> = {
  validate: {
    summary: 'Check definitions: SageMaker pipelines, CodePipeline, buildspec, appspec, state machines',
    usage: `validate [FILES or globs] [options]

  FILES                      files, folders or globs, or - for standard input; without any, every definition under
                             the current folder
  --format FORMAT            text (default), json, sarif or github
  --max-severity SEVERITY    the gravest severity that passes: warning (default), information, hint, or error
  --min-severity SEVERITY    show nothing lighter than this; default hint
  --max-problems N           show so many of each file at most, the gravest; default 1000
  --rule ID=SEVERITY         set a rule's severity: error, warning, information, hint or off; may be repeated

Exit code 0: nothing graver than --max-severity, which by default means no errors; 1: something is;
2: wrong usage, nothing to check, or a named file that cannot be read or is not a definition (the others are still
checked).`,
    load: () => import('./validate.bundle'),
  },
  graph: {
    summary: 'Draw the graph of a pipeline definition',
    usage: `graph FILE [--format svg|mermaid|dot|json]

  FILE               a SageMaker pipeline definition; - reads standard input
  --format FORMAT    svg (default), mermaid, dot or json

Exit code 0: drawn; 2: wrong usage, or not a definition.`,
    load: () => import('./graph.bundle'),
  },
  run: {
    summary: 'Run a pipeline on this machine: a Python script, a module, a notebook or a definition',
    usage: `run FILE|MODULE [options]

  FILE|MODULE        a Python file, a dotted module, a notebook or a pipeline definition in JSON
  --param NAME=VALUE  a parameter of the pipeline; may be repeated
  --arg NAME=VALUE   an argument of the function that makes the pipeline; may be repeated
  --pipeline NAME    which pipeline, where the file makes several
  --follow           show each step as it goes
  --definition       print the definition and run nothing
  --python PATH      Python that the script and its steps run with; unless given, the project's own for the script and
                     the system's for the steps
  --install          create a Python environment with the SageMaker SDK where the project has none
  --root DIR         the project; the current folder unless given
  --data DIR         folder for runs, models and objects; default ~/.mlops-flow/local

Exit code 0: succeeded; 1: failed; 2: wrong usage, or nothing to run.`,
    load: () => import('./run.bundle'),
  },
  sweep: {
    summary: 'Run a pipeline on this machine many times, with the values of a grid or drawn at random',
    usage: `sweep FILE|MODULE --vary NAME=VALUES... [options]

  FILE|MODULE         as for run
  --vary NAME=VALUES  values of a parameter: 0.1,0.2 or 1..10 or 0.1..0.5 step 0.1 or 0.001..1 log 4; may be repeated
  --random N          draw N runs in place of every combination; a range needs no step then
  --seed N            the same seed draws the same values; 1 unless given
  --at-a-time N       how many run at a time; 2 unless given
  --name NAME         names the sweep, and its runs NAME-1, NAME-2, ...
  --param NAME=VALUE  a parameter that is the same in all runs; may be repeated
  --arg, --pipeline, --python, --install, --root, --data as for run

The runs are written as comma-separated values with their metrics. Ctrl-C stops those that are running.
Exit code 0: all succeeded; 1: one did not; 2: wrong usage, or nothing to run.`,
    load: () => import('./sweep.bundle'),
  },
  callback: {
    summary: 'Callback steps that wait for an answer: list, succeed, fail',
    usage: `callback list|succeed|fail [PIPELINE|RUN] [options]

  list               the steps that wait: pipeline, run, step, token, queue and declared outputs
  succeed            answer with the outputs that the step declares
  fail               answer with the reason why it fails
  PIPELINE|RUN       a pipeline's name or the ARN of a run; all runs that are executing unless given

  --step NAME          the step, where several wait
  --output NAME=VALUE  a declared output; may be repeated
  --reason TEXT        why the step fails
  --token TOKEN        the token of the step's message in its queue, where it is known
  --connection NAME    Local (default), environment (its credentials) or a profile
  --json               the list as JSON
  --data DIR           data folder of Local; default $MLOPS_FLOW_DATA, else ~/.mlops-flow/local

Exit code 0: listed, or answered; 1: refused, or no step waits; 2: wrong usage.`,
    load: () => import('./callback.bundle'),
  },
  build: {
    summary: 'Run a buildspec of CodeBuild on this machine',
    usage: `build [BUILDSPEC] [options]

  BUILDSPEC          the file; default buildspec.yml of the project
  --source DIR       the project; the current folder unless given
  --in-place         run in the folder itself, not in a copy of what git knows or would add
  --artifacts DIR    copy the artifacts there
  --env NAME=VALUE   a variable, as a start of the build would set it; may be repeated
  --env-file FILE    variables, NAME=VALUE on each line
  --timeout MINUTES  default 60
  --python PATH      Python of the build; the system's unless given
  --data DIR         folder of Local; default $MLOPS_FLOW_DATA, else ~/.mlops-flow/local

Parameters and secrets are read from secrets.json in the folder of Local, which only you may be able to read.
Exit code 0: succeeded; 1: failed; 2: wrong usage; 3: stopped by Ctrl-C; 4: timed out.`,
    load: () => import('./build.bundle'),
  },
  ci: {
    summary: 'Print a workflow, a buildspec or a Jenkinsfile that checks, runs and deploys a pipeline',
    usage: `ci github|codebuild|jenkins FILE|MODULE [--root DIR]

  FILE|MODULE        as for run
  --root DIR         the project; the current folder unless given

What it writes comes from the project: its requirements, run_pipeline.py and how that is called, the environments and
gates of .mlops/config.json.
Exit code 0: printed; 2: wrong usage, or no pipeline.`,
    load: () => import('./ci.bundle'),
  },
  exec: {
    summary: 'Run a program with every AWS call of it going to the control plane on this machine',
    usage: `exec [options] -- COMMAND [ARGUMENTS]

  COMMAND            any program: python, pytest, jupyter, aws; Python sends also those calls to Local that name an
                     address of AWS themselves, as the SageMaker SDK does
  --data DIR         folder for runs, models and objects; default ~/.mlops-flow/local
  --python PATH      Python that steps run with; the system's unless given

Exit code: the command's own; 127: it cannot be run; 2: wrong usage.`,
    load: () => import('./exec.bundle'),
  },
  serve: {
    summary: 'Run the control plane on this machine for any AWS client, until Ctrl-C',
    usage: `serve [--port N] [--data DIR] [--python PATH] [--policy FILE] [--env]

  --port N           port on 127.0.0.1; a free one unless given
  --data DIR         folder for runs, models and objects; default ~/.mlops-flow/local
  --python PATH      Python that steps run with; the system's unless given
  --policy FILE      an IAM policy: calls that it does not allow are denied
  --env              print the variables of AWS clients as export lines

Exit code 0: ended by Ctrl-C; 2: it could not start, or ended by itself.`,
    load: () => import('./serve.bundle'),
  },
  gate: {
    summary: 'Judge the gates of a release or hotfix, in continuous integration or before a finish',
    usage: `gate [--ref REF] [options]

  --ref REF               branch or commit to judge; default HEAD
  --into BRANCH           the branch that it will be merged into; default the production branch
  --kind KIND             release or hotfix; default by the name of the branch
  --format FORMAT         text (default), json or github
  --override GATE=REASON  go on although this gate has not passed; may be repeated
  --connection NAME       Local, environment (its credentials) or a profile, where the branch goes to no environment
  --data DIR              data folder of Local; default $MLOPS_FLOW_DATA, else ~/.mlops-flow/local
  --tag NAME [-m TEXT]    judge REF as it is, and tag it with the record where every gate has passed
  --render                run the Python script that makes the pipeline, from what will be tagged, to compare its definition
  --python PATH           the Python that it is run with; default the project's
  --merge                 make the merge that a finish would make, to be checked out and run first

The gates are those of .mlops/config.json in what will be tagged: the merge, not the branch.
Exit code 0: nothing holds; 1: a gate has failed; 2: one is unknown, or wrong usage.`,
    load: () => import('./gate.bundle'),
  },
  deploy: {
    summary: 'Deploy a model version to an endpoint, and follow it to its verdict',
    usage: `deploy MODEL --to ENV [options]

  MODEL              GROUP (its newest approved version), GROUP:VERSION, or the ARN of a version
  --to ENV           environment of .mlops/config.json, whose key deployment says how
  --connection NAME  Local (default), environment (its credentials) or a profile, where no environment is given
  --endpoint NAME    endpoint; that of the environment, else that of the model group
  --strategy KIND    all-at-once, canary, linear or rolling
  --set FIELD=VALUE  any field of the form: instances, interval, bake, errors, latency; may be repeated
  --dry-run          serve the archive on this machine first, and stop if it fails
  --plan FORMAT      print the plan as json, cli or cloudformation and change nothing
  --wait             follow it to its end
  --data DIR         data folder of Local; default $MLOPS_FLOW_DATA, else ~/.mlops-flow/local

Exit code 0: deployed, or begun without --wait; 1: failed or refused; 2: wrong usage; 3: rolled back.`,
    load: () => import('./deploy.bundle'),
  },
  endpoint: {
    summary: 'Endpoints: status, invoke, rollback, delete',
    usage: `endpoint status [NAME] | invoke NAME | rollback NAME | delete NAME [options]

  status [NAME]      what it serves, its last deployment and its history; without a name, all endpoints
  invoke NAME        send --body FILE, or standard input, and print the answer
  rollback NAME      back to the version before, or to --version N
  delete NAME        delete the endpoint; with --all its config and models too
  --to ENV           environment of .mlops/config.json
  --connection NAME  Local (default), environment (its credentials) or a profile, where no environment is given
  --body FILE        the request; - reads standard input
  --content-type T   default text/csv for .csv, else application/json
  --variant NAME     the variant that answers
  --target-model KEY the archive of a multi-model endpoint that answers; --component NAME the inference component
  --wait             follow a rollback to its end; delete an endpoint once it has settled
  --json             the status as JSON
  --data DIR         data folder of Local; default $MLOPS_FLOW_DATA, else ~/.mlops-flow/local

Exit code 0: well, or deployed; 1: failed; 2: wrong usage; 3: the last deployment was rolled back.`,
    load: () => import('./endpoint.bundle'),
  },
  transform: {
    summary: 'Send files through a model version once, and follow the job to its end',
    usage: `transform MODEL --input URI --output URI [options]

  MODEL              GROUP (its newest approved version), GROUP:VERSION, or the ARN of a version
  --input URI        S3 object or folder, or a file, which is uploaded below the output
  --output URI       S3 folder; results go into a folder of the job in it
  --to ENV           environment of .mlops/config.json
  --connection NAME  Local (default), environment (its credentials) or a profile, where no environment is given
  --set FIELD=VALUE  any field of the form: split, strategy, payload, join, inputFilter, …; may be repeated
  --plan FORMAT      print the calls as json or cli and change nothing
  --wait             follow the job to its end
  --data DIR         data folder of Local; default $MLOPS_FLOW_DATA, else ~/.mlops-flow/local

Exit code 0: completed, or begun without --wait; 1: failed, stopped or refused; 2: wrong usage.`,
    load: () => import('./transform.bundle'),
  },
  pipeline: {
    summary: 'Delivery pipelines: list, status, start, approve, retry, stop, rollback',
    usage: `pipeline VERB [NAME] [options]

  list               the names of the pipelines
  status NAME        where a run is, and each stage; the newest run unless --run or --commit names another
  start NAME         start a run
  approve NAME       approve what waits, or with --reject reject it
  retry NAME         retry the failed actions of a stage in the same run; with --all the whole stage
  stop NAME          stop a run when its actions have ended; with --abandon at once
  rollback NAME      do a stage again with what an earlier run had there

  --connection NAME  Local (default), environment (its credentials) or a profile; --region REGION another region
  --data DIR         data folder of Local; default $MLOPS_FLOW_DATA, else ~/.mlops-flow/local
  --run ID, --commit COMMIT  the run that is meant
  --stage NAME, --action NAME  the stage or the approval that is meant
  --variable NAME=VALUE, --revision ACTION=COMMIT  of start; may be repeated
  --to RUN|COMMIT    of rollback; the newest that passed the stage unless given
  -m TEXT            comment of an approval, reason of a stop
  --wait             wait until the run has ended, or waits for an approval; --timeout SECONDS
  --format FORMAT    text (default) or json

Exit code of status and --wait: 0 succeeded, 1 failed, 3 superseded by a newer run, 4 stopped or cancelled,
5 waits for an approval, 6 still in progress. Without them 0: done; 2: wrong usage, or refused.`,
    load: () => import('./pipeline.bundle'),
  },
  flow: {
    summary: 'Gitflow: start, finish, publish feature, bugfix, release, hotfix and support branches',
    usage: `flow <subcommand> [ARGUMENTS]

  The arguments of git-flow: flow init -d, flow feature start x, flow release finish -m text 1.0
  --plan             print what would be done as JSON and change nothing
  status, resume,    what is under way; go on with an interrupted action, take it back, or forget it
  undo, leave

Exit code 0: done; 1: refused, failed or stopped at a conflict; 129: wrong usage.`,
    ownHelp: true,
    load: () => import('./flow.bundle'),
  },
};

/** The help text: of one command, or the list of all. */
export function usage(name?: string): string {
  const command = name === undefined ? undefined : commands[name];
  if (command) return `mlops-flow ${command.usage}\n`;
  const width = Math.max(...Object.keys(commands).map((key) => key.length));
  const list = Object.entries(commands).map(([key, value]) => `  ${key.padEnd(width)}  ${value?.summary ?? ''}`);
  return `mlops-flow COMMAND [ARGUMENTS]

${list.join('\n')}
  ${'help'.padEnd(width)}  This text, or the help of one command: help COMMAND

mlops-flow --version prints the version.
`;
}
