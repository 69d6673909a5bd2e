export function registerModules(): Promise<void>;
export function ensureTypeScript(url: string): Promise<void>;
