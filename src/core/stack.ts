/** Returns a text without its stack trace lines. */
export function withoutStack(text: string): string {
  return text
    .split('\n')
    .filter((line) => !isStackLine(line))
    .join('\n');
}

function isStackLine(line: string): boolean {
  return /^\s+at (?:.+ \(.+\)|(?:async )?(?:file:|node:|\/|[A-Za-z]:\\|<anonymous>).*|.+:\d+:\d+)$/.test(line);
}

/** Returns `file:line:column` of the first call in a stack whose file is wanted (undefined: none). Skips files of Node and of packages. */
export function callerIn(stack: string | undefined, isWanted: (file: string) => boolean = () => true): string | undefined {
  for (const line of stack?.split('\n').slice(1) ?? []) {
    const place = /(?:\(|at |async )((?:file:\/\/|\/|[A-Za-z]:\\)[^()]+:\d+:\d+)\)?$/.exec(line)?.[1]?.replace(/^file:\/\//, '');
    if (place !== undefined && !place.includes('node_modules') && isWanted(place)) return place;
  }
  return undefined;
}
