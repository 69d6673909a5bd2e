/** An event of a stream of server-sent events. */
export interface ServerSent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** Of this event or of the last one that had any ('': none yet). */
  readonly id: string;
}

/**
 * Reads the events of a stream (WHATWG HTML, 9.2.6) as they arrive; what follows the last empty line is no event.
 * @param silentMs longest time without a byte
 * @throws Error for a stream that is silent for so long, and what reading throws
 */
export async function* serverSentOf(body: ReadableStream<Uint8Array>, silentMs: number): AsyncGenerator<ServerSent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let [event, id] = ['', ''];
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), silentMs);
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      // A CR at the very end may be the first half of a line's end.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop()!;
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { event: event === '' ? 'message' : event, data: data.join('\n'), id };
          [event, data] = ['', []];
          continue;
        }
        const [, name = '', text = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
        if (name === 'event') event = text;
        else if (name === 'data') data.push(text);
        else if (name === 'id' && !text.includes('\0')) id = text;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function within<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the stream is silent for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
