/** Definitions in Terraform's own language: what is literal is checked, what Terraform works out is left alone. */
import { describe, expect, it } from 'vitest';
import { SourceDocument, validateFully } from '../../../../src/definition';
import type { Node } from '../../../../src/definition/tree';
import { edited } from '../marked';

const path = 'main.tf';

/** `severity rule at what is marked`, in the order of the text. */
async function told(text: string): Promise<string[]> {
  const lines = text.split('\n');
  return (await validateFully(text, { path }))
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, range: { start, end } }) => {
      const line = lines[start.line] ?? '';
      return `${rule} at ${line.slice(start.character, start.line === end.line ? end.character : undefined)}`;
    });
}

function valueOf(node: Node | undefined): unknown {
  if (node?.kind === 'object') return Object.fromEntries(node.members.map((one) => [one.key, valueOf(one)]));
  return node?.kind === 'array' ? node.items.map(valueOf) : node?.value;
}

const read = (text: string): unknown => valueOf(new SourceDocument(text, path).tree.root);
const out = '${worked_out}';

describe('what is read of HCL', () => {
  it.each<[string, string, unknown]>([
    ['attributes', 'a = 1\nb = "x"\nc = true\nd = null\ne = -1.5e3', { a: 1, b: 'x', c: true, d: null, e: -1500 }],
    [
      'blocks with labels, several of a kind',
      'b "x" "y" {\n  a = 1\n}\nb "x" "z" { a = 2 }',
      { b: [{ x: { y: { a: 1 } } }, { x: { z: { a: 2 } } }] },
    ],
    ['comments', '# a = 0\na = 1 // b = 2\n/* c = 3\n*/ d = 4 # e', { a: 1, d: 4 }],
    [
      'lists and objects with either separator',
      'a = [1, "x",\n  { b = 1, "c" : 2\n d = [] },\n]',
      { a: [1, 'x', { b: 1, c: 2, d: [] }] },
    ],
    [
      'what is worked out',
      'a = var.x\nb = 60 * 60\nc = f("}", [1])\nd = x ? "a" : "b"\ne = "a${b("}")}c"\nf = [for s in x : s]\ng = {for k, v in x : k => v}\nh = 1',
      { a: '${var.x}', b: out, c: out, d: out, e: 'a${b("}")}c', f: out, g: out, h: 1 },
    ],
    ['escapes', String.raw`a = "q\"\n\\ A"`, { a: 'q"\n\\ A' }],
    [
      'heredocs',
      'a = <<EOF\n  x\n y\nEOF\nb = <<-E\n    x\n      y\n  E\nc = 1',
      { a: '  x\n y\n', b: 'x\n  y\n', c: 1 },
    ],
    ['heredocs that choose', 'a = <<E\n%{ if x }a%{ endif }\nE\nb = 1', { a: out, b: 1 }],
    [
      'jsonencode of what is literal',
      'a = jsonencode({ b = [1, x.y] })\nc = jsonencode(var.d)',
      { a: { b: [1, '${x.y}'] }, c: out },
    ],
  ])('%s', (_, text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each([
    'a = {',
    'b "x" {',
    'a = <<EOF\nx',
    'a = "x',
    '}}}',
    'a = [1, "',
    '= = =',
    '"',
    'a = <<E\n'.repeat(5000),
    'a = {'.repeat(5000),
    'b {'.repeat(5000),
  ])('ends with any text: %#', (text) => {
    expect(() => read(text)).not.toThrow();
  });
});

const machine = (definition: string): string =>
  `resource "aws_sfn_state_machine" "train" {\n  role_arn   = aws_iam_role.r.arn\n  definition = ${definition}\n}\n`;

describe('state machines', () => {
  const encoded = (next: string): string =>
    machine(`jsonencode({
    StartAt = "Train"
    States = {
      Train = {
        Type           = "Task"
        Resource       = aws_lambda_function.train.arn
        TimeoutSeconds = var.timeout
        Next           = "${next}"
      }
      Done = { Type = "Succeed" }
    }
  })`);
  const heredoc = (next: string): string =>
    machine(`<<-EOF
    {
      "StartAt": "Train",
      "States": {
        "Train": {"Type": "Task", "Resource": "\${aws_lambda_function.f["a"].arn}", "TimeoutSeconds": \${var.timeout}, "HeartbeatSeconds": 30, "Next": "${next}"},
        "Done": {"Type": "Succeed"}
      }
    }
  EOF`);

  it.each([
    ['an object', encoded],
    ['a heredoc', heredoc],
  ])('in %s', async (_, of) => {
    expect(await told(of('Done'))).toEqual([]);
    const text = of('Doen');
    expect(await told(text)).toContain('asl/unknown-state at "Doen"');
    const [fix] = (await validateFully(text, { path })).find(({ rule }) => rule === 'asl/unknown-state')?.fixes ?? [];
    expect(edited(text, fix?.edits ?? [])).toBe(of('Done'));
  });

  it('of other files are left alone', async () => {
    expect(await told(machine('templatefile("machine.json", { a = 1 })'))).toEqual([]);
  });
});

it('SageMaker pipelines', async () => {
  const pipeline = (name: string, message: string): string =>
    `resource "aws_sagemaker_pipeline" "p" {\n  pipeline_definition = jsonencode({\n    Version = "2020-12-01"\n    Steps = [{ Name = "Stop", Type = "Fail", Arguments = { ${name} = ${message} } }]\n  })\n}\n`;
  expect(await told(pipeline('ErrorMessage', 'var.message'))).toEqual([]);
  expect(await told(pipeline('ErrorMessag', '"x"'))).toEqual(['sm/fail-unknown-member at ErrorMessag']);
});

it('buildspecs', async () => {
  const project = (phase: string): string =>
    `resource "aws_codebuild_project" "b" {\n  source {\n    buildspec = <<EOT\nversion: 0.2\nphases:\n  ${phase}:\n    commands:\n      - make\nEOT\n  }\n}\n`;
  expect(await told(project('build'))).toEqual([]);
  expect(await told(project('biuld'))).toEqual(['cb/unknown-member at biuld']);
});

describe('pipelines of CodePipeline', () => {
  const pipeline = (input: string, more = '', provider = '"CodeBuild"'): string => `resource "aws_codepipeline" "p" {
  name     = "p"
  role_arn = aws_iam_role.r.arn
  tags     = { a = "b" }
  artifact_store {
    location = aws_s3_bucket.b.bucket
    type     = "S3"
    encryption_key {
      id   = aws_kms_key.k.arn
      type = "KMS"
    }
  }
  stage {
    name = "Source"
    action {
      name             = "Source"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["source"]
      configuration = {
        ConnectionArn    = aws_codestarconnections_connection.c.arn
        FullRepositoryId = "team/models"
        BranchName       = var.branch
      }
    }
  }
  stage {
    name = "Build"
    action {
      name            = "Build"
      category        = "Build"
      owner           = "AWS"
      provider        = ${provider}
      version         = "1"
      run_order       = 1
      input_artifacts = [${input}]
      configuration = {
        ProjectName = aws_codebuild_project.b.name
      }
    }
  }
${more}}
`;

  it('are checked by the names that Terraform has', async () => {
    expect(await told(pipeline('"source"'))).toEqual([]);
    expect(await told(pipeline('"sorce"'))).toEqual(['cp/unknown-artifact at "sorce"']);
    expect(await told(pipeline('"source"', '', '"CodeBuilt"'))).toEqual(['cp/unknown-provider at "CodeBuilt"']);
  });

  it('take numbers and truth values where Terraform makes texts of them', async () => {
    const detecting = (value: string): string =>
      pipeline('"source"').replace(
        'BranchName       = var.branch',
        `BranchName = "main"\n        DetectChanges = ${value}`,
      );
    expect(await told(detecting('false'))).toEqual([]);
    expect(await told(detecting('1'))).toEqual(['cp/configuration-choice at 1']);
  });

  it('are left alone where Terraform works them out', async () => {
    expect(await told(pipeline('local.input'))).toEqual([]);
    expect(await told(pipeline('"${var.name}-source"'))).toEqual([]);
    const dynamic =
      '  dynamic "stage" {\n    for_each = var.stages\n    content {\n      name = stage.value\n    }\n  }\n';
    expect(await told(pipeline('"sorce"', dynamic))).toEqual([]);
  });

  it('have triggers and variables', async () => {
    const trigger = (source: string): string => `  pipeline_type = "V2"
  variable {
    name          = "stage"
    default_value = "test"
  }
  trigger {
    provider_type = "CodeStarSourceConnection"
    git_configuration {
      source_action_name = "${source}"
      push {
        branches {
          includes = ["main"]
        }
      }
    }
  }
`;
    expect(await told(pipeline('"source"', trigger('Source')))).toEqual([]);
    expect(await told(pipeline('"source"', trigger('Sorce')))).toEqual(['cp/trigger-source at "Sorce"']);
  });
});
