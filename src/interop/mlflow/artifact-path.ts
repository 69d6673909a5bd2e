import { invalid } from './fault.ts';

/** Whose file a path names: `<experiment>/<run>/artifacts/…` or `<experiment>/models/<model>/artifacts/…`. */
export interface ArtifactPlace {
  readonly experiment: string;
  /** A run's or a logged model's id. */
  readonly owner: string;
  /** Below the owner's folder; empty for the folder itself. */
  readonly path: string;
}

const longestPath = 1000;

/**
 * Reads the path of an artifact from a request as it came, before any parser of URLs has resolved `..` in it: such a path would name another run's
 * file.
 * @param encoded segments in percent-encoding, without a slash before them
 * @throws MlflowFault
 */
export function placeOf(encoded: string): ArtifactPlace {
  const segments = (encoded.endsWith('/') ? encoded.slice(0, -1) : encoded).split('/').map(decoded);
  const model = segments[1] === 'models';
  const [experiment, owner, folder] = model ? [segments[0], segments[2], segments[3]] : segments;
  const known = owner !== undefined && (model ? /^m-[0-9a-f]{32}$/ : /^[0-9a-f]{32}$/).test(owner);
  if (experiment === undefined || !known || folder !== 'artifacts')
    throw invalid('the path of an artifact is <experiment>/<run>/artifacts/… or <experiment>/models/<model>/artifacts/…');
  const path = segments.slice(model ? 4 : 3).join('/');
  if (Buffer.byteLength(path) > longestPath) throw invalid(`the path of an artifact has more than ${longestPath} bytes`);
  return { experiment, owner, path };
}

function decoded(segment: string): string {
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch {
    throw invalid('the path of the artifact is no valid percent-encoding');
  }
  if (text === '' || text === '.' || text === '..' || Array.from(text).some(isRefused))
    throw invalid(`the path of the artifact has the segment ${JSON.stringify(text.slice(0, 50))}, which no path may have`);
  return text;
}

/** A separator, or a control character. */
const isRefused = (character: string): boolean => character === '/' || character === '\\' || character < ' ' || character === '\u007f';
