// Which Node runs this program. Plain JavaScript that any Node can load: it is asked before everything else.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));

/**
 * True if `version` (20.19.0) meets `range`, in the form that `engines` of package.json has: alternatives of `^a.b.c` (one major line from
 * a.b.c on) and `>=a` or `>=a.b.c`.
 */
export function meetsRange(version, range) {
  return range.split('||').some((alternative) => {
    const [, operator, least] = /^(\^|>=)([\d.]+)$/.exec(alternative.trim()) ?? [];
    if (least === undefined) throw new Error(`engines of package.json: ${alternative.trim()} is neither ^a.b.c nor >=a.b.c`);
    const found = numbersOf(version);
    const wanted = numbersOf(least);
    return !isBelow(found, wanted) && (operator === '>=' || found[0] === wanted[0]);
  });
}

/** Ends the process with exit code 2 where this Node is not one of `engines` of package.json. */
export function requireNode() {
  const range = JSON.parse(readFileSync(packageFile, 'utf8')).engines.node;
  if (meetsRange(process.versions.node, range)) return;
  process.stderr.write(
    `error: Assay needs Node ${range.split('||').map(spoken).join(' or ')}; this is ${process.versions.node} (${process.execPath})\n` +
      'hint: install a current Node from https://nodejs.org and run the command again\n',
  );
  process.exit(2);
}

function spoken(alternative) {
  const [, operator, major, minor] = /^(\^|>=)(\d+)(\.\d+)?/.exec(alternative.trim());
  return operator === '>=' ? `${major}${minor ?? ''} and up` : `${major}${minor ?? ''} or newer in line ${major}`;
}

function numbersOf(version) {
  return version.split('.').map(Number);
}

function isBelow(left, right) {
  for (let i = 0; i < right.length; i++) {
    const difference = (left[i] || 0) - right[i];
    if (difference !== 0) return difference < 0;
  }
  return false;
}
