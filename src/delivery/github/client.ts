/**
 * GitHub's REST API over fetch (docs.github.com/rest, version 2022-11-28). What has not changed is answered with 304 to
 * the ETag of the time before and does not count towards the limit of requests.
 */
import { causeOf, UserError } from '../../workbench/errors';

/** What was answered before, by path. */
interface Kept {
  etag: string;
  value: unknown;
}

const version = '2022-11-28';
/** Milliseconds. */
const longest = 30_000;
/** Answers that are kept. */
const mostKept = 200;

export class GitHubClient {
  private readonly kept = new Map<string, Kept>();
  /** Until when nothing is sent, because the limit of requests is used up. Milliseconds since the epoch. */
  private restsUntil = 0;

  /**
   * @param host how errors call the server
   * @param api where its API is
   * @param token what a session of the user has; it goes to this server alone
   */
  constructor(
    private readonly host: string,
    private readonly api: string,
    private readonly token: string,
  ) {}

  /** The JSON that is at a path. @param doing completes "Could not …" */
  async get(doing: string, path: string, signal?: AbortSignal): Promise<unknown> {
    const known = this.kept.get(path);
    const response = await this.send(doing, 'GET', path, {
      ...(signal ? { signal } : {}),
      ...(known ? { headers: { 'if-none-match': known.etag } } : {}),
    });
    if (known && response.status === 304) return known.value;
    const value: unknown = await response.json();
    const etag = response.headers.get('etag');
    this.kept.delete(path);
    if (etag !== null) this.kept.set(path, { etag, value });
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest !== undefined) this.kept.delete(oldest);
    return value;
  }

  /** The text to which a path leads; undefined where there is none, or none yet. */
  async text(doing: string, path: string, signal?: AbortSignal): Promise<string | undefined> {
    const response = await this.send(doing, 'GET', path, { ...(signal ? { signal } : {}), mayBeMissing: true });
    return response.status === 404 || response.status === 410 ? undefined : response.text();
  }

  /** Changes something. */
  async post(doing: string, path: string, body: object = {}): Promise<void> {
    await this.send(doing, 'POST', path, { body });
  }

  private async send(
    doing: string,
    method: 'GET' | 'POST',
    path: string,
    more: { signal?: AbortSignal; headers?: Record<string, string>; body?: object; mayBeMissing?: boolean },
  ): Promise<Response> {
    if (Date.now() < this.restsUntil) throw this.restsError(doing);
    const patience = AbortSignal.timeout(longest);
    let response: Response;
    try {
      response = await fetch(`${this.api}${path}`, {
        method,
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${this.token}`,
          'user-agent': 'mlops-flow',
          'x-github-api-version': version,
          ...(more.body ? { 'content-type': 'application/json' } : {}),
          ...more.headers,
        },
        ...(more.body ? { body: JSON.stringify(more.body) } : {}),
        signal: more.signal ? AbortSignal.any([more.signal, patience]) : patience,
      });
    } catch (error) {
      if (more.signal?.aborted) throw error;
      const why = patience.aborted ? `no answer within ${longest / 1000} s` : causeOf(error);
      throw new UserError(
        `Could not ${doing}: ${this.host} was not reached (${why}). Check the network and the proxy.`,
      );
    }
    if (response.ok || response.status === 304) return response;
    if (more.mayBeMissing && (response.status === 404 || response.status === 410)) return response;
    throw await this.refusal(doing, response);
  }

  private async refusal(doing: string, response: Response): Promise<Error> {
    const { status, headers } = response;
    const said = saidIn(await response.text());
    const isSpent = headers.get('x-ratelimit-remaining') === '0';
    const pause = Number(headers.get('retry-after') ?? 0);
    if (status === 429 || (status === 403 && (isSpent || pause > 0))) {
      const reset = Number(headers.get('x-ratelimit-reset') ?? 0) * 1000;
      this.restsUntil = pause > 0 ? Date.now() + pause * 1000 : Math.max(reset, Date.now() + 60_000);
      return this.restsError(doing);
    }
    const sso = /url=([^;,\s]+)/.exec(headers.get('x-github-sso') ?? '')?.[1];
    if (status === 403 && sso !== undefined) {
      return new UserError(
        `Could not ${doing}: the organization asks for single sign-on. Authorize the session in the browser, then refresh.`,
        { title: 'Authorize', command: 'vscode.open', arguments: [sso] },
      );
    }
    if (status === 401) {
      return new UserError(`Could not ${doing}: ${this.host} does not accept the session any more. Sign in again.`, {
        title: 'Sign In',
        command: 'mlopsFlow.delivery.signInToGitHub',
      });
    }
    if (status === 404) {
      return new UserError(
        `Could not ${doing}: this account does not see it on ${this.host}. Ask for access to the repository, or sign in with another account.`,
      );
    }
    const why = said === '' ? `status ${status}` : said;
    return new UserError(
      status === 403
        ? `Could not ${doing}: ${this.host} does not allow it to this account (${why}).`
        : `Could not ${doing}: ${this.host} answered “${why}”.`,
    );
  }

  private restsError(doing: string): UserError {
    const at = new Date(this.restsUntil).toTimeString().slice(0, 5);
    return new UserError(`Could not ${doing}: the limit of requests to ${this.host} is used up until ${at}.`);
  }
}

/** The message of an answer that refuses, with what it says of single fields. */
function saidIn(text: string): string {
  try {
    const value = JSON.parse(text) as { message?: unknown; errors?: unknown } | null;
    const message = typeof value?.message === 'string' ? value.message : '';
    const errors = Array.isArray(value?.errors) ? value.errors.filter((each) => typeof each === 'string') : [];
    return [message, ...errors].filter((part) => part !== '').join(': ');
  } catch {
    return '';
  }
}
