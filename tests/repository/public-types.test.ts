import ts from 'typescript';
import { expect, test } from 'vitest';
import { publicTypes } from '../fixtures/program-entries.ts';

// Without the standard library its names do not resolve, so that every name that does is one of the package's own or of another package.
const entries = Object.values(publicTypes);
const program = ts.createProgram(entries, {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  noLib: true,
  types: [],
});
const checker = program.getTypeChecker();

const resolved = (symbol: ts.Symbol): ts.Symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

/** The symbol that a type names: `Pruner`, `import('./pruner.js').Pruner`, the base of an interface. */
function namedBy(node: ts.Node): ts.Symbol | undefined {
  if (ts.isTypeReferenceNode(node)) return checker.getSymbolAtLocation(node.typeName);
  if (ts.isExpressionWithTypeArguments(node)) return checker.getSymbolAtLocation(node.expression);
  if (ts.isImportTypeNode(node) && node.qualifier !== undefined) return checker.getSymbolAtLocation(node.qualifier);
  return undefined;
}

const isOurs = (symbol: ts.Symbol): boolean =>
  (symbol.flags & ts.SymbolFlags.TypeParameter) === 0 &&
  (symbol.declarations ?? []).some((declaration) => !declaration.getSourceFile().fileName.includes('/node_modules/'));

/** Names that the declarations of an export refer to, a type's private members aside: a caller cannot reach them. */
function namesIn(exported: ts.Symbol): ReadonlyMap<string, ts.Symbol> {
  const names = new Map<string, ts.Symbol>();
  const visit = (node: ts.Node): void => {
    if (ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword)) return;
    const named = namedBy(node);
    if (named !== undefined && isOurs(resolved(named))) names.set(resolved(named).name, resolved(named));
    ts.forEachChild(node, visit);
  };
  for (const declaration of exported.declarations ?? []) visit(declaration);
  return names;
}

test('every type that a public signature names is exported', () => {
  // Two entries may use one name for different things.
  const exported = entries.flatMap((file) => {
    const index = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
    return checker.getExportsOfModule(index).map((symbol) => [symbol.name, resolved(symbol)] as const);
  });
  const known = new Set(exported.map(([, symbol]) => symbol));
  expect(known.size).toBeGreaterThan(80);
  expect([...known].filter(({ declarations = [] }) => declarations.length === 0)).toEqual([]);

  const missing = exported.flatMap(([name, symbol]) =>
    [...namesIn(symbol)].filter(([, named]) => !known.has(named)).map(([named]) => `${name} names ${named}`),
  );
  expect(missing).toEqual([]);
});
