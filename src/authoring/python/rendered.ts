import { join, relative, sep } from 'node:path';
import {
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type Disposable,
  type EventEmitter,
  languages,
  Location,
  ProgressLocation,
  Range,
  Uri,
  window,
  workspace,
} from 'vscode';
import { besideEditors, log, UserError } from '../../workbench';
import type { NextAction } from '../../workbench/errors';
import type { LanguageServer } from '../server';
import { interpreterFor } from './interpreter';
import { type LineRange, locateStep, wholeLine } from './locate';
import { type FoundPipeline, preferredPipeline } from '../../sources/find';
import { argumentsIn, renderSource } from '../../sources/project';
import { askArguments, savedArguments } from './ask-arguments';
import { RenderError, type RenderedPipeline } from '../../sources/render';
import { isPython } from './scripts';
import type { ProgramAccess, PythonServices } from './services';
import { nodeAround } from '../../definition/graph/model';
import { lastPart } from '../../shared/format';
import { renderedScheme } from '../../shared/schemes';

/** Milliseconds until a script is stopped. */
export const renderTimeout = 120_000;

/** One rendered pipeline and the script it came from. */
interface Rendered {
  script: Uri;
  pipeline: RenderedPipeline;
}

/** The scripts that were rendered in this window: rendered again when they are saved. */
export class RenderedScripts implements Disposable {
  private readonly problems = languages.createDiagnosticCollection('mlopsFlow.python');
  /** By the URI of the rendered text. */
  private readonly rendered = new Map<string, Rendered>();
  private readonly running = new Map<string, AbortController>();
  /** Scripts for which the user wants an environment made. */
  private readonly allowed = new Set<string>();
  private readonly disposables: Disposable[];

  constructor(
    private readonly services: PythonServices,
    private readonly server: LanguageServer,
    /** Is told the URI of a text that was rendered. */
    private readonly changed: EventEmitter<Uri>,
  ) {
    this.disposables = [
      this.problems,
      workspace.onDidSaveTextDocument((document) => void this.again(document.uri)),
      languages.onDidChangeDiagnostics(({ uris }) => {
        for (const uri of uris) if (uri.scheme === renderedScheme) void this.map(uri);
      }),
    ];
  }

  /** The text of a URI; one from before the window was reloaded is rendered once more. */
  text(uri: Uri): string | Promise<string> {
    return this.rendered.get(uri.toString())?.pipeline.definition ?? this.restore(uri);
  }

  /**
   * Renders what a script or a notebook makes and shows the pipeline; asks which where it makes several. Resolves to
   * the shown text's URI.
   * @param next the command that wanted it; it goes on once an environment was made, where none has the SDK
   */
  async show(script: Uri, next: string, pipeline?: FoundPipeline): Promise<Uri | undefined> {
    const uri = await this.make(script, next, pipeline);
    if (uri) await window.showTextDocument(uri, { preview: true, viewColumn: besideEditors(), preserveFocus: true });
    return uri;
  }

  /**
   * Renders with progress; resolves to the URI of the one text that is wanted.
   * @param next the command that wants the pipeline; it goes on once an environment was made, where none has the SDK
   * @param asks whether the user is asked for arguments that nothing tells; what is only looked at does with a guess
   */
  async make(script: Uri, next: string, pipeline?: FoundPipeline, asks = false): Promise<Uri | undefined> {
    // A template is read, not run.
    if (!workspace.isTrusted && pipeline?.maker.kind !== 'template') {
      throw new UserError('Rendering runs the script, which needs a trusted workspace.', {
        title: 'Manage Trust',
        command: 'workbench.trust.manage',
      });
    }
    if (asks && pipeline && isPython(script) && !(await this.haveArguments(script, pipeline))) return undefined;
    const found = await window.withProgress(
      { location: ProgressLocation.Notification, title: `Rendering ${lastPart(script.path)}`, cancellable: true },
      (progress, token) => {
        token.onCancellationRequested(() => this.running.get(script.toString())?.abort());
        return this.render(script, pipeline, (line) => progress.report({ message: short(line) }), next);
      },
    );
    return choose(found);
  }

