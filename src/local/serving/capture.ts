import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { DataCaptureConfig } from '@aws-sdk/client-sagemaker';
import { parseS3Uri } from '../domain/arns';
import type { ObjectStore } from '../domain/objects';

/** A request and its answer. */
export interface Exchange {
  endpoint: string;
  variant: string;
  config: DataCaptureConfig;
  inferenceId?: string | undefined;
  input: { type: string; body: Uint8Array };
  output: { type: string; body: Uint8Array };
}

/** Milliseconds between two writes. (The service takes minutes.) */
const flushInterval = 2000;

/** Lines in one object. */
const mostLines = 1000;

/**
 * Keeps requests and answers as JSON lines in S3, an object for every two seconds with traffic.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html
 */
export class Capture {
  private readonly pending = new Map<string, string[]>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly objects: ObjectStore,
    private readonly broken: (error: unknown) => void,
  ) {}

  /** Takes an exchange, if it is among those that are sampled. */
  take(exchange: Exchange): void {
    const { config, endpoint, variant } = exchange;
    if (config.EnableCapture === false || Math.random() * 100 >= (config.InitialSamplingPercentage ?? 100)) return;
    const now = new Date();
    const hour = now.toISOString().slice(0, 13).replaceAll(/[-T]/g, '/');
    const place = `${(config.DestinationS3Uri ?? '').replace(/\/$/, '')}/${endpoint}/${variant}/${hour}`;
    const lines = this.pending.get(place) ?? [];
    lines.push(JSON.stringify(recordOf(exchange, now)));
    this.pending.set(place, lines);
    if (lines.length >= mostLines) this.begin();
    else this.timer ??= setTimeout(() => this.begin(), flushInterval).unref();
  }

  /** Writes what has been taken. */
  async flush(): Promise<void> {
    this.begin();
    await this.writing;
  }

  private begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const taken = [...this.pending];
    this.pending.clear();
    this.writing = this.writing.then(async () => this.write(taken)).catch(this.broken);
  }

  private async write(taken: readonly (readonly [place: string, lines: readonly string[]])[]): Promise<void> {
    const stamp = new Date().toISOString().slice(14, 23).replaceAll(/[:.]/g, '-');
    for (const [place, lines] of taken) {
      const target = parseS3Uri(`${place}/${stamp}-${randomUUID()}.jsonl`);
      // Without its bucket there is nowhere to keep it, as on the service.
      if (!target || !this.objects.hasBucket(target.bucket)) continue;
      await this.objects.put(target.bucket, target.key, Readable.from([Buffer.from(`${lines.join('\n')}\n`)]));
    }
  }
}

function recordOf({ config, inferenceId, input, output }: Exchange, now: Date): object {
  const modes = new Set(config.CaptureOptions?.map(({ CaptureMode }) => CaptureMode));
  const both = modes.has('InputAndOutput') || modes.size === 0;
  return {
    captureData: {
      ...(both || modes.has('Input') ? { endpointInput: part('INPUT', input, config) } : {}),
      ...(both || modes.has('Output') ? { endpointOutput: part('OUTPUT', output, config) } : {}),
    },
    eventMetadata: {
      eventId: randomUUID(),
      ...(inferenceId === undefined ? {} : { inferenceId }),
      inferenceTime: now.toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    eventVersion: '0',
  };
}

/** A body as text where its type is among those that are named, else in Base64. */
function part(mode: string, { type, body }: Exchange['input'], config: DataCaptureConfig): object {
  const plain = (type.split(';')[0] ?? '').trim().toLowerCase();
  const { CsvContentTypes = [], JsonContentTypes = [] } = config.CaptureContentTypeHeader ?? {};
  const encoding = CsvContentTypes.includes(plain) ? 'CSV' : JsonContentTypes.includes(plain) ? 'JSON' : 'BASE64';
  const data = Buffer.from(body).toString(encoding === 'BASE64' ? 'base64' : 'utf8');
  return { observedContentType: type, mode, data, encoding };
}
