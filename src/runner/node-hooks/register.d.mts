export function registerModules(): void;
export function prepareImports(url: string): void;
