export function meetsRange(version: string, range: string): boolean;
export function requireNode(): void;
