export function registerModules(): Promise<void>;
export function prepareImports(url: string): Promise<void>;
