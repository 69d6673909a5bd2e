export interface BuildListener {
  readonly onBuild?: () => void;
  readonly onFailure?: (error: unknown) => void;
}
export function currentBuild(root: string, listener?: BuildListener): Promise<string | null>;
export function keepInUse(folder: string): void;
