/** Jenkins' remote access API over fetch (jenkins.io/doc/book/using/remote-access-api), for reading alone. */
import { basicAuthorization } from '../../shared/basic-authorization';
import { causeOf, UserError } from '../../workbench/errors';

/** A user and an API token of Jenkins, as it makes them on a user's page. */
export interface Credentials {
  user: string;
  token: string;
}

/** Milliseconds. */
const longest = 30_000;

export interface Part {
  text: string;
  /** Where the next part begins. Bytes. */
  end: number;
  /** The build is still writing. */
  hasMore: boolean;
}

export class JenkinsClient {
  /** @param credentials who asks; anonymous without */
  constructor(private readonly credentials: Credentials | undefined) {}

  /** The JSON at an address; undefined where there is none. */
  async json(url: string, signal: AbortSignal): Promise<unknown> {
    const response = await this.get(url, signal);
    return response?.json();
  }

  /** What a log has from a byte on. */
  async log(build: string, start: number, signal: AbortSignal): Promise<Part | undefined> {
    const response = await this.get(`${build}logText/progressiveText?start=${start}`, signal);
    if (!response) return undefined;
    const text = await response.text();
    return {
      text,
      end: Number(response.headers.get('x-text-size') ?? start + Buffer.byteLength(text)),
      hasMore: response.headers.get('x-more-data') === 'true',
    };
  }

  private async get(url: string, signal: AbortSignal): Promise<Response | undefined> {
    const { host } = new URL(url);
    const { credentials } = this;
    const patience = AbortSignal.timeout(longest);
    let response: Response;
    try {
      response = await fetch(url, {
        headers: credentials ? { authorization: basicAuthorization(credentials.user, credentials.token) } : {},
        signal: AbortSignal.any([signal, patience]),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      const why = patience.aborted ? `no answer within ${longest / 1000} s` : causeOf(error);
      throw new UserError(`Jenkins at ${host} was not reached (${why}). Check the network and the proxy.`);
    }
    if (response.ok) return response;
    if (response.status === 404) return undefined;
    if (response.status === 401 || response.status === 403) {
      const who = credentials ? `does not let ${credentials.user} read it` : 'asks who reads it';
      throw new UserError(`Jenkins at ${host} ${who}. Sign in with a user and an API token.`, {
        title: 'Sign In',
        command: 'mlopsFlow.delivery.signInToJenkins',
        arguments: [{ jenkins: url }],
      });
    }
    throw new UserError(`Jenkins at ${host} answered with status ${response.status}. Try again later.`);
  }
}