  /** Lets a Python environment be made for a script when it is rendered next. */
  allow(script: Uri): void {
    this.allowed.add(script.toString());
  }

  dispose(): void {
    for (const controller of this.running.values()) controller.abort();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async restore(uri: Uri): Promise<string> {
    const script = Uri.parse(uri.query);
    if (!workspace.isTrusted && isPython(script)) return '';
    try {
      await this.renderAll(script);
    } catch (error) {
      log().info(`Rendering ${lastPart(script.path)}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return this.rendered.get(uri.toString())?.pipeline.definition ?? '';
  }

  /** Renders a saved script again, where it was rendered before. What is wrong is told on its lines alone. */
  private async again(script: Uri): Promise<void> {
    if (![...this.rendered.values()].some((one) => this.concerns(one, script))) return;
    const scripts = new Map([...this.rendered.values()].map((one) => [one.script.toString(), one.script]));
    for (const one of scripts.values()) {
      if (!workspace.isTrusted && isPython(one)) continue;
      try {
        await this.renderAll(one);
      } catch (error) {
        log().info(`Rendering ${lastPart(one.path)}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  /** What a template is read for: no program reaches anything. */
  private get nowhere(): ProgramAccess {
    return { endpoint: '', accessKeyId: '', secretAccessKey: '', ...this.services.place };
  }

  /** A script tells itself what it makes; of a template each pipeline is read. */
  private async renderAll(file: Uri): Promise<void> {
    if (isPython(file)) return void (await this.render(file));
    const { root, pipelines } = await this.services.projects.projectOf(file);
    for (const one of pipelines)
      if (Uri.file(join(root, one.path)).fsPath === file.fsPath) await this.render(file, one);
  }

  /** True where the script, or a file in which one of its steps is made, is `file`. */
  private concerns({ script, pipeline }: Rendered, file: Uri): boolean {
    return (
      script.toString() === file.toString() ||
      Object.values(pipeline.steps).some((place) => Uri.file(place.file).toString() === file.toString())
    );
  }

  private async render(
    script: Uri,
    pipeline?: FoundPipeline,
    say: (line: string) => void = () => undefined,
    next?: string,
  ): Promise<Uri[]> {
    const key = script.toString();
    this.running.get(key)?.abort();
    const controller = new AbortController();
    this.running.set(key, controller);
    try {
      const project = await this.services.projects.projectOf(script);
      const path = relative(project.root, script.fsPath).split(sep).join('/');
      const own = project.pipelines.filter((one) => one.path === path);
      // An environment that the user lets be made takes the place of one that lacks the SDK.
      const python = this.allowed.has(key) ? undefined : await interpreterFor(script);
      const maker = pipeline ?? preferredPipeline(own) ?? unknownMaker(path);
      const rendered = await renderSource({
        project,
        pipeline: maker,
        access: pipeline?.maker.kind === 'template' ? this.nowhere : await this.services.localAccess(),
        media: Uri.joinPath(this.services.panels.extensionUri, 'media').fsPath,
        saved: await savedArguments(project.root, path),
        ...(python === undefined ? {} : { python }),
        ...(this.allowed.has(key) ? { environments: this.services.environments.fsPath } : {}),
        timeout: renderTimeout,
        say,
        signal: controller.signal,
      });
      this.problems.delete(script);
      const [made, another] = rendered.pipelines;
      if (made && !another) await this.services.projects.keepName(project, maker, made.name);
      for (const sentence of rendered.missing) log().info(`Rendering ${path}: ${sentence}`);
      return rendered.pipelines.map((one) => this.keep(script, one));
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      await this.tellOnLine(script, error);
      const target = pipeline ? { ...pipeline, uri: script } : script;
      const make = {
        title: 'Create Python Environment',
        command: 'mlopsFlow.installPython',
        arguments: [target, next],
      };
      throw new UserError(error.message, error.missing === undefined ? toLine(error) : make, { cause: error });
    } finally {
      if (this.running.get(key) === controller) this.running.delete(key);
    }
  }

  /** False where the user was asked for arguments and gave none. */
  private async haveArguments(script: Uri, pipeline: FoundPipeline): Promise<boolean> {
    const project = await this.services.projects.projectOf(script);
    const saved = await savedArguments(project.root, pipeline.path);
    const { open } = argumentsIn({ project, pipeline, access: await this.services.localAccess(), saved });
    return open.length === 0 || (await askArguments(project.root, pipeline.path, open)) !== undefined;
  }

  private keep(script: Uri, pipeline: RenderedPipeline): Uri {
    // The query remembers the script over a reload of the window.
    const path = `${script.path}.${pipeline.name}.pipeline.json`;
    const uri = script.with({ scheme: renderedScheme, path, query: script.toString() });
    this.rendered.set(uri.toString(), { script, pipeline });
    this.changed.fire(uri);
    return uri;
  }

  private async tellOnLine(script: Uri, { message, place }: RenderError): Promise<void> {
    const file = place ? Uri.file(place.file) : script;
    const lines = await linesOf(file);
    this.problems.set(script, undefined);
    this.problems.set(file, [problem(wholeLine(lines, place?.line ?? 0), message, DiagnosticSeverity.Error)]);
  }

  /** Shows the diagnostics of a rendered text on the lines of its script. */
  private async map(uri: Uri): Promise<void> {
    const rendered = this.rendered.get(uri.toString());
    const document = workspace.textDocuments.find((one) => one.uri.toString() === uri.toString() && !one.isClosed);
    // A text that nobody has open any more has no diagnostics, but the script still has its problems.
    if (!rendered || !document) return;
    const answer = await this.server.graph(uri);
    const files = new Map<string, Diagnostic[]>([[rendered.script.fsPath, []]]);
    for (const found of languages.getDiagnostics(uri)) {
      const offset = document.offsetAt(found.range.start);
      const step = answer ? nodeAround(answer.graph, offset)?.id : undefined;
      const place = step === undefined ? undefined : rendered.pipeline.steps[step];
      if (step === undefined || !place) continue;
      const at = locateStep(await linesOf(Uri.file(place.file)), step, place);
      const shown = problem(at, `${step}: ${found.message}`, found.severity);
      if (found.code !== undefined) shown.code = found.code;
      shown.relatedInformation = [
        new DiagnosticRelatedInformation(new Location(uri, found.range), 'Here in the rendered definition'),
      ];
      files.set(place.file, [...(files.get(place.file) ?? []), shown]);
    }
    for (const [file, list] of files) this.problems.set(Uri.file(file), list);
  }
}

/** Shows the line of a script that the error is about, where it is known. */
function toLine({ place }: RenderError): NextAction | undefined {
  if (!place) return undefined;
  const selection = new Range(place.line, 0, place.line, 0);
  return { title: 'Go to Line', command: 'vscode.open', arguments: [Uri.file(place.file), { selection }] };
}

/** As much of a line as a notification has room for: installers tell all that they install in one. */
function short(line: string): string {
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** What a file is taken for in which no pipeline was seen: it is run, and tells itself what it makes. */
function unknownMaker(path: string): FoundPipeline {
  return { path, maker: { kind: 'module' }, line: 0, sdk: 2 };
}

function problem(at: LineRange, message: string, severity: DiagnosticSeverity): Diagnostic {
  const made = new Diagnostic(new Range(at.line, at.from, at.line, at.to), message, severity);
  made.source = 'MLOps Flow';
  return made;
}

async function linesOf(file: Uri): Promise<string[]> {
  const document = await workspace.openTextDocument(file);
  return document.getText().split(/\r?\n/);
}

async function choose(found: readonly Uri[]): Promise<Uri | undefined> {
  if (found.length < 2) return found[0];
  const items = found.map((uri) => ({ label: lastPart(uri.path), uri }));
  const item = await window.showQuickPick(items, {
    title: 'Render Pipeline Definition',
    placeHolder: 'Which pipeline?',
  });
  return item?.uri;
}
