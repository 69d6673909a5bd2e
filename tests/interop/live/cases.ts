import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a file of cases; resolves with what each says: '' where it is well. */
export function casesOf(python: string, file: string, args: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ['-B', fileURLToPath(new URL(file, import.meta.url)), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
    child.on('error', reject);
    child.on('close', () => {
      const said = [...out.matchAll(/^(ok|failed) (\w+)(.*(?:\n(?!ok |failed ).*)*)/gm)];
      const seen = said.map(([, how, name, text]) => [name!, how === 'ok' ? '' : `${text}\n${err.slice(-500)}`] as const);
      resolve(new Map([...seen, ['', said.length === 0 ? (out + err).slice(-2000) : '']]));
    });
  });
}
